//! Wording of `unused-key`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::error("unused-key", include_str!("unused_key.md"));

/// `owner` ("a `token` token") has no use for the key `key`.
pub fn diagnostic(span: Span, key: &str, owner: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("{owner} has no use for the key `{key}`"))
        .help("remove the key, or set the `type` that uses it")
}

/// A file that is included sets `key`, which is read of the spec alone.
pub fn of_fragment(span: Span, key: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("`{key}` is not read of a file that is included"))
        .help(format!("move `{key}` to the spec that includes the file"))
}

/// `what` of a model file cannot be said in a spec.
pub fn not_carried(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("`{what}` is not carried over: no spec can say it"))
}

/// No instruction of a model file uses the token `value`.
pub fn no_set_has(span: Span, value: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("no instruction uses the token `{value}`, so no build writes it"))
        .help("the spec declares it all the same")
}

/// `what` stands in a list of a model file a second time.
pub fn repeated(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("`{what}` stands in this list already, and is built once"))
}

/// The order of the list under `key` of a model file is not the one of a build.
pub fn order(span: Span, key: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the order of `{key}` is not carried over: a build sorts it"))
}
