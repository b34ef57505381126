//! The parser's errors: which of them are of one mistake, and what they mean.

use super::super::{character, found};
use crate::diagnostics::{Diagnostic, Diagnostics, syntax};
use crate::source::{Origin, Span};
use std::cell::{Cell, RefCell};
use toml_parser::{ErrorSink, Expected, ParseError};

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

/// The errors so far.
pub(super) struct Errors {
    phase: Cell<Phase>,
    list: RefCell<Vec<(Phase, ParseError)>>,
}

impl Default for Errors {
    fn default() -> Self {
        Errors { phase: Cell::new(Phase::Key), list: RefCell::default() }
    }
}

impl Errors {
    pub(super) fn phase(&self, phase: Phase) {
        self.phase.set(phase);
    }

    pub(super) fn count(&self) -> usize {
        self.list.borrow().len()
    }

    /// What the parser tells its errors to.
    pub(super) fn sink(&self) -> impl ErrorSink {
        |error: ParseError| self.list.borrow_mut().push((self.phase.get(), error))
    }

    /// Reports the first error of every mistake. Whether the tree can be trusted.
    pub(super) fn report(self, text: &str, mark: usize, origin: Origin, findings: &mut Diagnostics) -> bool {
        let mut trusted = true;
        for (phase, error) in self.list.into_inner() {
            trusted &= phase == Phase::Value;
            findings.push(finding(text, mark, origin, &error));
        }
        trusted
    }
}

fn finding(text: &str, mark: usize, origin: Origin, error: &ParseError) -> Diagnostic {
    let place = error.unexpected().or(error.context()).unwrap_or_default();
    let at = place.start() + mark;
    let span = if place.is_empty() { character(text, origin, at) } else { Span::new(origin, at, place.end() + mark) };
    let _ = found(text, at);
    let expected: Vec<String> = error.expected().unwrap_or_default().iter().map(|expected| match expected {
        Expected::Literal(text) => format!("`{}`", text.escape_debug()),
        Expected::Description(text) => (*text).to_owned(),
        _ => String::new(),
    }).collect();
    syntax::not_valid(span, "TOML", &format!("{} {:?}", error.description(), expected))
}
