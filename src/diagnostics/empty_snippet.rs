//! Wording of `empty-snippet`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("empty-snippet", include_str!("empty_snippet.md"));

/// A snippet without text.
pub fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the snippet has no text")
}

/// A row of a table for `import` has values, but no input.
pub fn row_without_input(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the row has no `Input`, so it is left out")
        .help("write an input, or remove the row")
}
