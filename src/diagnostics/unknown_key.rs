//! Wording of `unknown-key`.

use super::{Diagnostic, Rule, nearest, quoted_list, suggest};
use crate::source::Text;

/// The rule.
pub static RULE: Rule = Rule::locked("unknown-key", include_str!("unknown_key.md"));

/// No key `key` is known among `known`; it may stand for one of those that are `open`.
pub fn diagnostic(key: &Text<'_>, open: &[&'static str], known: &[&'static str]) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, key.span, format!("unknown key `{}`", key.value));
    let near = nearest(&key.value, open.iter().copied());
    suggest::replace(finding, key, near, |finding| {
        if let Some(near) = nearest(&key.value, known.iter().copied()) {
            let help = format!("did you mean `{}`? this map has it already", near.name);
            return finding.help(help);
        }
        let list = quoted_list(known.iter().copied(), 12);
        finding.help(format!("known here: {list}"))
    })
}
