//! Each token by itself, and no two with one key.

use super::Subject;
use crate::diagnostics::{Diagnostics, duplicate_token_key, number_range, token_characters};
use crate::ir::{Instruction, Protocol, Response, Token};
use crate::python::characters::{is_alphanumeric, is_emoji};
use crate::source::Span;
use std::cmp::Ordering;
use std::collections::HashMap;

pub(super) fn check(subject: &Subject<'_, '_>, findings: &mut Diagnostics) {
    for token in &subject.protocol.tokens {
        characters("name", &token.name.value, token.name.span, findings);
        if let (Some(key), Some(span)) = (&token.key, token.key_span) {
            characters("key", key, span, findings);
        }
        if let (Some(min), Some(max)) = (&token.min, &token.max)
            && min.value.compare(max.value) == Ordering::Greater
        {
            findings.push(number_range::diagnostic(min.span, max.span));
        }
    }
    keys(subject.protocol, findings);
    responses(subject.protocol, findings);
}

/// Whether a character can stand in a token's name or key.
fn is_allowed(character: char) -> bool {
    character == '_' || is_alphanumeric(character) || is_emoji(character)
}

fn characters(what: &str, text: &str, span: Span, findings: &mut Diagnostics) {
    if text.is_empty() {
        findings.push(token_characters::empty(span, what));
    } else if let Some(character) = text.chars().find(|character| !is_allowed(*character)) {
        findings.push(token_characters::diagnostic(span, what, character));
    }
}

fn keys(protocol: &Protocol<'_>, findings: &mut Diagnostics) {
    let mut first: HashMap<&str, &Token<'_>> = HashMap::new();
    for token in &protocol.tokens {
        let Some(key) = token.key.as_deref().filter(|key| !key.is_empty()) else {
            continue;
        };
        if let Some(first) = first.get(key) {
            findings.push(duplicate_token_key::diagnostic(
                key,
                &token.name.value,
                token.key_place(),
                &first.name.value,
                first.key_place(),
            ));
        } else {
            first.insert(key, token);
        }
    }
}

/// The tokens that instructions bring in have names and keys like all others.
fn responses(protocol: &Protocol<'_>, findings: &mut Diagnostics) {
    let mut first: Option<(Response, &Instruction<'_>)> = None;
    for instruction in &protocol.instructions {
        let Some(response) = Response::of(instruction, protocol) else {
            continue;
        };
        match &first {
            None => {
                for token in &protocol.tokens {
                    let has_key = token.key.as_deref() == Some(&response.key);
                    if has_key || token.value == response.value {
                        let place = if has_key {
                            token.key_place()
                        } else {
                            token.name.span
                        };
                        let by = instruction.type_span.unwrap_or(instruction.name.span);
                        let name = &token.name.value;
                        findings.push(duplicate_token_key::of_response(
                            name,
                            place,
                            response.name,
                            by,
                        ));
                    }
                }
                first = Some((response, instruction));
            }
            Some((other, by)) if other.name == response.name && *other != response => {
                let place = |instruction: &Instruction<'_>| {
                    instruction
                        .states
                        .as_ref()
                        .map_or(instruction.name.span, |states| states.key)
                };
                let is_classifier = response.name == "States";
                if is_classifier {
                    findings.push(duplicate_token_key::of_states(
                        place(instruction),
                        place(by),
                    ));
                }
            }
            Some(_) => {}
        }
    }
}
