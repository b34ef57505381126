//! Wording of `conflicting-samples`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("conflicting-samples", include_str!("conflicting_samples.md"));

/// The answer at `second` is another than that at `first`, to the same inputs.
pub fn diagnostic(second: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&RULE, second, "another sample gives another answer to the same inputs")
        .also(first, "the other answer")
        .help("make the inputs differ, or the answers (output, final and value) the same")
}
