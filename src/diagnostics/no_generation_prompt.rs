//! Wording of `no-generation-prompt`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("no-generation-prompt", include_str!("no_generation_prompt.md")).on_request();

/// The template `name` asks for no answer.
pub fn diagnostic(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the template `{name}` writes nothing that asks for an answer"))
        .help("let it write what stands before an answer where `add_generation_prompt` is true")
}
