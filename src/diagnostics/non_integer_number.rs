//! Wording of `non-integer-number`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("non-integer-number", include_str!("non_integer_number.md"));

/// A number with a fraction where only whole ones are allowed.
pub fn diagnostic(number: Span, written: &str) -> Diagnostic {
    Diagnostic::new(&RULE, number, format!("{written} is no whole number"))
        .help("`numbers` and `number_lists` hold whole numbers")
}
