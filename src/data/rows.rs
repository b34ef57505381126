//! CSV and TSV (RFC 4180) cell by cell, with the place of every cell.
//!
//! What columns mean is not known here.

use crate::diagnostics::{Diagnostic, syntax as rule};
use crate::source::{Origin, Span, Spanned, Text};
use std::borrow::Cow;

/// A row that was read.
#[derive(Debug)]
pub struct Row<'s> {
    /// Its cells; at least one.
    pub cells: Vec<Text<'s>>,
    /// Where the quotes of a cell go wrong, and whether there is text behind the
    /// closing one.
    misquoted: Option<(Span, bool)>,
}

impl<'s> Row<'s> {
    /// A row of cells that are read already.
    pub fn of(cells: Vec<Text<'s>>) -> Self {
        Row {
            cells,
            misquoted: None,
        }
    }

    /// From its first cell to its last.
    pub fn span(&self) -> Option<Span> {
        let (first, last) = (self.cells.first()?, self.cells.last()?);
        Some(first.span.to(last.span))
    }

    /// What keeps the row from being one of a table with so many columns.
    pub fn fault(&self, columns: usize) -> Option<Diagnostic> {
        if let Some((place, is_closed)) = self.misquoted {
            return Some(rule::bad_quotes(place, is_closed));
        }
        let span = self.span()?;
        (self.cells.len() != columns).then(|| rule::row_length(span, self.cells.len(), columns))
    }

    /// Whether a quote in it is never closed, so that it holds all rows behind it.
    pub fn holds_all_behind(&self) -> bool {
        matches!(self.misquoted, Some((_, false)))
    }

    /// Whether nothing but white space stands on its line.
    fn is_blank(&self) -> bool {
        let [only] = &self.cells[..] else {
            return false;
        };
        let is_quoted = only.span.range().len() != only.value.len();
        !is_quoted && only.value.trim().is_empty()
    }
}

/// The delimiter that a text names in a first line such as `sep=;`, as spreadsheets write
/// it and read it, and the bytes of that line; none and 0 if it has no such line.
fn named_delimiter(text: &str) -> (Option<u8>, usize) {
    let line = text.split_inclusive('\n').next().unwrap_or_default();
    let name = line.trim_end_matches(['\n', '\r']).trim_matches('"');
    match name.strip_prefix("sep=").map(str::as_bytes) {
        Some([delimiter]) if delimiter.is_ascii() => (Some(*delimiter), line.len()),
        _ => (None, 0),
    }
}

/// The delimiter that a table names in its first line, if it does.
pub fn delimiter_named_in(text: &str) -> Option<u8> {
    named_delimiter(text.strip_prefix('\u{feff}').unwrap_or(text)).0
}

/// The rows of a table. Lines with nothing but white space are passed over.
#[derive(Debug)]
pub struct Rows<'s> {
    text: &'s str,
    origin: Origin,
    reader: csv_core::Reader,
    at: usize,
    /// The next cell is the first of a row.
    at_row: bool,
    delimiter: u8,
    /// Of the row that is being read.
    misquoted: Option<(Span, bool)>,
}

impl<'s> Rows<'s> {
    /// The rows of `text`, which is that of `origin`.
    pub fn new(text: &'s str, origin: Origin, delimiter: u8) -> Self {
        let mark = if text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        let at = mark + text.get(mark..).map_or(0, |text| named_delimiter(text).1);
        let reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Rows {
            text,
            origin,
            reader,
            at,
            at_row: true,
            delimiter,
            misquoted: None,
        }
    }

    /// The byte behind the rows that were read so far and their line break.
    pub fn end(&self) -> usize {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let is_between = self.text[..self.at].ends_with('\r') && rest.starts_with(b"\n");
        self.at + usize::from(is_between)
    }

    /// The next cell and whether it is the last of its row.
    fn cell(&mut self) -> Option<(Text<'s>, bool)> {
        let bytes = self.text.as_bytes();
        let mut out = Vec::new();
        let mut buffer = [0; 1024];
        let mut start = self.at;
        let is_first = std::mem::replace(&mut self.at_row, false);
        loop {
            let (result, read, written) = self.reader.read_field(&bytes[self.at..], &mut buffer);
            self.at += read;
            out.extend_from_slice(&buffer[..written]);
            match result {
                csv_core::ReadFieldResult::Field { record_end } => {
                    // The reader skips line breaks in front of a row; they are no part of a cell.
                    while is_first && start < self.at && matches!(bytes[start], b'\n' | b'\r') {
                        start += 1;
                    }
                    self.at_row = record_end;
                    self.misquoted = self.misquoted.or(self.misquoted_from(start));
                    return Some((self.text_of(start, out), record_end));
                }
                csv_core::ReadFieldResult::InputEmpty | csv_core::ReadFieldResult::OutputFull => {}
                csv_core::ReadFieldResult::End => return None,
            }
        }
    }

    /// Where the quotes of the cell from `start` up to here go wrong: the quote that is
    /// never closed, or the text behind the closing one.
    fn misquoted_from(&self, start: usize) -> Option<(Span, bool)> {
        let raw = &self.text[start..self.at];
        if !raw.starts_with('"') {
            return None;
        }
        let Some(close) = closing_quote(raw) else {
            return Some((Span::new(self.origin, start, start + 1), false));
        };
        let rest = raw
            .get(close + 1..)
            .unwrap_or_default()
            .trim_end_matches(['\n', '\r']);
        let rest = rest
            .strip_suffix(char::from(self.delimiter))
            .unwrap_or(rest);
        let behind = start + close + 1;
        (!rest.is_empty()).then(|| (Span::new(self.origin, behind, behind + rest.len()), true))
    }

    /// The cell that was read from `start` up to here, its delimiter behind it.
    fn text_of(&self, start: usize, content: Vec<u8>) -> Text<'s> {
        let raw = &self.text[start..self.at];
        let quoted = raw.starts_with('"');
        let written = if quoted {
            &raw[..closing_quote(raw).map_or(raw.len(), |at| at + 1)]
        } else {
            let raw = raw.strip_suffix(['\n']).unwrap_or(raw);
            let raw = raw.strip_suffix(['\r']).unwrap_or(raw);
            let content_length = content.len().min(raw.len());
            raw.get(..content_length).unwrap_or(raw)
        };
        let span = Span::new(self.origin, start, start + written.len());
        let inner = if quoted {
            written.trim_matches('"')
        } else {
            written
        };
        if inner.as_bytes() == content {
            return Spanned::new(Cow::Borrowed(inner), span);
        }
        Spanned::new(
            Cow::Owned(String::from_utf8_lossy(&content).into_owned()),
            span,
        )
    }
}

/// Where the quote at the start of a cell is closed, in bytes from its start.
fn closing_quote(raw: &str) -> Option<usize> {
    let mut at = 1;
    loop {
        at += raw.get(at..)?.find('"')?;
        if raw.as_bytes().get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

impl<'s> Iterator for Rows<'s> {
    type Item = Row<'s>;

    fn next(&mut self) -> Option<Row<'s>> {
        loop {
            let mut cells = Vec::new();
            loop {
                let (cell, is_last) = self.cell()?;
                cells.push(cell);
                if is_last {
                    break;
                }
            }
            let row = Row {
                cells,
                misquoted: self.misquoted.take(),
            };
            if !row.is_blank() {
                return Some(row);
            }
        }
    }
}
