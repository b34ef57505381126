//! Wording of `unrenderable-sample`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule =
    Rule::error("unrenderable-sample", include_str!("unrenderable_sample.md")).on_request();

/// The template `name` does not render the conversation at `span`; `reason` is what it
/// says.
pub fn fails(span: Span, name: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("`{name}` does not render this: {reason}"))
}

/// The template `name` makes nothing of the conversation at `span`.
pub fn empty(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("`{name}` renders this as nothing"))
        .help("a row without text trains nothing: use the template that belongs to the model")
}

/// The place in the template that a finding of this rule comes from.
pub fn at(finding: Diagnostic, template: Span) -> Diagnostic {
    finding.also(template, "here in the template")
}
