//! Wording of `too-few-guardrail-samples`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("too-few-guardrail-samples", include_str!("too_few_guardrail_samples.md"));

/// A guardrail has `found` samples and needs `least`.
pub fn diagnostic(samples: Span, found: usize, least: usize) -> Diagnostic {
    let noun = if found == 1 { "sample" } else { "samples" };
    Diagnostic::new(&RULE, samples, format!("the guardrail has {found} {noun}, at least {least} are needed"))
        .help(format!("add {} more", least - found))
}
