//! Wording of `missing-label`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("missing-label", include_str!("missing_label.md"));

/// Labels that are named in a message.
const MOST: usize = 6;

/// A sample's answer leaves out `labels`.
pub fn diagnostic(output: Span, labels: &[&str], states: Option<Span>) -> Diagnostic {
    let quoted: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
    let message = match &quoted[..] {
        [only] => format!("the label {only} has no value here"),
        [first @ .., last] if labels.len() <= MOST => {
            format!("the labels {} and {last} have no value here", first.join(", "))
        }
        many => {
            let (shown, more) = many.split_at(MOST.min(many.len()));
            format!("the labels {} and {} more have no value here", shown.join(", "), more.len())
        }
    };
    Diagnostic::new(&RULE, output, message)
        .also(states, "the labels")
        .help("every sample gives one value for every label")
}
