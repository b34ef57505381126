//! Wording of `not-a-final-token`.

use super::{Diagnostic, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::locked("not-a-final-token", include_str!("not_a_final_token.md"));

/// The token called `name`, declared at `declared` with `token_type`, ends nothing.
pub fn diagnostic(name: &Text<'_>, declared: Span, token_type: &str) -> Diagnostic {
    Diagnostic::new(&RULE, name.span, format!("`{}` is no final token", name.value))
        .also(declared, format!("declared here as `{token_type}`"))
        .help("name a token of type `final` or `final_num`, or give this one that type")
}
