//! `mtp parse`: rendered text back to messages, and a model's answers judged by a spec.

mod lines;
mod written;

use super::inputs;
use super::limits::ReadingArgs;
use super::outputs;
use super::shared::{Failure, Outcome, shown, tell};
use super::specs::{Given, Refused, faulty};
use super::templates::{self, MappingArgs, TemplateArgs};
use crate::chat::airoboros::ClosedContext;
use crate::chat::parse::{Called, Reader, Talk, Turn};
use crate::chat::{Conversation, GivenAnswer, Mapping, Message, Role, ToolCall};
use crate::diagnostics::{Diagnostics, Levels, invalid_value, nearest, syntax};
use crate::ir::{Number, Protocol};
use crate::report::Checked;
use crate::source::{Disk, Files, SourceMap, Span};
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use written::{Answered, Labels, Messages};

/// Arguments of `parse`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mtp render specs/wonderland.yaml -t llama3 --sample cat_judges_madness:1 > text\n  \
mtp parse text --template llama3\n  \
mtp parse answer.txt --protocol specs/wonderland.yaml --instruction cat_judges_madness\n\n\
A template is read back by the pieces that it writes around messages; where such a piece stands\n\
in a message itself, that message comes back otherwise. .jsonl files hold a text, or an object\n\
with `text`, in every line, and one JSON object is written for each."
)]
pub(super) struct Parse {
    /// A file with a text, or .jsonl with one a line; - is standard input
    #[arg(value_name = "TEXT-FILE")]
    input: PathBuf,
    /// The template that the text was rendered with: a name, a file or a model's folder, as
    /// for `mtp render`
    #[arg(
        short,
        long,
        value_name = "TEMPLATE",
        required_unless_present_any = ["protocol", "closed_context"],
        help_heading = "Template"
    )]
    template: Option<String>,
    /// The text is what a model wrote behind the prompt
    #[arg(long)]
    generated: bool,
    /// The text is a closed-context prompt of airoboros: give its inputs and its instruction
    #[arg(long, conflicts_with_all = ["generated", "protocol", "template"])]
    closed_context: bool,
    /// Judge the last answer by this spec, and give its parts
    #[arg(long, value_name = "SPEC")]
    protocol: Option<String>,
    /// The instruction that is answered [default: the one whose system message it is, or the
    /// only one]
    #[arg(long, value_name = "NAME", requires = "protocol")]
    instruction: Option<String>,
    /// Write to this file [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    called: TemplateArgs,
    #[command(flatten)]
    mapping: MappingArgs,
    #[command(flatten)]
    reading: ReadingArgs,
}

/// A text, and where it stands.
struct Text {
    text: String,
    span: Span,
}

/// What a text came to.
struct Read<'t> {
    text: &'t Text,
    talk: Talk<'t>,
}

