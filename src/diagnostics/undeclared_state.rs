//! Wording of `undeclared-state`.

use super::{Diagnostic, Near, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::error("undeclared-state", include_str!("undeclared_state.md"));

/// A sample answers with a state that is not declared at `states`.
pub fn diagnostic(state: &Text<'_>, states: Span, near: Option<Near<'_>>) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, state.span, format!("the state `{}` is not declared", state.value))
        .also(states, "the states");
    super::suggest::replace(finding, state, near, |finding| finding.help("add it to `states`, or use one of them"))
}
