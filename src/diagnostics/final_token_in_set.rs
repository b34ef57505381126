//! Wording of `final-token-in-set`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("final-token-in-set", include_str!("final_token_in_set.md"));

/// The set used at `used` holds the final token `name`, at `span`.
pub fn diagnostic(name: &str, span: Span, used: Span, side: &str) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, span, format!("the final token `{name}` cannot stand in a token set"));
    let finding = if used == span { finding } else { finding.also(used, format!("used as {side} here")) };
    finding.help("name it under the instruction's `final` instead")
}
