//! Wording of `duplicate-sample`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("duplicate-sample", include_str!("duplicate_sample.md"));

/// The sample at `second` says the same as the one at `first`.
pub fn diagnostic(second: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&RULE, second, "the sample stands twice in its instruction")
        .also(first, "first here")
        .help("remove one of the two")
}
