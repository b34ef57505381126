//! The protocol as a whole: its name, its context, the kind of model it trains.

use super::Subject;
use crate::diagnostics::{
    Diagnostics, empty_name, mixed_instruction_types, no_instructions, several_state_machines,
    too_little_context, unsafe_name, unsupported_by_format,
};
use crate::ir::{Instruction, InstructionType, Protocol};

/// Context lines that the reference asks for, in the protocol and its instructions
/// together.
const CONTEXT_LINES: usize = 10;

pub(super) fn check(subject: &Subject<'_, '_>, findings: &mut Diagnostics) {
    let protocol = subject.protocol;
    name(protocol, subject.name_bytes, findings);
    context(protocol, findings);
    if protocol.instructions.is_empty() && !protocol.incomplete {
        let at = protocol
            .instructions_key
            .or(protocol.name_key)
            .unwrap_or(protocol.first_key);
        findings.push(no_instructions::diagnostic(at));
    }
    for instruction in &protocol.instructions {
        if instruction.name.value.is_empty() {
            findings.push(empty_name::diagnostic(
                instruction.name.span,
                "the instruction",
            ));
        }
    }
    model_type(protocol, findings);
    format(protocol, findings);
}

/// Whether a protocol can be called so: its files are called after it.
pub fn is_safe_name(name: &str) -> bool {
    let is_plain = |c: char| !c.is_control() && !matches!(c, '/' | '\\');
    !matches!(name, "" | "." | "..") && name.chars().all(is_plain)
}

fn name(protocol: &Protocol<'_>, most: usize, findings: &mut Diagnostics) {
    let Some(name) = &protocol.name else { return };
    if name.value.is_empty() {
        findings.push(empty_name::diagnostic(name.span, "the protocol"));
    } else if matches!(name.value.as_ref(), "." | "..") {
        findings.push(unsafe_name::diagnostic(
            name,
            &format!("`{}` is a folder", name.value),
        ));
    } else if let Some(at) = name.value.find(['/', '\\']) {
        let separator = name.value[at..].chars().next().unwrap_or('/');
        findings.push(unsafe_name::diagnostic(
            name,
            &format!("it holds `{separator}`"),
        ));
    } else if let Some(control) = name.value.chars().find(|c| c.is_control()) {
        let reason = format!(
            "it holds the control character U+{:04X}",
            u32::from(control)
        );
        findings.push(unsafe_name::diagnostic(name, &reason));
    } else if name.value.len() > most {
        let reason = format!("it has more than {most} bytes");
        findings.push(unsafe_name::diagnostic(name, &reason));
    }
}

fn context(protocol: &Protocol<'_>, findings: &mut Diagnostics) {
    let own = protocol
        .instructions
        .iter()
        .map(|instruction| instruction.context.len());
    let lines = protocol.context.len() + own.sum::<usize>();
    if lines < CONTEXT_LINES && !protocol.incomplete {
        let at = protocol
            .context_key
            .or(protocol.name_key)
            .unwrap_or(protocol.first_key);
        findings.push(too_little_context::diagnostic(at, lines, CONTEXT_LINES));
    }
}

/// What an instruction trains: basic and extended ones the same.
fn family(instruction: &Instruction<'_>) -> InstructionType {
    match instruction.instruction_type {
        InstructionType::Extended => InstructionType::Basic,
        other => other,
    }
}

fn model_type(protocol: &Protocol<'_>, findings: &mut Diagnostics) {
    let Some(first) = protocol.instructions.first() else {
        return;
    };
    let place =
        |instruction: &Instruction<'_>| instruction.type_span.unwrap_or(instruction.name.span);
    let mut told = vec![family(first)];
    let mut state_machine = None;
    for instruction in &protocol.instructions {
        if !told.contains(&family(instruction)) {
            told.push(family(instruction));
            findings.push(mixed_instruction_types::diagnostic(
                place(instruction),
                instruction.instruction_type.name(),
                place(first),
                first.instruction_type.name(),
            ));
        }
        if instruction.instruction_type == InstructionType::StateMachine {
            match state_machine {
                None => state_machine = Some(instruction.name.span),
                Some(first) => {
                    findings.push(several_state_machines::diagnostic(&instruction.name, first));
                }
            }
        }
    }
}

fn format(protocol: &Protocol<'_>, findings: &mut Diagnostics) {
    if protocol.format.major() > 1 {
        return;
    }
    for instruction in &protocol.instructions {
        if instruction.instruction_type == InstructionType::MultiClassifier {
            let at = instruction.type_span.unwrap_or(instruction.name.span);
            let format = protocol.format.name();
            let what = "`multi_classifier` instructions";
            findings.push(unsupported_by_format::diagnostic(
                at,
                what,
                format,
                protocol.format_span,
            ));
        }
    }
}
