//! How many tokens every sample is for a language model, and which samples are too many.

use super::rows::Row;
use crate::diagnostics::{Diagnostics, too_many_tokens};
use crate::emit;
use crate::ir::Protocol;
use crate::parallel;
use crate::source::{Span, Text};
use crate::tokenizer::Tokenizer;
use std::sync::{Mutex, PoisonError};

/// The texts that are counted at a time, by several threads.
const TEXTS: usize = 4096;

/// How many tokens a sample may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// As many as were asked for.
    Budget(u64),
    /// As many as the model takes.
    Context(u64),
}

impl Limit {
    /// The number.
    pub fn tokens(self) -> u64 {
        match self {
            Limit::Budget(tokens) | Limit::Context(tokens) => tokens,
        }
    }
}

/// What counts, and how much there may be.
#[derive(Debug)]
pub struct Budget {
    tokenizer: Tokenizer,
    limit: Option<Limit>,
    /// What was counted, for those who want the numbers.
    counts: Mutex<Counts>,
}

/// The tokens of a protocol.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Those of the lines of context that all instructions share.
    pub context: usize,
    /// The instructions, in the order of the spec.
    pub instructions: Vec<Counted>,
}

/// The tokens of an instruction.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// Its name.
    pub name: String,
    /// The tokens of its own lines of context.
    pub context: usize,
    /// The rows that were counted, and their tokens.
    pub rows: Vec<(Row, usize)>,
}

impl Budget {
    /// Counts with `tokenizer`, and reports samples beyond `limit`.
    pub fn new(tokenizer: Tokenizer, limit: Option<Limit>) -> Budget {
        Budget {
            tokenizer,
            limit,
            counts: Mutex::default(),
        }
    }

    /// What was counted last.
    pub fn counts(&self) -> Counts {
        let counts = self.counts.lock();
        counts.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The name of the vocabulary.
    pub fn vocabulary(&self) -> &str {
        &self.tokenizer.name
    }

    /// How many tokens a sample may have.
    pub fn limit(&self) -> Option<Limit> {
        self.limit
    }

    /// Counts every sample as the trained model meets it.
    pub(super) fn protocol(&self, protocol: &Protocol<'_>, findings: &mut Diagnostics) {
        let mut counting = self.counting(protocol, findings);
        for row in Row::all(protocol).filter(|row| row.refused.is_none()) {
            let instruction = &protocol.instructions[row.instruction];
            let sample = instruction.samples.get(row.sample);
            if let (Some(sample), Some(span)) = (sample, row.span(protocol)) {
                let text = emit::exchange(protocol, instruction, sample);
                counting.take(row, span, text, findings);
            }
        }
        counting.finish(findings);
    }

    /// Begins to count the rows of a protocol: counts its context.
    pub(super) fn counting(
        &self,
        protocol: &Protocol<'_>,
        findings: &mut Diagnostics,
    ) -> Counting<'_> {
        let mut tokens = |line: &Text<'_>| match self.tokenizer.tokens(line.value.as_ref()) {
            Ok(tokens) => tokens.len(),
            Err(reason) => {
                findings.push(too_many_tokens::uncountable(line.span, &reason));
                0
            }
        };
        let mut lines =
            |lines: &[Option<Text<'_>>]| lines.iter().flatten().map(&mut tokens).sum::<usize>();
        let context = lines(&protocol.context);
        let instructions = protocol.instructions.iter().map(|instruction| Counted {
            name: instruction.name.value.to_string(),
            context: lines(&instruction.context),
            rows: Vec::new(),
        });
        Counting {
            budget: self,
            counts: Counts {
                instructions: instructions.collect(),
                context,
            },
            waiting: Vec::new(),
        }
    }
}

/// Rows that are counted one after another.
pub(super) struct Counting<'b> {
    budget: &'b Budget,
    counts: Counts,
    waiting: Vec<(Row, Span, String)>,
}

impl Counting<'_> {
    /// Counts the text of a row, now or later.
    pub(super) fn take(&mut self, row: Row, span: Span, text: String, findings: &mut Diagnostics) {
        self.waiting.push((row, span, text));
        if self.waiting.len() >= TEXTS {
            self.count(findings);
        }
    }

    /// Counts what waits, and keeps the numbers.
    pub(super) fn finish(mut self, findings: &mut Diagnostics) {
        self.count(findings);
        let counts = self.budget.counts.lock();
        *counts.unwrap_or_else(PoisonError::into_inner) = self.counts;
    }

    fn count(&mut self, findings: &mut Diagnostics) {
        let tokenizer = &self.budget.tokenizer;
        let waiting = std::mem::take(&mut self.waiting);
        let counted = parallel::map(&waiting, parallel::available(), |(_, _, text)| {
            tokenizer.tokens(text).map(|tokens| tokens.len())
        });
        for ((row, span, _), counted) in waiting.into_iter().zip(counted) {
            match counted {
                Ok(tokens) => {
                    match self.budget.limit {
                        Some(Limit::Budget(most)) if tokens as u64 > most => {
                            findings.push(too_many_tokens::over_budget(span, tokens, most));
                        }
                        Some(Limit::Context(most)) if tokens as u64 > most => {
                            findings.push(too_many_tokens::over_context(span, tokens, most));
                        }
                        _ => {}
                    }
                    if let Some(instruction) = self.counts.instructions.get_mut(row.instruction) {
                        instruction.rows.push((row, tokens));
                    }
                }
                Err(reason) => findings.push(too_many_tokens::uncountable(span, &reason)),
            }
        }
    }
}
