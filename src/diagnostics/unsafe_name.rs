//! Wording of `unsafe-name`.

use super::{Diagnostic, Rule};
use crate::source::Text;

/// The rule.
pub static RULE: Rule = Rule::locked("unsafe-name", include_str!("unsafe_name.md"));

/// The protocol's name cannot be the stem of a file's name; `reason` says why.
pub fn diagnostic(name: &Text<'_>, reason: &str) -> Diagnostic {
    Diagnostic::new(&RULE, name.span, format!("the protocol's name cannot be part of a file's name: {reason}"))
        .help("the output files are called NAME_model.json and NAME_template.json")
}
