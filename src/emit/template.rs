//! The template file: how to talk to the trained model.

use super::example;
use super::model::model_type;
use super::patterns::{Spelling, template_type};
use crate::ir::{Instruction, InstructionType, Labels, Protocol, Special, labels, states_seen};
use crate::validate::Valid;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, HashSet};

/// A protocol as the template file says it.
pub struct Template<'p, 's> {
    protocol: &'p Protocol<'s>,
    spelling: Spelling<'p, 's>,
}

impl<'p, 's> Template<'p, 's> {
    /// Looks at a protocol; nothing is written yet.
    pub fn of(protocol: &'p Valid<Protocol<'s>>) -> Self {
        Template {
            protocol,
            spelling: Spelling { protocol },
        }
    }

    fn tokens(&self) -> Tokens {
        let mut input = BTreeMap::new();
        let mut output = BTreeMap::new();
        let mut guarded = false;
        for instruction in &self.protocol.instructions {
            for set in self.spelling.sets(instruction) {
                input.insert(set.values.concat(), set.pattern);
            }
            let endings = instruction.samples.distinct_endings().into_iter();
            output.extend(endings.map(|ending| {
                let (value, key) = (
                    self.spelling.result_value(ending),
                    self.spelling.result_key(ending),
                );
                (value.to_owned(), key.to_owned())
            }));
            guarded |= !instruction.guardrails.is_empty();
        }
        let is_state_machine = model_type(self.protocol) == "state_machine";
        if guarded && !is_state_machine {
            output.insert(Special::UNK.key.to_owned(), Special::UNK.key.to_owned());
        }
        let guardrail = (guarded && is_state_machine).then(|| refused(Special::NON.key));
        Tokens {
            input,
            output: Output {
                results: output,
                guardrail,
            },
        }
    }

    fn states(&self) -> States<'p> {
        match self.protocol.instructions.first() {
            Some(first) if first.instruction_type == InstructionType::StateMachine => {
                let mut states = states_seen(first);
                if !first.guardrails.is_empty() {
                    states.push("GUARDRAIL");
                }
                States::List(states)
            }
            Some(first) if first.instruction_type == InstructionType::MultiClassifier => {
                let mut all = Labels::default();
                for (label, values) in self.protocol.instructions.iter().flat_map(labels) {
                    all.label(label);
                    values.into_iter().for_each(|value| all.add(label, value));
                }
                States::Map(all.list)
            }
            _ => States::List(Vec::new()),
        }
    }
}

/// The key of an answer that a guardrail gives, behind the key of a final token.
fn refused(final_key: &str) -> String {
    let joint = if final_key == Special::NON.key {
        "_"
    } else {
        ""
    };
    format!("{final_key}{joint}{}_", Special::UNK.key)
}

impl Serialize for Template<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let protocol = self.protocol;
        let mut map = serializer.serialize_map(None)?;
        let (schema, is_old) = match protocol.format.major() {
            1 => (
                "https://mtp.schemas.databiomes.com/v1/template_1_2_0.json",
                true,
            ),
            _ => (
                "https://mtp.schemas.databiomes.com/v2/template_2_1_0.json",
                false,
            ),
        };
        map.serialize_entry("$schema", schema)?;
        map.serialize_entry("encrypt", &protocol.encrypt)?;
        if is_old {
            map.serialize_entry("state_machine", &(model_type(protocol) == "state_machine"))?;
        } else {
            map.serialize_entry("model_type", model_type(protocol))?;
        }
        map.serialize_entry(
            "inputs",
            &protocol.inputs.as_ref().map_or(0, |inputs| inputs.value),
        )?;
        map.serialize_entry("tokens", &self.tokens())?;
        map.serialize_entry("instructions", &Instructions(self))?;
        map.serialize_entry("states", &self.states())?;
        map.serialize_entry("example_usage", &example::of(self.spelling))?;
        map.end()
    }
}

#[derive(Serialize)]
struct Tokens {
    input: BTreeMap<String, String>,
    output: Output,
}

/// The results, sorted, and behind them the guardrail of a state machine.
struct Output {
    results: BTreeMap<String, String>,
    guardrail: Option<String>,
}

impl Serialize for Output {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.results
                .iter()
                .chain(self.guardrail.iter().map(|key| (key, key))),
        )
    }
}

enum States<'p> {
    List(Vec<&'p str>),
    Map(Vec<(&'p str, Vec<&'p str>)>),
}

impl Serialize for States<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            States::List(states) => states.serialize(serializer),
            States::Map(labels) => {
                serializer.collect_map(labels.iter().map(|(label, values)| (label, values)))
            }
        }
    }
}

struct Instructions<'t, 'p, 's>(&'t Template<'p, 's>);

impl Serialize for Instructions<'_, '_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let spelling = self.0.spelling;
        serializer.collect_map(self.0.protocol.instructions.iter().map(|instruction| {
            let entry = InstructionEntry {
                type_name: template_type(instruction.instruction_type),
                input: input(spelling, instruction),
                output: output(spelling, instruction),
            };
            (instruction.name.value.as_ref(), entry)
        }))
    }
}

#[derive(Serialize)]
struct InstructionEntry {
    #[serde(rename = "type")]
    type_name: &'static str,
    input: Vec<String>,
    output: Vec<String>,
}

fn input(spelling: Spelling<'_, '_>, instruction: &Instruction<'_>) -> Vec<String> {
    let sets = spelling.sets(instruction);
    let last = sets.len().saturating_sub(1);
    let mut input = vec![format!("{}\n", Special::BOS.key)];
    for (at, set) in sets.into_iter().enumerate() {
        let behind = match instruction.instruction_type {
            InstructionType::Extended if at == last => "<string>\n\n",
            _ if at == last => "\n",
            _ => "\n<string>\n",
        };
        input.push(set.pattern + behind);
    }
    input.push(Special::RUN.key.to_owned());
    input
}

fn output(spelling: Spelling<'_, '_>, instruction: &Instruction<'_>) -> Vec<String> {
    let mut results = Vec::new();
    let mut seen = HashSet::new();
    for ending in instruction.samples.endings() {
        if seen.insert(ending) {
            results.push(spelling.result_key(ending).to_owned());
        }
    }
    if !instruction.guardrails.is_empty() {
        let allowed = spelling.allowed_keys(instruction);
        results.extend(allowed.into_iter().map(refused));
    }
    let mut written = HashSet::new();
    results.retain(|result| written.insert(result.clone()));
    results
        .into_iter()
        .map(|key| format!("<string>\n{key}\n{}", Special::EOS.key))
        .collect()
}
