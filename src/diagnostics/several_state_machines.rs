//! Wording of `several-state-machines`.

use super::{Diagnostic, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::locked("several-state-machines", include_str!("several_state_machines.md"));

/// A second or further instruction of type `state_machine`.
pub fn diagnostic(second: &Text<'_>, first: Span) -> Diagnostic {
    Diagnostic::new(&RULE, second.span, format!("`{}` is another state machine", second.value))
        .also(first, "the first one")
        .help("a state machine is the only instruction of its protocol: put it into another, or join the two")
}
