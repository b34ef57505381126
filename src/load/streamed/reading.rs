//! The first reading of a large file: its pieces, looked at by several threads.

use super::{Look, MOST_ERRORS};
use crate::aside::Aside;
use crate::ast::Answer;
use crate::data::{Form, Piece, Pieces, Stopped};
use crate::source::{ReadError, Seen};
use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

/// What is known of a piece of a file.
#[derive(Default)]
pub(super) struct Known {
    pub(super) lines: usize,
    /// The samples before those that are wanted.
    pub(super) skipped: usize,
    /// A number made of the inputs of each that is wanted, 0 where they could not be read.
    pub(super) inputs: Vec<u64>,
    pub(super) told: Vec<usize>,
    pub(super) answers: BTreeMap<Answer, (usize, Vec<usize>)>,
    errors: usize,
    /// The first byte that belongs to no character.
    pub(super) invalid: Option<usize>,
}

impl Known {
    /// The samples that are wanted, by their numbers in the piece.
    pub(super) fn rows(&self) -> Range<usize> {
        self.skipped..self.skipped + self.inputs.len()
    }
}

/// A piece of which some samples are wanted: by their numbers, and by their place in it.
struct Part {
    rows: Range<usize>,
    place: Range<usize>,
}

/// A file that is read for the first time, by several threads.
pub(super) struct Reading<'r> {
    pub(super) form: Form,
    pub(super) instruction: &'r str,
    pub(super) look: &'r dyn Look,
    pub(super) aside: Option<&'r Aside>,
    pub(super) seen: &'r Seen,
    /// The pieces, and how many samples stood in those before.
    pub(super) next: Mutex<(Pieces<Box<dyn Read + Send>>, usize)>,
    /// The samples that are wanted, if not all.
    pub(super) rows: Option<Range<usize>>,
    /// What stands before the samples, once the first piece was read.
    pub(super) header: OnceLock<Vec<u8>>,
    /// Bytes that a piece may have.
    pub(super) most: u64,
    /// The errors so far.
    pub(super) errors: AtomicUsize,
}

impl Reading<'_> {
    /// What is told of the pieces of the file, in order, and whether they end where there are
    /// too many errors.
    pub(super) fn known(&self, threads: usize) -> Result<(Vec<Known>, bool), ReadError> {
        let mut all = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(|| self.work())).collect();
            let mut all = self.work();
            for other in others {
                let theirs = match other.join() {
                    Ok(theirs) => theirs,
                    Err(panic) => std::panic::resume_unwind(panic),
                };
                all = all.and_then(|mut all| {
                    all.extend(theirs?);
                    Ok(all)
                });
            }
            all
        })?;
        all.sort_unstable_by_key(|(number, _)| *number);
        let mut all: Vec<Known> = all.into_iter().map(|(_, known)| known).collect();
        // Which pieces were read behind the last one that counts is the threads' business.
        let mut errors = 0;
        let is_last = |known: &Known| {
            errors += known.errors;
            errors > MOST_ERRORS
        };
        let last = all.iter().position(is_last);
        if let Some(last) = last {
            all.truncate(last + 1);
        }
        Ok((all, last.is_some()))
    }

    /// Works on pieces until there is none left.
    fn work(&self) -> Result<Vec<(usize, Known)>, ReadError> {
        let mut done = Vec::new();
        while let Some((piece, part)) = self.piece()? {
            let known = self.look(piece.number, piece.bytes, part);
            let is_text = known.invalid.is_none();
            let errors = self.errors.fetch_add(known.errors, Ordering::Relaxed) + known.errors;
            done.push((piece.number, known));
            // No sample of a file that is no text counts.
            if !is_text || errors > MOST_ERRORS {
                break;
            }
        }
        Ok(done)
    }

    /// The next piece.
    fn piece(&self) -> Result<Option<(Piece, Option<Part>)>, ReadError> {
        let Ok(mut next) = self.next.lock() else {
            // Another thread has panicked, which is passed on.
            return Ok(None);
        };
        let (pieces, before) = &mut *next;
        let piece = pieces.next().transpose().map_err(|stopped| match stopped {
            Stopped::Io(error) => ReadError::Io(error),
            Stopped::TooLong => ReadError::TooLarge(self.most),
        })?;
        if let Some(first) = piece.as_ref().filter(|piece| piece.number == 0) {
            let header = match std::str::from_utf8(&first.bytes) {
                Ok(text) => self.form.header(text),
                Err(_) => 0,
            };
            let _ = self.header.set(first.bytes[..header].to_vec());
        }
        Ok(piece.map(|piece| {
            let part = self.part(&piece, before);
            (piece, part)
        }))
    }

    /// The samples of a piece that are wanted, if not all; `before` counts those before it,
    /// and then its own.
    fn part(&self, piece: &Piece, before: &mut usize) -> Option<Part> {
        let wanted = self.rows.as_ref()?;
        // Bytes that are no text are told of anyway.
        let text = std::str::from_utf8(&piece.bytes).ok()?;
        let form = match self.header.get() {
            Some(header) => self
                .form
                .named_in(std::str::from_utf8(header).unwrap_or_default()),
            None => self.form,
        };
        let places = form.samples(text, piece.number == 0);
        let start = *before;
        *before += places.len();
        let within = |row: usize| row.clamp(start, *before) - start;
        let rows = within(wanted.start)..within(wanted.end);
        let place = match (places.get(rows.start), places[..rows.end].last()) {
            (Some(first), Some(last)) if !rows.is_empty() => first.start..last.end,
            _ => 0..0,
        };
        Some(Part { rows, place })
    }

    fn look(&self, number: usize, mut bytes: Vec<u8>, part: Option<Part>) -> Known {
        let lines = memchr::memchr_iter(b'\n', &bytes).count();
        self.seen.count(bytes.len() as u64, 0);
        let mut known = Known {
            lines,
            ..Known::default()
        };
        let mut is_start = number == 0;
        if let Some(Part { rows, place }) = part {
            known.skipped = rows.start;
            if rows.is_empty() {
                return known;
            }
            bytes.truncate(place.end);
            if rows.start > 0 {
                bytes.drain(..place.start);
                is_start = false;
            }
        }
        let before = self.before(is_start);
        if !before.is_empty() {
            bytes.splice(..0, before.iter().copied());
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                known.invalid = Some(at.saturating_sub(before.len()));
                return known;
            }
        };
        let is_emitted = self.aside.is_some();
        let looked = self
            .look
            .look(self.instruction, self.form, text, is_emitted);
        let skipped = known.skipped;
        known.told = looked.told.into_iter().map(|row| skipped + row).collect();
        let answers = looked.answers.into_iter().map(|(answer, (count, rows))| {
            let rows = rows.into_iter().map(|row| skipped + row);
            (answer, (count, rows.collect()))
        });
        known.answers = answers.collect();
        known.inputs = looked.inputs;
        known.errors = looked.errors;
        // There may be many pieces.
        known.inputs.shrink_to_fit();
        self.seen.count(0, known.inputs.len() as u64);
        if let Some(aside) = self.aside {
            aside.put(number, looked.emitted);
        }
        known
    }

    /// What has to stand before a piece that does not begin the file, so that it is written
    /// like a whole one: the header, or something before a byte order mark, which is none
    /// there.
    fn before(&self, is_start: bool) -> &[u8] {
        match (is_start, self.form) {
            (true, _) => b"",
            (false, Form::Lines) => b"\n",
            (false, Form::Table(_)) => self.header.get().map_or(b"", Vec::as_slice),
        }
    }
}
