//! Wording of `final-not-allowed`.

use super::{Diagnostic, Rule, quoted_list};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::locked("final-not-allowed", include_str!("final_not_allowed.md"));

/// The final token called `name` is none of the `allowed` ones, written at `label`.
pub fn diagnostic(name: &Text<'_>, allowed: &[&str], label: Span) -> Diagnostic {
    let message = format!("the instruction does not allow the final token `{}`", name.value);
    let finding = Diagnostic::new(&RULE, name.span, message);
    if allowed.is_empty() {
        return finding
            .also(label, "this instruction has no `final`, so it ends in `<NON>`")
            .help(format!("add `final: {}` to the instruction, or remove it here", name.value));
    }
    finding.also(label, "these are allowed").help(format!(
        "use {}, or add `{}` to the instruction's `final`",
        quoted_list(allowed.iter().copied(), 8),
        name.value
    ))
}
