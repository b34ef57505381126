//! A file in pieces of whole samples, of which only some are held at a time. What the samples
//! are is not known here.

use super::rows::{Rows, delimiter_named_in};
use crate::source::{Origin, SourceMap};
use std::io::{self, Read};
use std::ops::Range;

/// How the samples of a file are told from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One JSON value a line.
    Lines,
    /// Rows behind a header, the cells separated by this byte, unless the file names another.
    Table(u8),
}

impl Form {
    /// The bytes of the samples of a text, in order: what stands before one without being one,
    /// such as empty lines, belongs to it. A text that `is_start` begins a file, with a byte
    /// order mark or a header.
    pub fn samples(self, text: &str, is_start: bool) -> Vec<Range<usize>> {
        let mut start = 0;
        let mut samples = Vec::new();
        match self {
            Form::Lines => {
                let mut end = 0;
                for line in text.split_inclusive('\n') {
                    let is_first = is_start && end == 0;
                    end += line.len();
                    let value = line.strip_prefix('\u{feff}').filter(|_| is_first);
                    if !value.unwrap_or(line).trim().is_empty() {
                        samples.push(start..end);
                        start = end;
                    }
                }
            }
            Form::Table(delimiter) => {
                let mut rows = rows(text, delimiter);
                if is_start && rows.next().is_some() {
                    start = rows.end();
                }
                while rows.next().is_some() {
                    samples.push(start..rows.end());
                    start = rows.end();
                }
            }
        }
        samples
    }

    /// The form of what stands behind the start of a file: it may name what separates cells.
    pub fn named_in(self, start: &str) -> Form {
        match (self, delimiter_named_in(start)) {
            (Form::Table(_), Some(delimiter)) => Form::Table(delimiter),
            _ => self,
        }
    }

    /// How many bytes the header of a text takes, with what stands before it.
    pub fn header(self, text: &str) -> usize {
        let Form::Table(delimiter) = self else {
            return 0;
        };
        let mut rows = rows(text, delimiter);
        rows.next().map_or(0, |_| rows.end())
    }
}

/// The rows of a text of which nothing is told.
fn rows(text: &str, delimiter: u8) -> Rows<'_> {
    let delimiter = delimiter_named_in(text).unwrap_or(delimiter);
    Rows::new(text, nowhere(), delimiter)
}

/// The origin of what nobody is told of.
fn nowhere() -> Origin {
    SourceMap::default().add("", String::new())
}

/// Samples that stand one behind the other.
#[derive(Debug)]
pub struct Piece {
    /// Its number, from 0.
    pub number: usize,
    /// Its bytes. Only the last piece of a file may lack the line break at its end.
    pub bytes: Vec<u8>,
}

/// Finds where rows end, in bytes that come little by little.
struct Ends {
    reader: csv_core::Reader,
    /// Nothing was looked at yet.
    is_new: bool,
    /// The bytes that were looked at.
    at: usize,
}

/// More bytes than a line has that names a delimiter.
const NAMING: usize = 16;

impl Ends {
    fn new(delimiter: u8) -> Self {
        Ends {
            reader: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            is_new: true,
            at: 0,
        }
    }

    /// The end of the last row that ends in `bytes`, those that were given before and more.
    fn last(&mut self, bytes: &[u8]) -> Option<usize> {
        if self.is_new {
            let first = memchr::memchr(b'\n', bytes).map(|at| at + 1);
            let first = first.or_else(|| (bytes.len() >= NAMING).then_some(NAMING))?;
            let line = String::from_utf8_lossy(&bytes[..first]);
            if let Some(delimiter) = delimiter_named_in(&line) {
                *self = Ends {
                    at: first,
                    ..Ends::new(delimiter)
                };
            }
            self.is_new = false;
        }
        let (mut text, mut ends) = ([0; 4096], [0; 256]);
        let mut last = None;
        while self.at < bytes.len() {
            let rest = &bytes[self.at..];
            let (result, read, ..) = self.reader.read_record(rest, &mut text, &mut ends);
            self.at += read;
            if result == csv_core::ReadRecordResult::Record {
                match bytes.get(self.at) {
                    Some(b'\n') if bytes[self.at - 1] == b'\r' => last = Some(self.at + 1),
                    // What comes behind it may belong to the line break.
                    None if bytes[self.at - 1] != b'\n' => {}
                    _ => last = Some(self.at),
                }
            }
        }
        last
    }

    /// Forgets the first `count` bytes.
    fn forget(&mut self, count: usize) {
        self.at = self.at.saturating_sub(count);
    }
}

/// The pieces of what a reader gives. The same bytes give the same pieces.
pub struct Pieces<R> {
    reader: R,
    size: usize,
    /// Bytes that a line may have.
    longest: u64,
    /// Finds the rows of a table.
    ends: Option<Ends>,
    /// What was read behind the last piece.
    rest: Vec<u8>,
    number: usize,
    ended: bool,
}

