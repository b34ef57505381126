//! Wording of `undefined-guardrail`.

use super::{Diagnostic, Near, Rule};
use crate::source::Text;

/// The rule.
pub static RULE: Rule = Rule::locked("undefined-guardrail", include_str!("undefined_guardrail.md"));

/// No guardrail has this name.
pub fn diagnostic(name: &Text<'_>, near: Option<Near<'_>>) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, name.span, format!("no guardrail is called `{}`", name.value));
    super::suggest::replace(finding, name, near, |finding| finding.help("declare it under `guardrails`, or write a guardrail here"))
}
