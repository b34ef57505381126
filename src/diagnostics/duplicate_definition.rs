//! Wording of `duplicate-definition`.

use super::{Diagnostic, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::locked("duplicate-definition", include_str!("duplicate_definition.md"));

/// The `what` ("token") of this name is defined before, at `first`: in another file, or
/// in the same model file.
pub fn diagnostic(what: &str, name: &Text<'_>, first: Span) -> Diagnostic {
    let places = if first.origin == name.span.origin { "twice" } else { "in two files" };
    Diagnostic::new(&RULE, name.span, format!("the {what} `{}` is defined {places}", name.value))
        .also(first, "first defined here")
        .help("remove one of the two, or give it another name")
}
