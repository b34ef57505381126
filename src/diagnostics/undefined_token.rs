//! Wording of `undefined-token`.

use super::{Diagnostic, Near, Rule};
use crate::source::Text;

/// The rule.
pub static RULE: Rule = Rule::locked("undefined-token", include_str!("undefined_token.md"));

/// No token has this name.
pub fn diagnostic(name: &Text<'_>, near: Option<Near<'_>>) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, name.span, format!("no token is called `{}`", name.value));
    super::suggest::replace(finding, name, near, |finding| finding.help(format!("declare it under `tokens`: `{}:`", name.value)))
}

/// No token has this name, where a final one is wanted.
pub fn final_token(name: &Text<'_>, near: Option<Near<'_>>) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, name.span, format!("no token is called `{}`", name.value));
    super::suggest::replace(finding, name, near, |finding| {
        finding.help(format!("declare it under `tokens`: `{}: {{ type: final }}`", name.value))
    })
}

/// No token of a model file has this value.
pub fn value(value: &Text<'_>, near: Option<Near<'_>>) -> Diagnostic {
    let finding = Diagnostic::new(
        &RULE,
        value.span,
        format!("no token has the value `{}`", value.value),
    );
    super::suggest::replace(finding, value, near, |finding| finding)
}
