//! Files of samples too large to be held. They are read twice, a piece at a time.
//!
//! First every piece is compiled alone, as if the instruction had no other samples, by a
//! [`Look`]: it tells which samples a finding points at, what they answer, and, as a number
//! made of them, what their inputs are. Then the few samples from which all the rest can be
//! told are read again and decoded to stay: those with findings, those that may stand twice,
//! and of each answer the first. What is told of them, and of the numbers of the others, is
//! what would be told of all.

mod again;
mod counted;
mod excerpt;
mod kept;
mod reading;

pub use again::{Again, Portion};
pub(crate) use again::{Changed, changed};
pub(super) use counted::Counted;

use super::paths::FoundFile;
use super::samples::{Written, told_by};
use super::{Limits, Loader};
use crate::aside::Aside;
use crate::ast::{Answer, Instruction, Sample, Samples, StreamedFile};
use crate::data::{self, Form, Pieces};
use crate::diagnostics::{Diagnostics, limit_exceeded, unreadable_file};
use crate::source::{Files, Opened, ReadError, Seen, Spill, Text};
use reading::{Known, Reading};
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Read};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, OnceLock};

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
    /// How many errors there are.
    pub errors: usize,
    /// How often the samples answer what, and the first of those that do, from 0.
    pub answers: BTreeMap<Answer, (usize, Vec<usize>)>,
    /// The samples as they stand in the model file, by their results, if that was asked for.
    pub emitted: Vec<(String, Vec<u8>)>,
}

/// What is known of a file once it was read.
pub(super) struct Learned {
    file: StreamedFile,
    form: Form,
    /// Not all samples are wanted.
    is_part: bool,
    pieces: Vec<Known>,
    /// It has so many errors that the rest was not looked at.
    is_cut: bool,
    aside: Option<Aside>,
}

impl Learned {
    /// How many samples there are that are wanted.
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

/// A packed file may hold so many times its bytes.
const PACKED: u64 = 64;

/// A fault that was reported.
struct Reported;

/// Why a file cannot be read once more.
enum Fault {
    Read(ReadError),
    Changed,
}

impl Fault {
    fn into_error(self) -> ReadError {
        match self {
            Fault::Read(error) => error,
            Fault::Changed => ReadError::Io(io::Error::other("it was changed while it was read")),
        }
    }
}

/// A file that was read before, as it was then.
fn reopened(file: &StreamedFile, files: &dyn Files) -> Result<Opened, Fault> {
    let opened = files.open(&file.path).ok_or(Fault::Changed)?;
    let opened = opened.map_err(Fault::Read)?;
    if (opened.size, opened.changed) != (file.size, file.changed) {
        return Err(Fault::Changed);
    }
    Ok(match &file.text {
        Some(text) => Opened {
            reader: Box::new(text.reader()),
            ..opened
        },
        None => opened,
    })
}

/// What was read of the file that `name` means; `None` if it could not be, which is reported.
fn was_read<T>(
    read: Result<T, ReadError>,
    name: &Text<'_>,
    findings: &mut Diagnostics,
) -> Option<T> {
    findings.push(match read {
        Ok(read) => return Some(read),
        Err(ReadError::TooLarge(limit)) => limit_exceeded::row(name.span, limit),
        Err(error) => unreadable_file::unreadable(name, &error.to_string()),
    });
    None
}

/// A file with more errors is not looked at to its end.
const MOST_ERRORS: usize = 100_000;

/// Bytes that a line or a row of a large file may have, if no limit says less.
const ROW: u64 = 16 << 20;

/// Bytes that a file may have when it is unpacked, and how many times the packed ones: rows of
/// words do not pack better, and a small file is not to fill a disk.
const UNPACKED: u64 = 64 << 20;
const RATIO: u64 = 100;

impl<'s> Loader<'s, '_> {
    /// Bytes that a line or a row of a large file may have.
    fn row_bytes(&self) -> u64 {
        self.limits.bytes.min(ROW)
    }

    /// Bytes that a file of `packed` bytes may have when it is unpacked: what was asked for, or
    /// what such files have.
    pub(super) fn unpacked_bytes(&self, packed: usize) -> u64 {
        let most = self.limits.bytes;
        let usual = (packed as u64).saturating_mul(RATIO).max(UNPACKED);
        match most == Limits::default().bytes {
            true => most.min(usual),
            false => most,
        }
    }

    /// Whether a file, which may be packed, is read piece by piece, and the file if it is.
    pub(super) fn opened_to_stream(&self, file: &FoundFile, is_packed: bool) -> Option<Opened> {
        let (streaming, _) = self.streaming?;
        let opened = self.files.open(&file.canonical)?.ok()?;
        let least = match is_packed {
            true => streaming.from / PACKED,
            false => streaming.from,
        };
        (opened.size >= least).then_some(opened)
    }

