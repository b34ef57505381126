//! The first reading of a large file: its pieces, looked at by several threads.

use super::{Look, Looked, Seen};
use crate::aside::Aside;
use crate::ast::Answer;
use crate::data::{Form, Piece, Pieces, Stopped};
use crate::source::ReadError;
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, OnceLock};

/// What is known of a piece of a file.
pub(super) struct Known {
    pub(super) lines: usize,
    pub(super) inputs: Vec<u64>,
    pub(super) told: Vec<usize>,
    pub(super) answers: BTreeMap<Answer, (usize, Vec<usize>)>,
    /// The first byte that belongs to no character.
    pub(super) invalid: Option<usize>,
}

/// A file that is read for the first time, by several threads.
pub(super) struct Reading<'r> {
    pub(super) form: Form,
    pub(super) instruction: &'r str,
    pub(super) look: &'r dyn Look,
    pub(super) aside: Option<&'r Aside>,
    pub(super) seen: &'r Seen,
    pub(super) next: Mutex<Pieces<Box<dyn Read + Send>>>,
    /// What stands before the samples, once the first piece was read.
    pub(super) header: OnceLock<Vec<u8>>,
    /// Bytes that a piece may have.
    pub(super) most: u64,
}

impl Reading<'_> {
    /// What is told of the pieces of the file, in order.
    pub(super) fn known(&self, threads: usize) -> Result<Vec<Known>, ReadError> {
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
        Ok(all.into_iter().map(|(_, known)| known).collect())
    }

    /// Works on pieces until there is none left.
    fn work(&self) -> Result<Vec<(usize, Known)>, ReadError> {
        let mut done = Vec::new();
        while let Some(piece) = self.piece()? {
            let known = self.look(piece.number, piece.bytes);
            let is_text = known.invalid.is_none();
            done.push((piece.number, known));
            if !is_text {
                // No sample of such a file counts.
                break;
            }
        }
        Ok(done)
    }

    /// The next piece.
    fn piece(&self) -> Result<Option<Piece>, ReadError> {
        let Ok(mut pieces) = self.next.lock() else {
            // Another thread has panicked, which is passed on.
            return Ok(None);
        };
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
        Ok(piece)
    }

    fn look(&self, number: usize, bytes: Vec<u8>) -> Known {
        let lines = memchr::memchr_iter(b'\n', &bytes).count();
        let length = bytes.len() as u64;
        let (mut looked, invalid) = match String::from_utf8(self.like_a_file(number, bytes)) {
            Ok(text) => {
                let is_emitted = self.aside.is_some();
                let looked = self
                    .look
                    .look(self.instruction, self.form, text, is_emitted);
                (looked, None)
            }
            Err(error) => (Looked::default(), Some(error.utf8_error().valid_up_to())),
        };
        // There may be many pieces.
        looked.inputs.shrink_to_fit();
        let before = self.before(number).len();
        let samples = looked.inputs.len() as u64;
        self.seen.bytes.fetch_add(length, Ordering::Relaxed);
        self.seen.samples.fetch_add(samples, Ordering::Relaxed);
        if let Some(aside) = self.aside {
            aside.put(number, looked.emitted);
        }
        Known {
            lines,
            inputs: looked.inputs,
            told: looked.told,
            answers: looked.answers,
            invalid: invalid.map(|at| at.saturating_sub(before)),
        }
    }

    /// What has to stand before a piece, so that it is written like a whole file: the header,
    /// or something before a byte order mark, which is none there.
    fn before(&self, number: usize) -> &[u8] {
        match (number, self.form) {
            (0, _) => b"",
            (_, Form::Lines) => b"\n",
            (_, Form::Table(_)) => self.header.get().map_or(b"", Vec::as_slice),
        }
    }

    fn like_a_file(&self, number: usize, bytes: Vec<u8>) -> Vec<u8> {
        match self.before(number) {
            b"" => bytes,
            before => [before, &bytes].concat(),
        }
    }
}
