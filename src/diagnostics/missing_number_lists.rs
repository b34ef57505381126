//! Wording of `missing-number-lists`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("missing-number-lists", include_str!("missing_number_lists.md"));

/// A snippet has `found` number lists and its set, at `set`, needs `expected`.
pub fn diagnostic(snippet: Span, found: usize, expected: usize, set: Span) -> Diagnostic {
    let noun = if expected == 1 { "number list" } else { "number lists" };
    Diagnostic::new(&RULE, snippet, format!("the snippet has {found} of {expected} {noun}"))
        .also(set, format!("its token set has {expected} `num_list`"))
        .help("write it as `{ string: …, number_lists: [1, 2, 3] }`, one number list for each `num_list` token")
}
