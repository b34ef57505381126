//! Wording of `token-characters`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("token-characters", include_str!("token_characters.md"));

/// The name or key at `span` holds `character`, which has no place in it.
pub fn diagnostic(span: Span, what: &str, character: char) -> Diagnostic {
    let code = u32::from(character);
    let invisible = matches!(character, '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}');
    let shown = if character == ' ' {
        "a space (U+0020)".to_owned()
    } else if character.is_control() || character.is_whitespace() || invisible {
        format!("U+{code:04X}")
    } else {
        format!("`{character}` (U+{code:04X})")
    };
    let removed = if character == ' ' { "the space" } else { shown.as_str() };
    let help = format!(
        "remove {removed}: letters, digits, `_` and emoji of one code point are allowed{}",
        match character {
            ' ' | '-' => ", so `_` may take its place",
            '\u{fe0f}' => "; this one is the invisible variation selector behind an emoji",
            '\u{200d}' => "; this one is invisible and joins two emoji",
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
