//! Wording of `unexpected-number-lists`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("unexpected-number-lists", include_str!("unexpected_number_lists.md"));

/// A snippet has `found` number lists and its set, at `set`, has `expected` tokens for them.
pub fn diagnostic(span: Span, found: usize, expected: usize, set: Span) -> Diagnostic {
    let noun = if found == 1 { "number list" } else { "number lists" };
    Diagnostic::new(&RULE, span, format!("{found} {noun}, but the token set takes {expected}"))
        .also(set, format!("its token set has {expected} `num_list`"))
        .help("remove what is too many, or add a `num_list` token to the set")
}
