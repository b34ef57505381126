//! Wording of `unused-token-set`.

use super::{Diagnostic, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::warning("unused-token-set", include_str!("unused_token_set.md"));

/// Nothing uses the token set called `name`, to be taken out with its
/// `value` if that is given.
pub fn diagnostic(name: &Text<'_>, value: Option<Span>) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, name.span, format!("the token set `{}` is never used", name.value))
        .help("use it in an instruction, or remove it");
    match value {
        Some(value) => {
            finding.fix_by_removal(format!("Remove the token set `{}`", name.value), name.span, value)
        }
        None => finding,
    }
}
