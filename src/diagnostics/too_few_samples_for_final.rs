//! Wording of `too-few-samples-for-final`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("too-few-samples-for-final", include_str!("too_few_samples_for_final.md"));

/// `found` samples end in the final token `name`.
pub fn diagnostic(name: &str, span: Span, found: usize, least: usize) -> Diagnostic {
    let samples = if found == 1 { "sample ends" } else { "samples end" };
    let more = least - found;
    Diagnostic::new(&RULE, span, format!("{found} {samples} in `{name}`, at least {least} are needed"))
        .help(format!("add {more} more, or remove `{name}` from `final`"))
}

/// `found` samples end in the final token `name`, and `least` are needed to divide them
/// into two halves.
pub fn to_divide(name: &str, span: Span, found: usize, least: usize) -> Diagnostic {
    let more = least.saturating_sub(found);
    Diagnostic::new(&RULE, span, format!("{found} samples end in `{name}`, at least {least} are needed to divide them"))
        .help(format!("add {more} more, or use all of them in both halves with --share-small"))
}
