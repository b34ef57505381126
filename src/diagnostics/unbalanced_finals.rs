//! Wording of `unbalanced-finals`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("unbalanced-finals", include_str!("unbalanced_finals.md"));

/// `name` has `found` samples, `other`, the most frequent one, `most`.
pub fn diagnostic(span: Span, name: &str, found: usize, other: &str, most: usize) -> Diagnostic {
    let samples = if found == 1 { "sample" } else { "samples" };
    Diagnostic::new(&RULE, span, format!("`{name}` has {found} {samples}, `{other}` has {most}"))
        .help(format!("add samples for `{name}`: a model hardly learns what it rarely sees"))
}
