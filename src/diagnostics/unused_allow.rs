//! Wording of `unused-allow`.

use super::{Diagnostic, Rule, Safety};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("unused-allow", include_str!("unused_allow.md"));

/// A suppression of `rule` that silences nothing; `removal` is what to take out, and what
/// to put there.
pub fn diagnostic(comment: Span, rule: &str, removal: (Span, &str)) -> Diagnostic {
    Diagnostic::new(&RULE, comment, format!("`{rule}` has nothing to silence here"))
        .help("remove it")
        .fix(Safety::Safe, "Remove the suppression", removal.0, removal.1)
}

/// A comment that is meant to suppress something and cannot; `reason` says why.
pub fn not_possible(comment: Span, reason: &str) -> Diagnostic {
    Diagnostic::new(&RULE, comment, reason.to_owned())
}
