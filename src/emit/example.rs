//! The example at the end of the template: one exchange with the trained model.

use super::model::text;
use super::patterns::Spelling;
use crate::ast::{Output, Snippet};
use crate::ir::{
    Instruction, InstructionType, Number, Response, Sample, Special, TokenSet, TokenType,
};
use crate::python::repr;
use serde::Serialize;
use std::fmt::Write;

/// The example, in the order of the file.
#[derive(Debug, Default, Serialize)]
pub(super) struct Example {
    instruction_input: String,
    valid_model_output: String,
    guardrail_model_output: String,
}

/// Makes the example of a protocol.
pub(super) fn of(spelling: Spelling<'_, '_>) -> Example {
    let instructions = &spelling.protocol.instructions;
    let shown = chosen(spelling, InstructionType::Basic);
    let answering = shown.or_else(|| chosen(spelling, InstructionType::Extended));
    Example {
        instruction_input: shown
            .map(|shown| input(spelling, shown))
            .unwrap_or_default(),
        valid_model_output: answering
            .map(|shown| output(spelling, shown))
            .unwrap_or_default(),
        guardrail_model_output: instructions
            .iter()
            .find(|instruction| !instruction.guardrails.is_empty())
            .map(|instruction| guardrail(spelling, instruction))
            .unwrap_or_default(),
    }
}

/// The first instruction of a type that has numbers, else the first one. State
/// machines and classifiers count as basic, and the first of them is taken.
fn chosen<'p, 's>(
    spelling: Spelling<'p, 's>,
    kind: InstructionType,
) -> Option<&'p Instruction<'s>> {
    let alike = |instruction: &&Instruction<'_>| match instruction.instruction_type {
        InstructionType::Extended => kind == InstructionType::Extended,
        _ => kind == InstructionType::Basic,
    };
    let candidates = || spelling.protocol.instructions.iter().filter(alike);
    let numeric = candidates().find(|instruction| {
        instruction.instruction_type == kind && has_numbers(spelling, instruction)
    });
    numeric.or_else(|| candidates().next())
}

fn has_numbers(spelling: Spelling<'_, '_>, instruction: &Instruction<'_>) -> bool {
    let protocol = spelling.protocol;
    let mut tokens = instruction
        .sets()
        .flat_map(|used| protocol.token_sets[used.set.0].known());
    tokens.any(|id| protocol.tokens[id.0].token_type.has_range())
}

/// The pattern of an instruction's input, filled with its first sample.
fn input(spelling: Spelling<'_, '_>, instruction: &Instruction<'_>) -> String {
    let first = instruction.known_samples().next();
    first.map_or_else(String::new, |sample| sent(spelling, instruction, sample))
}

/// The pattern of an instruction's input, filled with a sample.
pub(super) fn sent(
    spelling: Spelling<'_, '_>,
    instruction: &Instruction<'_>,
    sample: Sample<'_, '_>,
) -> String {
    let mut text = format!("{}\n", Special::BOS.key);
    for (used, snippet) in instruction.input_sets().zip(sample.written.snippets()) {
        filled(
            spelling,
            &spelling.protocol.token_sets[used.set.0],
            snippet,
            &mut text,
        );
    }
    if let Some(output) = instruction.output {
        let set = &spelling.protocol.token_sets[output.set.0];
        set.known().for_each(|id| text.push_str(spelling.key(id)));
    }
    if let Some(response) = Response::of(instruction, spelling.protocol) {
        text.push_str(&response.key);
    }
    // Writing to a string cannot fail.
    let _ = write!(text, "\n{}\n", Special::RUN.key);
    text
}

/// A set's keys with the snippet's numbers in the places of its placeholders, and the
/// snippet's text on the next line.
fn filled(
    spelling: Spelling<'_, '_>,
    set: &TokenSet<'_>,
    snippet: &Snippet<'_>,
    text: &mut String,
) {
    let numbers = snippet.numbers.as_deref();
    let plain = numbers.and_then(|numbers| numbers.numbers.as_ref()?.value.as_ref());
    let lists = numbers.and_then(|numbers| numbers.number_lists.as_ref()?.value.as_ref());
    let mut plain = plain
        .into_iter()
        .flat_map(|list| list.value.iter().flatten());
    let mut lists = lists
        .into_iter()
        .flat_map(|lists| lists.value.iter().flatten());
    for id in set.known() {
        text.push_str(spelling.key(id));
        // Writing to a string cannot fail.
        match spelling.protocol.tokens[id.0].token_type {
            TokenType::Num => {
                if let Some(number) = plain.next() {
                    let _ = write!(text, "{}", whole(number.value));
                }
            }
            TokenType::NumList => {
                if let Some(list) = lists.next() {
                    let numbers: Vec<String> = list
                        .value
                        .iter()
                        .flatten()
                        .map(|number| whole(number.value).to_string())
                        .collect();
                    let _ = write!(text, "[{}]", numbers.join(", "));
                }
            }
            TokenType::Token | TokenType::Final | TokenType::FinalNum => {}
        }
    }
    let _ = write!(text, "\n{}\n", snippet.text.value);
}

fn whole(number: Number) -> Number {
    number.whole().map_or(number, Number::Whole)
}

fn output(spelling: Spelling<'_, '_>, instruction: &Instruction<'_>) -> String {
    let sample = instruction.known_samples().next();
    let answer = sample.map(answer).unwrap_or_default();
    let key = spelling
        .allowed_keys(instruction)
        .first()
        .copied()
        .unwrap_or_default();
    format!("{answer}\n{key}\n{}", Special::EOS.key)
}

/// What a sample answers, without what it ends in.
pub(super) fn answer(sample: Sample<'_, '_>) -> String {
    match sample.written.output.as_ref() {
        Some(Output::Snippet(snippet)) => snippet.text.value.to_string(),
        Some(Output::Labels(labels)) => {
            repr::map(labels.value.iter().filter_map(|(label, value)| {
                Some((label.value.as_ref(), value.as_ref()?.value.as_ref()))
            }))
        }
        None => String::new(),
    }
}

/// What the last guardrail of an instruction answers.
fn guardrail(spelling: Spelling<'_, '_>, instruction: &Instruction<'_>) -> String {
    let last = instruction
        .guardrails
        .iter()
        .rev()
        .find_map(|used| used.guardrail);
    let answer = last.map_or("", |id| {
        text(spelling.protocol.guardrails[id.0].bad_output.as_ref())
    });
    let key = spelling
        .allowed_keys(instruction)
        .first()
        .copied()
        .unwrap_or_default();
    let output = format!("{answer}\n{key}{}_\n{}", Special::UNK.key, Special::EOS.key);
    // The reference spells `<NON>` as `<NON>_` here, in the answer's text as well,
    // unless it is spelled that way somewhere.
    let spelled = format!("{}_", Special::NON.key);
    if output.contains(&spelled) {
        output
    } else {
        output.replace(Special::NON.key, &spelled)
    }
}
