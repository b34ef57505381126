//! Files of samples too large to be held. They are read twice, a piece at a time.
//!
//! First every piece is compiled alone, as if the instruction had no other samples, by a
//! [`Look`]: it tells which samples a finding points at, what they answer, and, as a number
//! made of them, what their inputs are. Then the few samples from which all the rest can be
//! told are read again and decoded to stay: those with findings, those that may stand twice,
//! and of each answer the first. What is told of them, and of the numbers of the others, is
//! what would be told of all.

use super::Loader;
use super::paths::FoundFile;
use crate::aside::Aside;
use crate::ast::{Answer, Instruction, Sample, Samples};
use crate::data::{Form, Piece, Pieces, Stopped};
use crate::diagnostics::{Diagnostics, limit_exceeded, unreadable_file};
use crate::source::{Excerpt, Opened, ReadError, Text};
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::SystemTime;

/// How large files of samples are read.
#[derive(Clone, Debug)]
pub struct Streaming {
    /// Files of at least so many bytes are.
    pub from: u64,
    /// Files of more bytes are refused.
    pub most: u64,
    /// Bytes of a piece.
    pub piece: usize,
    /// Not for specs of more bytes, which are read again for every piece.
    pub spec: usize,
    /// The folder on whose disk samples are put aside as they stand in the model file, if
    /// they are wanted so.
    pub aside: Option<PathBuf>,
    /// Counts what was read so far.
    pub seen: Arc<Seen>,
}

/// What was read so far of large files.
#[derive(Debug, Default)]
pub struct Seen {
    /// Bytes.
    pub bytes: AtomicU64,
    /// Samples.
    pub samples: AtomicU64,
}

impl Default for Streaming {
    fn default() -> Self {
        Streaming {
            from: 4 << 20,
            most: u64::MAX,
            piece: 1 << 18,
            spec: 1 << 18,
            aside: None,
            seen: Arc::default(),
        }
    }
}

/// Compiles pieces of a file alone.
pub trait Look: Sync {
    /// What there is to tell of a piece, which is written like a whole file, for an
    /// instruction.
    fn look(&self, instruction: &str, form: Form, piece: String, is_emitted: bool) -> Looked;

    /// A number made of a sample's inputs, never 0; samples with the same inputs have the
    /// same. `None` if they could not be read.
    fn inputs(&self, sample: &Sample<'_>) -> Option<u64>;

    /// How many samples of an answer an instruction needs: so many of each are held.
    fn enough(&self) -> usize;
}

/// What was told of a piece.
#[derive(Debug, Default)]
pub struct Looked {
    /// A number made of the inputs of each sample, 0 where they could not be read.
    pub inputs: Vec<u64>,
    /// The samples that a finding points at, from 0.
    pub told: Vec<usize>,
    /// How often the samples answer what, and the first of those that do, from 0.
    pub answers: BTreeMap<Answer, (usize, Vec<usize>)>,
    /// The samples as they stand in the model file, by their results, if that was asked for.
    pub emitted: Vec<(String, Vec<u8>)>,
}

/// What is known of a piece of a file.
struct Known {
    lines: usize,
    inputs: Vec<u64>,
    told: Vec<usize>,
    answers: BTreeMap<Answer, (usize, Vec<usize>)>,
    /// The first byte that belongs to no character.
    invalid: Option<usize>,
}

/// What is known of a file once it was read.
pub(super) struct Learned {
    file: PathBuf,
    shown: String,
    form: Form,
    size: u64,
    changed: Option<SystemTime>,
    pieces: Vec<Known>,
    aside: Option<Aside>,
}

impl Learned {
    /// How many samples there are.
    pub(super) fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.inputs.len()).sum()
    }

    /// The numbers made of the samples' inputs.
    pub(super) fn inputs(&self) -> impl Iterator<Item = u64> {
        self.pieces
            .iter()
            .flat_map(|piece| piece.inputs.iter().copied())
    }

    /// What the samples answer, and which of them, by piece and number in it, are the first
    /// to do so.
    fn answers(&self, enough: usize) -> (BTreeMap<Answer, usize>, Vec<(usize, usize)>) {
        let mut counts: BTreeMap<Answer, usize> = BTreeMap::new();
        let mut first = Vec::new();
        for (number, piece) in self.pieces.iter().enumerate() {
            for (answer, (count, rows)) in &piece.answers {
                let before = counts.entry(answer.clone()).or_default();
                let wanted = enough.saturating_sub(*before);
                first.extend(rows.iter().take(wanted).map(|row| (number, *row)));
                *before += count;
            }
        }
        (counts, first)
    }
}

/// Why a file cannot be read in pieces.
enum Fault {
    Read(ReadError),
    Changed,
}

