//! Wording of `unused-guardrail`.

use super::{Diagnostic, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::warning("unused-guardrail", include_str!("unused_guardrail.md"));

/// Nothing uses the guardrail called `name`, which stands at `value`.
pub fn diagnostic(name: &Text<'_>, value: Span) -> Diagnostic {
    Diagnostic::new(&RULE, name.span, format!("the guardrail `{}` is never used", name.value))
        .help("use it in an instruction, or remove it")
        .fix_by_removal(format!("Remove the guardrail `{}`", name.value), name.span, value)
}
