//! Wording of `missing-key`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("missing-key", include_str!("missing_key.md"));

/// The map at `header` has no key `key`.
pub fn diagnostic(header: Span, key: &str) -> Diagnostic {
    Diagnostic::new(&RULE, header, format!("the key `{key}` is missing"))
        .help(format!("add `{key}`"))
}

/// A token of `token_type` has no key `key`.
pub fn of_token(header: Span, key: &str, token_type: &str) -> Diagnostic {
    Diagnostic::new(&RULE, header, format!("a `{token_type}` token needs the key `{key}`"))
        .help(format!("add `{key}`"))
}

/// The file holds nothing.
pub fn empty_file(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the file is empty")
        .help("a spec has at least `name`, `inputs`, `tokens` and `instructions`")
}

/// The sample file holds nothing.
pub fn no_samples(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the file holds no samples")
}

/// A model or template file does not name its format; `known` are the addresses that
/// can stand there.
pub fn schema(span: Span, known: &[&str]) -> Diagnostic {
    let newest = known.first().copied().unwrap_or_default();
    Diagnostic::new(&RULE, span, "the file names no format: `$schema` is missing, or no text")
        .help(format!("add it; of the newest format it is `{newest}`"))
}