impl Parse {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let sources = SourceMap::default();
        let reader = match &self.template {
            Some(wanted) => match self.called.find(wanted, &sources) {
                Ok(template) => Some(Reader::of(&template).map_err(|fault| {
                    Failure::of(
                        format!("cannot read back what `{wanted}` writes"),
                        fault.message,
                    )
                })?),
                Err(templates::Refused::Told(failure)) => return Err(failure),
                Err(templates::Refused::Shown(checked)) => return faulty(checked),
            },
            None => None,
        };
        let mut refused = Refused::default();
        let given = match &self.protocol {
            Some(spec) => match self.spec(spec, &mut refused)? {
                Some(given) => Some(given),
                None => return refused.tell(),
            },
            None => None,
        };
        let outcome = given.as_ref().map(|given| (given, given.check(&sources)));
        let protocol = match outcome {
            Some((given, outcome)) => match outcome.protocol {
                Some(protocol) => Some(protocol),
                None => {
                    let diagnostics = outcome.diagnostics;
                    refused.spec(
                        given,
                        outcome.kind,
                        Checked {
                            sources,
                            diagnostics,
                        },
                    );
                    return refused.tell();
                }
            },
            None => None,
        };
        let mapping = protocol
            .as_ref()
            .map(|protocol| Mapping::new(protocol, self.mapping.options()));
        let mut findings = Diagnostics::default();
        let texts = self.texts(&sources, &mut findings)?;
        let mut written = Vec::new();
        for text in &texts {
            if self.closed_context {
                closed_context(text, &mut findings, &mut written)?;
                continue;
            }
            let Some(read) = self.read(text, reader.as_ref(), &mut findings) else {
                continue;
            };
            match &mapping {
                Some(mapping) => self.judge(mapping, &read, &mut findings, &mut written)?,
                None => json(&Messages(&read.talk), &mut written)?,
            }
        }
        let diagnostics = findings.finish(&sources, &Levels::default());
        if !diagnostics.is_empty() {
            drop(mapping);
            drop(protocol);
            return faulty(Checked {
                sources,
                diagnostics,
            });
        }
        let mut others = self.called.files(self.template.as_deref());
        others.push(&self.input);
        outputs::spare(self.output.as_deref(), &sources, &others)?;
        outputs::put(self.output.as_deref(), &written)?;
        Ok(Outcome::Clean)
    }

    fn spec(&self, argument: &str, refused: &mut Refused) -> Result<Option<Given>, Failure> {
        let mut inputs = inputs::named(&[argument.to_owned()], Path::new("stdin.yaml"))?;
        match (inputs.pop(), inputs.is_empty()) {
            (Some(input), true) => Given::read(input, self.reading.limits(), refused),
            _ => Err(Failure::Told(format!(
                "`{argument}` matches several files; name one spec"
            ))),
        }
    }

    /// The texts of the file.
    fn texts(&self, sources: &SourceMap, findings: &mut Diagnostics) -> Result<Vec<Text>, Failure> {
        let name = shown(&self.input);
        let failure =
            |error: &dyn std::fmt::Display| Failure::of(format!("cannot read `{name}`"), error);
        let bytes = if name == "-" {
            let mut bytes = Vec::new();
            let limit = self.reading.max_bytes.saturating_add(1);
            io::stdin()
                .lock()
                .take(limit)
                .read_to_end(&mut bytes)
                .map_err(|error| failure(&error))?;
            bytes
        } else {
            Disk.read(&self.input, self.reading.max_bytes)
                .map_err(|error| failure(&error))?
        };
        if bytes.len() as u64 > self.reading.max_bytes.min(u64::from(u32::MAX) - 1) {
            return Err(failure(&"it is larger than --max-bytes"));
        }
        let whole = String::from_utf8(bytes).map_err(|_| failure(&"it is no UTF-8"))?;
        let is_lines = name.ends_with(".jsonl") || name.ends_with(".ndjson");
        if !is_lines {
            return Ok(vec![add(sources, name, whole)]);
        }
        let texts = lines::texts(&whole, &name, sources, findings);
        if texts.is_empty() && findings.iter().next().is_none() {
            return Err(Failure::Told(format!("`{name}` holds no text")));
        }
        Ok(texts)
    }

    /// The messages of a text.
    fn read<'t>(
        &self,
        text: &'t Text,
        reader: Option<&Reader>,
        findings: &mut Diagnostics,
    ) -> Option<Read<'t>> {
        let Some(reader) = reader else {
            // A bare answer; the line break at the end of a file is none of it.
            let end = text.text.trim_end_matches(['\n', '\r']).len();
            let answer = Turn::new(Role::Assistant, &text.text, 0..end);
            let talk = Talk {
                messages: vec![answer],
                ..Talk::default()
            };
            return Some(Read { text, talk });
        };
        if self.generated {
            let talk = reader.answer(&text.text);
            return Some(Read { text, talk });
        }
        let talk = reader
            .read(&text.text)
            .or_else(|| reader.read(text.text.trim_end()));
        match talk {
            Some(talk) => Some(Read { text, talk }),
            None => {
                let name = self.template.as_deref().unwrap_or_default();
                let end = text.text.floor_char_boundary(text.text.len().min(20));
                let start = text.span.start as usize;
                let span = Span::new(text.span.origin, start, start + end);
                let what = format!(
                    "a text that begins as `{name}` begins one; --generated reads answers alone"
                );
                findings.push(invalid_value::expected(span, &what));
                None
            }
        }
    }

    /// Judges the last answer.
    fn judge(
        &self,
        mapping: &Mapping<'_, '_>,
        read: &Read<'_>,
        findings: &mut Diagnostics,
        written: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        let last = read.talk.messages.last();
        let Some(answer) = last.filter(|last| last.role == Role::Assistant) else {
            let place = shown(&self.input);
            return Err(Failure::Told(format!("`{place}` holds no answer")));
        };
        let call = match answer.calls.as_slice() {
            [call] => final_call(call),
            _ => None,
        };
        let range = answer.range.clone();
        let instruction = self.instruction(mapping, read)?;
        let start = read.text.span.start as usize;
        let given = GivenAnswer {
            text: match call {
                Some(_) => answer.content.as_ref(),
                None => &read.text.text[range.clone()],
            },
            call: call.as_ref(),
            span: Span::new(
                read.text.span.origin,
                start + range.start,
                start + range.end,
            ),
        };
        let Some(judged) = mapping.judge(instruction, given, findings) else {
            return Ok(());
        };
        let name = mapping.protocol().instructions[instruction]
            .name
            .value
            .as_ref();
        json(
            &Answered {
                instruction: name,
                judged: &judged,
            },
            written,
        )
    }

    /// The instruction that is answered.
    fn instruction(&self, mapping: &Mapping<'_, '_>, read: &Read<'_>) -> Result<usize, Failure> {
        let protocol: &Protocol<'_> = mapping.protocol();
        let names: Vec<&str> = protocol
            .instructions
            .iter()
            .map(|other| other.name.value.as_ref())
            .collect();
        if let Some(name) = &self.instruction {
            return names.iter().position(|other| other == name).ok_or_else(|| {
                let hint = match nearest(name, names.iter().copied()) {
                    Some(near) => format!("did you mean `{}`?", near.name),
                    None => format!("there are {}", names.join(", ")),
                };
                Failure::Told(format!("no instruction is called `{name}`; {hint}"))
            });
        }
        if names.len() == 1 {
            return Ok(0);
        }
        let messages = read.talk.messages.iter();
        let conversation = Conversation {
            messages: messages
                .map(|turn| Message::new(turn.role, Cow::Borrowed(turn.content.as_ref())))
                .collect(),
            tools: &[],
        };
        mapping.instruction_of(&conversation).ok_or_else(|| {
            Failure::Told(format!(
                "which instruction is answered? --instruction takes one of {}",
                names.join(", ")
            ))
        })
    }
}

