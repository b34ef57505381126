//! The few lines of a file that a snippet shows, cut to the columns there are and
//! rewritten so that one character takes the cells it is counted for everywhere.
//!
//! Terminals disagree about joined emoji, variation selectors and skin tones, so
//! these are shown taken apart, as compilers do; whatever cannot be printed gets a
//! visible stand-in of one cell. Only the text of the shown lines is ever read.

use super::Spot;
use super::escape::visible;
use super::row::Row;
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
pub(super) const LONG: usize = 4096;
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

    /// Its first and last line in the text, from 0.
    fn lines(&self) -> (usize, usize) {
        let line = |offset| self.file().lines().line_of(offset);
        let (first, last) = (line(self.spot.bytes.start), line(self.spot.bytes.end));
        let at_start_of_line = self.spot.end.column == 1 && last > first;
        (first, if at_start_of_line { last - 1 } else { last })
    }

    /// The bytes of it that lie on its first line, without the line break.
    fn on_first_line(&self) -> Range<usize> {
        let end = line_end(self.file(), self.lines().0);
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

pub(super) fn file_line(file: &SourceFile, line: usize) -> &str {
    file.lines().line(&file.text, line)
}

pub(super) fn line_start(file: &SourceFile, line: usize) -> usize {
    file.lines().start_of(&file.text, line)
}

pub(super) fn line_end(file: &SourceFile, line: usize) -> usize {
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
pub(super) fn cells(text: &str) -> usize {
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
    let number = (file.line(last) + 1).to_string().len();
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
        first_line: file.line(first),
        line_count: rows.len(),
        marks: drawn,
    })
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
