//! The few lines of a file that a snippet shows, cut to the columns there are and
//! rewritten so that one character takes the cells it is counted for everywhere.
//!
//! Terminals disagree about joined emoji, variation selectors and skin tones, so
//! these are shown taken apart, as compilers do; whatever cannot be printed gets a
//! visible stand-in of one cell. Only the text of the shown lines is ever read.

use super::Spot;
use super::escape::{SHARP, is_log_command, is_unprintable, visible};
use crate::source::SourceFile;
use std::ops::Range;
use unicode_width::UnicodeWidthChar;

/// Lines above and below the marked ones.
const CONTEXT: usize = 1;
/// Marks further apart than this many lines are shown in windows of their own.
const APART: usize = 6;
/// A mark over more lines than this is shown by its first line.
const BRACKET: usize = 4;
/// Of longer lines (in bytes) only the surroundings of the marks are looked at.
const LONG: usize = 4096;
/// Cells between the stops of a tab.
const TAB: usize = 4;
/// Combining characters that are shown on one base.
const COMBINING: usize = 4;
/// Cells of a line that stay in view before a mark in it.
const BEFORE: usize = 12;
/// The narrowest that a label is wrapped to, and the widest a line is moved for.
const LABEL: Range<usize> = 24..36;

/// A place to be pointed at.
#[derive(Clone, Debug)]
pub(super) struct Mark<'a> {
    /// Where.
    pub(super) spot: Spot<'a>,
    /// What is said beside it; may be empty.
    pub(super) text: String,
    /// Whether it is the finding's own place.
    pub(super) primary: bool,
}

impl Mark<'_> {
    fn file(&self) -> &SourceFile {
        self.spot.file
    }

    /// Its first and last line, from 0.
    fn lines(&self) -> (usize, usize) {
        let first = self.spot.start.line - 1;
        let last = self.spot.end.line - 1;
        let at_start_of_line = self.spot.end.column == 1 && last > first;
        (first, if at_start_of_line { last - 1 } else { last })
    }

    /// The bytes of it that lie on its first line, without the line break.
    fn on_first_line(&self) -> Range<usize> {
        let end = line_end(self.file(), self.spot.start.line - 1);
        let start = self.spot.bytes.start.min(end);
        start..self.spot.bytes.end.clamp(start, end)
    }
}

/// A mark in the text of a [`Window`].
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) bytes: Range<usize>,
    /// Wrapped, lines apart by `\n`; may be empty.
    pub(super) text: String,
    pub(super) primary: bool,
}

/// Lines ready to be printed, each with a line break.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) text: String,
    /// The number of the first line, from 0.
    pub(super) first_line: usize,
    /// How many there are.
    pub(super) line_count: usize,
    /// Sorted by place.
    pub(super) marks: Vec<Drawn>,
}

fn file_line(file: &SourceFile, line: usize) -> &str {
    file.lines().line(&file.text, line)
}

fn line_start(file: &SourceFile, line: usize) -> usize {
    file.lines().start_of(&file.text, line)
}

fn line_end(file: &SourceFile, line: usize) -> usize {
    line_start(file, line) + file_line(file, line).len()
}

/// Puts marks that can share a window together; the first mark's group is first.
pub(super) fn group<'a>(marks: Vec<Mark<'a>>, width: usize) -> Vec<Vec<Mark<'a>>> {
    let mut groups: Vec<Vec<Mark<'a>>> = Vec::new();
    for mark in marks {
        match groups.iter_mut().find(|group| fits(group, &mark, width)) {
            Some(group) => group.push(mark),
            None => groups.push(vec![mark]),
        }
    }
    groups
}

