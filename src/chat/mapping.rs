//! From samples to messages.

use super::answer;
use super::message::{Conversation, Message, Role, Tool};
use super::options::Options;
use super::rows::Row;
use super::system;
use crate::ast::Guardrail;
use crate::ir::{Instruction, InstructionType, Protocol, Sample, TokenSetId, labels};
use std::borrow::Cow;

/// The way from one protocol's samples to messages.
#[derive(Debug)]
pub struct Mapping<'p, 's> {
    pub(super) protocol: &'p Protocol<'s>,
    pub(super) options: Options,
    pub(super) instructions: Vec<Known<'p>>,
}

/// What is the same for all samples of an instruction.
#[derive(Debug)]
pub(super) struct Known<'p> {
    /// The system message; empty for none.
    pub(super) system: String,
    /// Its three parts: what is told, how to answer, and how an answer ends.
    pub(super) parts: [String; 3],
    /// The tools that can be called.
    pub(super) tools: Vec<Tool>,
    /// The token sets of the inputs.
    pub(super) sets: Vec<Option<TokenSetId>>,
    /// The states that can be answered.
    pub(super) states: Vec<&'p str>,
    /// The labels and the values that can be answered.
    pub(super) labels: Vec<(&'p str, Vec<&'p str>)>,
}

impl<'p, 's> Mapping<'p, 's> {
    /// Looks at a protocol; nothing is made yet.
    pub fn new(protocol: &'p Protocol<'s>, options: Options) -> Self {
        let known = |instruction: &'p Instruction<'s>| {
            let parts = system::of(protocol, instruction, &options);
            Known {
                system: system::join(parts.to_vec()),
                parts,
                tools: system::tools(protocol, instruction, options.finals),
                sets: instruction
                    .input
                    .iter()
                    .flat_map(|list| list.value.iter().map(|used| used.map(|used| used.set)))
                    .collect(),
                states: match instruction.instruction_type {
                    InstructionType::StateMachine => system::states(instruction),
                    _ => Vec::new(),
                },
                labels: match instruction.instruction_type {
                    InstructionType::MultiClassifier => labels(instruction),
                    _ => Vec::new(),
                },
            }
        };
        Mapping {
            protocol,
            options,
            instructions: protocol.instructions.iter().map(known).collect(),
        }
    }

    /// The protocol.
    pub fn protocol(&self) -> &'p Protocol<'s> {
        self.protocol
    }

    /// What was chosen.
    pub fn options(&self) -> Options {
        self.options
    }

    /// The conversation of a row; `None` if the protocol has no such row.
    pub fn conversation(&self, row: Row) -> Option<Conversation<'_>> {
        let instruction = self.protocol.instructions.get(row.instruction)?;
        self.conversation_of(row, instruction.samples.get(row.sample)?)
    }

    /// The conversation of a row whose sample may be held elsewhere; `None` if the protocol
    /// has no such row.
    pub fn conversation_of<'a>(
        &'a self,
        row: Row,
        sample: Sample<'a, '_>,
    ) -> Option<Conversation<'a>> {
        let known = self.instructions.get(row.instruction)?;
        let instruction = &self.protocol.instructions[row.instruction];
        let refused = match row.refused {
            Some(refused) => Some(self.refused(instruction, refused)?),
            None => None,
        };
        let mut messages = Vec::with_capacity(3);
        if !known.system.is_empty() {
            messages.push(Message::new(Role::System, known.system.as_str()));
        }
        let mut question = String::new();
        let replaced = refused.map(|(input, _, prompt)| (input, prompt));
        let header = self.options.header;
        answer::question(
            self.protocol,
            header,
            &known.sets,
            sample,
            replaced,
            &mut question,
        );
        messages.push(Message::new(Role::User, question));
        messages.push(match refused {
            Some((_, guardrail, _)) => self.refusal(instruction, guardrail),
            None => self.answer(instruction, sample),
        });
        Some(Conversation {
            messages,
            tools: &known.tools,
        })
    }

    /// An answer that is worse than that of the row's conversation: what the model would
    /// say without the guardrail, another state, another value of a label. `None` where
    /// the protocol gives no such answer. The sample of the row may be held elsewhere.
    pub fn rejected<'a>(&'a self, row: Row, sample: Sample<'a, '_>) -> Option<Message<'a>> {
        let known = self.instructions.get(row.instruction)?;
        let instruction = &self.protocol.instructions[row.instruction];
        if row.refused.is_some() {
            return Some(self.answer(instruction, sample));
        }
        let given = self.answer(instruction, sample);
        match instruction.instruction_type {
            InstructionType::StateMachine => {
                let other = sibling(&known.states, given.content.as_ref(), row.sample)?;
                Some(Message::new(Role::Assistant, other))
            }
            InstructionType::MultiClassifier => self.other_labels(known, sample, row.sample),
            InstructionType::Basic | InstructionType::Extended => None,
        }
    }

    /// The answer with another value for one of its labels.
    fn other_labels(
        &self,
        known: &Known<'_>,
        sample: Sample<'_, '_>,
        turn: usize,
    ) -> Option<Message<'_>> {
        let given = &sample.written.labels()?.value;
        let mut given: Vec<(&str, &str)> = given
            .iter()
            .filter_map(|(label, value)| {
                Some((label.value.as_ref(), value.as_ref()?.value.as_ref()))
            })
            .collect();
        // The labels take turns; one without another value is passed over.
        let count = given.len();
        let (at, other) = (0..count).find_map(|offset| {
            let at = (turn + offset) % count;
            let (label, value) = given[at];
            let (_, values) = known.labels.iter().find(|(name, _)| *name == label)?;
            Some((at, sibling(values, value, turn)?))
        })?;
        given[at].1 = other;
        Some(Message::new(
            Role::Assistant,
            answer::object(given.into_iter()),
        ))
    }

    /// The guarded input, the guardrail and the bad prompt.
    fn refused(
        &self,
        instruction: &'p Instruction<'s>,
        (used, prompt): (usize, usize),
    ) -> Option<(usize, &'p Guardrail<'s>, &'p str)> {
        let used = instruction.guardrails.get(used)?;
        let guardrail = &self.protocol.guardrails[used.guardrail?.0];
        let prompts = guardrail.samples.as_ref()?.value.as_ref()?;
        let prompt = prompts.value.get(prompt)?.as_ref()?;
        Some((used.input?, guardrail, prompt.value.as_ref()))
    }

    fn answer<'a>(&'a self, instruction: &Instruction<'_>, sample: Sample<'a, '_>) -> Message<'a> {
        let kind = instruction.instruction_type;
        answer::of(self.protocol, kind, sample, self.options.finals)
    }

    fn refusal(&self, instruction: &Instruction<'_>, guardrail: &'p Guardrail<'s>) -> Message<'p> {
        let output = guardrail.bad_output.as_ref();
        let text = Cow::Borrowed(output.map_or("", |output| output.value.as_ref()));
        answer::with(
            text,
            None,
            instruction.instruction_type,
            self.options.finals,
        )
    }
}

/// Another one of the values, a different one at every turn.
fn sibling<'v>(values: &[&'v str], value: &str, turn: usize) -> Option<&'v str> {
    let others = values.iter().filter(|other| **other != value).count();
    let turn = turn.checked_rem(others)?;
    values
        .iter()
        .filter(|other| **other != value)
        .nth(turn)
        .copied()
}
