//! Wording of `unused-token-set`.

use super::{Diagnostic, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::warning("unused-token-set", include_str!("unused_token_set.md"));

/// Nothing uses the token set called `name`, which stands at `value`.
pub fn diagnostic(name: &Text<'_>, value: Span) -> Diagnostic {
    Diagnostic::new(&RULE, name.span, format!("the token set `{}` is never used", name.value))
        .help("use it in an instruction, or remove it")
        .fix_by_removal(format!("Remove the token set `{}`", name.value), name.span, value)
}
