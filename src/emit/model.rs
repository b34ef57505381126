//! The model file: what is submitted for training.

use super::json::{AsWhole, AsWritten, Each};
use super::patterns::Spelling;
use crate::ast::{self, Numbers};
use crate::ir::{
    Ending, Instruction, InstructionType, Protocol, Response, Samples, Special, Token, TokenType,
    Uses,
};
use crate::python::repr;
use crate::validate::Valid;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A protocol as the model file says it.
pub struct Model<'p, 's> {
    protocol: &'p Protocol<'s>,
    spelling: Spelling<'p, 's>,
    uses: Uses,
    /// The samples stand somewhere else: the number of the instruction stands for them.
    is_spliced: bool,
}

/// The kind of model that a protocol trains.
pub(super) fn model_type(protocol: &Protocol<'_>) -> &'static str {
    match protocol
        .instructions
        .first()
        .map(|instruction| instruction.instruction_type)
    {
        Some(InstructionType::StateMachine) => "state_machine",
        Some(InstructionType::MultiClassifier) => "multi_classifier",
        _ => "generative",
    }
}

impl<'p, 's> Model<'p, 's> {
    /// Looks at a protocol; nothing is written yet.
    pub fn of(protocol: &'p Valid<Protocol<'s>>) -> Self {
        Model {
            protocol,
            spelling: Spelling { protocol },
            uses: Uses::of(protocol),
            is_spliced: false,
        }
    }

    /// The same without its samples: a raw fragment stands for them, the number of their
    /// instruction.
    pub(super) fn spliced(self) -> Self {
        Model {
            is_spliced: true,
            ..self
        }
    }

    fn tokens(&self) -> BTreeMap<String, TokenEntry> {
        let mut tokens = BTreeMap::new();
        for id in self.uses.tokens() {
            let token = &self.protocol.tokens[id.0];
            tokens.insert(
                token.value.clone(),
                TokenEntry::of(token, self.spelling.key(id)),
            );
        }
        for instruction in &self.protocol.instructions {
            if let Some(response) = Response::of(instruction, self.protocol) {
                tokens.insert(
                    response.value,
                    TokenEntry::new(Some(response.desc), &response.key, "Token"),
                );
            }
        }
        for special in Special::of(self.uses.guarded) {
            let mut entry = TokenEntry::new(None, special.key, special.type_name);
            entry.special = Some(special.purpose);
            tokens.insert(special.key.to_owned(), entry);
        }
        tokens
    }

    fn special_tokens(&self) -> Vec<String> {
        let first = [Special::BOS.key, Special::EOS.key];
        let mut rest: BTreeSet<String> = Special::of(self.uses.guarded)
            .map(|special| special.key.to_owned())
            .collect();
        for instruction in &self.protocol.instructions {
            rest.extend(
                self.spelling
                    .sets(instruction)
                    .into_iter()
                    .map(|set| set.key),
            );
            let results = instruction.samples.distinct_endings().into_iter();
            rest.extend(results.map(|ending| self.spelling.result_key(ending).to_owned()));
        }
        let rest = rest
            .into_iter()
            .filter(|key| !first.contains(&key.as_str()));
        first.into_iter().map(str::to_owned).chain(rest).collect()
    }
}

impl Serialize for Model<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let protocol = self.protocol;
        let format = protocol.format;
        let version = format.name().replace('.', "_");
        let schema = format!(
            "https://mtp.schemas.databiomes.com/v{}/bloom_{version}.json",
            format.major()
        );
        let inputs = protocol.inputs.as_ref().map_or(0, |inputs| inputs.value);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("$schema", &schema)?;
        map.serialize_entry("name", text(protocol.name.as_ref()))?;
        map.serialize_entry("inputs", &inputs)?;
        match format.major() {
            1 => {
                map.serialize_entry("state_machine", &(model_type(protocol) == "state_machine"))?
            }
            _ => map.serialize_entry("model_type", model_type(protocol))?,
        }
        map.serialize_entry("encrypted", &protocol.encrypt)?;
        map.serialize_entry("valid", &true)?;
        map.serialize_entry("context", &Each(|| lines(&protocol.context)))?;
        map.serialize_entry("tokens", &self.tokens())?;
        map.serialize_entry("special_tokens", &self.special_tokens())?;
        map.serialize_entry(
            "instruction",
            &InstructionEntry {
                model: self,
                memory: inputs + 1,
            },
        )?;
        map.end()
    }
}

