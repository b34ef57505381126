//! Places in a text as editors count them: lines from 0, and columns in the unit that was
//! agreed on.

use crate::source::LineIndex;
use lsp_types::{Position, PositionEncodingKind, Range};

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16, which every client knows.
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// The first of those that a client offers.
    pub(super) fn agreed(offered: Option<&[PositionEncodingKind]>) -> Self {
        let known = |kind: &PositionEncodingKind| match kind.as_str() {
            "utf-8" => Some(Encoding::Utf8),
            "utf-16" => Some(Encoding::Utf16),
            "utf-32" => Some(Encoding::Utf32),
            _ => None,
        };
        let mut known = offered.unwrap_or_default().iter().filter_map(known);
        known.next().unwrap_or(Encoding::Utf16)
    }

    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn units(self, c: char) -> usize {
        match self {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 => c.len_utf16(),
            Encoding::Utf32 => 1,
        }
    }

    /// The units of a text.
    pub(super) fn length(self, text: &str) -> u32 {
        let units: usize = text.chars().map(|c| self.units(c)).sum();
        u32::try_from(units).unwrap_or(u32::MAX)
    }

    /// Where the byte at `offset` stands.
    pub(super) fn position(self, text: &str, lines: &LineIndex, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset);
        let line = lines.line_of(offset);
        let start = lines.start_of(text, line);
        let before = text.get(start..offset).unwrap_or_default();
        Position::new(u32::try_from(line).unwrap_or(u32::MAX), self.length(before))
    }

    pub(super) fn range(
        self,
        text: &str,
        lines: &LineIndex,
        bytes: std::ops::Range<usize>,
    ) -> Range {
        Range::new(
            self.position(text, lines, bytes.start),
            self.position(text, lines, bytes.end),
        )
    }

    /// The byte that stands at a position: the end of the line for one behind it, the start
    /// of the character for one within it.
    pub(super) fn offset(self, text: &str, lines: &LineIndex, position: Position) -> usize {
        let line = position.line as usize;
        if line >= lines.lines() {
            return text.len();
        }
        let start = lines.start_of(text, line);
        let mut left = position.character as usize;
        let mut at = start;
        for c in lines.line(text, line).chars() {
            let units = self.units(c);
            if units > left {
                break;
            }
            left -= units;
            at += c.len_utf8();
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding;
    use crate::source::LineIndex;
    use lsp_types::Position;

    #[test]
    fn every_character_is_found_again_in_every_encoding() {
        let text = "a: é\r\nключ: 🫥🐱 x\n\n👩‍🚀";
        let lines = LineIndex::new(text);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            for (offset, c) in text.char_indices().filter(|(_, c)| *c != '\n') {
                let position = encoding.position(text, &lines, offset);
                assert_eq!(encoding.offset(text, &lines, position), offset, "{c:?}");
            }
        }
        let at = |encoding: Encoding| encoding.position(text, &lines, text.find('x').unwrap_or(0));
        assert_eq!(at(Encoding::Utf8), Position::new(1, 19));
        assert_eq!(at(Encoding::Utf16), Position::new(1, 11));
        assert_eq!(at(Encoding::Utf32), Position::new(1, 9));
    }

    #[test]
    fn places_outside_are_taken_for_the_nearest() {
        let text = "ab\n🫥\n";
        let lines = LineIndex::new(text);
        let offset =
            |line, character| Encoding::Utf16.offset(text, &lines, Position::new(line, character));
        assert_eq!(offset(0, 99), 2);
        assert_eq!(offset(1, 1), 3, "within a character");
        assert_eq!(offset(99, 0), text.len());
    }
}
