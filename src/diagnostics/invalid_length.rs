//! Wording of `invalid-length`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("invalid-length", include_str!("invalid_length.md"));

/// A `length` below 1.
pub fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "a number list needs a length of 1 or more")
}
