//! The token that stands for the answer of a state machine or multi classifier. No
//! spec declares it; the instruction's type brings it in.

use super::{Instruction, InstructionType, Protocol, States, key};
use crate::python::repr;
use crate::source::Text;
use std::collections::{HashMap, HashSet};

/// Such a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// `State` or `States`.
    pub name: &'static str,
    /// The name and `_`.
    pub value: String,
    /// Its key, hashed or the value.
    pub key: String,
    /// What can be answered.
    pub desc: String,
}

impl Response {
    /// The response token of an instruction, if its type has one.
    pub fn of(instruction: &Instruction<'_>, protocol: &Protocol<'_>) -> Option<Response> {
        let (name, desc) = match instruction.instruction_type {
            InstructionType::StateMachine => {
                let states = repr::list(states(instruction));
                (
                    "State",
                    format!("The responses that are acceptable: {states}."),
                )
            }
            InstructionType::MultiClassifier => {
                let labels = repr::map(labels(instruction));
                let rule = "Acceptable responses must contain exactly 1 key and 1 value for every key in this map";
                ("States", format!("{rule}, in any combination: {labels}."))
            }
            InstructionType::Basic | InstructionType::Extended => return None,
        };
        let value = format!("{name}_");
        let key = key::generated(&value, protocol.encrypt);
        Some(Response {
            name,
            value,
            key,
            desc,
        })
    }
}

/// The states of a state machine: those declared, else those seen, in order.
fn states<'i>(instruction: &'i Instruction<'_>) -> Vec<&'i str> {
    let declared = instruction
        .states
        .as_ref()
        .and_then(|given| given.value.as_ref());
    match declared.map(|states| &states.value) {
        Some(States::List(states)) => unique(states),
        _ => states_seen(instruction),
    }
}

/// The texts of a list, each once.
fn unique<'i>(list: &'i [Option<Text<'_>>]) -> Vec<&'i str> {
    let mut seen = HashSet::new();
    let texts = list.iter().flatten().map(|text| text.value.as_ref());
    texts.filter(|text| seen.insert(*text)).collect()
}

/// The states that samples give, one after the other.
pub fn states_given<'i, 's>(
    instruction: &'i Instruction<'s>,
) -> impl Iterator<Item = &'i Text<'s>> {
    let answers = instruction.known_samples();
    let answers = answers.filter_map(|sample| sample.written.answer());
    answers.map(|answer| &answer.text)
}

/// The states that samples give, in order of first use.
pub fn states_seen<'i>(instruction: &'i Instruction<'_>) -> Vec<&'i str> {
    let mut seen = HashSet::new();
    let states = states_given(instruction).map(|state| state.value.as_ref());
    states.filter(|state| seen.insert(*state)).collect()
}

/// The labels of a multi classifier and their values: those declared, else those
/// seen, in order.
pub fn labels<'i>(instruction: &'i Instruction<'_>) -> Vec<(&'i str, Vec<&'i str>)> {
    let declared = instruction
        .states
        .as_ref()
        .and_then(|given| given.value.as_ref());
    if let Some(States::Map(labels)) = declared.map(|states| &states.value) {
        return labels
            .iter()
            .map(|label| (label.label.value.as_ref(), unique(&label.values)))
            .collect();
    }
    let mut seen: Labels<'i> = Labels::default();
    for sample in instruction.known_samples() {
        let labels = sample.written.labels();
        for (label, value) in labels.into_iter().flat_map(|labels| &labels.value) {
            if let Some(value) = value {
                seen.add(&label.value, &value.value);
            }
        }
    }
    seen.list
}

/// Labels and values in order of first use.
#[derive(Debug, Default)]
pub struct Labels<'i> {
    /// The labels in order, each with its values in order.
    pub list: Vec<(&'i str, Vec<&'i str>)>,
    places: HashMap<&'i str, usize>,
    pairs: HashSet<(&'i str, &'i str)>,
}

impl<'i> Labels<'i> {
    /// Adds a label, without a value; its place in the list.
    pub fn label(&mut self, label: &'i str) -> usize {
        *self.places.entry(label).or_insert_with(|| {
            self.list.push((label, Vec::new()));
            self.list.len() - 1
        })
    }

    /// Adds a value of a label.
    pub fn add(&mut self, label: &'i str, value: &'i str) {
        let at = self.label(label);
        if self.pairs.insert((label, value)) {
            self.list[at].1.push(value);
        }
    }
}
