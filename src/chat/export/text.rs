//! Rows that are text, as a template makes it.

use super::fields::{Completion, Preference, Segment};
use super::format::Format;
use super::record::{Answers, Exporter, Part, json, question};
use crate::chat::check::Named;
use crate::chat::message::{Conversation, Message};
use crate::chat::rows::Row;
use crate::chat::template::{Call, Fault, Rendered};
use crate::chat::values::{messages, tools};

impl Exporter<'_, '_, '_> {
    /// The record of prompt and completions as text.
    pub(super) fn completed(
        &self,
        row: Row,
        conversation: &Conversation<'_>,
        answers: Answers<'_>,
        part: Part,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let (prompt, given) = self.prompt_and_completion(row, conversation, answers.given)?;
        let prompt = prompt.as_str();
        if self.format == Format::DpoTrl {
            let rejected = answers.rejected.unwrap_or(answers.given);
            let (_, rejected) = self.prompt_and_completion(row, conversation, rejected)?;
            let record = Preference {
                prompt,
                chosen: given,
                rejected,
                tools: None,
            };
            return json(out, &record);
        }
        let record = Completion {
            prompt,
            completion: given,
            label: self.format.is_judged().then_some(part == Part::Whole),
            tools: None,
        };
        json(out, &record)
    }

    /// The text that asks for the answer, and what the answer adds.
    fn prompt_and_completion(
        &self,
        row: Row,
        conversation: &Conversation<'_>,
        answer: &Message<'_>,
    ) -> Result<(String, String), Fault> {
        let frame = self.frames.get(row.instruction).and_then(Option::as_ref);
        let filled = frame.and_then(|frame| frame.fill(question(conversation), answer));
        if let Some((filled, prompt)) = filled.and_then(|filled| {
            let prompt = filled.prompt?;
            Some((filled, prompt))
        }) {
            let mut prompt_text = filled.text;
            let completion = prompt_text.split_off(prompt);
            return Ok((prompt_text, completion));
        }
        let template = self.template()?;
        let prompt = template.template.render(&Call {
            add_generation_prompt: true,
            ..call(template, &conversation.messages, conversation)
        })?;
        let prompt = prompt.text;
        let whole = self.rendered(row, conversation, answer, false)?;
        match whole.text.strip_prefix(prompt.as_str()) {
            Some(completion) => {
                let completion = completion.to_owned();
                Ok((prompt, completion))
            }
            None => Err(Fault::output(
                "the prompt is not the beginning of the whole text, so they cannot be told apart",
            )),
        }
    }

    /// What a template makes of a conversation and its answer.
    pub(super) fn rendered(
        &self,
        row: Row,
        conversation: &Conversation<'_>,
        answer: &Message<'_>,
        mask: bool,
    ) -> Result<Rendered, Fault> {
        let frame = self.frames.get(row.instruction).and_then(Option::as_ref);
        if let Some(filled) = frame.and_then(|frame| frame.fill(question(conversation), answer)) {
            return Ok(Rendered {
                text: filled.text,
                trained: if mask {
                    vec![filled.trained]
                } else {
                    Vec::new()
                },
            });
        }
        let template = self.template()?;
        let mut all = conversation.messages.clone();
        all.push(answer.clone());
        let rendered = template.template.render(&Call {
            mask,
            ..call(template, &all, conversation)
        })?;
        match rendered.text.trim().is_empty() {
            true => Err(Fault::output("nothing comes out")),
            false => Ok(rendered),
        }
    }

    fn template(&self) -> Result<&Named, Fault> {
        let template = self.template.as_ref();
        template.ok_or_else(|| Fault::output("a template is needed"))
    }
}

fn call(template: &Named, list: &[Message<'_>], conversation: &Conversation<'_>) -> Call {
    Call {
        messages: messages(list),
        tools: tools(conversation.tools).or_else(|| template.call.tools.clone()),
        ..template.call.clone()
    }
}

/// The text by what is trained on.
pub(super) fn segments(rendered: &Rendered) -> Vec<Segment<'_>> {
    let text = rendered.text.as_str();
    let mut pieces = Vec::new();
    let mut at = 0;
    for range in &rendered.trained {
        pieces.extend([(false, at..range.start), (true, range.clone())]);
        at = range.end;
    }
    pieces.push((false, at..text.len()));
    let filled = pieces.into_iter().filter(|(_, piece)| !piece.is_empty());
    filled
        .map(|(label, piece)| Segment {
            label,
            text: &text[piece],
        })
        .collect()
}
