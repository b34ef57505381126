//! Wording of `unused-token-set`.

use super::{Diagnostic, Rule};
use crate::source::Text;

/// The rule.
pub static RULE: Rule = Rule::warning("unused-token-set", include_str!("unused_token_set.md"));

/// Nothing uses the token set called `name`.
pub fn diagnostic(name: &Text<'_>) -> Diagnostic {
    Diagnostic::new(&RULE, name.span, format!("the token set `{}` is never used", name.value))
        .help("use it in an instruction, or remove it")
}
