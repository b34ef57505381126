//! Wording of `too-few-samples`.

use super::{Diagnostic, Rule};
use crate::source::Text;

/// The rule.
pub static RULE: Rule = Rule::locked("too-few-samples", include_str!("too_few_samples.md"));

/// An instruction has `found` samples and needs `least`.
pub fn diagnostic(name: &Text<'_>, found: usize, least: usize) -> Diagnostic {
    let samples = if found == 1 { "sample" } else { "samples" };
    let more = least - found;
    Diagnostic::new(&RULE, name.span, format!("the instruction `{}` has {found} {samples}, at least {least} are needed", name.value))
        .help(format!("add {more} more"))
}

/// An instruction has `found` samples and needs `least` to be divided into two halves.
pub fn to_divide(name: &Text<'_>, found: usize, least: usize) -> Diagnostic {
    let more = least.saturating_sub(found);
    Diagnostic::new(&RULE, name.span, format!("the instruction `{}` has {found} samples, at least {least} are needed to divide them", name.value))
        .help(format!("add {more} more, or use all of them in both halves with --share-small"))
}