    /// The text of a file that is packed, which `opened` reads from then on; `None` for one
    /// that is not.
    fn spilled(
        &self,
        opened: &mut Opened,
        file: &FoundFile,
        name: &Text<'_>,
        findings: &mut Diagnostics,
    ) -> Result<Option<Spill>, Reported> {
        let told = told_by(&file.shown);
        let Some(((packing, written), (streaming, _))) = told.zip(self.streaming) else {
            return Ok(None);
        };
        if packing.is_none() && written != Written::Parquet {
            return Ok(None);
        }
        let mut packed = Vec::new();
        if let Err(error) = opened.reader.read_to_end(&mut packed) {
            findings.push(unreadable_file::unreadable(name, &error.to_string()));
            return Err(Reported);
        }
        let limit = match streaming.most {
            u64::MAX => self.unpacked_bytes(packed.len()),
            most => most,
        };
        let spilled = Spill::of(
            streaming.aside.as_deref(),
            |out| match packing {
                Some(packing) => data::unpack_to(packing, &packed, limit, out),
                None => data::parquet_to(packed, limit, out),
            },
            |error| data::Fault::Unwritten(error.to_string()),
        );
        match self.unpacked(spilled, limit, name, findings) {
            Some(text) => {
                opened.reader = Box::new(text.reader());
                Ok(Some(text))
            }
            None => Err(Reported),
        }
    }

    /// What is read of a file, which `name` means; `None` if it cannot be, which is reported.
    pub(super) fn streamed(
        &mut self,
        file: &FoundFile,
        name: &Text<'_>,
        mut opened: Opened,
        findings: &mut Diagnostics,
    ) -> Option<StreamedFile> {
        let (streaming, _) = self.streaming?;
        if !self.may_name(name, findings) {
            return None;
        }
        if opened.size > streaming.most {
            findings.push(limit_exceeded::named_bytes(name.span, streaming.most));
            return None;
        }
        let text = match self.spilled(&mut opened, file, name, findings) {
            Ok(text) => text,
            Err(Reported) => return None,
        };
        Some(StreamedFile {
            path: file.canonical.clone(),
            shown: file.shown.to_string_lossy().into_owned(),
            named_at: name.span,
            size: opened.size,
            changed: opened.changed,
            text,
            digest: None,
        })
    }

    /// Counts the samples of a file, which `name` means. `None` if that cannot be done, which
    /// is reported.
    pub(super) fn counted(
        &self,
        file: StreamedFile,
        form: Form,
        name: &Text<'_>,
        findings: &mut Diagnostics,
    ) -> Option<Counted> {
        was_read(self.count(file, form), name, findings)
    }

    /// Reads the samples `rows`, or all, of a file of samples of `instruction`, which `name`
    /// means, for the first time. `None` if that cannot be done, which is reported.
    pub(super) fn learn(
        &self,
        (instruction, form): (&str, Form),
        file: StreamedFile,
        rows: Option<Range<usize>>,
        name: &Text<'_>,
        findings: &mut Diagnostics,
    ) -> Option<Learned> {
        let (streaming, look) = self.streaming?;
        let read = || {
            kept::keep_freed_memory();
            let opened = reopened(&file, self.files).map_err(Fault::into_error)?;
            let aside = streaming.aside.as_deref().map(Aside::beside).transpose()?;
            let most = self.row_bytes();
            let pieces = Pieces::new(opened.reader, form, streaming.piece, most);
            let is_part = rows.is_some();
            let reading = Reading {
                form,
                instruction,
                look,
                aside: aside.as_ref(),
                seen: &streaming.seen,
                next: Mutex::new((pieces, 0)),
                rows,
                header: OnceLock::new(),
                most,
                errors: AtomicUsize::new(0),
            };
            let (pieces, is_cut) = reading.known(self.limits.threads.get())?;
            Ok(Learned {
                pieces,
                is_cut,
                form,
                is_part,
                file,
                aside,
            })
        };
        was_read(read(), name, findings)
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
            let again = piece.rows().zip(&piece.inputs);
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
                findings.push(match fault {
                    Fault::Read(error) => unreadable_file::unreadable(name, &error.to_string()),
                    Fault::Changed => unreadable_file::changed(name),
                });
                return None;
            }
        };
        let add = |text| {
            let shown = learned.file.shown.as_str();
            let text = (text, learned.file.text.is_none());
            self.sources.add_excerpt(shown, text, name.span, excerpt)
        };
        let (origin, is_valid) = super::added(bytes, add, findings);
        if !is_valid {
            return None;
        }
        let count = learned.len();
        let (samples, is_whole) = self.formed(origin, learned.form, instruction, findings);
        let is_whole = is_whole && !learned.is_cut;
        if learned.is_cut {
            findings.push(limit_exceeded::errors(name.span, MOST_ERRORS));
        }
        let samples = samples.streamed(learned.file, count, answers, learned.aside);
        Some((samples, is_whole))
    }
}
