//! `mtp render`: messages, or the samples of a spec, through a chat template.

use super::outputs::{Staged, make_folder_of, spare};
use super::shared::{Failure, Outcome, Reporting, shown};
use super::specs::{GivenArgs, Refused, ended, on_request};
use super::templates::{self, MappingArgs, TemplateArgs};
use crate::chat::template::{BUILTINS, FaultKind, Rendered};
use crate::chat::{Checks, Delimiters, Mapping, Named, Row, values};
use crate::diagnostics::{Diagnostics, Levels};
use crate::report::Checked;
use crate::source::SourceMap;
use clap::Args;
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `render`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mtp render specs/wonderland.yaml --template llama3 --sample cat_judges_madness:1\n  \
mtp render messages.json --template ./model-folder --generation-prompt\n\n\
MESSAGES is OpenAI's form: a list of messages, an object with `messages`, a list of such objects,\n\
or JSON Lines of them; ShareGPT's `conversations` are read, too. One conversation is written as\n\
its text, several as JSON Lines. The text is what transformers' apply_chat_template makes."
)]
pub(super) struct Render {
    /// A spec, or a JSON file of messages; - is standard input
    #[arg(value_name = "SPEC|MESSAGES", required_unless_present = "list")]
    input: Option<String>,
    /// A template: a name (see --list), a .jinja file, a tokenizer_config.json, a
    /// chat_template.json, a model's folder, or a GGUF file
    #[arg(short, long, value_name = "TEMPLATE", required_unless_present = "list")]
    template: Option<String>,
    /// List the templates that are known by name
    #[arg(long, exclusive = true)]
    list: bool,
    /// Of a spec, only the samples of this instruction, or only its N-th one, from 1
    #[arg(long, value_name = "INSTRUCTION[:N]")]
    sample: Option<String>,
    /// End in the beginning of an answer; of a sample the answer is left out
    #[arg(short, long)]
    generation_prompt: bool,
    /// Leave the last message open, to be continued
    #[arg(long, conflicts_with_all = ["generation_prompt", "mask"])]
    continue_final: bool,
    /// Tell which characters are trained on; the output is JSON
    #[arg(long)]
    mask: bool,
    /// Write JSON, also for one conversation
    #[arg(long)]
    json: bool,
    /// Take messages of this role, too
    #[arg(long = "role", value_name = "NAME")]
    roles: Vec<String>,
    /// Write to this file [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    source: GivenArgs,
    #[command(flatten)]
    reporting: Reporting,
    #[command(flatten)]
    called: TemplateArgs,
    #[command(flatten)]
    mapping: MappingArgs,
}

/// A rendered conversation as JSON has it.
#[derive(Serialize)]
struct Line<'r> {
    text: &'r str,
    /// Ranges of characters that are trained on.
    #[serde(skip_serializing_if = "Option::is_none")]
    mask: Option<Vec<(usize, usize)>>,
}

