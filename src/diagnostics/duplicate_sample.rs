//! Wording of `duplicate-sample`.

use super::{Diagnostic, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::warning("duplicate-sample", include_str!("duplicate_sample.md"));

/// The sample at `second` says the same as the one at `first`.
pub fn diagnostic(second: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&RULE, second, "the sample stands twice in its instruction")
        .also(first, "first here")
        .help("remove one of the two")
}

/// The file that `name` means was read before for the same instruction, where `first` names
/// it; it is not read again.
pub fn file(name: &Text<'_>, first: Span) -> Diagnostic {
    let message = format!("the samples of `{}` stand in this instruction already", name.value);
    Diagnostic::new(&RULE, name.span, message)
        .label("not read again")
        .also(first, "read here")
        .help("remove one of the two")
}