/// Takes a closed-context prompt apart.
fn closed_context(
    text: &Text,
    findings: &mut Diagnostics,
    written: &mut Vec<u8>,
) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Prompt<'p> {
        inputs: Vec<Input<'p>>,
        instruction: &'p str,
    }
    #[derive(Serialize)]
    struct Input<'p> {
        context: Labels<'p>,
        text: &'p str,
    }
    match ClosedContext::read(&text.text) {
        Ok(prompt) => {
            let blocks = prompt.blocks.iter();
            let inputs = blocks.map(|block| Input {
                context: Labels(&block.context),
                text: &block.text,
            });
            if !text.text.contains("ENDINSTRUCTION") {
                tell(
                    "the prompt has no `ENDINSTRUCTION`; what stands behind `BEGININSTRUCTION` is taken for the instruction",
                );
            }
            let prompt = Prompt {
                inputs: inputs.collect(),
                instruction: &prompt.instruction,
            };
            json(&prompt, written)
        }
        Err(problem) => {
            let range = problem.range;
            let span = Span::new(text.span.origin, range.start, range.end);
            findings.push(syntax::not_valid(
                span,
                "closed-context prompt",
                &problem.message,
            ));
            Ok(())
        }
    }
}

fn add(sources: &SourceMap, name: String, text: String) -> Text {
    let origin = sources.add(name, text.clone());
    let span = Span::new(origin, 0, text.len());
    Text { text, span }
}

fn json(value: &impl Serialize, out: &mut Vec<u8>) -> Result<(), Failure> {
    serde_json::to_writer(&mut *out, value)
        .map_err(|error| Failure::of("cannot write the output", error))?;
    out.push(b'\n');
    Ok(())
}

/// A call as the final token that it stands for.
fn final_call<'c>(call: &'c Called<'_>) -> Option<ToolCall<'c>> {
    #[derive(Deserialize)]
    struct Arguments<'a> {
        #[serde(borrow)]
        value: Option<&'a RawValue>,
    }
    let arguments: Arguments<'_> = serde_json::from_str(call.arguments).ok()?;
    let value = match arguments.value {
        Some(value) => Some(Number::parse(value.get())?),
        None => None,
    };
    Some(ToolCall {
        name: Cow::Borrowed(call.name.as_ref()),
        value,
    })
}
