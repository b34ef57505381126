//! Wording of `number-range`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("number-range", include_str!("number_range.md"));

/// `min` at `min` is larger than `max` at `max`.
pub fn diagnostic(min: Span, max: Span) -> Diagnostic {
    Diagnostic::new(&RULE, min, "`min` is larger than `max`")
        .also(max, "`max`")
        .help("swap the two, or correct one")
}

/// In a pattern of a template file.
pub fn of_pattern(pattern: Span) -> Diagnostic {
    Diagnostic::new(
        &RULE,
        pattern,
        "the first number of a placeholder is larger than the second",
    )
}
