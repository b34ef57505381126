//! All samples of a protocol that was found to be good, with those of files too large to be
//! held, which are read once more. What becomes of the samples is not known here.

use crate::Options;
use crate::alone::Alone;
use crate::ast::StreamedFile;
use crate::diagnostics::Diagnostics;
use crate::ir::{Protocol, Sample};
use crate::load::{Again, Portion, Streaming, changed};
use crate::parallel;
use crate::source::{Files, SourceMap, Span};
use std::io;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Mutex;

/// Samples that stand one behind the other, and are held for now.
#[derive(Clone, Copy)]
pub(crate) struct Run<'r> {
    /// The protocol that holds them. Nothing else of it is of use.
    protocol: &'r Protocol<'r>,
    /// Where their spans lead.
    pub(crate) sources: &'r SourceMap,
    /// Where the file that is held for now is named.
    named_at: Option<Span>,
    instruction: usize,
    /// The first of them, by its number in `protocol`.
    held: usize,
    /// The first of them, by its number among all of the instruction.
    first: usize,
    count: usize,
}

impl<'r> Run<'r> {
    /// The samples, and their numbers among all of the instruction, from 0.
    pub(crate) fn samples(self) -> impl Iterator<Item = (usize, Sample<'r, 'r>)> {
        let instruction = self.protocol.instructions.get(self.instruction);
        let all = instruction.into_iter().flat_map(move |instruction| {
            let held = self.held..self.held + self.count;
            held.map(|number| instruction.samples.get(number))
        });
        let all = all.zip(self.first..);
        all.filter_map(|(sample, number)| Some((number, sample?)))
    }

    /// The span of a sample among the sources of the protocol that is walked.
    pub(crate) fn shown(self, span: Span, sources: &SourceMap) -> Span {
        let adopt = |named_at| sources.adopt(self.sources, span, named_at);
        self.named_at.and_then(adopt).unwrap_or(span)
    }
}

/// A way through all samples of a protocol.
pub(crate) struct Walk<'w> {
    protocol: &'w Protocol<'w>,
    sources: &'w SourceMap,
    files: &'w dyn Files,
    options: &'w Options,
    alone: Alone<'w>,
}

/// The portions that are held at a time, for each thread.
const PORTIONS: usize = 2;

impl<'w> Walk<'w> {
    /// A way through `protocol`, which was made with `options` of the spec at `path`, which
    /// holds `bytes`.
    pub(crate) fn new(
        (protocol, sources): (&'w Protocol<'w>, &'w SourceMap),
        (path, bytes): (&'w Path, &[u8]),
        files: &'w dyn Files,
        options: &'w Options,
    ) -> Self {
        Walk {
            protocol,
            sources,
            files,
            options,
            alone: Alone::new((path, bytes), files, options, None),
        }
    }

    /// Gives the samples of the instruction with the number `at`, some runs at a time, in
    /// order. Errors are those of `take`, and of reading files that were read before.
    pub(crate) fn runs(
        &self,
        at: usize,
        mut take: impl FnMut(&[Run<'_>]) -> io::Result<ControlFlow<()>>,
    ) -> io::Result<()> {
        let Some(instruction) = self.protocol.instructions.get(at) else {
            return Ok(());
        };
        let run = |held: Range<usize>, first: usize| Run {
            protocol: self.protocol,
            sources: self.sources,
            named_at: None,
            instruction: at,
            held: held.start,
            first,
            count: held.len(),
        };
        let (mut start, mut first) = (0, 0);
        for stream in instruction.samples.streams() {
            let held = start..stream.held.start;
            start = stream.held.end;
            if take(&[run(held.clone(), first)])?.is_break() {
                return Ok(());
            }
            first += held.len();
            let wanted = first..first + stream.count;
            if self.again(at, &stream.file, wanted, &mut take)?.is_break() {
                return Ok(());
            }
            first += stream.count;
        }
        let rest = start..instruction.samples.len();
        take(&[run(rest, first)]).map(drop)
    }

    /// Gives the samples of a file, which have the numbers `wanted`.
    fn again(
        &self,
        at: usize,
        file: &StreamedFile,
        wanted: Range<usize>,
        take: &mut impl FnMut(&[Run<'_>]) -> io::Result<ControlFlow<()>>,
    ) -> io::Result<ControlFlow<()>> {
        let usual = Streaming::default();
        let streaming = self.options.streaming.as_ref().unwrap_or(&usual);
        let threads = self.options.limits.threads;
        let name = self.protocol.instructions[at].name.value.as_ref();
        let mut first = wanted.start;
        let mut portions = Again::open(file, self.files, streaming, &self.options.limits)?;
        loop {
            let taken = portions.by_ref().take(threads.get() * PORTIONS);
            let taken: Vec<(SourceMap, Mutex<Option<Portion>>)> = taken
                .map(|portion| Ok((SourceMap::default(), Mutex::new(Some(portion?)))))
                .collect::<io::Result<_>>()?;
            if taken.is_empty() {
                return match first == wanted.end {
                    true => Again::unchanged(file, self.files).map(ControlFlow::Continue),
                    false => Err(changed(&file.shown)),
                };
            }
            let protocols = parallel::map(&taken, threads, |(sources, portion)| {
                let portion = portion.lock().ok()?.take()?;
                // What there is to tell was told when the file was read first.
                let mut silent = Diagnostics::default();
                let made = self.alone.protocol(sources, name, portion, &mut silent);
                made.map(|(protocol, _)| protocol)
            });
            let mut runs = Vec::new();
            for ((sources, _), protocol) in taken.iter().zip(&protocols) {
                let protocol = protocol.as_ref().ok_or_else(|| changed(&file.shown))?;
                let place = protocol
                    .instructions
                    .iter()
                    .position(|other| other.name.value == name);
                let instruction = place.ok_or_else(|| changed(&file.shown))?;
                let count = protocol.instructions[instruction].samples.len();
                runs.push(Run {
                    protocol,
                    sources,
                    named_at: Some(file.named_at),
                    instruction,
                    held: 0,
                    first,
                    count,
                });
                first += count;
            }
            if take(&runs)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
}
