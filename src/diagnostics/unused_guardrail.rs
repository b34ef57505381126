//! Wording of `unused-guardrail`.

use super::{Diagnostic, Rule};
use crate::source::Text;

/// The rule.
pub static RULE: Rule = Rule::warning("unused-guardrail", include_str!("unused_guardrail.md"));

/// Nothing uses the guardrail called `name`.
pub fn diagnostic(name: &Text<'_>) -> Diagnostic {
    Diagnostic::new(&RULE, name.span, format!("the guardrail `{}` is never used", name.value))
        .help("use it in an instruction, or remove it")
}
