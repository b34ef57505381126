//! One row of a protocol as a JSON object of a format.

use super::fields::{
    Alpaca, Chat, Completion, DpoLlamaFactory, DpoOpenAi, Preference, Segments, ShareGpt, Text,
    Turn, airoboros,
};
use super::format::Format;
use super::frame::{self, Frame};
use super::text::segments;
use crate::chat::airoboros::{Block, ClosedContext, twin};
use crate::chat::check::Named;
use crate::chat::mapping::Mapping;
use crate::chat::message::{Conversation, Message, Role};
use crate::chat::rows::Row;
use crate::chat::system::join;
use crate::chat::template::Fault;
use crate::chat::values::{Arguments, OpenAi, ToolSchema};
use crate::ir::Sample;
use serde::Serialize;
use std::borrow::Cow;

/// Makes the records of a format.
#[derive(Debug)]
pub struct Exporter<'m, 'p, 's> {
    /// Where the conversations come from.
    pub mapping: &'m Mapping<'p, 's>,
    /// The format.
    pub format: Format,
    /// The template that makes text of messages, where there is one.
    pub template: Option<Named>,
    /// How the arguments of tool calls are written.
    pub arguments: Arguments,
    /// The category of airoboros rows; the name of the instruction without.
    pub category: Option<String>,
    /// Whether airoboros rows are closed-context prompts, without a system message.
    pub is_closed: bool,
    /// Whether airoboros rows with code have a twin that asks for the code alone.
    pub has_twins: bool,
    /// What the template writes around the texts of each instruction's samples, where that
    /// is known.
    pub(super) frames: Vec<Option<Frame>>,
}

/// What of a row a record shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The answer, or both answers.
    Whole,
    /// The rejected answer alone.
    Rejected,
    /// The code of the answer alone, which the instruction asks for.
    Plain,
}