impl<'s> Loader<'s, '_> {
    /// Whether a file is read piece by piece, and the file if it is.
    pub(super) fn opened_to_stream(&self, file: &FoundFile) -> Option<Opened> {
        let (streaming, _) = self.streaming?;
        let opened = self.files.open(&file.canonical)?.ok()?;
        (opened.size >= streaming.from).then_some(opened)
    }

    /// Reads a file of samples of `instruction`, which `name` means, for the first time.
    /// `None` if that cannot be done, which is reported.
    pub(super) fn learn(
        &mut self,
        (instruction, form): (&str, Form),
        file: &FoundFile,
        name: &Text<'_>,
        opened: Opened,
        findings: &mut Diagnostics,
    ) -> Option<Learned> {
        let (streaming, look) = self.streaming?;
        self.named += 1;
        if self.named > self.limits.files {
            findings.push(limit_exceeded::files(name.span, self.limits.files));
            return None;
        }
        if opened.size > streaming.most {
            findings.push(limit_exceeded::bytes(name.span, streaming.most));
            return None;
        }
        let read = || {
            let aside = streaming.aside.as_deref().map(Aside::beside).transpose()?;
            let (size, changed) = (opened.size, opened.changed);
            let most = self.limits.bytes;
            let reading = Reading {
                form,
                instruction,
                look,
                aside: aside.as_ref(),
                seen: &streaming.seen,
                next: Mutex::new(Pieces::new(opened.reader, form, streaming.piece, most)),
                header: OnceLock::new(),
                most,
            };
            Ok(Learned {
                pieces: reading.known(self.limits.threads.get())?,
                form,
                file: file.canonical.clone(),
                shown: file.shown.to_string_lossy().into_owned(),
                size,
                changed,
                aside,
            })
        };
        match read() {
            Ok(learned) => Some(learned),
            Err(ReadError::TooLarge(limit)) => {
                findings.push(limit_exceeded::bytes(name.span, limit));
                None
            }
            Err(error) => {
                findings.push(unreadable_file::unreadable(name, &error.to_string()));
                None
            }
        }
    }

    /// Reads what is to be held of a file, which `name` means, and decodes it: of the samples
    /// whose inputs are among `twice` all. Also whether the samples could be told from each
    /// other. `None` if it cannot be done, which is reported.
    pub(super) fn held(
        &self,
        learned: Learned,
        name: &Text<'_>,
        twice: &HashSet<u64>,
        instruction: &Instruction<'s>,
        findings: &mut Diagnostics,
    ) -> Option<(Samples<'s>, bool)> {
        let (streaming, look) = self.streaming?;
        let (answers, first) = learned.answers(look.enough());
        let mut wanted: BTreeMap<usize, HashSet<usize>> = BTreeMap::new();
        for (piece, row) in first {
            wanted.entry(piece).or_default().insert(row);
        }
        for (number, piece) in learned.pieces.iter().enumerate() {
            let again = piece.inputs.iter().enumerate();
            let again = again.filter(|(_, inputs)| twice.contains(inputs));
            let rows = again.map(|(row, _)| row).chain(piece.told.iter().copied());
            let mut rows = rows.peekable();
            if rows.peek().is_some() {
                wanted.entry(number).or_default().extend(rows);
            }
        }
        let invalid = learned
            .pieces
            .iter()
            .position(|piece| piece.invalid.is_some());
        let (bytes, excerpt) = match self.excerpt(&learned, streaming, &wanted, invalid) {
            Ok(excerpt) => excerpt,
            Err(fault) => {
                let reason = match fault {
                    Fault::Read(error) => error.to_string(),
                    Fault::Changed => "it was changed while it was read".to_owned(),
                };
                findings.push(unreadable_file::unreadable(name, &reason));
                return None;
            }
        };
        let add = |text| {
            let shown = learned.shown.as_str();
            self.sources.add_excerpt(shown, text, name.span, excerpt)
        };
        let (origin, is_valid) = super::added(bytes, add, findings);
        if !is_valid {
            return None;
        }
        let count = learned.len();
        let (samples, is_whole) = self.formed(origin, learned.form, instruction, findings);
        Some((samples.streamed(count, answers, learned.aside), is_whole))
    }

    /// The samples that are wanted, by piece and number in it, with a line before and behind
    /// each; if a piece is `invalid`, just the line in it that is at fault with its neighbours.
    fn excerpt(
        &self,
        learned: &Learned,
        streaming: &Streaming,
        wanted: &BTreeMap<usize, HashSet<usize>>,
        invalid: Option<usize>,
    ) -> Result<(Vec<u8>, Excerpt), Fault> {
        let mut taken = Taken::default();
        let opened = self.files.open(&learned.file).ok_or(Fault::Changed)?;
        let opened = opened.map_err(Fault::Read)?;
        if (opened.size, opened.changed) != (learned.size, learned.changed) {
            return Err(Fault::Changed);
        }
        let mut form = learned.form;
        let pieces = Pieces::new(opened.reader, form, streaming.piece, self.limits.bytes);
        let (mut byte, mut line) = (0, 0);
        for piece in pieces {
            let piece = piece.map_err(|_| Fault::Changed)?;
            let start = (byte, line);
            let known = learned.pieces.get(piece.number);
            byte += piece.bytes.len() as u64;
            line += known.map_or(0, |known| known.lines);
            if invalid.is_some_and(|number| number < piece.number) && !taken.wants_next {
                break;
            }
            if let Some(at) = known.and_then(|known| known.invalid) {
                // Of a file that is no text, the lines are shown.
                let text = super::readable(piece.bytes.clone());
                let lines = Form::Lines.samples(&text, piece.number == 0);
                taken.samples(&piece.bytes, start, lines, |_, bytes| bytes.contains(&at));
                continue;
            }
            if invalid.is_none() && piece.number == 0 {
                let text = std::str::from_utf8(&piece.bytes).map_err(|_| Fault::Changed)?;
                taken.header(&piece.bytes, form.header(text));
                form = form.named_in(text);
            }
            let rows = wanted.get(&piece.number).filter(|_| invalid.is_none());
            let next = piece.number + 1;
            let next_wants =
                invalid == Some(next) || wanted.get(&next).is_some_and(|rows| rows.contains(&0));
            if rows.is_none() && !next_wants && !taken.wants_next {
                taken.before = None;
                continue;
            }
            let text = super::readable(piece.bytes.clone());
            let samples = form.samples(&text, piece.number == 0);
            let is_wanted = |row| rows.is_some_and(|rows| rows.contains(&row));
            taken.samples(&piece.bytes, start, samples, |row, _| is_wanted(row));
        }
        Ok((taken.text, taken.excerpt))
    }
}

