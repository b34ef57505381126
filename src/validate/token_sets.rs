//! Token sets: not empty, nothing twice, and what stands where.

use super::Subject;
use crate::diagnostics::{
    Diagnostics, empty_token_set, final_token_in_set, number_token_in_output, repeated_token,
};
use crate::ir::{TokenSetUse, TokenType};
use std::collections::{HashMap, HashSet};

pub(super) fn check(subject: &Subject<'_, '_>, findings: &mut Diagnostics) {
    let protocol = subject.protocol;
    for set in &protocol.token_sets {
        if set.tokens.is_empty() {
            findings.push(empty_token_set::diagnostic(set.span));
        }
        let mut first = HashMap::new();
        for token in &set.tokens {
            let Some(id) = token.value else { continue };
            if let Some(first) = first.get(&id) {
                let name = &protocol.tokens[id.0].name.value;
                findings.push(repeated_token::diagnostic(name, token.span, *first));
            } else {
                first.insert(id, token.span);
            }
        }
    }
    let mut told = HashSet::new();
    for instruction in &protocol.instructions {
        for used in instruction.input_sets() {
            finals(subject, used, "an input", &mut told, findings);
        }
        if let Some(used) = instruction.output {
            finals(subject, used, "the output", &mut told, findings);
            numbers(subject, used, &mut told, findings);
        }
    }
}

/// The final tokens of a set that is used.
fn finals(
    subject: &Subject<'_, '_>,
    used: TokenSetUse,
    side: &str,
    told: &mut HashSet<crate::source::Span>,
    findings: &mut Diagnostics,
) {
    let protocol = subject.protocol;
    let set = &protocol.token_sets[used.set.0];
    for name in &set.tokens {
        let Some(token) = name.value.map(|id| &protocol.tokens[id.0]) else {
            continue;
        };
        if token.known && token.token_type.is_final() && told.insert(name.span) {
            // A set written in place is itself the use.
            let label = if set.name.is_some() {
                used.span
            } else {
                name.span
            };
            findings.push(final_token_in_set::diagnostic(
                &token.name.value,
                name.span,
                label,
                side,
            ));
        }
    }
}

/// The number tokens of a set that is used as output.
fn numbers(
    subject: &Subject<'_, '_>,
    used: TokenSetUse,
    told: &mut HashSet<crate::source::Span>,
    findings: &mut Diagnostics,
) {
    let protocol = subject.protocol;
    for name in &protocol.token_sets[used.set.0].tokens {
        let Some(token) = name.value.map(|id| &protocol.tokens[id.0]) else {
            continue;
        };
        let is_number = matches!(token.token_type, TokenType::Num | TokenType::NumList);
        if is_number && told.insert(name.span) {
            findings.push(number_token_in_output::diagnostic(
                &token.name.value,
                name.span,
                used.span,
            ));
        }
    }
}
