//! Wording of `unexpected-numbers`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("unexpected-numbers", include_str!("unexpected_numbers.md"));

/// A snippet has `found` numbers and its set, at `set`, has `expected` tokens for them.
pub fn diagnostic(span: Span, found: usize, expected: usize, set: Span) -> Diagnostic {
    let noun = if found == 1 { "number" } else { "numbers" };
    Diagnostic::new(&RULE, span, format!("{found} {noun}, but the token set takes {expected}"))
        .also(set, format!("its token set has {expected} `num`"))
        .help("remove what is too many, or add a `num` token to the set")
}