impl Render {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        if self.list {
            return list();
        }
        self.reporting.usable(None)?;
        let outputs: Vec<&Path> = self.output.iter().map(PathBuf::as_path).collect();
        let sources = SourceMap::default();
        let wanted = self.template.as_deref().unwrap_or_default();
        let mut template = match self.called.find(wanted, &sources) {
            Ok(template) => template,
            Err(templates::Refused::Told(failure)) => return Err(failure),
            Err(templates::Refused::Shown(checked)) => {
                return ended(checked, &self.reporting, &outputs);
            }
        };
        template.call.add_generation_prompt = self.generation_prompt;
        template.call.continue_final_message = self.continue_final;
        template.call.mask = self.mask;
        let argument = self.input.as_deref().unwrap_or_default();
        let mut refused = Refused::default();
        let instead = "they are rendered one by one";
        let Some(mut given) = self.source.read(argument, instead, &mut refused)? else {
            return refused.report(&self.reporting, &outputs);
        };
        given.options.levels = self.reporting.levels();
        let only = self.only()?;
        given.options.chat = Some(Arc::new(Checks {
            delimiters: Some(Delimiters::of(&template)),
            mapping: self.mapping.options(),
            is_for_specs: true,
            only: only.map(|(name, number)| (name.to_owned(), number)),
            ..Checks::default()
        }));
        let bytes = given.bytes.clone();
        let conversations =
            crate::conversations(&sources, &given.path, bytes, &self.roles, &given.options);
        let mut findings = Diagnostics::default();
        let warnings;
        let rendered = match conversations {
            Some(conversations) => {
                if self.sample.is_some() {
                    return Err(Failure::Told(
                        "--sample is for specs; these are messages".to_owned(),
                    ));
                }
                if conversations.given.is_empty() {
                    let diagnostics = conversations.diagnostics;
                    if diagnostics.is_empty() {
                        let message = format!("`{}` holds no conversation", shown(&given.path));
                        return Err(Failure::Told(message));
                    }
                    let checked = Checked {
                        sources,
                        diagnostics,
                    };
                    return ended(checked, &self.reporting, &outputs);
                }
                warnings = conversations.diagnostics;
                let mut rendered = Vec::new();
                for given in &conversations.given {
                    match template.given(given, &mut findings) {
                        Ok(one) => rendered.push(one),
                        Err(FaultKind::Limit) => break,
                        Err(_) => {}
                    }
                }
                rendered
            }
            None => {
                let outcome = given.check(&sources);
                let Some(protocol) = outcome.protocol else {
                    let diagnostics = outcome.diagnostics;
                    refused.spec(
                        &given,
                        outcome.kind,
                        Checked {
                            sources,
                            diagnostics,
                        },
                    );
                    return refused.report(&self.reporting, &outputs);
                };
                warnings = on_request(outcome.diagnostics);
                let mapping = Mapping::new(&protocol, self.mapping.options());
                self.samples(&mapping, &template, &mut findings)?
            }
        };
        let others = self.called.files(self.template.as_deref());
        spare(self.output.as_deref(), &sources, &others)?;
        // Whatever was found here has made no row: no level changes that.
        let mut diagnostics = findings.finish(&sources, &Levels::default());
        let is_clean = diagnostics.is_empty();
        diagnostics.splice(0..0, warnings);
        let checked = Checked {
            sources,
            diagnostics,
        };
        let outcome = ended(checked, &self.reporting, &outputs)?;
        if is_clean {
            self.write(&rendered)?;
        }
        Ok(outcome)
    }

    /// The samples that are asked for, rendered.
    fn samples(
        &self,
        mapping: &Mapping<'_, '_>,
        template: &Named,
        findings: &mut Diagnostics,
    ) -> Result<Vec<Rendered>, Failure> {
        let protocol = mapping.protocol();
        let (name, number) = self.only()?.unzip();
        let number = number.flatten();
        let is_named = |at: usize, name: &str| protocol.instructions[at].name.value == name;
        if let Some(name) = name {
            let names: Vec<&str> = protocol
                .instructions
                .iter()
                .map(|other| other.name.value.as_ref())
                .collect();
            if !names.contains(&name) {
                let hint = match crate::diagnostics::nearest(name, names.iter().copied()) {
                    Some(near) => format!("did you mean `{}`?", near.name),
                    None => format!("there are {}", names.join(", ")),
                };
                return Err(Failure::Told(format!(
                    "no instruction is called `{name}`; {hint}"
                )));
            }
        }
        let mut rendered = Vec::new();
        let mut is_found = false;
        for row in Row::all(protocol) {
            let is_asked = name.is_none_or(|name| is_named(row.instruction, name))
                && number.is_none_or(|number| row.refused.is_none() && row.sample + 1 == number);
            if !is_asked {
                continue;
            }
            is_found = true;
            let (Some(mut conversation), Some(span)) =
                (mapping.conversation(row), row.span(protocol))
            else {
                continue;
            };
            if self.generation_prompt {
                conversation.messages.pop();
            }
            let call = values::call(&conversation);
            match template.rendered((call.messages, call.tools, None), span, findings) {
                Ok(one) => rendered.push(one),
                Err(FaultKind::Limit) => break,
                Err(_) => {}
            }
        }
        if !is_found {
            let sample = self.sample.as_deref().unwrap_or_default();
            return Err(Failure::Told(format!("there is no sample `{sample}`")));
        }
        Ok(rendered)
    }

    /// The instruction that is asked for, and the number of its sample.
    fn only(&self) -> Result<Option<(&str, Option<usize>)>, Failure> {
        let Some(sample) = self.sample.as_deref() else {
            return Ok(None);
        };
        let Some((name, number)) = sample.rsplit_once(':') else {
            return Ok(Some((sample, None)));
        };
        let number: Option<usize> = number.parse().ok().filter(|number| *number > 0);
        match number {
            Some(number) => Ok(Some((name, Some(number)))),
            None => Err(Failure::Told(format!(
                "`{}` is no number of a sample; they count from 1",
                &sample[name.len() + 1..]
            ))),
        }
    }

    fn write(&self, rendered: &[Rendered]) -> Result<(), Failure> {
        let emit = |out: &mut dyn Write| {
            let mut out = io::BufWriter::new(out);
            match rendered {
                [one] if !self.mask && !self.json => out.write_all(one.text.as_bytes())?,
                _ => {
                    for one in rendered {
                        let mask = self.mask.then(|| in_characters(one));
                        serde_json::to_writer(
                            &mut out,
                            &Line {
                                text: &one.text,
                                mask,
                            },
                        )?;
                        out.write_all(b"\n")?;
                    }
                }
            }
            out.flush()
        };
        match &self.output {
            Some(path) => {
                make_folder_of(path)?;
                Staged::write(path, emit)?.commit()
            }
            None => emit(&mut io::stdout().lock()).map_err(|error| Failure::stream(&error)),
        }
    }
}

/// The trained ranges, counted in characters.
fn in_characters(rendered: &Rendered) -> Vec<(usize, usize)> {
    let mut counted = (0, 0);
    let mut characters = |to: usize| {
        let (bytes, count) = counted;
        let more = rendered.text[bytes..to].chars().count();
        counted = (to, count + more);
        count + more
    };
    let ranges = rendered.trained.iter();
    ranges
        .map(|range| (characters(range.start), characters(range.end)))
        .collect()
}

fn list() -> Result<Outcome, Failure> {
    let width = BUILTINS
        .iter()
        .map(|builtin| builtin.name.len())
        .max()
        .unwrap_or_default();
    let lines: String = BUILTINS
        .iter()
        .map(|builtin| {
            let others = match builtin.aliases {
                [] => String::new(),
                aliases => format!(" (also {})", aliases.join(", ")),
            };
            format!("{:width$}  {}{others}\n", builtin.name, builtin.about)
        })
        .collect();
    let mut out = io::stdout().lock();
    let written = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::stream(&error))?;
    Ok(Outcome::Clean)
}
