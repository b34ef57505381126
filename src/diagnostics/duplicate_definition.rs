//! Wording of `duplicate-definition`.

use super::{Diagnostic, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::locked("duplicate-definition", include_str!("duplicate_definition.md"));

/// Another file defines the `what` ("token") of this name, at `first`.
pub fn diagnostic(what: &str, name: &Text<'_>, first: Span) -> Diagnostic {
    Diagnostic::new(&RULE, name.span, format!("the {what} `{}` is defined in two files", name.value))
        .also(first, "first defined here")
        .help("remove one of the two, or give it another name")
}
