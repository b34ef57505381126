//! The records of an export, made by several threads from all samples of a spec, in order.

use super::Chosen;
use crate::chat::Row;
use crate::chat::export::{Exporter, Part};
use crate::chat::template::{Fault, FaultKind};
use crate::diagnostics::{Diagnostic, Diagnostics, unrenderable_sample};
use crate::ir::Sample;
use crate::parallel;
use crate::source::SourceMap;
use crate::walk::{Run, Walk};
use std::io;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

/// Behind so many rows that cannot be rendered, no more are looked at.
const FINDINGS: usize = 100;
/// The records that are made at a time, before they are written.
const BATCH: usize = 2048;
/// The records that are made by one thread after another.
const PIECE: usize = 128;

/// Where records come from.
pub(super) struct Records<'r> {
    pub(super) walk: Walk<'r>,
    pub(super) exporter: &'r Exporter<'r, 'r, 'r>,
    pub(super) sources: &'r SourceMap,
}

/// One that is to be made.
#[derive(Clone, Copy)]
pub(super) struct Record<'r> {
    pub(super) row: Row,
    pub(super) sample: Sample<'r, 'r>,
    pub(super) part: Part,
    pub(super) run: Run<'r>,
}

/// Records that were made: their text, and for each where it ends, or what the template
/// says.
struct Made {
    text: Vec<u8>,
    ends: Vec<Result<usize, Fault>>,
}

impl Records<'_> {
    /// Gives the chosen records, some at a time, in order. Errors are those of `take`, and of
    /// reading files that were read before.
    pub(super) fn batches(
        &self,
        chosen: &Chosen<'_>,
        mut take: impl FnMut(&[Record<'_>]) -> io::Result<ControlFlow<()>>,
    ) -> io::Result<()> {
        let protocol = self.exporter.mapping.protocol();
        let mut number = 0;
        let mut is_over = false;
        for at in 0..protocol.instructions.len() {
            self.walk.runs(at, |runs| {
                let rows = runs.iter().flat_map(|run| {
                    let samples = run.samples();
                    samples.map(|(sample, held)| (*run, row(at, sample, None), held))
                });
                let taken = self.taken(rows, chosen, &mut number, &mut take)?;
                is_over |= taken.is_break();
                Ok(taken)
            })?;
            let mut prompts = Row::prompts(protocol, at).peekable();
            while !is_over && prompts.peek().is_some() {
                let mut any = false;
                self.walk.runs(at, |runs| {
                    let samples = runs.iter().flat_map(|run| {
                        let samples = run.samples();
                        samples.map(|(sample, held)| (*run, sample, held))
                    });
                    let rows =
                        samples
                            .zip(prompts.by_ref())
                            .map(|((run, sample, held), prompt)| {
                                any = true;
                                (run, row(at, sample, Some(prompt)), held)
                            });
                    let taken = self.taken(rows, chosen, &mut number, &mut take)?;
                    is_over |= taken.is_break();
                    match prompts.peek() {
                        Some(_) => Ok(taken),
                        None => Ok(ControlFlow::Break(())),
                    }
                })?;
                if !any {
                    break;
                }
            }
            if is_over {
                break;
            }
        }
        Ok(())
    }

    fn taken<'b>(
        &self,
        rows: impl Iterator<Item = (Run<'b>, Row, Sample<'b, 'b>)>,
        chosen: &Chosen<'_>,
        number: &mut usize,
        take: &mut impl FnMut(&[Record<'_>]) -> io::Result<ControlFlow<()>>,
    ) -> io::Result<ControlFlow<()>> {
        let rows = rows.filter(|(_, row, _)| chosen.is_in_half(*row));
        let records = rows.flat_map(|(run, row, sample)| {
            let parts = self.exporter.parts(row, sample).iter();
            parts.map(move |part| Record {
                row,
                sample,
                part: *part,
                run,
            })
        });
        let mut records = records.filter(|_| {
            *number += 1;
            chosen.is_in_shard(*number - 1)
        });
        loop {
            let batch: Vec<Record<'_>> = records.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return Ok(ControlFlow::Continue(()));
            }
            if take(&batch)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }

    /// Gives the text of every chosen record to `take`, in order. Faults of the template are
    /// reported. How many records there were.
    pub(super) fn each(
        &self,
        chosen: &Chosen<'_>,
        findings: &mut Diagnostics,
        mut take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<usize> {
        let buffers = Mutex::default();
        let mut count = 0;
        self.batches(chosen, |batch| {
            let pieces: Vec<&[Record<'_>]> = batch.chunks(PIECE).collect();
            let made = parallel::map(&pieces, parallel::available(), |piece| {
                make(self.exporter, piece, &buffers)
            });
            for (piece, made) in pieces.into_iter().zip(made) {
                let mut start = 0;
                for (record, end) in piece.iter().zip(made.ends) {
                    count += 1;
                    match end {
                        Ok(end) => {
                            take(&made.text[start..end])?;
                            start = end;
                        }
                        Err(fault) => {
                            findings.push(self.finding(record, &fault));
                            // What takes so long once would take it with every row.
                            let is_hopeless = fault.kind == FaultKind::Limit;
                            if is_hopeless || findings.iter().count() >= FINDINGS {
                                return Ok(ControlFlow::Break(()));
                            }
                        }
                    }
                }
                let mut buffers = buffers.lock().unwrap_or_else(PoisonError::into_inner);
                buffers.push(made.text);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(count)
    }

    /// What a fault means for a row.
    fn finding(&self, record: &Record<'_>, fault: &Fault) -> Diagnostic {
        let exporter = self.exporter;
        let span = match record.row.refused {
            Some(_) => {
                let protocol = exporter.mapping.protocol();
                record.row.span(protocol).unwrap_or(protocol.first_key)
            }
            None => record.run.shown(record.sample.written.span, self.sources),
        };
        match &exporter.template {
            Some(template) => template.finding(fault, span),
            None => unrenderable_sample::fails(span, exporter.format.name(), &fault.message),
        }
    }
}

fn row(instruction: usize, sample: usize, refused: Option<(usize, usize)>) -> Row {
    Row {
        instruction,
        sample,
        refused,
    }
}

/// Makes some records, up to one that takes too long, in one of the buffers that are free.
fn make(
    exporter: &Exporter<'_, '_, '_>,
    piece: &[Record<'_>],
    buffers: &Mutex<Vec<Vec<u8>>>,
) -> Made {
    let free = buffers.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut made = Made {
        text: free.unwrap_or_default(),
        ends: Vec::with_capacity(piece.len()),
    };
    made.text.clear();
    for record in piece {
        let before = made.text.len();
        let wanted = (record.row, record.sample);
        let written = exporter.write(wanted, record.part, &mut made.text);
        if written.is_err() {
            made.text.truncate(before);
        }
        let is_hopeless = matches!(&written, Err(fault) if fault.kind == FaultKind::Limit);
        let end = made.text.len();
        made.ends.push(written.map(|()| end));
        if is_hopeless {
            break;
        }
    }
    made
}
