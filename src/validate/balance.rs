//! Whether some ends or states are so rare that a model hardly learns them.

use super::Subject;
use crate::ast::{Answer, States};
use crate::diagnostics::{Diagnostics, unbalanced_finals};
use crate::ir::{Ending, Instruction, InstructionType};
use crate::source::Span;
use std::collections::HashMap;

/// What is rarer than the most frequent by this factor is reported.
const RARE: usize = 10;

pub(super) fn check(subject: &Subject<'_, '_>, findings: &mut Diagnostics) {
    for instruction in &subject.protocol.instructions {
        let names = if instruction.instruction_type == InstructionType::StateMachine {
            states(instruction)
        } else {
            finals(subject, instruction)
        };
        // The first of several that are equally frequent.
        let most = names.iter().rev().max_by_key(|(_, _, count)| *count);
        let Some((most_name, _, most)) = most else {
            continue;
        };
        for (name, span, count) in &names {
            // What has no sample at all is another rule's business.
            if *count > 0 && count * RARE < *most {
                findings.push(unbalanced_finals::diagnostic(
                    *span, name, *count, most_name, *most,
                ));
            }
        }
    }
}

type Counted<'p> = Vec<(&'p str, Span, usize)>;

fn finals<'p>(subject: &Subject<'p, '_>, instruction: &Instruction<'_>) -> Counted<'p> {
    let mut counts = HashMap::new();
    for (number, ending) in instruction.samples.endings().enumerate() {
        if !instruction.samples.is_streamed(number) {
            *counts.entry(ending).or_insert(0) += 1;
        }
    }
    let known = instruction
        .finals
        .iter()
        .filter_map(|token| Some((token.value?, token.span)));
    let counted = known.map(|(id, span)| {
        let name = subject.protocol.tokens[id.0].name.value.as_ref();
        let count = counts.get(&Ending::Token(id)).copied().unwrap_or(0);
        let elsewhere = streamed(instruction, &Answer::Final(name.to_owned()));
        (name, span, count + elsewhere)
    });
    counted.collect()
}

fn states<'p>(instruction: &'p Instruction<'_>) -> Counted<'p> {
    let mut order: Counted<'p> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    if let Some(States::List(states)) = instruction
        .states
        .as_ref()
        .and_then(|given| given.value.as_ref())
        .map(|states| &states.value)
    {
        for state in states.iter().flatten() {
            places.entry(&state.value).or_insert_with(|| {
                order.push((&state.value, state.span, 0));
                order.len() - 1
            });
        }
    }
    for (number, sample) in instruction.samples.iter().enumerate() {
        let Some(state) = sample.and_then(|sample| sample.written.answer()) else {
            continue;
        };
        let state = &state.text;
        // A state that is not declared is another rule's business.
        if instruction.states.is_some() && !places.contains_key(state.value.as_ref()) {
            continue;
        }
        let at = *places.entry(&state.value).or_insert_with(|| {
            order.push((&state.value, state.span, 0));
            order.len() - 1
        });
        order[at].2 += usize::from(!instruction.samples.is_streamed(number));
    }
    for (state, _, count) in &mut order {
        *count += streamed(instruction, &Answer::State((*state).to_owned()));
    }
    order
}

/// How often the samples of files that are not held whole give an answer.
fn streamed(instruction: &Instruction<'_>, answer: &Answer) -> usize {
    let streams = instruction.samples.streams().iter();
    let counts = streams.filter_map(|stream| stream.answers.get(answer));
    counts.sum()
}