impl<'m, 'p, 's> Exporter<'m, 'p, 's> {
    /// Makes the records of a format as they are unless more is asked for.
    pub fn new(
        mapping: &'m Mapping<'p, 's>,
        format: Format,
        template: Option<Named>,
    ) -> Exporter<'m, 'p, 's> {
        Exporter {
            frames: frame::of_all(mapping, template.as_ref()),
            mapping,
            format,
            template,
            arguments: Arguments::default(),
            category: None,
            is_closed: false,
            has_twins: false,
        }
    }

    /// The records that a row gives, made of a sample that may be held elsewhere.
    pub fn parts(&self, row: Row, sample: Sample<'_, '_>) -> &'static [Part] {
        let is_pair = || self.mapping.rejected(row, sample).is_some();
        match self.format {
            format if format.is_judged() && is_pair() => &[Part::Whole, Part::Rejected],
            Format::Airoboros if self.has_twins && self.has_code(row, sample) => {
                &[Part::Whole, Part::Plain]
            }
            format if format.is_preference() && !is_pair() => &[],
            _ => &[Part::Whole],
        }
    }

    /// Appends a record of a row, without a line break. Faults are those of the template.
    pub fn write(
        &self,
        (row, sample): (Row, Sample<'_, '_>),
        part: Part,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let Some(mut conversation) = self.mapping.conversation_of(row, sample) else {
            return Err(Fault::output("there is no such row"));
        };
        let rejected = match (self.format.is_preference(), part) {
            (true, _) | (_, Part::Rejected) => self.mapping.rejected(row, sample),
            _ => None,
        };
        let Some(answer) = conversation.messages.pop() else {
            return Err(Fault::output("the conversation has no answer"));
        };
        let answers = Answers {
            given: match part {
                Part::Whole | Part::Plain => &answer,
                Part::Rejected => rejected.as_ref().unwrap_or(&answer),
            },
            rejected: rejected.as_ref(),
        };
        let label = self.format.is_judged().then_some(part == Part::Whole);
        match self.format {
            Format::OpenAi => {
                let list = self.list(&conversation.messages, Some(answers.given));
                json(
                    out,
                    &Chat {
                        messages: list,
                        tools: self.tools(&conversation),
                    },
                )
            }
            Format::ShareGpt | Format::KtoLlamaFactory => {
                let turns = conversation
                    .messages
                    .iter()
                    .filter(|message| message.role != Role::System);
                let conversations: Vec<Turn<'_>> = turns.chain([answers.given]).map(Turn).collect();
                json(
                    out,
                    &ShareGpt {
                        conversations,
                        kto_tag: label,
                        system: system(&conversation),
                    },
                )
            }
            Format::Alpaca => json(
                out,
                &Alpaca {
                    instruction: question(&conversation),
                    input: "",
                    output: &answers.given.content,
                    system: system(&conversation),
                },
            ),
            Format::Airoboros => self.airoboros(row, part, &conversation, answers.given, out),
            Format::DpoOpenAi => json(
                out,
                &DpoOpenAi {
                    input: Chat {
                        messages: self.list(&conversation.messages, None),
                        tools: self.tools(&conversation),
                    },
                    preferred_output: self.list(&[], Some(answers.given)),
                    non_preferred_output: self.list(&[], answers.rejected),
                },
            ),
            Format::DpoLlamaFactory => {
                let turns = conversation
                    .messages
                    .iter()
                    .filter(|message| message.role != Role::System);
                json(
                    out,
                    &DpoLlamaFactory {
                        conversations: turns.map(Turn).collect(),
                        chosen: Turn(answers.given),
                        rejected: Turn(answers.rejected.unwrap_or(answers.given)),
                        system: system(&conversation),
                    },
                )
            }
            Format::Text => {
                let rendered = self.rendered(row, &conversation, answers.given, false)?;
                let text = &rendered.text;
                json(out, &Text { text })
            }
            Format::Segments => {
                let rendered = self.rendered(row, &conversation, answers.given, true)?;
                let segments = segments(&rendered);
                json(out, &Segments { segments })
            }
            Format::PromptCompletion | Format::DpoTrl | Format::Kto if self.template.is_some() => {
                self.completed(row, &conversation, answers, part, out)
            }
            Format::PromptCompletion | Format::Kto => json(
                out,
                &Completion {
                    prompt: self.list(&conversation.messages, None),
                    completion: self.list(&[], Some(answers.given)),
                    label,
                    tools: self.tools(&conversation),
                },
            ),
            Format::DpoTrl => json(
                out,
                &Preference {
                    prompt: self.list(&conversation.messages, None),
                    chosen: self.list(&[], Some(answers.given)),
                    rejected: self.list(&[], answers.rejected),
                    tools: self.tools(&conversation),
                },
            ),
        }
    }

    /// Whether the answer of a row holds code that can be asked for alone.
    fn has_code(&self, row: Row, sample: Sample<'_, '_>) -> bool {
        let conversation = self.mapping.conversation_of(row, sample);
        let messages = conversation.map_or(Vec::new(), |conversation| conversation.messages);
        let [.., question, answer] = messages.as_slice() else {
            return false;
        };
        twin(&question.content, &answer.content).is_some()
    }

    /// The record as airoboros has it.
    fn airoboros(
        &self,
        row: Row,
        part: Part,
        conversation: &Conversation<'_>,
        answer: &Message<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let protocol = self.mapping.protocol();
        let name = protocol.instructions[row.instruction].name.value.as_ref();
        let category = self.category.as_deref().unwrap_or(name);
        let mut instruction = question(conversation).to_owned();
        let mut system = system(conversation).map(Cow::Borrowed);
        let mut response = answer.content.to_string();
        let [told, asked, end] = &self.mapping.instructions[row.instruction].parts;
        let mut asked = join(vec![asked.clone(), end.clone()]);
        if part == Part::Plain
            && let Some((plain, code)) = twin(&instruction, &response)
        {
            // The code alone ends in no final token.
            let [_, how, _] = &self.mapping.instructions[row.instruction].parts;
            asked.clone_from(how);
            let whole = join(vec![told.clone(), how.clone()]);
            system = (!whole.is_empty()).then_some(Cow::Owned(whole));
            (instruction, response) = (plain, code);
        }
        if self.is_closed {
            let source = protocol
                .name
                .as_ref()
                .map_or("", |name| name.value.as_ref());
            let context = [("protocol", source), ("instruction", name)];
            let prompt = ClosedContext {
                blocks: vec![Block {
                    context: context
                        .map(|(key, value)| (key.to_owned(), value.to_owned()))
                        .to_vec(),
                    text: told.clone(),
                }],
                instruction: match asked.is_empty() {
                    true => instruction,
                    false => format!("{asked}\n\n{instruction}"),
                },
            };
            instruction = prompt
                .write()
                .map_err(|problem| Fault::output(problem.message))?;
            system = None;
        }
        airoboros(&instruction, &response, category, system.as_deref(), out);
        Ok(())
    }

    fn list<'l>(
        &self,
        messages: &'l [Message<'l>],
        last: Option<&'l Message<'l>>,
    ) -> Vec<OpenAi<'l>> {
        let all = messages.iter().chain(last);
        all.map(|message| OpenAi {
            message,
            arguments: self.arguments,
        })
        .collect()
    }

    fn tools<'c>(&self, conversation: &'c Conversation<'_>) -> Option<Vec<ToolSchema<'c>>> {
        let tools: Vec<_> = conversation.tools.iter().map(ToolSchema).collect();
        (!tools.is_empty()).then_some(tools)
    }
}

/// The answers of a record.
#[derive(Clone, Copy)]
pub(super) struct Answers<'a> {
    pub(super) given: &'a Message<'a>,
    pub(super) rejected: Option<&'a Message<'a>>,
}

pub(super) fn json(out: &mut Vec<u8>, record: &impl Serialize) -> Result<(), Fault> {
    serde_json::to_writer(out, record)
        .map_err(|error| Fault::output(format!("it is no JSON: {error}")))
}

/// The system message; `None` without one.
fn system<'c>(conversation: &'c Conversation<'_>) -> Option<&'c str> {
    let first = conversation.messages.first()?;
    (first.role == Role::System).then_some(first.content.as_ref())
}

/// What the user says.
pub(super) fn question<'c>(conversation: &'c Conversation<'_>) -> &'c str {
    conversation
        .messages
        .last()
        .map_or("", |message| message.content.as_ref())
}
