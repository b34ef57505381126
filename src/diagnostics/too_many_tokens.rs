//! Wording of `too-many-tokens`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::error("too-many-tokens", include_str!("too_many_tokens.md")).on_request();

/// The sample at `span` has more tokens than were asked for.
pub fn over_budget(span: Span, tokens: usize, most: u64) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("{tokens} tokens, and the budget is {most}"))
        .help("shorten the sample, or make several of it")
}

/// The sample at `span` has more tokens than the model takes.
pub fn over_context(span: Span, tokens: usize, most: u64) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("{tokens} tokens, and the model takes {most}"))
        .help("shorten the sample, or make several of it")
}

/// The tokens of the sample at `span` cannot be counted; `reason` is what the vocabulary says.
pub fn uncountable(span: Span, reason: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("its tokens cannot be counted: {reason}"))
}