/// A text that a valid protocol has.
pub(super) fn text<'i>(text: Option<&'i crate::source::Text<'_>>) -> &'i str {
    text.map_or("", |text| text.value.as_ref())
}

fn lines<'i>(lines: &'i [Option<crate::source::Text<'_>>]) -> impl Iterator<Item = &'i str> {
    lines.iter().flatten().map(|line| line.value.as_ref())
}

/// A token's entry; the fields stand in the order of their names.
#[derive(Serialize)]
struct TokenEntry {
    desc: Option<String>,
    key: String,
    length: Option<u32>,
    max_value: Option<AsWritten>,
    min_value: Option<AsWritten>,
    num: bool,
    num_list: u32,
    special: Option<&'static str>,
    #[serde(rename = "type")]
    type_name: &'static str,
}

impl TokenEntry {
    fn new(desc: Option<String>, key: &str, type_name: &'static str) -> Self {
        TokenEntry {
            desc,
            key: key.to_owned(),
            length: None,
            max_value: None,
            min_value: None,
            num: false,
            num_list: 0,
            special: None,
            type_name,
        }
    }

    fn of(token: &Token<'_>, key: &str) -> Self {
        let type_name = match token.token_type {
            TokenType::Token => "Token",
            TokenType::Num => "NumToken",
            TokenType::NumList => "NumListToken",
            TokenType::Final => "FinalToken",
            TokenType::FinalNum => "FinalNumToken",
        };
        let mut entry = TokenEntry::new(token.desc.as_deref().map(str::to_owned), key, type_name);
        entry.max_value = token.max.as_ref().map(|max| AsWritten(max.value));
        entry.min_value = token.min.as_ref().map(|min| AsWritten(min.value));
        entry.length = token.length.as_ref().map(|length| length.value);
        entry.num = matches!(token.token_type, TokenType::Num | TokenType::FinalNum);
        entry.num_list = entry.length.unwrap_or(0);
        entry
    }
}

struct InstructionEntry<'m, 'p, 's> {
    model: &'m Model<'p, 's>,
    memory: u32,
}

impl Serialize for InstructionEntry<'_, '_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("memory", &self.memory)?;
        let model = self.model;
        let sets = || {
            model
                .protocol
                .instructions
                .iter()
                .enumerate()
                .map(|(number, instruction)| SetEntry {
                    model,
                    instruction,
                    number,
                })
        };
        map.serialize_entry("sets", &Each(sets))?;
        map.end()
    }
}

struct SetEntry<'m, 'p, 's> {
    model: &'m Model<'p, 's>,
    instruction: &'p Instruction<'s>,
    /// Its place among the instructions, from 0.
    number: usize,
}

impl Serialize for SetEntry<'_, '_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let SetEntry {
            model, instruction, ..
        } = self;
        let spelling = model.spelling;
        let samples = by_result(&instruction.samples, spelling);
        let sets: Vec<_> = spelling
            .sets(instruction)
            .into_iter()
            .map(|set| set.values)
            .collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("context", &Each(|| lines(&instruction.context)))?;
        map.serialize_entry(
            "guardrails",
            &Each(|| guardrails(instruction, model.protocol)),
        )?;
        map.serialize_entry("name", instruction.name.value.as_ref())?;
        map.serialize_entry("ppo", &[(); 0])?;
        let entries = || {
            let samples = samples
                .iter()
                .filter_map(|at| instruction.samples.get(*at as usize));
            samples.map(|sample| SampleEntry {
                written: sample.written,
                result: spelling.result_value(sample.ending),
                extended: instruction.instruction_type == InstructionType::Extended,
            })
        };
        if model.is_spliced {
            let number = self.number.to_string();
            let raw = RawValue::from_string(number).map_err(serde::ser::Error::custom)?;
            map.serialize_entry("samples", &raw)?;
        } else {
            map.serialize_entry("samples", &Each(entries))?;
        }
        map.serialize_entry("set", &sets)?;
        map.end()
    }
}

