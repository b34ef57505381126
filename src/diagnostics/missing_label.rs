//! Wording of `missing-label`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("missing-label", include_str!("missing_label.md"));

/// Labels that are named in a message.
const MOST: usize = 6;

/// A sample's answer leaves out `labels`, which are `count`.
pub fn diagnostic<'l>(
    output: Span,
    labels: impl Iterator<Item = &'l str>,
    count: usize,
    states: Option<Span>,
) -> Diagnostic {
    let quoted: Vec<String> = labels.take(MOST).map(|label| format!("`{label}`")).collect();
    let message = match &quoted[..] {
        [only] => format!("the label {only} has no value here"),
        [first @ .., last] if count <= MOST => {
            format!("the labels {} and {last} have no value here", first.join(", "))
        }
        shown => {
            let more = count - shown.len();
            format!("the labels {} and {more} more have no value here", shown.join(", "))
        }
    };
    Diagnostic::new(&RULE, output, message)
        .also(states, "the labels")
        .help("every sample gives one value for every label")
}