fn fits(group: &[Mark<'_>], mark: &Mark<'_>, width: usize) -> bool {
    let (line, _) = mark.lines();
    let bytes = mark.on_first_line();
    let column = column(mark);
    group.iter().all(|other| {
        let theirs = other.on_first_line();
        let disjoint =
            (bytes.end <= theirs.start || theirs.end <= bytes.start) && bytes.start != theirs.start;
        std::ptr::eq(mark.spot.file, other.spot.file)
            && line.abs_diff(other.lines().0) <= APART
            && disjoint
            && {
                let other_column = self::column(other);
                let right = if other_column > column { other } else { mark };
                let label = cells(&right.text).min(LABEL.start) + 5;
                column.abs_diff(other_column) + BEFORE + label.max(BEFORE) <= width
            }
    })
}

/// How many cells stand before a mark; in long lines, how many bytes.
fn column(mark: &Mark<'_>) -> usize {
    let (line, start) = (mark.lines().0, mark.spot.bytes.start);
    if file_line(mark.file(), line).len() > LONG {
        return start - line_start(mark.file(), line);
    }
    Row::new(mark.spot.file, line, &(start..start)).cell(start)
}

/// How many cells a text takes, counted by character as `miette` does.
fn cells(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The window on a group of marks, at most `width` cells with its line numbers.
pub(super) fn window(marks: &[Mark<'_>], width: usize) -> Option<Window> {
    let file = marks.first()?.spot.file;
    let bracket = match marks {
        [only] => {
            let (first, last) = only.lines();
            let long = (first..=last)
                .take(BRACKET)
                .any(|line| file_line(file, line).len() > LONG);
            last > first && last - first < BRACKET && !long
        }
        _ => false,
    };
    let mut first = marks.iter().map(|mark| mark.lines().0).min()?;
    let mut last = marks
        .iter()
        .map(|mark| {
            if bracket {
                mark.lines().1
            } else {
                mark.lines().0
            }
        })
        .max()?;
    let (top, bottom) = (first, last);
    let starts = marks.iter().map(|mark| mark.spot.bytes.start);
    let focus = starts.clone().min()?..starts.max()?;
    let is_blank = |line: usize| file_line(file, line).trim().is_empty();
    if !(first..=last).any(|line| file_line(file, line).len() > LONG) {
        if first >= CONTEXT && !is_blank(first - CONTEXT) {
            first -= CONTEXT;
        }
        if last + CONTEXT < file.lines().lines() && !is_blank(last + CONTEXT) {
            last += CONTEXT;
        }
    }
    let number = (last + 1).to_string().len();
    let room = width
        .saturating_sub(number + 4 + if bracket { 4 } else { 0 })
        .max(2 * BEFORE);
    let rows: Vec<Row<'_>> = (first..=last)
        .map(|line| Row::new(file, line, &focus))
        .collect();

    // Where the view begins: at the first column, unless a mark is too far right.
    let mut leftmost = usize::MAX;
    let mut rightmost = 0;
    for mark in marks {
        let row = rows.get(mark.lines().0 - first)?;
        let bytes = mark.on_first_line();
        let start = row.cell(bytes.start);
        let end = if bracket {
            start + 1
        } else {
            row.cell(bytes.end).max(start + 1)
        };
        let label = if mark.text.is_empty() {
            0
        } else {
            cells(&mark.text).min(LABEL.end) + 4
        };
        leftmost = leftmost.min(start);
        rightmost = rightmost.max(
            (start + (end - start).min(room / 3))
                .max((start + end) / 2 + label)
                .min(start + room - BEFORE),
        );
    }
    let left = if rightmost < room {
        0
    } else {
        (rightmost + 1 - room).min(leftmost.saturating_sub(BEFORE))
    };

    // Context of which nothing would be seen is left out.
    let (top, bottom) = (top - first, bottom - first);
    let skip = rows
        .iter()
        .take(top)
        .take_while(|row| row.width() <= left)
        .count();
    let keep = rows.len()
        - rows
            .iter()
            .skip(bottom + 1)
            .rev()
            .take_while(|row| row.width() <= left)
            .count();
    let rows = rows.get(skip..keep)?;
    let first = first + skip;

    let mut text = String::new();
    let mut places = Vec::with_capacity(rows.len());
    for row in rows {
        places.push(row.draw(left, room, &mut text));
        text.push('\n');
    }
    let mut drawn: Vec<Drawn> = Vec::with_capacity(marks.len());
    for mark in marks {
        let (from, to) = mark.lines();
        let begin = mark.on_first_line();
        let shown = places.get(from - first)?.range(begin.clone());
        let (bytes, note) = if bracket {
            let ending = mark.spot.bytes.end.min(line_end(file, to));
            let end = places
                .get(to - first)?
                .range(line_start(file, to)..ending)
                .end;
            (shown.start..end, None)
        } else {
            (shown, (to > from).then_some(to + 1))
        };
        let mut label = visible(&mark.text).into_owned();
        if let Some(line) = note {
            let note = if label.is_empty() {
                format!("down to line {line}")
            } else {
                format!(" (down to line {line})")
            };
            label.push_str(&note);
        }
        let row = places.get(from - first)?;
        let middle =
            (row.before(&text, bytes.start) + row.before(&text, bytes.end.min(row.end))) / 2;
        let space = if bracket {
            room
        } else {
            room.saturating_sub(middle + 5)
        };
        let label = wrap(&label, space.max(LABEL.start), space.max(LABEL.start)).join("\n");
        drawn.push(Drawn {
            bytes,
            text: label,
            primary: mark.primary,
        });
    }
    drawn.sort_by_key(|mark| (mark.bytes.start, mark.bytes.end));
    Some(Window {
        text,
        first_line: first,
        line_count: rows.len(),
        marks: drawn,
    })
}

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
struct Row<'a> {
    file: &'a SourceFile,
    pieces: Vec<Piece>,
    /// The cell each piece begins at, and the one behind the last.
    cells: Vec<usize>,
    /// The byte behind the last one that was looked at.
    end: usize,
}

/// Where the pieces of a row are in a window's text.
#[derive(Debug)]
struct Places<'r> {
    row: &'r Row<'r>,
    shown: Vec<Range<usize>>,
    start: usize,
    end: usize,
}

impl<'a> Row<'a> {
    fn new(file: &'a SourceFile, line: usize, focus: &Range<usize>) -> Self {
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
                '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}' => emoji,
                _ => false,
            };
            let (shown, width) = match c {
                '\u{feff}' if at == 0 => continue,
                _ if joins && offset > 0 => continue,
                '\t' => (None, TAB - column % TAB),
                '\0'..='\u{1f}' => (char::from_u32(0x2400 + c as u32), 1),
                '\u{7f}' => (Some('\u{2421}'), 1),
                '#' if text.get(offset..).is_some_and(is_log_command) => (Some(SHARP), 1),
                c if is_unprintable(c) => (Some('\u{fffd}'), 1),
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
            emoji = width == 2
                || matches!(c, '\u{a9}' | '\u{ae}' | '\u{2010}'..='\u{2bff}' | '\u{1f000}'..);
            column += width;
            let text = shown.map_or_else(|| " ".repeat(width), String::from);
            self.pieces.push(Piece { at, text, width });
        }
    }

    /// How many cells it takes.
    fn width(&self) -> usize {
        self.cells.last().copied().unwrap_or(0)
    }

    /// The piece that holds a byte.
    fn index(&self, offset: usize) -> usize {
        self.pieces
            .partition_point(|piece| piece.at <= offset)
            .saturating_sub(1)
    }

    /// The cell that a byte's piece begins at; the one behind the row for its end.
    fn cell(&self, offset: usize) -> usize {
        let index = if offset >= self.end {
            self.pieces.len()
        } else {
            self.index(offset)
        };
        self.cells.get(index).copied().unwrap_or(0)
    }

    /// Appends what is seen of the row through `room` cells from cell `left`.
    fn draw(&'a self, left: usize, room: usize, out: &mut String) -> Places<'a> {
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
    fn range(&self, bytes: Range<usize>) -> Range<usize> {
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
    fn before(&self, text: &str, at: usize) -> usize {
        text.get(self.start..at).map_or(0, cells)
    }
}

/// Breaks `text` at spaces into lines of at most `first` and then `rest` cells;
/// words that are longer are broken where they must. No line but the first begins
/// with `::`, which some build services take for a command.
pub(super) fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let (mut used, mut limit) = (0, first.max(1));
    for (n, word) in text.split(' ').enumerate() {
        let width = cells(word);
        let command = word.starts_with("::");
        if n > 0 {
            if used + 1 + width <= limit || command {
                line.push(' ');
                used += 1;
            } else {
                lines.push(std::mem::take(&mut line));
                (used, limit) = (0, rest.max(1));
            }
        }
        for (at, c) in word.char_indices() {
            let one = c.width().unwrap_or(0);
            let command = word.get(at..).is_some_and(|word| word.starts_with("::"));
            if width > rest && used + one > limit && !command {
                lines.push(std::mem::take(&mut line));
                (used, limit) = (0, rest.max(1));
            }
            line.push(c);
            used += one;
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(wrap("one two three", 7, 5), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh i", 4, 4), ["abcd", "efgh", "i"]);
        assert_eq!(wrap("abc ::e x", 4, 4), ["abc ::e", "x"]);
        assert_eq!(wrap("", 4, 4), [""]);
    }
}
