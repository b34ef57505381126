//! Wording of `number-out-of-range`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("number-out-of-range", include_str!("number_out_of_range.md"));

/// A number below the token's `min` or above its `max`, which stands at `declared`.
pub fn diagnostic(number: Span, written: &str, name: &str, bound: &str, limit: &str, declared: Span) -> Diagnostic {
    let side = if bound == "min" { "below" } else { "above" };
    Diagnostic::new(&RULE, number, format!("{written} is {side} the `{bound}` of `{name}`"))
        .also(declared, format!("`{bound}` is {limit}"))
}
