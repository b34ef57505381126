//! Wording of `guardrail-overlap`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("guardrail-overlap", include_str!("guardrail_overlap.md"));

/// The guardrail's sample at `sample` is also a training input, at `input`.
pub fn diagnostic(sample: Span, input: Span) -> Diagnostic {
    Diagnostic::new(&RULE, sample, "this sample of the guardrail is also a training input of the guarded set")
        .also(input, "answered here")
        .help("remove one of the two")
}
