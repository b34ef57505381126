//! Wording of `guardrail-index`.

use super::{Diagnostic, Rule, nearest, quoted_list};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::locked("guardrail-index", include_str!("guardrail_index.md"));

/// The index `key` is none of the `count` inputs at `input`.
pub fn no_such_input(key: &Text<'_>, count: usize, input: Span) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, key.span, format!("no input has the index {}", key.value))
        .also(input, if count == 1 { "1 input".to_owned() } else { format!("{count} inputs") });
    help_count(finding, count)
}

/// No input is the token set called `key`; `inputs` are the names of those that are.
pub fn no_such_set(key: &Text<'_>, inputs: &[&str], count: usize, input: Span) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, key.span, format!("no input is the token set `{}`", key.value))
        .also(input, "the inputs");
    match nearest(&key.value, inputs.iter().copied()) {
        Some(near) => finding.help(format!("did you mean `{}`?", near.name)),
        None if inputs.is_empty() => help_count(finding, count),
        None => finding.help(format!("use an index from 0, or {}", quoted_list(inputs.iter().copied(), 6))),
    }
}

/// Several inputs are the token set called `key`.
pub fn ambiguous(key: &Text<'_>, places: &[usize], input: Span) -> Diagnostic {
    let places: Vec<String> = places.iter().map(usize::to_string).collect();
    Diagnostic::new(&RULE, key.span, format!("several inputs are the token set `{}`", key.value))
        .also(input, "the inputs")
        .help(format!("use the index: {}", quoted_list(places.iter().map(String::as_str), 6)))
}

/// The input `index` has a guardrail already, written at `first`.
pub fn second(key: &Text<'_>, index: usize, first: Span) -> Diagnostic {
    Diagnostic::new(&RULE, key.span, format!("the input {index} has two guardrails"))
        .also(first, "the first one")
        .help("an input can have one guardrail: remove one of the two")
}

fn help_count(finding: Diagnostic, count: usize) -> Diagnostic {
    match count {
        0 => finding,
        1 => finding.help("the only index is 0"),
        _ => finding.help(format!("an index is a number from 0 to {}", count - 1)),
    }
}
