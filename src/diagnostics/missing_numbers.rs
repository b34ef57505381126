//! Wording of `missing-numbers`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("missing-numbers", include_str!("missing_numbers.md"));

/// A snippet has `found` numbers and its set, at `set`, needs `expected`.
pub fn diagnostic(snippet: Span, found: usize, expected: usize, set: Span) -> Diagnostic {
    let noun = if expected == 1 { "number" } else { "numbers" };
    Diagnostic::new(&RULE, snippet, format!("the snippet has {found} of {expected} {noun}"))
        .also(set, format!("its token set has {expected} `num`"))
        .help("write it as `{ string: …, numbers: 5 }`, one number for each `num` token")
}