/// A file that is read for the first time, by several threads.
struct Reading<'r> {
    form: Form,
    instruction: &'r str,
    look: &'r dyn Look,
    aside: Option<&'r Aside>,
    seen: &'r Seen,
    next: Mutex<Pieces<Box<dyn std::io::Read + Send>>>,
    /// What stands before the samples, once the first piece was read.
    header: OnceLock<Vec<u8>>,
    /// Bytes that a piece may have.
    most: u64,
}

impl Reading<'_> {
    /// What is told of the pieces of the file, in order.
    fn known(&self, threads: usize) -> Result<Vec<Known>, ReadError> {
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
        let (looked, invalid) = match String::from_utf8(self.like_a_file(number, bytes)) {
            Ok(text) => {
                let is_emitted = self.aside.is_some();
                let looked = self
                    .look
                    .look(self.instruction, self.form, text, is_emitted);
                (looked, None)
            }
            Err(error) => (Looked::default(), Some(error.utf8_error().valid_up_to())),
        };
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

/// The lines that were taken of a file.
#[derive(Default)]
struct Taken {
    text: Vec<u8>,
    excerpt: Excerpt,
    /// The last line that was passed over.
    before: Option<(Vec<u8>, u64, usize)>,
    /// The next line is to be taken, too.
    wants_next: bool,
}

impl Taken {
    /// Takes what stands before the samples in the first piece.
    fn header(&mut self, piece: &[u8], length: usize) {
        if length > 0 {
            self.excerpt.add(&mut self.text, &piece[..length], 0, 0);
        }
    }

    /// Takes the samples that are wanted, and one before and behind each, from a piece that
    /// begins at a byte and a line of the file and holds samples at `places`. `is_wanted` gets
    /// the number of a sample and its place.
    fn samples(
        &mut self,
        piece: &[u8],
        (byte, mut line): (u64, usize),
        places: Vec<Range<usize>>,
        is_wanted: impl Fn(usize, Range<usize>) -> bool,
    ) {
        let mut end = 0;
        for (row, place) in places.into_iter().enumerate() {
            line += memchr::memchr_iter(b'\n', &piece[end..place.start]).count();
            end = place.end;
            let text = &piece[place.clone()];
            let at = (byte + place.start as u64, line);
            line += memchr::memchr_iter(b'\n', text).count();
            let is_wanted = is_wanted(row, place);
            if is_wanted && let Some((text, byte, line)) = self.before.take() {
                self.excerpt.add(&mut self.text, &text, byte, line);
            }
            self.before = None;
            if is_wanted || self.wants_next {
                self.excerpt.add(&mut self.text, text, at.0, at.1);
            } else {
                self.before = Some((text.to_vec(), at.0, at.1));
            }
            self.wants_next = is_wanted;
        }
    }
}
