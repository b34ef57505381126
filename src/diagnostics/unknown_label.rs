//! Wording of `unknown-label`.

use super::{Diagnostic, Near, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::locked("unknown-label", include_str!("unknown_label.md"));

/// A sample's answer has a label that is not known.
pub fn diagnostic(label: &Text<'_>, states: Option<Span>, near: Option<Near<'_>>) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, label.span, format!("unknown label `{}`", label.value))
        .also(states, "the labels");
    let help = match states {
        Some(_) => "add it to `states`, or remove it",
        None => "give it in every sample, or remove it here",
    };
    super::suggest::replace(finding, label, near, |finding| finding.help(help))
}
