//! Wording of `too-little-context`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("too-little-context", include_str!("too_little_context.md"));

/// `found` context lines in all, `least` are needed.
pub fn diagnostic(span: Span, found: usize, least: usize) -> Diagnostic {
    let lines = if found == 1 { "context line" } else { "context lines" };
    Diagnostic::new(&RULE, span, format!("{found} {lines} in the protocol and its instructions, at least {least} are needed"))
        .help(format!("add {} more under `context`", least - found))
}
