//! A large file once more, from its first sample to its last, for those that want to see
//! them all and need not hold them.

use super::{Fault, ROW, Streaming, reopened};
use crate::ast::StreamedFile;
use crate::data::{Form, Pieces, Stopped};
use crate::load::Limits;
use crate::load::samples::told_by;
use crate::source::{Excerpt, Files, Origin, ReadError, SourceMap, Text};
use std::fmt;
use std::io::{self, Read};
use std::path::Path;

/// Some samples of an instruction, as a file of them would hold them.
#[derive(Debug)]
pub struct Portion {
    /// How they are told from each other.
    pub form: Form,
    /// The text.
    pub text: String,
    /// The path of the file to show, and where in it the text stands; `None` if there is no
    /// such file.
    pub place: Option<(String, Excerpt)>,
}

impl Portion {
    /// Takes the text in, for the instruction `name`.
    pub(in crate::load) fn add_to(&self, sources: &SourceMap, name: &Text<'_>) -> Origin {
        let text = self.text.clone();
        match &self.place {
            Some((shown, excerpt)) => {
                sources.add_excerpt(shown.as_str(), (text, true), name.span, excerpt.clone())
            }
            None => {
                let shown = format!("the parts of `{}`", name.value);
                sources.add_data(shown, text, None, false)
            }
        }
    }
}

/// The portions of a file.
pub struct Again {
    pieces: Pieces<Box<dyn Read + Send>>,
    form: Form,
    shown: String,
    header: Vec<u8>,
    /// Where the next piece begins, its byte and its line.
    next: (u64, usize),
}

impl Again {
    /// Opens a file that was read with `streaming` and `limits` before, and may not have
    /// changed since.
    pub fn open(
        file: &StreamedFile,
        files: &dyn Files,
        streaming: &Streaming,
        limits: &Limits,
    ) -> io::Result<Again> {
        let written = told_by(Path::new(&file.shown)).and_then(|(_, written)| written.form());
        let form = written.ok_or_else(|| changed(&file.shown))?;
        let opened = reopened(file, files).map_err(|fault| match fault {
            Fault::Read(ReadError::Io(error)) => error,
            Fault::Read(other) => io::Error::other(other.to_string()),
            Fault::Changed => changed(&file.shown),
        })?;
        Ok(Again {
            pieces: Pieces::new(opened.reader, form, streaming.piece, limits.bytes.min(ROW)),
            form,
            shown: file.shown.clone(),
            header: Vec::new(),
            next: (0, 0),
        })
    }

    /// Refuses a file that is not the same any more: what was read of it is not what was judged.
    pub fn unchanged(file: &StreamedFile, files: &dyn Files) -> io::Result<()> {
        match reopened(file, files) {
            Ok(_) => Ok(()),
            Err(_) => Err(changed(&file.shown)),
        }
    }

    fn portion(&mut self, bytes: &[u8], is_first: bool) -> io::Result<Portion> {
        let (mut text, mut excerpt) = (Vec::with_capacity(bytes.len()), Excerpt::default());
        if is_first {
            let start = std::str::from_utf8(bytes).map_err(|_| changed(&self.shown))?;
            self.header = bytes[..self.form.header(start)].to_vec();
        } else if !self.header.is_empty() {
            excerpt.add(&mut text, &self.header, 0, 0);
        }
        let (byte, line) = self.next;
        excerpt.add(&mut text, bytes, byte, line);
        let lines = memchr::memchr_iter(b'\n', bytes).count();
        self.next = (byte + bytes.len() as u64, line + lines);
        Ok(Portion {
            form: self.form,
            text: String::from_utf8(text).map_err(|_| changed(&self.shown))?,
            place: Some((self.shown.clone(), excerpt)),
        })
    }
}

/// A file that is not what it was when it was read first.
#[derive(Debug)]
pub(crate) struct Changed(String);

impl fmt::Display for Changed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Changed(file) = self;
        write!(
            out,
            "`{file}` was changed while it was read; run again once nothing writes to it"
        )
    }
}

impl std::error::Error for Changed {}

/// The file at `path` is not what it was.
pub(crate) fn changed(path: &str) -> io::Error {
    io::Error::other(Changed(path.to_owned()))
}

impl Iterator for Again {
    type Item = io::Result<Portion>;

    fn next(&mut self) -> Option<Self::Item> {
        let piece = match self.pieces.next()? {
            Ok(piece) => piece,
            Err(Stopped::Io(error)) => return Some(Err(error)),
            Err(Stopped::TooLong) => return Some(Err(changed(&self.shown))),
        };
        Some(self.portion(&piece.bytes, piece.number == 0))
    }
}
