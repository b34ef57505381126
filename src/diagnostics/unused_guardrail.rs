//! Wording of `unused-guardrail`.

use super::{Diagnostic, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::warning("unused-guardrail", include_str!("unused_guardrail.md"));

/// Nothing uses the guardrail called `name`, to be taken out with its
/// `value` if that is given.
pub fn diagnostic(name: &Text<'_>, value: Option<Span>) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, name.span, format!("the guardrail `{}` is never used", name.value))
        .help("use it in an instruction, or remove it");
    match value {
        Some(value) => {
            finding.fix_by_removal(format!("Remove the guardrail `{}`", name.value), name.span, value)
        }
        None => finding,
    }
}
