//! Wording of `unused-allow`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("unused-allow", include_str!("unused_allow.md"));

/// A suppression comment that silences nothing.
pub fn diagnostic(comment: Span, rule: &str) -> Diagnostic {
    Diagnostic::new(&RULE, comment, format!("`{rule}` has nothing to silence here"))
        .help("remove it")
}

/// A suppression comment that names no rule, or one that cannot be silenced.
pub fn bad_rule(comment: Span, reason: &str) -> Diagnostic {
    Diagnostic::new(&RULE, comment, reason.to_owned())
}
