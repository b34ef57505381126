//! Instructions, and how their samples are spread over what they end in or answer.

use crate::ast::{LabelValues, States};
use crate::ir::{Ending, Instruction, InstructionType, Protocol, TokenId};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// An instruction in numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InstructionStats {
    /// Its name.
    pub name: String,
    /// Its type as it is written.
    #[serde(rename = "type")]
    pub instruction_type: &'static str,
    /// How many samples it has.
    pub samples: usize,
    /// How many background lines of its own it has.
    pub context: usize,
    /// How many of its inputs are guarded.
    pub guardrails: usize,
    /// What its samples end in, `<NON>` where it allows no final token; empty for the types
    /// that have states.
    pub finals: Vec<Counted>,
    /// The states of a state machine; those that are declared come first.
    pub states: Vec<Counted>,
    /// The labels of a multi classifier; those that are declared come first.
    pub labels: Vec<LabelStats>,
    /// How many different answers a multi classifier gives; 0 for other types.
    pub combinations: usize,
}

/// Something that samples end in or answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Counted {
    /// The final token, state or value.
    pub name: String,
    /// How many samples have it.
    pub samples: usize,
}

/// A label of a multi classifier.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelStats {
    /// The label.
    pub name: String,
    /// Its values.
    pub values: Vec<Counted>,
}

pub(super) fn of(protocol: &Protocol<'_>) -> Vec<InstructionStats> {
    let instructions = protocol.instructions.iter();
    instructions
        .map(|instruction| {
            let kind = instruction.instruction_type;
            let (labels, combinations) = match kind {
                InstructionType::MultiClassifier => labels(instruction),
                _ => Default::default(),
            };
            InstructionStats {
                name: instruction.name.value.clone().into_owned(),
                instruction_type: kind.name(),
                samples: instruction.known_samples().count(),
                context: instruction.context.iter().flatten().count(),
                guardrails: instruction.guardrails.len(),
                finals: match kind.has_finals() {
                    true => finals(protocol, instruction),
                    false => Vec::new(),
                },
                states: match kind {
                    InstructionType::StateMachine => states(instruction),
                    _ => Vec::new(),
                },
                labels,
                combinations,
            }
        })
        .collect()
}

fn finals(protocol: &Protocol<'_>, instruction: &Instruction<'_>) -> Vec<Counted> {
    let mut counts: HashMap<Ending, usize> = HashMap::new();
    for ending in instruction.samples.endings() {
        *counts.entry(ending).or_default() += 1;
    }
    let name = |id: TokenId| {
        let token = protocol.tokens.get(id.0);
        token.map_or("", |token| token.name.value.as_ref())
    };
    let count = |ending| counts.get(&ending).copied().unwrap_or(0);
    let allowed = instruction.finals.iter().filter_map(|token| token.value);
    let mut finals: Vec<Counted> = allowed
        .map(|id| Counted {
            name: name(id).to_owned(),
            samples: count(Ending::Token(id)),
        })
        .collect();
    if finals.is_empty() {
        finals.push(Counted {
            name: "<NON>".to_owned(),
            samples: count(Ending::Non),
        });
    }
    finals
}

/// Counts by name, in the order in which the names were first told.
#[derive(Default)]
struct Tally<'p> {
    list: Vec<(&'p str, usize)>,
    places: HashMap<&'p str, usize>,
}

impl<'p> Tally<'p> {
    fn add(&mut self, name: &'p str, samples: usize) {
        let at = *self.places.entry(name).or_insert_with(|| {
            self.list.push((name, 0));
            self.list.len() - 1
        });
        if let Some((_, count)) = self.list.get_mut(at) {
            *count += samples;
        }
    }

    fn finish(self) -> Vec<Counted> {
        let list = self.list.into_iter();
        list.map(|(name, samples)| Counted {
            name: name.to_owned(),
            samples,
        })
        .collect()
    }
}

fn declared<'p, 's>(instruction: &'p Instruction<'s>) -> Option<&'p States<'s>> {
    let given = instruction.states.as_ref()?;
    given.value.as_ref().map(|states| &states.value)
}

fn states(instruction: &Instruction<'_>) -> Vec<Counted> {
    let mut tally = Tally::default();
    if let Some(States::List(states)) = declared(instruction) {
        for state in states.iter().flatten() {
            tally.add(&state.value, 0);
        }
    }
    for sample in instruction.known_samples() {
        if let Some(snippet) = sample.written.answer() {
            tally.add(&snippet.text.value, 1);
        }
    }
    tally.finish()
}

/// The labels, and how many different answers there are.
fn labels(instruction: &Instruction<'_>) -> (Vec<LabelStats>, usize) {
    let mut names: Vec<&str> = Vec::new();
    let mut tallies: HashMap<&str, Tally<'_>> = HashMap::new();
    if let Some(States::Map(labels)) = declared(instruction) {
        for LabelValues { label, values, .. } in labels {
            names.push(&label.value);
            let tally = tallies.entry(&label.value).or_default();
            for value in values.iter().flatten() {
                tally.add(&value.value, 0);
            }
        }
    }
    let mut answers: HashSet<Vec<(&str, &str)>> = HashSet::new();
    for sample in instruction.known_samples() {
        let Some(labels) = sample.written.labels() else {
            continue;
        };
        let mut answer: Vec<(&str, &str)> = Vec::with_capacity(labels.value.len());
        for (label, value) in &labels.value {
            let Some(value) = value else { continue };
            let tally = tallies.entry(&label.value).or_insert_with(|| {
                names.push(&label.value);
                Tally::default()
            });
            tally.add(&value.value, 1);
            answer.push((&label.value, &value.value));
        }
        answer.sort_unstable();
        answers.insert(answer);
    }
    let stats = names.into_iter().map(|name| LabelStats {
        name: name.to_owned(),
        values: tallies.remove(name).map(Tally::finish).unwrap_or_default(),
    });
    (stats.collect(), answers.len())
}
