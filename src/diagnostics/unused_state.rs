//! Wording of `unused-state`.

use super::{Diagnostic, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::warning("unused-state", include_str!("unused_state.md"));

/// No sample gives a declared state.
pub fn diagnostic(state: &Text<'_>) -> Diagnostic {
    Diagnostic::new(&RULE, state.span, format!("no sample gives `{}`", state.value))
        .help("add samples for it, or remove it")
}

/// No sample gives `label` a value that is declared for it.
pub fn of_label(value: &Text<'_>, label: &str) -> Diagnostic {
    Diagnostic::new(&RULE, value.span, format!("no sample gives the label `{label}` the value `{}`", value.value))
        .help("add samples for it, or remove it")
}

/// A state or value stands in its list already, at `first`.
pub fn repeated(state: &Text<'_>, first: Span) -> Diagnostic {
    Diagnostic::new(&RULE, state.span, format!("`{}` stands in this list already", state.value))
        .also(first, "first here")
        .help("remove one of the two")
}
