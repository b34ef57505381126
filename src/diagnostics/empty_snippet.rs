//! Wording of `empty-snippet`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("empty-snippet", include_str!("empty_snippet.md"));

/// A snippet without text.
pub fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the snippet has no text")
}
