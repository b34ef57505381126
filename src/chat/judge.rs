//! Whether an answer is one that an instruction allows.

use super::mapping::Mapping;
use super::message::ToolCall;
use super::options::FinalForm;
use super::raw::Raw;
use super::reverse::{Answer, Ended};
use crate::diagnostics::{Diagnostics, answer_mismatch as wrong, nearest};
use crate::ir::{Instruction, InstructionType, TokenType};
use crate::source::Span;
use std::borrow::Cow;

/// An answer that an instruction allows.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The answer.
    pub output: Answer,
    /// The final token that it ends in, and its number.
    pub ended: Option<Ended>,
    /// It is the answer of a guardrail: the prompt was refused.
    pub is_refusal: bool,
}

/// An answer to be judged.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// Its text.
    pub text: &'a str,
    /// The tool that it calls.
    pub call: Option<&'a ToolCall<'a>>,
    /// Where the text stands.
    pub span: Span,
}

impl Given<'_> {
    /// The bytes from `start` to `end` of the text.
    fn part(&self, start: usize, end: usize) -> Span {
        let at = self.span.start as usize;
        Span::new(self.span.origin, at + start, at + end)
    }

    /// The last line.
    fn last_line(&self) -> Span {
        let start = self.text.rfind('\n').map_or(0, |at| at + 1);
        self.part(start, self.text.len())
    }

    /// Where a text stands in the answer; all of it if that cannot be told.
    fn place(&self, text: &str) -> Span {
        match self.text.find(text) {
            Some(at) => self.part(at, at + text.len()),
            None => self.span,
        }
    }
}

impl Mapping<'_, '_> {
    /// Reads an answer and judges it by its instruction, from 0. What it does not allow is
    /// reported.
    pub fn judge(
        &self,
        instruction: usize,
        given: Given<'_>,
        findings: &mut Diagnostics,
    ) -> Option<Judged> {
        let written = self.protocol.instructions.get(instruction)?;
        if self.is_refusal(written, given.text) {
            // What the instruction itself allows is no refusal: a guardrail may answer with a
            // state. An answer of text alone is none that could be told from it.
            let mut unsaid = Diagnostics::default();
            let allowed = self.allowed_answer(instruction, given, &mut unsaid);
            let is_told =
                |judged: &Judged| judged.ended.is_some() || !written.instruction_type.has_finals();
            return Some(allowed.filter(is_told).unwrap_or_else(|| Judged {
                output: Answer::Text(given.text.trim().to_owned()),
                ended: None,
                is_refusal: true,
            }));
        }
        self.allowed_answer(instruction, given, findings)
    }

    /// The answer, if the instruction allows it; what it does not allow is reported.
    fn allowed_answer(
        &self,
        instruction: usize,
        given: Given<'_>,
        findings: &mut Diagnostics,
    ) -> Option<Judged> {
        let written = self.protocol.instructions.get(instruction)?;
        let before = findings.iter().count();
        let name = written.name.span;
        let raw = Raw {
            kind: written.instruction_type,
            form: self.options.finals,
            has_finals: !written.finals.is_empty(),
        };
        let is_state = self.instructions[instruction].states.contains(&given.text);
        let text = match is_state {
            true => Cow::Borrowed(given.text),
            false => raw.cleaned(given.text),
        };
        let read = match self.answer_read(instruction, &text, given.call) {
            Ok(read) => read,
            Err(reason) => {
                let is_line =
                    self.options.finals == FinalForm::Line && written.instruction_type.has_finals();
                findings.push(match is_line {
                    true => wrong::no_final_token(
                        given.span,
                        &self.allowed(written),
                        written.finals_span,
                    ),
                    false => wrong::unreadable(given.span, &reason.0, name),
                });
                return None;
            }
        };
        let (output, ended) = read;
        match &output {
            Answer::Text(state) if written.instruction_type == InstructionType::StateMachine => {
                let known = &self.instructions[instruction].states;
                if !known.contains(&state.as_str()) {
                    let near = nearest(state, known.iter().copied());
                    findings.push(wrong::state(given.span, state, near, known, name));
                }
            }
            Answer::Labels(labels) => self.labels(instruction, labels, given, name, findings),
            Answer::Text(_) => self.ending(written, ended.as_ref(), given, findings),
        }
        (findings.iter().count() == before).then_some(Judged {
            output,
            ended,
            is_refusal: false,
        })
    }

