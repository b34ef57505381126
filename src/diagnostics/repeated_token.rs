//! Wording of `repeated-token`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("repeated-token", include_str!("repeated_token.md"));

/// The token `name` at `second` stands in its list already, at `first`.
pub fn diagnostic(name: &str, second: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&RULE, second, format!("the token `{name}` stands twice in this list"))
        .also(first, "first here")
        .help("remove one of the two")
}
