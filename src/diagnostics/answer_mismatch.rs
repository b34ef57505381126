//! Wording of `answer-mismatch`.

use super::{Diagnostic, Near, Rule, quoted_list};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::error("answer-mismatch", include_str!("answer_mismatch.md")).on_request();

fn finding(answer: Span, message: impl Into<String>, instruction: Option<Span>) -> Diagnostic {
    Diagnostic::new(&RULE, answer, message).also(instruction, "the instruction that it answers")
}

/// The answer has not the form that it should have; `reason` tells which.
pub fn unreadable(answer: Span, reason: &str, instruction: Span) -> Diagnostic {
    finding(answer, reason, Some(instruction))
}

/// The answer ends in `name`, and the instruction allows `allowed`.
pub fn final_token(answer: Span, name: &str, allowed: &[&str], finals: Option<Span>) -> Diagnostic {
    Diagnostic::new(&RULE, answer, format!("the answer ends in `{name}`, which is not allowed"))
        .also(finals, "these are allowed")
        .help(format!("expected one of {}", quoted_list(allowed.iter().copied(), 8)))
}

/// The answer ends in nothing, where the instruction asks for one of `allowed`.
pub fn no_final_token(answer: Span, allowed: &[&str], finals: Option<Span>) -> Diagnostic {
    Diagnostic::new(&RULE, answer, "the answer ends in no final token")
        .also(finals, "these are allowed")
        .help(format!("expected one of {}", quoted_list(allowed.iter().copied(), 8)))
}

/// The token `name` stands without the number that it takes.
pub fn no_value(answer: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(&RULE, answer, format!("`{name}` stands without its number"))
        .also(declared, "a `final_num` token")
}

/// The token `name` takes no number.
pub fn value(answer: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(&RULE, answer, format!("`{name}` stands with a number, and takes none"))
        .also(declared, "not a `final_num` token")
}

/// The number of the token `name` is out of its range.
pub fn out_of_range(answer: Span, written: &str, name: &str, range: (&str, &str), declared: Span) -> Diagnostic {
    let (min, max) = range;
    Diagnostic::new(&RULE, answer, format!("{written} is no number that `{name}` takes"))
        .also(declared, format!("from {min} to {max}"))
}

/// The instruction has no such state.
pub fn state(answer: Span, state: &str, near: Option<Near<'_>>, known: &[&str], instruction: Span) -> Diagnostic {
    let help = match near {
        Some(near) => format!("is `{}` meant?", near.name),
        None => format!("expected one of {}", quoted_list(known.iter().copied(), 8)),
    };
    let state = super::syntax::short(state.lines().next().unwrap_or_default());
    finding(answer, format!("the answer `{state}` is none of the states"), Some(instruction)).help(help)
}

/// The instruction has no such label.
pub fn label(answer: Span, label: &str, instruction: Span) -> Diagnostic {
    finding(answer, format!("the instruction has no label `{label}`"), Some(instruction))
}

/// A label has more than one value.
pub fn label_twice(answer: Span, label: &str, instruction: Span) -> Diagnostic {
    finding(answer, format!("the label `{label}` has two values"), Some(instruction))
}

/// A label has no value.
pub fn missing_label(answer: Span, label: &str, instruction: Span) -> Diagnostic {
    finding(answer, format!("the label `{label}` has no value"), Some(instruction))
}

/// A label has no such value.
pub fn label_value(answer: Span, label: &str, value: &str, known: &[&str], instruction: Span) -> Diagnostic {
    finding(answer, format!("`{value}` is no value of the label `{label}`"), Some(instruction))
        .help(format!("expected one of {}", quoted_list(known.iter().copied(), 8)))
}
