//! Wording of `unknown-key`.

use super::{Diagnostic, Rule, nearest, quoted_list, suggest};
use crate::source::Text;

/// The rule.
pub static RULE: Rule = Rule::locked("unknown-key", include_str!("unknown_key.md"));

/// No key `key` is known among `known`; it may stand for one of those that are `open`.
pub fn diagnostic(key: &Text<'_>, open: &[&'static str], known: &[&'static str]) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, key.span, format!("unknown key `{}`", key.value));
    let Some(near) = nearest(&key.value, open.iter().copied()) else {
        if let Some(near) = nearest(&key.value, known.iter().copied()) {
            return finding.help(format!("did you mean `{near}`? this map has it already"));
        }
        let list = quoted_list(known.iter().copied(), 12);
        return finding.help(format!("known here: {list}"));
    };
    let finding = finding.help(format!("did you mean `{near}`?"));
    if suggest::is_certain(&key.value, open.iter().copied()) {
        return finding.fix_scalar(format!("Replace by `{near}`"), key.span, near);
    }
    finding
}
