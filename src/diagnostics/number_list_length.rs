//! Wording of `number-list-length`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("number-list-length", include_str!("number_list_length.md"));

/// A list of `found` numbers for the token `name` of `length`.
pub fn diagnostic(list: Span, name: &str, found: usize, length: u32, declared: Span) -> Diagnostic {
    let numbers = if found == 1 { "number" } else { "numbers" };
    Diagnostic::new(&RULE, list, format!("{found} {numbers} for the token `{name}`, expected {length}"))
        .also(declared, format!("`{name}` has this length"))
}
