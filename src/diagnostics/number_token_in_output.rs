//! Wording of `number-token-in-output`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("number-token-in-output", include_str!("number_token_in_output.md"));

/// The output set used at `used` holds the number token `name`, at `span`.
pub fn diagnostic(name: &str, span: Span, used: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the number token `{name}` cannot stand in an output set"))
        .also(used, "used as output here")
        .help("to answer with a number, end in a `final_num` token")
}
