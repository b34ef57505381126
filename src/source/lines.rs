//! From a byte offset to a line and column, without scanning a file twice.

/// Characters are counted once per block of this many bytes, so that a column far
/// into a line of megabytes costs one block and not the line.
const BLOCK: usize = 4096;

/// A line and column, both from 1; the column counts Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1. Lines end with `\n`.
    pub line: usize,
    /// Column, from 1, in Unicode scalar values.
    pub column: usize,
}

/// The starts of a text's lines and its character counts.
#[derive(Debug)]
pub struct LineIndex {
    /// Byte offset of the first byte of every line.
    starts: Vec<u32>,
    /// Number of characters before every [`BLOCK`]th byte.
    characters: Vec<u32>,
}

impl LineIndex {
    /// Reads `text` once. A byte order mark is no character.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut characters = Vec::with_capacity(bytes.len() / BLOCK + 1);
        let mut count = 0u32;
        for (n, block) in bytes.chunks(BLOCK).enumerate() {
            characters.push(count);
            for (i, byte) in block.iter().enumerate() {
                if *byte == b'\n' {
                    starts.push((n * BLOCK + i + 1) as u32);
                }
            }
            count += count_characters(block) as u32;
        }
        LineIndex { starts, characters }
    }

    /// The number of lines; at least 1, and one more behind a final line break.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The line (from 0) that holds the byte at `offset`.
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts
            .partition_point(|start| *start as usize <= offset)
            .saturating_sub(1)
    }

    /// Byte offset of the first byte of `line` (from 0); the text's length for
    /// lines behind the last one.
    pub fn start_of(&self, text: &str, line: usize) -> usize {
        self.starts
            .get(line)
            .map_or(text.len(), |start| *start as usize)
    }

    /// The text of `line` (from 0) without its line break.
    pub fn line<'t>(&self, text: &'t str, line: usize) -> &'t str {
        let start = self.start_of(text, line);
        let end = self.start_of(text, line + 1);
        let line = text.get(start..end).unwrap_or_default();
        let line = line.strip_suffix('\n').unwrap_or(line);
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// Where `offset` (bytes, from 0) stands in `text`.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = offset.min(text.len());
        let line = self.line_of(offset);
        let start = self.start_of(text, line);
        let mark = usize::from(line == 0 && text.starts_with('\u{feff}') && offset > 0);
        let column = self.before(text, offset) - self.before(text, start) - mark;
        Position {
            line: line + 1,
            column: column + 1,
        }
    }

    fn before(&self, text: &str, offset: usize) -> usize {
        let block = (offset / BLOCK).min(self.characters.len().saturating_sub(1));
        let counted = self
            .characters
            .get(block)
            .map_or(0, |count| *count as usize);
        counted + count_characters(&text.as_bytes()[block * BLOCK..offset])
    }
}

/// Counts the bytes that begin a character.
fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_equal_a_plain_count() {
        let line = "ключ: 🫥 é ok\r\n".repeat(700) + "end\n" + &"ж".repeat(9000);
        let index = LineIndex::new(&line);
        for offset in (0..=line.len())
            .filter(|n| line.is_char_boundary(*n))
            .step_by(7)
        {
            let before = &line[..offset];
            let expected = Position {
                line: before.matches('\n').count() + 1,
                column: before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1,
            };
            assert_eq!(index.position(&line, offset), expected, "at {offset}");
        }
    }

    #[test]
    fn the_end_of_a_text_of_whole_blocks_has_a_position() {
        for text in [String::new(), "x".repeat(BLOCK), "x".repeat(2 * BLOCK)] {
            let index = LineIndex::new(&text);
            assert_eq!(
                index.position(&text, text.len()),
                Position {
                    line: 1,
                    column: text.len() + 1
                }
            );
        }
    }

    #[test]
    fn a_byte_order_mark_moves_no_column() {
        let text = "\u{feff}name: x\n";
        assert_eq!(
            LineIndex::new(text).position(text, 3),
            Position { line: 1, column: 1 }
        );
    }
}
