//! Wording of `empty-text`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("empty-text", include_str!("empty_text.md"));

/// `what` ("the bad prompt") at `span` is empty.
pub fn diagnostic(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("{what} of the guardrail is empty"))
}

/// Nothing stands above the empty cell of `column`, which could be repeated in it.
pub fn nothing_to_repeat(span: Span, column: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the first `{column}` is empty"))
        .help("fill it; an empty cell repeats the one above")
}
