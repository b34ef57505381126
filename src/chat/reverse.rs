//! From messages back to samples.

use super::lines;
use super::mapping::Mapping;
use super::message::{Conversation, Message, Role, ToolCall};
use super::options::FinalForm;
use crate::import::literal::{self, Literal};
use crate::ir::{InstructionType, Number, TokenType};
use serde::Deserialize;
use std::fmt;
use std::marker::PhantomData;

/// A sample that was read from messages.
#[derive(Clone, Debug)]
pub struct SampleRead {
    /// Its inputs.
    pub input: Vec<SnippetRead>,
    /// Its answer.
    pub output: Answer,
    /// The name of the final token it ends in; none for `<NON>`.
    pub final_token: Option<String>,
    /// The number of the final token.
    pub value: Option<Number>,
}

/// An input that was read.
#[derive(Clone, Debug)]
pub struct SnippetRead {
    /// Its text.
    pub text: String,
    /// Its numbers.
    pub numbers: Vec<Number>,
    /// Its lists of numbers.
    pub number_lists: Vec<Vec<Number>>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Text, or a state.
    Text(String),
    /// A value for every label.
    Labels(Vec<(String, String)>),
}

/// Why messages are no sample: lower case, no final period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

fn unreadable<T>(message: impl Into<String>) -> Result<T, Unreadable> {
    Err(Unreadable(message.into()))
}

impl Mapping<'_, '_> {
    /// The instruction whose system message a conversation has, if it is only one.
    pub fn instruction_of(&self, conversation: &Conversation<'_>) -> Option<usize> {
        let first = conversation.messages.first()?;
        let system = if first.role == Role::System {
            first.content.as_ref()
        } else {
            ""
        };
        let mut alike = self
            .instructions
            .iter()
            .enumerate()
            .filter(|(_, known)| known.system == system);
        let (at, _) = alike.next()?;
        alike.next().is_none().then_some(at)
    }

    /// The sample that a conversation was made from; the instruction is from 0.
    pub fn sample(
        &self,
        instruction: usize,
        conversation: &Conversation<'_>,
    ) -> Result<SampleRead, Unreadable> {
        let turns: Vec<&Message<'_>> = conversation
            .messages
            .iter()
            .filter(|message| message.role != Role::System)
            .collect();
        let [question, answer] = turns.as_slice() else {
            return unreadable("a sample is one message of the user and one of the assistant");
        };
        if (question.role, answer.role) != (Role::User, Role::Assistant) {
            return unreadable("a sample is one message of the user and one of the assistant");
        }
        let input = self.inputs(instruction, &question.content)?;
        let (output, ending) =
            self.answer_read(instruction, &answer.content, answer.call.as_ref())?;
        let (final_token, value) = ending.map_or((None, None), |(name, value)| (Some(name), value));
        Ok(SampleRead {
            input,
            output,
            final_token,
            value,
        })
    }

    /// The inputs that a user's message holds.
    pub fn inputs(
        &self,
        instruction: usize,
        question: &str,
    ) -> Result<Vec<SnippetRead>, Unreadable> {
        let Some(known) = self.instructions.get(instruction) else {
            return unreadable("there is no such instruction");
        };
        let count = known.sets.len();
        let parts: Vec<&str> = match count {
            1 => vec![question],
            _ => question.split('\n').collect(),
        };
        if parts.len() != count {
            return unreadable(format!("expected {count} lines, found {}", parts.len()));
        }
        let mut input = Vec::with_capacity(count);
        for (part, set) in parts.into_iter().zip(&known.sets) {
            let Some(line) = lines::read(part, count) else {
                return unreadable(format!("the header of the line `{part}` is not closed"));
            };
            let mut snippet = SnippetRead {
                text: line.text,
                numbers: Vec::new(),
                number_lists: Vec::new(),
            };
            let set = set
                .iter()
                .flat_map(|set| self.protocol.token_sets[set.0].known());
            let tokens: Vec<_> = set.map(|id| &self.protocol.tokens[id.0]).collect();
            let mut at = 0;
            for (name, numbers) in line.words {
                let found = tokens[at..].iter().position(|token| {
                    token.name.value == name || token.key.as_deref() == Some(name)
                });
                let Some(found) = found else {
                    return unreadable(format!("the line has no token `{name}` here"));
                };
                let token = tokens[at + found];
                at += found + 1;
                match token.token_type {
                    TokenType::Num => snippet.numbers.extend(numbers),
                    TokenType::NumList => snippet.number_lists.push(numbers),
                    _ if numbers.is_empty() => {}
                    _ => return unreadable(format!("the token `{name}` takes no number")),
                }
            }
            input.push(snippet);
        }
        Ok(input)
    }

