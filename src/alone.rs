//! Pieces of a large file of samples, each compiled as if there were no others: what is told
//! of them stands for them. What of it is of use, and what becomes of it, is not known here.

use crate::ast::{Answer, Sample};
use crate::data::Form;
use crate::diagnostics::{Diagnostic, Diagnostics, Levels, Severity};
use crate::emit;
use crate::ir::{self, Ending, Instruction, Protocol};
use crate::load::{Limits, Loader, Look, Looked, Others, Portion, Wanted};
use crate::source::{Files, SourceMap};
use crate::validate::{self, inputs_number};
use crate::{Format, Options};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::RandomState;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Compiles pieces for a spec.
pub(crate) struct Alone<'a> {
    path: &'a Path,
    bytes: Vec<u8>,
    files: &'a dyn Files,
    options: Options,
    format: Option<Format>,
    state: RandomState,
}

impl<'a> Alone<'a> {
    /// Pieces for the spec at `path`, which holds `bytes` and may be read as if it named the
    /// version `format`.
    pub(crate) fn new(
        (path, bytes): (&'a Path, &[u8]),
        files: &'a dyn Files,
        options: &Options,
        format: Option<Format>,
    ) -> Self {
        let limits = Limits {
            threads: NonZeroUsize::MIN,
            ..options.limits
        };
        Alone {
            path,
            bytes: bytes.to_vec(),
            files,
            options: Options {
                limits,
                ..options.clone()
            },
            format,
            state: RandomState::new(),
        }
    }

    /// The protocol with the samples of `portion` for its instruction `instruction` and no
    /// others, and the spec's own levels. `None` if nothing can be made of the spec.
    pub(crate) fn protocol<'s>(
        &self,
        sources: &'s SourceMap,
        instruction: &str,
        portion: Portion,
        findings: &mut Diagnostics,
    ) -> Option<(Protocol<'s>, Levels)> {
        let others = Others {
            texts: HashMap::from([(instruction.to_owned(), portion)]),
            are_all: false,
        };
        let wanted = Wanted::Others(Arc::new(others));
        let loader = Loader::new(sources, self.files, self.options.limits);
        let mut loader = loader.wanting(&wanted);
        let opened = loader.open(self.path, self.bytes.clone(), findings);
        let specs = loader.spec(self.path, opened, findings);
        let made = ir::protocol(specs, self.options.project_format, findings);
        let (mut protocol, own) = made?;
        protocol.format = self.format.unwrap_or(protocol.format);
        Some((protocol, own))
    }

    fn levels(&self, own: &Levels) -> Levels {
        let options = &self.options;
        options.project_levels.under(own).under(&options.levels)
    }
}

impl Look for Alone<'_> {
    fn look(&self, instruction: &str, form: Form, piece: String, is_emitted: bool) -> Looked {
        let sources = SourceMap::default();
        let mut findings = Diagnostics::default();
        let portion = Portion {
            form,
            text: piece,
            place: None,
        };
        let Some((protocol, own)) = self.protocol(&sources, instruction, portion, &mut findings)
        else {
            // What is wrong with such a spec is found without its samples.
            return Looked::default();
        };
        let mut looked = Looked::default();
        let place = place(&protocol, instruction);
        if let Some(instruction) = place.and_then(|at| protocol.instructions.get(at)) {
            let inputs = |sample: ir::Sample<'_, '_>| self.inputs(sample.written);
            let samples = instruction.samples.iter();
            let samples = samples.map(|sample| sample.and_then(inputs).unwrap_or(0));
            looked.inputs = samples.collect();
            looked.answers = answers(instruction, &protocol);
            let checks = self.options.chat.as_deref();
            if let Some(delimiters) = checks.and_then(|checks| checks.delimiters.as_ref()) {
                for sample in instruction.known_samples() {
                    delimiters.sample(sample, &sources, &mut findings);
                }
            }
        }
        // Whether the samples are good shows in the end; a model is not made of others.
        if is_emitted && let Some(at) = place {
            looked.emitted = emit::results(&protocol, at);
        }
        let (findings, _) = validate::validate(
            protocol,
            &sources,
            &self.levels(&own),
            &self.options.limits,
            findings,
        );
        looked.told = told(&findings, &sources, form);
        let errors = findings.iter();
        let errors = errors.filter(|finding| finding.severity == Severity::Error);
        looked.errors = errors.count();
        looked
    }

    fn inputs(&self, sample: &Sample<'_>) -> Option<u64> {
        inputs_number(sample, &self.state)
    }

    fn enough(&self) -> usize {
        validate::MOST_NEEDED
    }
}

/// The samples of the piece, from 0, that findings point at.
fn told(findings: &[Diagnostic], sources: &SourceMap, form: Form) -> Vec<usize> {
    let mut places: Option<Vec<Range<usize>>> = None;
    let mut told = BTreeSet::new();
    for finding in findings {
        let labels = finding.labels.iter().map(|label| label.span);
        for span in std::iter::once(finding.span).chain(labels) {
            let Some(file) = sources.file(span).filter(|file| !file.is_verbatim) else {
                continue;
            };
            let places = places.get_or_insert_with(|| form.samples(&file.text, true));
            let before = places.partition_point(|place| place.end <= span.start as usize);
            told.insert(before);
        }
    }
    told.into_iter().collect()
}

fn place(protocol: &Protocol<'_>, instruction: &str) -> Option<usize> {
    let mut all = protocol.instructions.iter();
    all.position(|other| other.name.value == instruction)
}

/// What the samples of an instruction answer.
fn answers(
    instruction: &Instruction<'_>,
    protocol: &Protocol<'_>,
) -> BTreeMap<Answer, (usize, Vec<usize>)> {
    let mut answers: BTreeMap<Answer, (usize, Vec<usize>)> = BTreeMap::new();
    let mut count = |answer: Answer, row: usize| {
        let (count, first) = answers.entry(answer).or_default();
        *count += 1;
        if first.len() < validate::MOST_NEEDED {
            first.push(row);
        }
    };
    let has_finals = instruction.instruction_type.has_finals();
    for (row, sample) in instruction.samples.iter().enumerate() {
        let Some(sample) = sample else { continue };
        count(
            match sample.ending {
                Ending::Token(id) => {
                    Answer::Final(protocol.tokens[id.0].name.value.as_ref().to_owned())
                }
                Ending::Non | Ending::Unknown => Answer::Other,
            },
            row,
        );
        if has_finals {
            continue;
        }
        if let Some(state) = sample.written.answer() {
            count(Answer::State(state.text.value.as_ref().to_owned()), row);
        }
        let labels = sample.written.labels();
        for (label, value) in labels.into_iter().flat_map(|labels| &labels.value) {
            let value = value.as_ref().map_or("", |value| value.value.as_ref());
            count(
                Answer::Value(label.value.as_ref().to_owned(), value.to_owned()),
                row,
            );
        }
    }
    answers
}
