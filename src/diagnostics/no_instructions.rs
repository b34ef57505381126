//! Wording of `no-instructions`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("no-instructions", include_str!("no_instructions.md"));

/// The protocol has no instruction.
pub fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the protocol has no instruction")
        .help("add one under `instructions`")
}
