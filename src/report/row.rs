//! One line of a snippet: its characters taken apart, what is seen of it, and where
//! the bytes of the file land in what is shown.

use super::escape::{SHARP, is_log_command, is_unprintable};
use super::window::{LONG, cells, file_line, line_end, line_start};
use crate::source::SourceFile;
use std::ops::Range;
use unicode_width::UnicodeWidthChar;

/// Cells between the stops of a tab.
const TAB: usize = 4;
/// Combining characters that are shown on one base.
const COMBINING: usize = 4;

/// What one character of a file, with what combines with it, is shown as.
#[derive(Debug)]
struct Piece {
    /// Its first byte in the file.
    at: usize,
    text: String,
    width: usize,
}

/// One line, taken apart.
#[derive(Debug)]
pub(super) struct Row<'a> {
    file: &'a SourceFile,
    pieces: Vec<Piece>,
    /// The cell each piece begins at, and the one behind the last.
    cells: Vec<usize>,
    /// The byte behind the last one that was looked at.
    end: usize,
}

/// Where the pieces of a row are in a window's text.
#[derive(Debug)]
pub(super) struct Places<'r> {
    row: &'r Row<'r>,
    shown: Vec<Range<usize>>,
    start: usize,
    /// The byte behind the row in the window's text.
    pub(super) end: usize,
}

/// Whether a joiner at the start of `text` is followed by something that emoji are joined
/// with.
fn joins_more(text: &str) -> bool {
    text.chars().nth(1).is_some_and(is_pictographic)
}

/// Whether a joiner joins nothing, so that nobody would see it: behind an emoji or a Latin
/// letter. Other scripts need it.
fn is_idle_joiner(text: &str, offset: usize, c: char) -> bool {
    let before = text.get(..offset).and_then(|text| text.chars().last());
    matches!(c, '\u{200c}' | '\u{200d}')
        && before.is_none_or(|before| before.is_ascii() || is_pictographic(before))
}

/// Whether a character may be a part of an emoji.
fn is_pictographic(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{2010}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..)
}

impl<'a> Row<'a> {
    pub(super) fn new(file: &'a SourceFile, line: usize, focus: &Range<usize>) -> Self {
        let whole = file_line(file, line);
        let begin = line_start(file, line);
        let inside = begin..=begin + whole.len();
        let (mut from, mut to) = (0, whole.len());
        if whole.len() > LONG {
            let (start, end) = if inside.contains(&focus.start) {
                (focus.start - begin, focus.end.min(*inside.end()) - begin)
            } else {
                (0, 0)
            };
            from = whole.floor_char_boundary(start.saturating_sub(LONG / 4));
            to = whole.floor_char_boundary(end.saturating_add(LONG / 2));
        }
        let mut row = Row {
            file,
            pieces: Vec::new(),
            cells: Vec::new(),
            end: begin + to,
        };
        if from > 0 {
            row.pieces.push(Piece {
                at: begin,
                text: "…".to_owned(),
                width: 1,
            });
        }
        row.read(whole.get(from..to).unwrap_or_default(), begin + from);
        if to < whole.len() {
            row.pieces.push(Piece {
                at: begin + to,
                text: "…".to_owned(),
                width: 1,
            });
        }
        row.cells.push(0);
        let mut cell = 0;
        for piece in &row.pieces {
            cell += piece.width;
            row.cells.push(cell);
        }
        row
    }

