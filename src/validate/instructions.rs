//! Each instruction: as many inputs as the protocol says, and samples enough.

use super::Subject;
use crate::diagnostics::{
    Diagnostics, input_count, repeated_token, too_few_samples, too_few_samples_for_final,
};
use crate::ir::{Ending, Instruction, InstructionType, TokenId};
use std::collections::HashMap;

/// Samples that the reference asks of an instruction, and of each final token.
const SAMPLES: usize = 3;
/// Samples that it asks of a state machine.
const STATE_MACHINE_SAMPLES: usize = 10;

/// No instruction needs more samples, of whatever answer.
pub const MOST_NEEDED: usize = STATE_MACHINE_SAMPLES;

/// The fewest samples that an instruction of a type may have. Where it has final tokens,
/// each of them needs as many.
pub fn least_samples(kind: InstructionType) -> usize {
    match kind {
        InstructionType::StateMachine => STATE_MACHINE_SAMPLES,
        _ => SAMPLES,
    }
}

pub(super) fn check(subject: &Subject<'_, '_>, findings: &mut Diagnostics) {
    for instruction in &subject.protocol.instructions {
        inputs(subject, instruction, findings);
        let least = least_samples(instruction.instruction_type);
        let count = instruction.samples.len();
        let too_few = count < least;
        if too_few && !instruction.samples_unknown {
            findings.push(too_few_samples::diagnostic(&instruction.name, count, least));
        }
        // What has no sample, or just one end for all of them, is told by one finding.
        if !(too_few && (count == 0 || instruction.finals.len() < 2)) {
            finals(subject, instruction, findings);
        }
        repeated_finals(subject, instruction, findings);
    }
}

fn inputs(subject: &Subject<'_, '_>, instruction: &Instruction<'_>, findings: &mut Diagnostics) {
    let (Some(inputs), Some(input)) = (&subject.protocol.inputs, &instruction.input) else {
        return;
    };
    let extended = instruction.instruction_type == InstructionType::Extended;
    let expected = inputs.value as usize + usize::from(extended);
    if input.value.len() != expected {
        let found = input.value.len();
        findings.push(input_count::diagnostic(
            input.span,
            found,
            expected,
            extended,
            inputs.span,
        ));
    }
}

/// Every allowed final token ends three samples, those counted whose end is unknown.
fn finals(subject: &Subject<'_, '_>, instruction: &Instruction<'_>, findings: &mut Diagnostics) {
    if instruction.samples_unknown {
        return;
    }
    let mut counts: HashMap<TokenId, usize> = HashMap::new();
    let mut unknown = 0;
    for ending in instruction.samples.endings() {
        match ending {
            Ending::Token(id) => *counts.entry(id).or_default() += 1,
            Ending::Non => {}
            Ending::Unknown => unknown += 1,
        }
    }
    let mut told = Vec::new();
    for token in &instruction.finals {
        let Some(id) = token.value.filter(|id| !told.contains(id)) else {
            continue;
        };
        told.push(id);
        let count = counts.get(&id).copied().unwrap_or(0);
        if count + unknown < SAMPLES {
            let name = &subject.protocol.tokens[id.0].name.value;
            findings.push(too_few_samples_for_final::diagnostic(
                name, token.span, count, SAMPLES,
            ));
        }
    }
}

fn repeated_finals(
    subject: &Subject<'_, '_>,
    instruction: &Instruction<'_>,
    findings: &mut Diagnostics,
) {
    let mut first = HashMap::new();
    for token in &instruction.finals {
        let Some(id) = token.value else { continue };
        if let Some(first) = first.get(&id) {
            let name = &subject.protocol.tokens[id.0].name.value;
            findings.push(repeated_token::diagnostic(name, token.span, *first));
        } else {
            first.insert(id, token.span);
        }
    }
}