/// Why there is no further piece.
#[derive(Debug)]
pub enum Stopped {
    /// The system's error.
    Io(io::Error),
    /// A line is longer than may be.
    TooLong,
}

impl<R: Read> Pieces<R> {
    /// Pieces of about `size` bytes, more where a sample is longer; none may have more than
    /// `longest` bytes.
    pub fn new(reader: R, form: Form, size: usize, longest: u64) -> Self {
        Pieces {
            reader,
            size: size.max(1),
            longest,
            ends: match form {
                Form::Lines => None,
                Form::Table(delimiter) => Some(Ends::new(delimiter)),
            },
            rest: Vec::new(),
            number: 0,
            ended: false,
        }
    }

    fn read(&mut self) -> Result<Option<Piece>, Stopped> {
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.reserve((2 * self.size).saturating_sub(bytes.len()));
        let mut searched = bytes.len();
        while !self.ended {
            // The same number of bytes each time, however few the system gives at once.
            let wanted = self.size as u64;
            let read = self.reader.by_ref().take(wanted).read_to_end(&mut bytes);
            let read = read.map_err(Stopped::Io)? as u64;
            self.ended = read < wanted;
            if self.ended {
                break;
            }
            let end = match &mut self.ends {
                Some(ends) => ends.last(&bytes),
                None => memchr::memrchr(b'\n', &bytes[searched..]).map(|at| searched + at + 1),
            };
            if let Some(end) = end {
                if let Some(ends) = &mut self.ends {
                    ends.forget(end);
                }
                self.rest = bytes.split_off(end);
                break;
            }
            searched = bytes.len();
            if searched as u64 > self.longest {
                return Err(Stopped::TooLong);
            }
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let number = self.number;
        self.number += 1;
        Ok(Some(Piece { number, bytes }))
    }
}

impl<R: Read> Iterator for Pieces<R> {
    type Item = Result<Piece, Stopped>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one to three bytes at a time.
    struct Slow<'b>(&'b [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = 1 + self.0.len() % 3;
            let count = most.min(buffer.len());
            self.0.read(&mut buffer[..count])
        }
    }

    #[test]
    fn pieces_join_into_the_whole_and_depend_on_nothing_else() {
        let text = "a\nbb\n\nccc\r\n".repeat(50) + &"long".repeat(40) + "\nend";
        for size in [1, 2, 3, 10, 100, 10_000] {
            let pieces = |reader: &mut dyn Read| -> Vec<Vec<u8>> {
                let all = Pieces::new(reader, Form::Lines, size, 1000);
                all.map(|piece| piece.expect("a piece").bytes).collect()
            };
            let fast = pieces(&mut text.as_bytes());
            assert_eq!(fast, pieces(&mut Slow(text.as_bytes())));
            assert_eq!(fast.concat(), text.as_bytes());
            let (_, others) = fast.split_last().expect("a piece");
            assert!(others.iter().all(|piece| piece.ends_with(b"\n")));
        }
        assert_eq!(Pieces::new(&b""[..], Form::Lines, 10, 10).count(), 0);
        let mut refused = Pieces::new(text.as_bytes(), Form::Lines, 10, 100);
        assert!(refused.any(|piece| matches!(piece, Err(Stopped::TooLong))));
    }

    #[test]
    fn pieces_of_a_table_are_whole_rows() {
        let rows = "input;\"out\nput\"\r\n\na;b\r\n\"x\r\ny\";\"\"\"\n\"\n  \nq;\"s\"\n".repeat(9);
        for text in [
            rows.clone(),
            format!("\u{feff}sep=;\r\n{rows}"),
            rows.replace("\r\n", "\r"),
        ] {
            let form = Form::Table(b';');
            let whole = form.samples(&text, false);
            let whole: Vec<&str> = whole.into_iter().map(|range| text[range].trim()).collect();
            for size in [1, 2, 7, 50, 10_000] {
                let all = Pieces::new(Slow(text.as_bytes()), form, size, 1000);
                let all: Vec<Vec<u8>> = all.map(|piece| piece.expect("a piece").bytes).collect();
                assert_eq!(all.concat(), text.as_bytes());
                let all = all
                    .into_iter()
                    .map(|piece| String::from_utf8(piece).expect("text"));
                let all = all.flat_map(|piece| {
                    let samples = form.samples(&piece, false).into_iter();
                    let samples = samples.map(|range| piece[range].trim().to_owned());
                    samples.collect::<Vec<_>>()
                });
                assert!(all.eq(whole.iter().map(|row| (*row).to_owned())), "{size}");
            }
        }
    }
}
