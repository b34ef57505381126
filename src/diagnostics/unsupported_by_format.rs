//! Wording of `unsupported-by-format`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("unsupported-by-format", include_str!("unsupported_by_format.md"));

/// `what` is not part of `format`.
pub fn diagnostic(span: Span, what: &str, format: &str, written: Option<Span>) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("format {format} has no {what}"))
        .also(written, "the format")
        .help("use format 2.0.0 or newer")
}
