//! Wording of `final-required`.

use super::{Diagnostic, Rule, quoted_list};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("final-required", include_str!("final_required.md"));

/// The sample does not say which of the `allowed` final tokens it ends in.
pub fn diagnostic(sample: Span, allowed: &[&str], finals: Option<Span>) -> Diagnostic {
    Diagnostic::new(&RULE, sample, "the sample does not say which final token it ends in")
        .also(finals, "several are allowed")
        .help(format!("add `final`: {}", quoted_list(allowed.iter().copied(), 8)))
}