    /// The answer that an assistant's message holds, and the final token that ends it.
    pub fn answer_read(
        &self,
        instruction: usize,
        content: &str,
        call: Option<&ToolCall<'_>>,
    ) -> Result<(Answer, Option<Ended>), Unreadable> {
        let Some(instruction) = self.protocol.instructions.get(instruction) else {
            return unreadable("there is no such instruction");
        };
        let text = |text: &str| Answer::Text(text.to_owned());
        match (instruction.instruction_type, self.options.finals) {
            (InstructionType::StateMachine, _) => Ok((text(content), None)),
            (InstructionType::MultiClassifier, _) => Ok((Answer::Labels(labels(content)?), None)),
            (_, FinalForm::Json) => {
                let answer: JsonAnswer = serde_json::from_str(content).map_err(|error| {
                    Unreadable(format!("the answer is no such JSON object: {error}"))
                })?;
                let value = match &answer.value {
                    Some(value) => match Number::parse(&value.to_string()) {
                        Some(value) => Some(value),
                        None => return unreadable("`value` is no number"),
                    },
                    None => None,
                };
                Ok((
                    Answer::Text(answer.text),
                    answer.name.map(|name| (name, value)),
                ))
            }
            (_, FinalForm::Tool) => {
                let ended = call.map(|call| (call.name.to_string(), call.value));
                Ok((text(content), ended))
            }
            (_, FinalForm::Line) if instruction.finals.is_empty() => Ok((text(content), None)),
            (_, FinalForm::Line) => match content.rsplit_once('\n') {
                Some((answer, line)) => {
                    let ended = match line.split_once('=') {
                        Some((name, value)) => match Number::parse(value) {
                            Some(value) => (name, Some(value)),
                            None => (line, None),
                        },
                        None => (line, None),
                    };
                    Ok((text(answer), Some((ended.0.to_owned(), ended.1))))
                }
                None => unreadable("the answer has no last line with a final token"),
            },
        }
    }
}

/// The name of a final token, and its number.
pub type Ended = (String, Option<Number>);

/// The answer as `--final json` has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonAnswer {
    text: String,
    #[serde(rename = "final")]
    name: Option<String>,
    value: Option<serde_json::Number>,
}

/// The labels and values of a JSON object, in order.
fn labels(content: &str) -> Result<Vec<(String, String)>, Unreadable> {
    // Models that were trained with the files of a protocol write the labels as Python does.
    if let Some(Literal::Map(map)) = literal::parse(content) {
        let texts = map.into_iter().map(|(label, value)| match value {
            Literal::Text(value) => Some((label, value)),
            _ => None,
        });
        if let Some(labels) = texts.collect() {
            return Ok(labels);
        }
    }
    let mut reader = serde_json::Deserializer::from_str(content);
    let pairs = Pairs::deserialize(&mut reader).and_then(|pairs| reader.end().map(|()| pairs.0));
    pairs.map_err(|error| Unreadable(format!("the answer is no JSON object of texts: {error}")))
}

/// The entries of a map of texts, in the order written.
struct Pairs(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries(PhantomData<()>);
        impl<'de> serde::de::Visitor<'de> for Entries {
            type Value = Pairs;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}
