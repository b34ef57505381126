//! Wording of `unused-token`.

use super::{Diagnostic, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::warning("unused-token", include_str!("unused_token.md"));

/// Nothing uses the token called `name`, which stands at `value`.
pub fn diagnostic(name: &Text<'_>, value: Span) -> Diagnostic {
    Diagnostic::new(&RULE, name.span, format!("the token `{}` is never used", name.value))
        .help("name it in a token set or a `final`, or remove it")
        .fix_by_removal(format!("Remove the token `{}`", name.value), name.span, value)
}
