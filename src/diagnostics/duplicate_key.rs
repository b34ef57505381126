//! Wording of `duplicate-key`.

use super::syntax::short;
use super::{Diagnostic, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::locked("duplicate-key", include_str!("duplicate_key.md"));

/// The key at `second` stands in its map already, at `first` where that is known.
pub fn diagnostic(key: &str, second: Span, first: Option<Span>) -> Diagnostic {
    Diagnostic::new(&RULE, second, format!("the key `{}` is used twice in this map", short(key)))
        .also(first, "first used here")
        .help("remove one of the two, or give it another name")
}

/// A table holds the output in one column and also label by label.
pub fn output_and_label(whole: &Text<'_>, label: &Text<'_>) -> Diagnostic {
    let (first, second) = match whole.span.start < label.span.start {
        true => (whole, label),
        false => (label, whole),
    };
    let message = format!(
        "the column `{}` and the column `{}` both hold the output",
        short(&second.value),
        short(&first.value)
    );
    Diagnostic::new(&RULE, second.span, message)
        .also(first.span, "the other one")
        .help("a multi classifier has columns `output.LABEL`, any other instruction `output`: remove what is too much")
}

/// The header of a table has a name twice.
pub fn column(name: &Text<'_>, first: Span) -> Diagnostic {
    Diagnostic::new(&RULE, name.span, format!("there are two columns `{}`", short(&name.value)))
        .also(first, "the first one")
        .help("remove one of the two, or give it another name")
}
