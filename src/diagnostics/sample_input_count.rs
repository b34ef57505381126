//! Wording of `sample-input-count`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("sample-input-count", include_str!("sample_input_count.md"));

/// A sample has `found` inputs and its instruction `expected`.
pub fn diagnostic(input: Span, found: usize, expected: usize, sets: Span) -> Diagnostic {
    let snippets = if found == 1 { "snippet" } else { "snippets" };
    Diagnostic::new(&RULE, input, format!("{found} {snippets} in the sample's `input`, expected {expected}"))
        .also(sets, "one for each of these")
}
