//! What is declared and never used.

use super::Subject;
use crate::diagnostics::{Diagnostics, unused_guardrail, unused_token, unused_token_set};
use crate::ir::Ending;
use crate::source::Span;

pub(super) fn check(subject: &Subject<'_, '_>, findings: &mut Diagnostics) {
    let protocol = subject.protocol;
    let meant = &protocol.meant;
    if protocol.incomplete || meant.anything || protocol.instructions.is_empty() {
        return;
    }
    let mut tokens = vec![false; protocol.tokens.len()];
    let mut sets = vec![false; protocol.token_sets.len()];
    let mut guardrails = vec![false; protocol.guardrails.len()];
    for set in &protocol.token_sets {
        set.known().for_each(|id| tokens[id.0] = true);
    }
    for instruction in &protocol.instructions {
        instruction.sets().for_each(|used| sets[used.set.0] = true);
        instruction
            .finals
            .iter()
            .filter_map(|token| token.value)
            .for_each(|id| tokens[id.0] = true);
        instruction
            .guardrails
            .iter()
            .filter_map(|used| used.guardrail)
            .for_each(|id| guardrails[id.0] = true);
        for ending in instruction.samples.endings() {
            if let Ending::Token(id) = ending {
                tokens[id.0] = true;
            }
        }
    }
    meant.tokens.iter().for_each(|id| tokens[id.0] = true);
    meant.token_sets.iter().for_each(|id| sets[id.0] = true);
    meant
        .guardrails
        .iter()
        .for_each(|id| guardrails[id.0] = true);
    // What is not used here may be used by another spec that includes the file.
    let is_own = |span: Span| {
        let path = |span| subject.sources.file(span).map(|file| &file.path);
        path(span) == path(protocol.first_key)
    };
    for (token, used) in protocol.tokens.iter().zip(tokens) {
        if !used {
            findings.push(unused_token::diagnostic(
                &token.name,
                Some(token.span).filter(|_| is_own(token.name.span)),
            ));
        }
    }
    for (set, used) in protocol.token_sets.iter().zip(sets) {
        if let Some(name) = set.name.as_ref().filter(|_| !used) {
            findings.push(unused_token_set::diagnostic(
                name,
                Some(set.span).filter(|_| is_own(name.span)),
            ));
        }
    }
    for (guardrail, used) in protocol.guardrails.iter().zip(guardrails) {
        if let Some(name) = guardrail.name.as_ref().filter(|_| !used) {
            findings.push(unused_guardrail::diagnostic(
                name,
                Some(guardrail.span).filter(|_| is_own(name.span)),
            ));
        }
    }
}
