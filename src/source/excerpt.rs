//! Some lines of a file too large to be held: the way from a place in what is held back to
//! the place in the file. Which lines are worth holding is not known here.

/// Lines that stand one behind the other in the file and in what is held of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// The first byte in the text that is held.
    held: usize,
    /// Its line there, from 0.
    held_line: usize,
    /// The same byte in the file.
    byte: u64,
    /// Its line there, from 0.
    line: usize,
}

/// What a text holds of a file. Between lines that are no neighbours in the file stand
/// [`Excerpt::GAP`] empty ones.
#[derive(Clone, Debug, Default)]
pub struct Excerpt {
    runs: Vec<Run>,
    held_lines: usize,
    /// Where the next line of the file would begin, its byte and its number.
    next: Option<(u64, usize)>,
}

impl Excerpt {
    /// Empty lines between lines that are no neighbours, so that nobody who looks around a
    /// place takes one for the surroundings of the other.
    const GAP: usize = 16;

    /// Adds lines, their line feeds with them, to what is held. They begin at the byte `byte`
    /// and the line `line` of the file, both from 0, behind all lines added before.
    pub fn add(&mut self, text: &mut Vec<u8>, lines: &[u8], byte: u64, line: usize) {
        if self.next != Some((byte, line)) {
            // Nothing but the start of the file begins the text: a byte order mark is none
            // elsewhere.
            if !text.is_empty() || byte > 0 {
                let gap = Self::GAP + usize::from(!text.is_empty() && !text.ends_with(b"\n"));
                text.extend(std::iter::repeat_n(b'\n', gap));
                self.held_lines += gap;
            }
            self.runs.push(Run {
                held: text.len(),
                held_line: self.held_lines,
                byte,
                line,
            });
        }
        let count = memchr::memchr_iter(b'\n', lines).count();
        text.extend_from_slice(lines);
        self.held_lines += count;
        self.next = Some((byte + lines.len() as u64, line + count));
    }

    /// The number in the file, from 0, of a line that is held.
    pub fn line(&self, held_line: usize) -> usize {
        let run = self.before(|run| run.held_line <= held_line);
        run.map_or(held_line, |run| run.line + held_line - run.held_line)
    }

    /// The place in the file, in bytes from 0, of a byte that is held.
    pub fn byte(&self, held: usize) -> u64 {
        let run = self.before(|run| run.held <= held);
        run.map_or(held as u64, |run| run.byte + (held - run.held) as u64)
    }

    fn before(&self, is_before: impl FnMut(&Run) -> bool) -> Option<&Run> {
        let count = self.runs.partition_point(is_before);
        self.runs.get(count.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back_to_the_file() {
        let file = "zero\neins\nzwei\n\nvier\nfünf\nsechs";
        let starts: Vec<usize> = std::iter::once(0)
            .chain(file.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let mut text = Vec::new();
        let mut excerpt = Excerpt::default();
        for line in [1, 2, 4, 6] {
            let start = starts[line];
            let end = starts.get(line + 1).copied().unwrap_or(file.len());
            excerpt.add(&mut text, &file.as_bytes()[start..end], start as u64, line);
        }
        let text = String::from_utf8(text).expect("text");
        for (held_line, line) in text.split('\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            let held = text.find(line).expect("a line");
            let byte = excerpt.byte(held) as usize;
            assert!(file[byte..].starts_with(line));
            assert_eq!(file.split('\n').nth(excerpt.line(held_line)), Some(line));
        }
    }
}