    fn read(&mut self, text: &str, begin: usize) {
        let mut column = self.pieces.len();
        let mut emoji = false;
        let mut combining = 0;
        for (offset, c) in text.char_indices() {
            let at = begin + offset;
            let joins = match c {
                '\u{fe00}'..='\u{fe0f}' => true,
                '\u{200d}' => emoji && joins_more(text.get(offset..).unwrap_or_default()),
                '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}' => emoji,
                _ => false,
            };
            let (shown, width) = match c {
                '\u{feff}' if at == 0 => continue,
                _ if joins && offset > 0 => continue,
                '\t' => (None, TAB - column % TAB),
                '\0'..='\u{1f}' => (char::from_u32(0x2400 + c as u32), 1),
                '\u{7f}' => (Some('\u{2421}'), 1),
                '#' if text.get(offset..).is_some_and(is_log_command) => (Some(SHARP), 1),
                c if is_unprintable(c) || is_idle_joiner(text, offset, c) => (Some('\u{fffd}'), 1),
                c => match (c.width().unwrap_or(0), self.pieces.last_mut()) {
                    (0, Some(base)) if offset > 0 && base.text != " " => {
                        if combining < COMBINING {
                            base.text.push(c);
                        }
                        combining += 1;
                        continue;
                    }
                    (0, _) => (Some('\u{fffd}'), 1),
                    (width, _) => (Some(c), width),
                },
            };
            combining = 0;
            emoji = width == 2 || is_pictographic(c);
            column += width;
            let text = shown.map_or_else(|| " ".repeat(width), String::from);
            self.pieces.push(Piece { at, text, width });
        }
    }

    /// How many cells it takes.
    pub(super) fn width(&self) -> usize {
        self.cells.last().copied().unwrap_or(0)
    }

    /// The piece that holds a byte.
    fn index(&self, offset: usize) -> usize {
        self.pieces
            .partition_point(|piece| piece.at <= offset)
            .saturating_sub(1)
    }

    /// The cell that a byte's piece begins at; the one behind the row for its end.
    pub(super) fn cell(&self, offset: usize) -> usize {
        let index = if offset >= self.end {
            self.pieces.len()
        } else {
            self.index(offset)
        };
        self.cells.get(index).copied().unwrap_or(0)
    }

    /// Appends what is seen of the row through `room` cells from cell `left`.
    pub(super) fn draw(&'a self, left: usize, room: usize, out: &mut String) -> Places<'a> {
        let start = out.len();
        let total = self.width();
        let (begin, limit) = (if left > 0 { left + 1 } else { 0 }, left + room);
        let limit = if total > limit { limit - 1 } else { limit };
        let mut shown: Vec<Range<usize>> = Vec::with_capacity(self.pieces.len());
        let hidden = self
            .cells
            .partition_point(|cell| *cell < begin)
            .min(self.pieces.len());
        let (before, rest) = self.pieces.split_at(hidden);
        if left > 0 {
            let blank = before.iter().all(|piece| piece.text.trim().is_empty());
            match (blank, rest.is_empty()) {
                (false, _) => out.push('…'),
                (true, false) => out.push(' '),
                (true, true) => {}
            }
        }
        shown.extend(before.iter().map(|_| start..out.len()));
        if let (Some(cell), false) = (self.cells.get(hidden), rest.is_empty()) {
            out.extend(std::iter::repeat_n(' ', cell.saturating_sub(begin)));
        }
        let mut cut: Option<Range<usize>> = None;
        for (piece, end) in rest.iter().zip(self.cells.iter().skip(hidden + 1)) {
            if *end > limit && cut.is_none() {
                let at = out.len();
                out.push('…');
                cut = Some(at..out.len());
            }
            if let Some(cut) = &cut {
                shown.push(cut.clone());
                continue;
            }
            let at = out.len();
            out.push_str(&piece.text);
            shown.push(at..out.len());
        }
        Places {
            row: self,
            shown,
            start,
            end: out.len(),
        }
    }
}

impl Places<'_> {
    /// Where bytes of the file are in the window's text.
    pub(super) fn range(&self, bytes: Range<usize>) -> Range<usize> {
        let of = |offset: usize| self.shown.get(self.row.index(offset)).cloned();
        let ending = self.end..self.end;
        let at_end = bytes.start >= self.row.end && self.row.end == self.end_of_line();
        let start = if at_end {
            ending.clone()
        } else {
            of(bytes.start).unwrap_or(self.start..self.start)
        };
        if bytes.is_empty() {
            return start.start..start.start;
        }
        let end = of(bytes.end - 1).unwrap_or(ending).end;
        start.start..end.max(start.start)
    }

    fn end_of_line(&self) -> usize {
        let line = self.row.file.lines().line_of(self.row.end);
        line_end(self.row.file, line)
    }

    /// How many cells stand before `at` in this row of the window's text.
    pub(super) fn before(&self, text: &str, at: usize) -> usize {
        text.get(self.start..at).map_or(0, cells)
    }
}
