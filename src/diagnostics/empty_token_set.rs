//! Wording of `empty-token-set`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::error("empty-token-set", include_str!("empty_token_set.md"));

/// The token set at `span` has no token.
pub fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the token set is empty").help("name at least one token")
}
