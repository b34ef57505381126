//! Wording of `empty-name`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("empty-name", include_str!("empty_name.md"));

/// The name of `what` ("the protocol", "the instruction") at `span` is empty.
pub fn diagnostic(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the name of {what} is empty"))
}

/// The column whose header is at `span` holds values and has no name.
pub fn column(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "a column with values has no name")
        .help("name the column in the header, or remove it")
}
