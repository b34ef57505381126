//! Wording of `role-order`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("role-order", include_str!("role_order.md")).on_request();

/// The message at `span` is of the role `role`, and one of the role `wanted` is expected.
pub fn diagnostic(span: Span, role: &str, wanted: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("a message of the role `{role}` where one of `{wanted}` is expected"))
        .help("user and assistant take turns, the user first; a system message comes before all")
}
