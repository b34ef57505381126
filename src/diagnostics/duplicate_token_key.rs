//! Wording of `duplicate-token-key`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("duplicate-token-key", include_str!("duplicate_token_key.md"));

/// The tokens `second` and `first` have one key, at `second_place` and `first_place`.
pub fn diagnostic(key: &str, second: &str, second_place: Span, first: &str, first_place: Span) -> Diagnostic {
    Diagnostic::new(&RULE, second_place, format!("the tokens `{first}` and `{second}` have the same key `{key}`"))
        .also(first_place, format!("`{first}` has it here"))
        .help("give one of the two another `key`")
}

/// A token has the key of the token that the instruction at `instruction` brings in.
pub fn of_response(token: &str, place: Span, response: &str, instruction: Span) -> Diagnostic {
    Diagnostic::new(&RULE, place, format!("the token `{token}` has the key of the response token `{response}`"))
        .also(instruction, format!("this instruction's type brings in `{response}`"))
        .help("rename the token, or give it another `key`")
}

/// Two multi classifiers declare different states, which one token would describe.
pub fn of_states(second: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&RULE, second, "two multi classifiers have different `states`, but they share the response token `States`")
        .also(first, "the first one")
        .help("give both the same `states`, or train two protocols")
}
