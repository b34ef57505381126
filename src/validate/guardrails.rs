//! Guardrails: prompts that say something, samples enough, and no training input
//! among them.

use super::Subject;
use crate::ast::Guardrail;
use crate::diagnostics::{
    Diagnostics, empty_text, guardrail_digits, guardrail_overlap, too_few_guardrail_samples,
};
use crate::source::{Span, Text};
use crate::syntax::inside;
use std::collections::HashMap;

/// Samples that the reference asks of a guardrail.
const SAMPLES: usize = 3;

pub(super) fn check(subject: &Subject<'_, '_>, findings: &mut Diagnostics) {
    for guardrail in &subject.protocol.guardrails {
        prompts(guardrail, findings);
        samples(subject, guardrail, findings);
    }
    overlaps(subject, findings);
}

fn prompts(guardrail: &Guardrail<'_>, findings: &mut Diagnostics) {
    let prompts = [
        ("the good prompt", &guardrail.good_prompt),
        ("the bad prompt", &guardrail.bad_prompt),
        ("the bad output", &guardrail.bad_output),
    ];
    for (what, prompt) in prompts {
        if let Some(prompt) = prompt.as_ref().filter(|prompt| prompt.value.is_empty()) {
            findings.push(empty_text::diagnostic(prompt.span, what));
        }
    }
}

/// The samples of a guardrail that could be read.
fn texts<'g, 's>(guardrail: &'g Guardrail<'s>) -> impl Iterator<Item = &'g Text<'s>> {
    let list = guardrail
        .samples
        .as_ref()
        .and_then(|given| given.value.as_ref());
    list.into_iter()
        .flat_map(|list| list.value.iter().flatten())
}

fn samples(subject: &Subject<'_, '_>, guardrail: &Guardrail<'_>, findings: &mut Diagnostics) {
    let Some(given) = &guardrail.samples else {
        return;
    };
    if let Some(list) = &given.value
        && list.value.len() < SAMPLES
    {
        findings.push(too_few_guardrail_samples::diagnostic(
            given.key,
            list.value.len(),
            SAMPLES,
        ));
    }
    for text in texts(guardrail) {
        if text.value.chars().all(is_space) {
            findings.push(empty_text::diagnostic(text.span, "a sample"));
        }
        if let Some(at) = text.value.find(|c: char| c.is_ascii_digit()) {
            let digit = inside(subject.sources, text.span, &text.value, at..at + 1);
            findings.push(guardrail_digits::diagnostic(digit));
        }
    }
}

/// White space as Python's `str.strip` has it.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

fn overlaps(subject: &Subject<'_, '_>, findings: &mut Diagnostics) {
    for instruction in &subject.protocol.instructions {
        for used in &instruction.guardrails {
            let (Some(id), Some(input)) = (used.guardrail, used.input) else {
                continue;
            };
            let mut bad: HashMap<&str, Span> = HashMap::new();
            for text in texts(&subject.protocol.guardrails[id.0]) {
                bad.entry(&text.value).or_insert(text.span);
            }
            for sample in instruction.known_samples() {
                let list = sample.written.input.as_ref();
                let snippet = list.and_then(|list| list.value.get(input)?.as_ref());
                let Some(snippet) = snippet else { continue };
                if let Some(place) = bad.remove(snippet.text.value.as_ref()) {
                    findings.push(guardrail_overlap::diagnostic(place, snippet.text.span));
                }
            }
        }
    }
}
