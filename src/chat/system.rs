//! The system message of an instruction: what its samples rest on, and how to answer.

use super::answer::object;
use super::message::Tool;
use super::options::{FinalForm, Header, Options};
use crate::ast::States;
use crate::ir::{Instruction, InstructionType, Protocol, TokenId, TokenType, labels, states_seen};
use crate::source::Text;
use std::collections::BTreeSet;

/// The system message in three parts: what is told, how to answer, and how an answer ends.
pub(super) fn of(
    protocol: &Protocol<'_>,
    instruction: &Instruction<'_>,
    options: &Options,
) -> [String; 3] {
    let told = vec![lines(&protocol.context), lines(&instruction.context)];
    let mut asked = Vec::new();
    if options.legend {
        asked.push(legend(protocol, instruction, options.header));
    }
    asked.push(policy(protocol, instruction));
    let end = vec![contract(protocol, instruction, options.finals)];
    [told, asked, end].map(join)
}

/// Blocks with an empty line between them.
pub(super) fn join(mut blocks: Vec<String>) -> String {
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n\n")
}

fn lines(lines: &[Option<Text<'_>>]) -> String {
    let lines: Vec<&str> = lines
        .iter()
        .flatten()
        .map(|line| line.value.as_ref())
        .collect();
    lines.join("\n")
}

/// The tokens of an instruction that have a description, one a line, called as in the messages.
fn legend(protocol: &Protocol<'_>, instruction: &Instruction<'_>, header: Header) -> String {
    let sets = instruction
        .sets()
        .flat_map(|used| protocol.token_sets[used.set.0].known());
    let finals = instruction.finals.iter().filter_map(|token| token.value);
    let tokens: BTreeSet<TokenId> = sets.chain(finals).collect();
    let lines: Vec<String> = tokens
        .into_iter()
        .filter_map(|id| {
            let token = &protocol.tokens[id.0];
            let name = token.name.value.as_ref();
            // What an answer ends in is always called by its name.
            let is_by_key = header == Header::Keys && !token.token_type.is_final();
            let called = token.key.as_deref().filter(|_| is_by_key).unwrap_or(name);
            Some(format!("{called}: {}", token.desc.as_deref()?))
        })
        .collect();
    lines.join("\n")
}

/// What the guardrails ask for.
fn policy(protocol: &Protocol<'_>, instruction: &Instruction<'_>) -> String {
    let mut seen = BTreeSet::new();
    let mut rules = Vec::new();
    for used in &instruction.guardrails {
        let Some(id) = used.guardrail.filter(|id| seen.insert(id.0)) else {
            continue;
        };
        let guardrail = &protocol.guardrails[id.0];
        let text = |text: &Option<Text<'_>>| {
            text.as_ref()
                .map_or(String::new(), |text| text.value.to_string())
        };
        rules.push(format!(
            "Good prompt: {}\nBad prompt: {}\nAnswer to a bad prompt: {}",
            text(&guardrail.good_prompt),
            text(&guardrail.bad_prompt),
            text(&guardrail.bad_output)
        ));
    }
    rules.join("\n\n")
}

/// How an answer has to look.
fn contract(protocol: &Protocol<'_>, instruction: &Instruction<'_>, form: FinalForm) -> String {
    match instruction.instruction_type {
        InstructionType::Basic | InstructionType::Extended => {
            let finals = finals(protocol, instruction, form).join(", ");
            match form {
                FinalForm::Line if finals.is_empty() => String::new(),
                FinalForm::Tool if finals.is_empty() => String::new(),
                FinalForm::Line => format!("End with one of: {finals}"),
                FinalForm::Tool => format!("End with a call of one of: {finals}"),
                FinalForm::Json if finals.is_empty() => {
                    "Answer with a JSON object: `text` is the answer, `final` is null".to_owned()
                }
                FinalForm::Json => format!(
                    "Answer with a JSON object: `text` is the answer, `final` one of: {finals}"
                ),
            }
        }
        InstructionType::StateMachine => {
            format!("Answer with one of: {}", states(instruction).join(", "))
        }
        InstructionType::MultiClassifier => {
            let lines: Vec<String> = labels(instruction)
                .into_iter()
                .map(|(label, values)| format!("{label}: {}", values.join(", ")))
                .collect();
            let keys = object(labels(instruction).iter().map(|(label, _)| (*label, "…")));
            format!(
                "Answer with a JSON object, {keys}, with one value for each key:\n{}",
                lines.join("\n")
            )
        }
    }
}

/// The final tokens that are allowed, as an answer ends in them.
fn finals(protocol: &Protocol<'_>, instruction: &Instruction<'_>, form: FinalForm) -> Vec<String> {
    let ids = instruction.finals.iter().filter_map(|token| token.value);
    ids.map(|id| {
        let token = &protocol.tokens[id.0];
        let name = &token.name.value;
        match (&token.min, &token.max) {
            (Some(min), Some(max)) if token.token_type == TokenType::FinalNum => {
                let range = format!("a number from {} to {}", min.value, max.value);
                match form {
                    FinalForm::Line => format!("{name}=N with N {range}"),
                    FinalForm::Tool => format!("{name} with {range}"),
                    FinalForm::Json => format!("{name} with `value` {range}"),
                }
            }
            _ => name.to_string(),
        }
    })
    .collect()
}

/// The states of a state machine: those declared, else those seen, in order, each once.
pub(super) fn states<'i>(instruction: &'i Instruction<'_>) -> Vec<&'i str> {
    let declared = instruction
        .states
        .as_ref()
        .and_then(|given| given.value.as_ref());
    match declared.map(|states| &states.value) {
        Some(States::List(states)) => {
            let mut seen = BTreeSet::new();
            let texts = states.iter().flatten().map(|text| text.value.as_ref());
            texts.filter(|text| seen.insert(*text)).collect()
        }
        _ => states_seen(instruction),
    }
}

/// The tools that stand for the final tokens of an instruction.
pub(super) fn tools(
    protocol: &Protocol<'_>,
    instruction: &Instruction<'_>,
    form: FinalForm,
) -> Vec<Tool> {
    if form != FinalForm::Tool || !instruction.instruction_type.has_finals() {
        return Vec::new();
    }
    let ids = instruction.finals.iter().filter_map(|token| token.value);
    ids.map(|id| {
        let token = &protocol.tokens[id.0];
        let range = token.min.as_ref().zip(token.max.as_ref());
        Tool {
            name: token.name.value.to_string(),
            description: token.desc.as_deref().map(str::to_owned),
            range: range
                .filter(|_| token.token_type == TokenType::FinalNum)
                .map(|(min, max)| (min.value, max.value)),
        }
    })
    .collect()
}
