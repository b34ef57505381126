//! Wording of `input-count`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("input-count", include_str!("input_count.md"));

/// An instruction has `found` inputs and needs `expected`.
pub fn diagnostic(input: Span, found: usize, expected: usize, extended: bool, inputs: Span) -> Diagnostic {
    let sets = |count| if count == 1 { "token set" } else { "token sets" };
    let finding = Diagnostic::new(&RULE, input, format!("{found} {} in `input`, expected {expected}", sets(found)));
    let finding = finding.also(inputs, "`inputs`");
    if extended {
        return finding.help("an extended instruction has one more than `inputs`: the set of the prompt");
    }
    finding.help("every instruction has as many input sets as `inputs` says")
}

/// An instruction of a model file has `found` token sets and needs `expected`.
pub fn of_model(set: Span, found: usize, expected: u64, inputs: Option<Span>) -> Diagnostic {
    let sets = if found == 1 {
        "token set"
    } else {
        "token sets"
    };
    Diagnostic::new(
        &RULE,
        set,
        format!("{found} {sets} in `set`, expected {expected}"),
    )
    .also(inputs, "`inputs`")
    .help("an instruction has one set more than `inputs`: that of the answer or of the prompt")
}

/// The prompt of a template file has `found` token sets and needs `expected`.
pub fn of_template(input: Span, found: usize, expected: u64, inputs: Span) -> Diagnostic {
    let sets = if found == 1 {
        "token set"
    } else {
        "token sets"
    };
    Diagnostic::new(
        &RULE,
        input,
        format!("{found} {sets} in `input`, expected {expected}"),
    )
    .also(inputs, "`inputs`")
    .help("between its first and its last piece a prompt has one set more than `inputs`")
}