/// The numbers of samples in the order of their results; those with the same one stay in
/// order.
fn by_result(samples: &Samples<'_>, spelling: Spelling<'_, '_>) -> Vec<u32> {
    // There may be a million of them: they are counted, and each is put into its place.
    let mut counts: HashMap<Ending, u32> = HashMap::new();
    for ending in samples.endings() {
        *counts.entry(ending).or_default() += 1;
    }
    let mut results: Vec<(&str, Ending, u32)> = counts
        .into_iter()
        .map(|(ending, count)| (spelling.result_value(ending), ending, count))
        .collect();
    results.sort_unstable();
    let mut start = 0;
    let mut places: HashMap<Ending, u32> = HashMap::new();
    for (_, ending, count) in results {
        places.insert(ending, start);
        start += count;
    }
    let mut order = vec![0; start as usize];
    for (number, ending) in (0..).zip(samples.endings()) {
        let place = places.entry(ending).or_default();
        order[*place as usize] = number;
        *place += 1;
    }
    order
}

/// A guardrail's entry; the fields stand in the order of their names.
#[derive(Serialize)]
struct GuardrailEntry<'p> {
    bad_examples: Vec<&'p str>,
    bad_output: &'p str,
    bad_prompt: &'p str,
    good_prompt: &'p str,
    index: usize,
}

fn guardrails<'p>(
    instruction: &'p Instruction<'_>,
    protocol: &'p Protocol<'_>,
) -> impl Iterator<Item = GuardrailEntry<'p>> {
    instruction.guardrails.iter().filter_map(|used| {
        let guardrail = &protocol.guardrails[used.guardrail?.0];
        let samples = guardrail
            .samples
            .iter()
            .filter_map(|given| given.value.as_ref());
        Some(GuardrailEntry {
            bad_examples: samples.flat_map(|list| lines(&list.value)).collect(),
            bad_output: text(guardrail.bad_output.as_ref()),
            bad_prompt: text(guardrail.bad_prompt.as_ref()),
            good_prompt: text(guardrail.good_prompt.as_ref()),
            index: used.input?,
        })
    })
}

pub(super) struct SampleEntry<'p, 's> {
    pub(super) written: &'p ast::Sample<'s>,
    pub(super) result: &'p str,
    pub(super) extended: bool,
}

impl Serialize for SampleEntry<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = self.written;
        let answer = written.answer();
        let classes = written.labels().map(|labels| {
            repr::map(labels.value.iter().filter_map(|(label, value)| {
                Some((label.value.as_ref(), value.as_ref()?.value.as_ref()))
            }))
        });
        let count = written.snippets().count();
        // The prompt of an extended instruction is its last input.
        let shown = if self.extended {
            count.saturating_sub(1)
        } else {
            count
        };
        let prompt = written.snippets().nth(shown);
        let prompt = prompt.map(|snippet| snippet.text.value.as_ref());
        let strings = || {
            let texts = written.snippets().take(shown);
            let texts = texts.map(|snippet| snippet.text.value.as_ref());
            let answer = answer.map(|snippet| snippet.text.value.as_ref());
            texts.chain(classes.as_deref().or(answer))
        };
        let numbered = || {
            let inputs = written.snippets().map(|snippet| snippet.numbers.as_deref());
            let answer = answer.and_then(|snippet| snippet.numbers.as_deref());
            inputs.chain((!self.extended).then_some(answer))
        };

        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("number_lists", &Each(|| numbered().map(number_lists)))?;
        map.serialize_entry("numbers", &Each(|| numbered().map(plain_numbers)))?;
        map.serialize_entry("prompt", &prompt)?;
        map.serialize_entry("result", self.result)?;
        map.serialize_entry("strings", &Each(strings))?;
        let value = written.value.given();
        map.serialize_entry("value", &value.map(|number| AsWritten(number.value)))?;
        map.end()
    }
}

fn plain_numbers(numbers: Option<&Numbers>) -> Vec<AsWhole> {
    let list = numbers.and_then(|numbers| numbers.numbers.as_ref()?.value.as_ref());
    let list = list.map(|list| list.value.as_slice()).unwrap_or_default();
    list.iter()
        .flatten()
        .map(|number| AsWhole(number.value))
        .collect()
}

fn number_lists(numbers: Option<&Numbers>) -> Vec<Vec<AsWhole>> {
    let lists = numbers.and_then(|numbers| numbers.number_lists.as_ref()?.value.as_ref());
    let lists = lists
        .map(|lists| lists.value.as_slice())
        .unwrap_or_default();
    lists
        .iter()
        .flatten()
        .map(|list| {
            list.value
                .iter()
                .flatten()
                .map(|number| AsWhole(number.value))
                .collect()
        })
        .collect()
}
