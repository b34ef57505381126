//! Wording of `undeclared-label-value`.

use super::{Diagnostic, Near, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::error("undeclared-label-value", include_str!("undeclared_label_value.md"));

/// A sample gives a label a value that is not declared at `declared`.
pub fn diagnostic(value: &Text<'_>, label: &str, declared: Span, near: Option<Near<'_>>) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, value.span, format!("the label `{label}` has no value `{}`", value.value))
        .also(declared, "its values");
    super::suggest::replace(finding, value, near, |finding| finding.help(format!("add it to the values of `{label}`, or use one of them")))
}
