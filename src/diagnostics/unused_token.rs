//! Wording of `unused-token`.

use super::{Diagnostic, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::warning("unused-token", include_str!("unused_token.md"));

/// Nothing uses the token called `name`, to be taken out with its
/// `value` if that is given.
pub fn diagnostic(name: &Text<'_>, value: Option<Span>) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, name.span, format!("the token `{}` is never used", name.value))
        .help("name it in a token set or a `final`, or remove it");
    match value {
        Some(value) => {
            finding.fix_by_removal(format!("Remove the token `{}`", name.value), name.span, value)
        }
        None => finding,
    }
}
