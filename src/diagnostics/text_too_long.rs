//! Wording of `text-too-long`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::error("text-too-long", include_str!("text_too_long.md"));

/// A text of `found` characters where the format allows `most`.
pub fn diagnostic(span: Span, found: usize, most: usize, format: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("{found} characters, but format {format} allows {most}"))
        .help("shorten the text, or use format 2.0.1, which has no limit")
}
