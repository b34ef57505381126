//! The parser's errors: which of them are of one mistake, and whether the rest of the
//! file is known all the same.

use super::reasons::{self, Reason};
use crate::diagnostics::Diagnostics;
use crate::source::Origin;
use std::cell::{Cell, RefCell};
use toml_parser::{ErrorSink, ParseError};

/// What was being read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Phase {
    /// A key or header: after an error it is not known what the file holds.
    Key,
    /// A value: after an error everything else is known.
    Value,
    /// What stands behind a value on its line.
    Behind,
}

/// An error and when it was found.
struct Found {
    phase: Phase,
    /// The number of the key and value, or header, that it is in.
    expression: usize,
    error: ParseError,
}

/// The errors so far.
pub(super) struct Errors {
    phase: Cell<Phase>,
    expression: Cell<usize>,
    list: RefCell<Vec<Found>>,
}

impl Default for Errors {
    fn default() -> Self {
        Errors {
            phase: Cell::new(Phase::Key),
            expression: Cell::new(0),
            list: RefCell::default(),
        }
    }
}

impl Errors {
    pub(super) fn phase(&self, phase: Phase) {
        self.phase.set(phase);
    }

    /// A key and value, or a header, is over.
    pub(super) fn next_expression(&self) {
        self.expression.set(self.expression.get() + 1);
        self.phase.set(Phase::Key);
    }

    pub(super) fn count(&self) -> usize {
        self.list.borrow().len()
    }

    /// What the parser tells its errors to.
    pub(super) fn sink(&self) -> impl ErrorSink {
        |error: ParseError| {
            let (phase, expression) = (self.phase.get(), self.expression.get());
            self.list.borrow_mut().push(Found {
                phase,
                expression,
                error,
            });
        }
    }

    /// Reports one error for each mistake. Whether the tree can be trusted.
    pub(super) fn report(
        self,
        text: &str,
        mark: usize,
        origin: Origin,
        findings: &mut Diagnostics,
    ) -> bool {
        let list = self.list.into_inner();
        // What follows a bracket or quote that is not closed was read as part of it.
        let lost_from = list
            .iter()
            .filter(|found| swallows(&found.error, text, mark))
            .filter_map(|found| found.error.context())
            .map(|context| context.start())
            .min();
        let mut trusted = lost_from.is_none();
        let mut told: Option<(usize, Option<usize>)> = None;
        let mut lost: Vec<&ParseError> = Vec::new();
        for found in &list {
            let place = reasons::place(&found.error);
            if lost_from.is_some_and(|from| place.start() >= from) {
                lost.push(&found.error);
                continue;
            }
            trusted &= found.phase == Phase::Value;
            let before = text.get(..place.start() + mark).unwrap_or_default();
            let line = before.rfind('\n').map_or(0, |at| at + 1);
            let told_all = |(expression, line_told): (usize, Option<usize>)| {
                expression == found.expression && line_told.is_none_or(|told| told == line)
            };
            if told.is_some_and(told_all) {
                continue;
            }
            let of_scalar = reasons::reason(&found.error, text, mark).is_of_scalar();
            told = Some((found.expression, of_scalar.then_some(line)));
            findings.push(reasons::finding(text, mark, origin, &found.error));
        }
        let first = |reason| {
            lost.iter()
                .find(|error| reasons::reason(error, text, mark) == reason)
        };
        if let Some(error) = first(Reason::UnclosedQuote).or_else(|| first(Reason::UnclosedBracket))
        {
            findings.push(reasons::finding(text, mark, origin, error));
        }
        trusted
    }
}

/// Whether everything up to the end of the file was read as part of what is not closed.
fn swallows(error: &ParseError, text: &str, mark: usize) -> bool {
    match reasons::reason(error, text, mark) {
        Reason::UnclosedBracket => true,
        Reason::UnclosedQuote => {
            let quoted = error.context().map_or(0, |context| context.start() + mark);
            text.get(quoted..)
                .is_some_and(|rest| rest.starts_with("\"\"\"") || rest.starts_with("'''"))
        }
        _ => false,
    }
}
