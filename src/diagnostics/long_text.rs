//! Wording of `long-text`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("long-text", include_str!("long_text.md"));

/// A text of `found` characters, more than the `most` that are recommended.
pub fn diagnostic(span: Span, found: usize, most: usize) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("{found} characters, more than the {most} that are recommended"))
        .help("shorten the text, or split it")
}
