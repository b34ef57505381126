//! Wording of `guardrail-digits`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::error("guardrail-digits", include_str!("guardrail_digits.md"));

/// The first digit of a guardrail's sample.
pub fn diagnostic(digit: Span) -> Diagnostic {
    Diagnostic::new(&RULE, digit, "a guardrail's sample cannot hold digits")
        .help("write the number in words, or leave it out")
}
