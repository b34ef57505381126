//! `mtp rows`: a file of conversations in another format.

use super::inputs;
use super::limits::ReadingArgs;
use super::outputs;
use super::shared::{Failure, Outcome, did_you_mean, shown};
use super::specs::{Given, Refused, faulty};
use crate::chat::airoboros;
use crate::chat::given::{COMPLETE, Given as Conversation};
use crate::chat::template::{Value, ascii, to_json};
use crate::diagnostics::{Diagnostics, Levels, invalid_value};
use crate::report::Checked;
use crate::source::SourceMap;
use clap::Args;
use std::path::PathBuf;

/// Arguments of `rows`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mtp rows instructions.jsonl --to sharegpt -o turns.jsonl\n\n\
FILE is JSON Lines, or JSON: OpenAI's `messages`, ShareGPT's `conversations`, rows of airoboros\n\
(`instruction`, `response`, `category`) or Alpaca (`instruction`, `input`, `output`). An answer of\n\
airoboros may hold further turns: a1</s>USER: u2 ASSISTANT: a2."
)]
pub(super) struct Rows {
    /// A file of conversations; - is standard input
    #[arg(value_name = "FILE")]
    input: String,
    /// The format to write: openai, sharegpt or airoboros
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    to: To,
    /// Write to this file, as JSON Lines [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The category of airoboros rows that have none
    #[arg(long, value_name = "TEXT", default_value = "general")]
    category: String,
    /// The name that standard input has
    #[arg(long, value_name = "NAME", default_value = "stdin.jsonl")]
    stdin_filename: PathBuf,
    #[command(flatten)]
    reading: ReadingArgs,
}

#[derive(Clone, Copy, Debug)]
enum To {
    OpenAi,
    ShareGpt,
    Airoboros,
}

/// The formats that rows can be written in.
pub(super) const NAMES: [&str; 3] = ["openai", "sharegpt", "airoboros"];

fn format(name: &str) -> Result<To, String> {
    match name {
        "openai" => Ok(To::OpenAi),
        "sharegpt" => Ok(To::ShareGpt),
        "airoboros" => Ok(To::Airoboros),
        _ => Err(did_you_mean(name, &NAMES)),
    }
}

impl Rows {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let mut refused = Refused::default();
        let mut inputs = inputs::named(std::slice::from_ref(&self.input), &self.stdin_filename)?;
        let given = match (inputs.pop(), inputs.is_empty()) {
            (Some(input), true) => Given::read(input, self.reading.limits(), &mut refused)?,
            _ => {
                return Err(Failure::Told(format!(
                    "`{}` matches several files; name one",
                    self.input
                )));
            }
        };
        let Some(given) = given else {
            return refused.tell();
        };
        let sources = SourceMap::default();
        let bytes = given.bytes.clone();
        let read = crate::conversations(&sources, &given.path, bytes, &[], &given.options);
        let Some(read) = read else {
            return Err(Failure::Told(format!(
                "`{}` holds no conversations; `mtp export` makes them of a spec",
                shown(&given.path)
            )));
        };
        if !read.diagnostics.is_empty() {
            let diagnostics = read.diagnostics;
            return faulty(Checked {
                sources,
                diagnostics,
            });
        }
        let mut findings = Diagnostics::default();
        let mut out = Vec::new();
        for conversation in &read.given {
            if let Some(row) = self.row(conversation, &mut findings) {
                out.extend_from_slice(row.as_bytes());
                out.push(b'\n');
            }
        }
        let diagnostics = findings.finish(&sources, &Levels::default());
        if !diagnostics.is_empty() {
            return faulty(Checked {
                sources,
                diagnostics,
            });
        }
        outputs::spare(self.output.as_deref(), &sources, &[])?;
        outputs::put(self.output.as_deref(), &out)?;
        Ok(Outcome::Clean)
    }

    /// A conversation in the format; what it cannot hold is reported.
    fn row(&self, given: &Conversation, findings: &mut Diagnostics) -> Option<String> {
        let messages: Vec<Value> = given.messages.try_iter().into_iter().flatten().collect();
        if let To::OpenAi = self.to {
            if given.is_complete {
                let what = "a row without `skip_prompt_formatting`: its prompt is no message, and the format says of none that it is complete";
                findings.push(invalid_value::expected(given.span, what));
                return None;
            }
            let mut row = vec![("messages", given.messages.clone())];
            row.extend(given.tools.clone().map(|tools| ("tools", tools)));
            return to_json(&Value::from_pairs(row)).ok();
        }
        let text = |message: &Value, key: &str| message.get_attr(key).ok()?.to_str();
        let mut system = None;
        let mut turns = Vec::new();
        for (at, (message, span)) in messages.iter().zip(&given.message_spans).enumerate() {
            let role = text(message, "role").unwrap_or_default();
            let has_calls = message
                .get_attr("tool_calls")
                .is_ok_and(|calls| calls.is_true());
            match text(message, "content") {
                Some(content) if at == 0 && matches!(role.as_ref(), "system" | "developer") => {
                    system = Some(content)
                }
                Some(content)
                    if !has_calls && matches!(role.as_ref(), "user" | "assistant" | "model") =>
                {
                    turns.push((role, content, *span));
                }
                _ => {
                    let what =
                        "a message of user or assistant, of text alone: the format holds no other";
                    findings.push(invalid_value::expected(*span, what));
                    return None;
                }
            }
        }
        match self.to {
            To::ShareGpt => {
                let turns = turns.iter().map(|(role, content, _)| {
                    let from = if role.as_ref() == "user" {
                        "human"
                    } else {
                        "gpt"
                    };
                    Value::from_pairs([
                        ("from", Value::from(from)),
                        ("value", Value::from(content.clone())),
                    ])
                });
                let mut row = vec![("conversations", Value::from(turns.collect::<Vec<_>>()))];
                row.extend(system.map(|system| ("system", Value::from(system))));
                let category = given.category.as_deref();
                row.extend(category.map(|category| ("category", Value::from(category))));
                row.extend(given.is_complete.then(|| (COMPLETE, Value::from(true))));
                to_json(&Value::from_pairs(row)).ok()
            }
            To::OpenAi | To::Airoboros => {
                let is_in_turn = turns
                    .iter()
                    .enumerate()
                    .all(|(at, (role, _, _))| (role.as_ref() == "user") == (at % 2 == 0));
                let texts: Vec<&str> = turns.iter().map(|(_, content, _)| content.trim()).collect();
                let Some((instruction, response)) = airoboros::join(&texts).filter(|_| is_in_turn)
                else {
                    let what = "user and assistant in turn, without `</s>USER:` and ` ASSISTANT: ` in their texts: the format holds no other";
                    findings.push(invalid_value::expected(given.span, what));
                    return None;
                };
                let category = given.category.as_deref().unwrap_or(&self.category);
                let mut fields = vec![
                    format!("\"instruction\": {}", ascii(&instruction)),
                    format!("\"response\": {}", ascii(&response)),
                    format!("\"category\": {}", ascii(category)),
                ];
                fields.extend(system.map(|system| format!("\"system\": {}", ascii(system.trim()))));
                fields.extend(given.is_complete.then(|| format!("\"{COMPLETE}\": true")));
                Some(format!("{{{}}}", fields.join(", ")))
            }
        }
    }
}
