//! Wording of `duplicate-key`.

use super::syntax::short;
use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("duplicate-key", include_str!("duplicate_key.md"));

/// The key at `second` stands in its map already, at `first` where that is known.
pub fn diagnostic(key: &str, second: Span, first: Option<Span>) -> Diagnostic {
    Diagnostic::new(&RULE, second, format!("the key `{}` is used twice in this map", short(key)))
        .also(first, "first used here")
        .help("remove one of the two, or give it another name")
}
