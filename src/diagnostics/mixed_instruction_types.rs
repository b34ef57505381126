//! Wording of `mixed-instruction-types`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("mixed-instruction-types", include_str!("mixed_instruction_types.md"));

/// The type at `span` trains another kind of model than the one at `first`.
pub fn diagnostic(span: Span, kind: &str, first: Span, first_kind: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("a protocol trains one kind of model, and `{kind}` is another than `{first_kind}`"))
        .also(first, format!("`{first_kind}`"))
        .help("put the instruction into a protocol of its own (`basic` and `extended` go together)")
}
