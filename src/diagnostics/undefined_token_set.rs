//! Wording of `undefined-token-set`.

use super::{Diagnostic, Near, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::locked("undefined-token-set", include_str!("undefined_token_set.md"));

/// No token set has this name; `is_token` if a token has it.
pub fn diagnostic(name: &Text<'_>, near: Option<Near<'_>>, is_token: bool) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, name.span, format!("no token set is called `{}`", name.value));
    if is_token {
        return finding.help(format!("`{0}` is a token; for a set of this one token write `[{0}]`", name.value));
    }
    super::suggest::replace(finding, name, near, |finding| finding.help("declare it under `token_sets`, or write a list of token names here"))
}

/// The `tokens` of one set stand in the list of sets at `span`.
pub fn tokens(span: Span, tokens: &[&str]) -> Diagnostic {
    Diagnostic::new(&RULE, span, "tokens stand where a token set is expected")
        .help(format!("for one set of these tokens write `[[{}]]`", tokens.join(", ")))
}
