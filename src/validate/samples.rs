//! Each sample: as many inputs as its instruction, a number where it ends in one.

use super::{Subject, numbers};
use crate::ast::Optional;
use crate::diagnostics::{Diagnostics, missing_value, sample_input_count, unexpected_value};
use crate::ir::{Ending, Instruction, InstructionType, Sample, TokenType};

pub(super) fn check(subject: &Subject<'_, '_>, findings: &mut Diagnostics) {
    for instruction in &subject.protocol.instructions {
        let shapes = numbers::shapes(subject, instruction);
        for sample in instruction.known_samples() {
            if inputs(subject, instruction, sample, findings) {
                let snippets = sample
                    .written
                    .input
                    .iter()
                    .flat_map(|list| list.value.iter());
                for (snippet, shape) in snippets.zip(&shapes.inputs) {
                    if let (Some(snippet), Some(shape)) = (snippet, shape) {
                        numbers::check(subject, snippet, shape, findings);
                    }
                }
            }
            if let (Some(snippet), Some(shape)) = (sample.written.answer(), &shapes.output) {
                numbers::check(subject, snippet, shape, findings);
            }
            value(subject, sample, findings);
        }
    }
}

/// Whether a sample's inputs stand for the instruction's, one for one. A sample that
/// has the number of inputs that the protocol wants, where the instruction has not,
/// is not at fault.
fn inputs(
    subject: &Subject<'_, '_>,
    instruction: &Instruction<'_>,
    sample: Sample<'_, '_>,
    findings: &mut Diagnostics,
) -> bool {
    let (Some(sets), Some(snippets)) = (&instruction.input, &sample.written.input) else {
        return false;
    };
    let (found, expected) = (snippets.value.len(), sets.value.len());
    if found == expected {
        return true;
    }
    let extended = usize::from(instruction.instruction_type == InstructionType::Extended);
    let wanted = subject
        .protocol
        .inputs
        .as_ref()
        .map(|inputs| inputs.value as usize + extended);
    if Some(found) != wanted {
        findings.push(sample_input_count::diagnostic(
            snippets.span,
            found,
            expected,
            sets.span,
        ));
    }
    false
}

/// `value` stands exactly where the sample ends in a `final_num` token.
fn value(subject: &Subject<'_, '_>, sample: Sample<'_, '_>, findings: &mut Diagnostics) {
    let token = match sample.ending {
        Ending::Unknown => return,
        Ending::Non => None,
        Ending::Token(id) => Some(&subject.protocol.tokens[id.0]),
    };
    let number = token.filter(|token| token.token_type == TokenType::FinalNum);
    match (&sample.written.value, number) {
        (Optional::Absent, Some(token)) => {
            let span = sample.written.span;
            findings.push(missing_value::diagnostic(
                span,
                &token.name.value,
                token.name.span,
            ));
        }
        (Optional::Given(value), Some(token)) => numbers::range(token, value, findings),
        (Optional::Given(value), None) => {
            let span = value.span;
            let name = token.map_or("<NON>", |token| token.name.value.as_ref());
            let declared = token.map(|token| token.name.span);
            findings.push(unexpected_value::diagnostic(span, name, declared));
        }
        _ => {}
    }
}
