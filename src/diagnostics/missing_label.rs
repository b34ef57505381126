//! Wording of `missing-label`.

use super::{Diagnostic, Rule, quoted_list};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("missing-label", include_str!("missing_label.md"));

/// A sample's answer leaves out `labels`.
pub fn diagnostic(output: Span, labels: &[&str], states: Option<Span>) -> Diagnostic {
    let list = quoted_list(labels.iter().copied(), 6).replace(" or ", " and ");
    let message = match labels {
        [_] => format!("the label {list} has no value here"),
        _ => format!("the labels {list} have no value here"),
    };
    Diagnostic::new(&RULE, output, message)
        .also(states, "the labels")
        .help("every sample gives one value for every label")
}
