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

/// A sample of a model file has `found` texts and its instruction `expected` sets.
pub fn of_model(strings: Span, found: usize, expected: usize, sets: Span) -> Diagnostic {
    let texts = if found == 1 { "text" } else { "texts" };
    Diagnostic::new(
        &RULE,
        strings,
        format!("{found} {texts} in the sample's `strings`, expected {expected}"),
    )
    .also(sets, "one for each of these")
}
