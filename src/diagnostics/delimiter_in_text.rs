//! Wording of `delimiter-in-text`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("delimiter-in-text", include_str!("delimiter_in_text.md")).on_request();

/// A text holds `piece`, which is a mark for the template `name`.
pub fn diagnostic(span: Span, piece: &str, name: &str) -> Diagnostic {
    let piece = super::syntax::short(piece);
    Diagnostic::new(&RULE, span, format!("the text holds `{}`, which is a mark for `{name}`", piece.escape_debug()))
        .help("take it out: the model would take what follows for another message")
}

/// The user's first text holds an empty line, which for the template `name` stands between a system
/// message and that text.
pub fn empty_line(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the text holds an empty line, which ends a system message for `{name}`"))
        .help("take it out: what stands before it would be read back as the system message")
}