    /// Whether the text is what a guardrail of the instruction answers.
    fn is_refusal(&self, instruction: &Instruction<'_>, text: &str) -> bool {
        let json: Option<serde_json::Value> = match self.options.finals {
            FinalForm::Json => serde_json::from_str(text).ok(),
            _ => None,
        };
        let text = json
            .as_ref()
            .and_then(|json| json.get("text")?.as_str())
            .unwrap_or(text);
        instruction.guardrails.iter().any(|used| {
            let guardrail = used.guardrail.map(|id| &self.protocol.guardrails[id.0]);
            let output = guardrail.and_then(|guardrail| guardrail.bad_output.as_ref());
            output.is_some_and(|output| output.value.trim() == text.trim())
        })
    }

    /// The names of the final tokens that an instruction allows.
    fn allowed(&self, instruction: &Instruction<'_>) -> Vec<&str> {
        let ids = instruction.finals.iter().filter_map(|token| token.value);
        ids.map(|id| self.protocol.tokens[id.0].name.value.as_ref())
            .collect()
    }

    fn ending(
        &self,
        instruction: &Instruction<'_>,
        ended: Option<&Ended>,
        given: Given<'_>,
        findings: &mut Diagnostics,
    ) {
        let allowed = self.allowed(instruction);
        let finals = instruction.finals_span;
        let place = match self.options.finals {
            FinalForm::Line => given.last_line(),
            FinalForm::Json => ended.map_or(given.span, |(name, _)| given.place(name)),
            FinalForm::Tool => given.span,
        };
        let Some((name, value)) = ended else {
            if !allowed.is_empty() {
                findings.push(wrong::no_final_token(given.span, &allowed, finals));
            }
            return;
        };
        let ids = instruction.finals.iter().filter_map(|token| token.value);
        let token = ids
            .map(|id| &self.protocol.tokens[id.0])
            .find(|token| token.name.value == name.as_str());
        let Some(token) = token else {
            findings.push(wrong::final_token(place, name, &allowed, finals));
            return;
        };
        let declared = token.name.span;
        match (token.token_type, value) {
            (TokenType::FinalNum, None) => findings.push(wrong::no_value(place, name, declared)),
            (TokenType::FinalNum, Some(value)) => {
                let range = token.min.as_ref().zip(token.max.as_ref());
                let outside = range.filter(|(min, max)| {
                    value.compare(min.value).is_lt() || value.compare(max.value).is_gt()
                });
                if let Some((min, max)) = outside {
                    let range = (min.value.to_string(), max.value.to_string());
                    let written = value.to_string();
                    findings.push(wrong::out_of_range(
                        place,
                        &written,
                        name,
                        (&range.0, &range.1),
                        declared,
                    ));
                }
            }
            (_, Some(_)) => findings.push(wrong::value(place, name, declared)),
            (_, None) => {}
        }
    }

    fn labels(
        &self,
        instruction: usize,
        labels: &[(String, String)],
        given: Given<'_>,
        name: Span,
        findings: &mut Diagnostics,
    ) {
        let known = &self.instructions[instruction].labels;
        for (at, (label, value)) in labels.iter().enumerate() {
            if labels[..at].iter().any(|(other, _)| other == label) {
                findings.push(wrong::label_twice(given.place(label), label, name));
                continue;
            }
            match known.iter().find(|(other, _)| other == label) {
                None => findings.push(wrong::label(given.place(label), label, name)),
                Some((_, values)) if !values.contains(&value.as_str()) => {
                    findings.push(wrong::label_value(
                        given.place(value),
                        label,
                        value,
                        values,
                        name,
                    ));
                }
                Some(_) => {}
            }
        }
        for (label, _) in known {
            if !labels.iter().any(|(other, _)| other == label) {
                findings.push(wrong::missing_label(given.span, label, name));
            }
        }
    }
}
