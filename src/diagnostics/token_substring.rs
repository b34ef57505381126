//! Wording of `token-substring`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("token-substring", include_str!("token_substring.md"));

/// The name or key (`what`) `short` of one token stands within `long` of another.
pub fn diagnostic(what: &str, short: &str, place: Span, long: &str, long_place: Span) -> Diagnostic {
    Diagnostic::new(&RULE, place, format!("the {what} `{short}` is part of the {what} `{long}`"))
        .also(long_place, "part of this one")
        .help("rename one of the two: letter case and `_` make no difference")
}

/// The name or key `short` stands within the special or response token `long`.
pub fn within_special(what: &str, short: &str, place: Span, long: &str, label: Option<Span>) -> Diagnostic {
    Diagnostic::new(&RULE, place, format!("the {what} `{short}` is part of the token `{long}`, which this protocol uses"))
        .also(label, format!("this brings in `{long}`"))
        .help("rename the token: letter case and `_` make no difference")
}

/// The special or response token `short` stands within the name or key `long`.
pub fn holds_special(what: &str, long: &str, place: Span, short: &str, label: Option<Span>) -> Diagnostic {
    Diagnostic::new(&RULE, place, format!("the {what} `{long}` holds the token `{short}`, which this protocol uses"))
        .also(label, format!("this brings in `{short}`"))
        .help("rename the token: letter case and `_` make no difference")
}
