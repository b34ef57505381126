//! Wording of `token-characters`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("token-characters", include_str!("token_characters.md"));

/// The name or key at `span` holds `character`, which has no place in it.
pub fn diagnostic(span: Span, what: &str, character: char) -> Diagnostic {
    let code = u32::from(character);
    let shown = if character.is_control() || character.is_whitespace() {
        format!("U+{code:04X}")
    } else {
        format!("`{character}` (U+{code:04X})")
    };
    let help = format!(
        "remove {shown}: letters, digits, `_` and emoji of one code point are allowed{}",
        match character {
            ' ' | '-' => ", so `_` may take its place",
            '\u{fe0f}' => "; this one is the variation selector behind an emoji",
            _ => "",
        }
    );
    Diagnostic::new(&RULE, span, format!("a token's {what} cannot hold {shown}")).help(help)
}

/// The name or key at `span` is empty.
pub fn empty(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("a token's {what} cannot be empty"))
        .help("letters, digits, `_` and emoji of one code point are allowed")
}
