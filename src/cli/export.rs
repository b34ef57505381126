//! `mtp export`: the rows of a spec in the formats that trainers read.

mod files;
mod limits;
mod records;

use super::progress::Progress;
use super::shared::{Failure, Outcome, Reporting, did_you_mean, shown};
use super::specs::{GivenArgs, Refused, ended, on_request};
use super::templates::{self, MappingArgs, TemplateArgs};
use crate::chat::export::{Evaluation, Exporter, Format};
use crate::chat::template::{Builtin, ToolForm};
use crate::chat::values::Arguments;
use crate::chat::{Checks, Delimiters, FinalForm, Mapping, Named, Platform, Row};
use crate::diagnostics::{Diagnostics, Levels};
use crate::report::{Checked, escaped};
use crate::shard::Shard;
use crate::source::{Disk, SourceMap};
use crate::split;
use crate::walk::Walk;
use clap::{Args, ValueEnum};
use records::Records;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `export`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mtp export specs/wonderland.yaml --to openai -o rows.jsonl\n  \
mtp export specs/wonderland.yaml --to segments --template mistral -o rows.jsonl --split 0.1\n\n\
The formats:\n  \
openai             messages, and tools with --final tool\n  \
sharegpt           conversations of from and value\n  \
alpaca             instruction, input, output, system\n  \
airoboros          instruction, response, category, system\n  \
prompt-completion  prompt and completion: messages, or text with --template\n  \
text               text; needs --template\n  \
segments           pieces of text with what is trained on; needs --template\n  \
dpo-trl            prompt, chosen, rejected: messages, or text with --template\n  \
dpo-openai         input, preferred_output, non_preferred_output\n  \
dpo-llamafactory   conversations, chosen, rejected\n  \
kto                prompt, completion, label: messages, or text with --template\n  \
kto-llamafactory   conversations, kto_tag\n\n\
Preferences are made of guardrails (the refusal against the plain answer), and of states and\n\
labels (the given one against another)."
)]
pub(super) struct Export {
    /// A spec file; - is standard input
    #[arg(value_name = "SPEC")]
    spec: String,
    /// The format of the rows
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    to: Format,
    /// Write to this file: .jsonl, .json, or, with the feature parquet, .parquet [default:
    /// standard output, JSON Lines]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write two files, FILE.train and FILE.eval; this part of the rows is to evaluate with
    #[arg(long, value_name = "SHARE", value_parser = super::split::share, requires = "output")]
    split: Option<f64>,
    /// Another number gives another division
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Write only the I-th of N parts: every N-th row, beginning with the I-th
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Write beside it, one JSON line a row, where each row comes from; rows and samples count
    /// from 0
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Write the entry for LLaMA-Factory's dataset_info.json; with --split, of the file to train
    /// with
    #[arg(long, value_name = "FILE", requires = "output")]
    dataset_info: Option<PathBuf>,
    /// Write the `datasets:` block of axolotl; with --split, of the file to train with
    #[arg(long, value_name = "FILE", requires = "output")]
    axolotl: Option<PathBuf>,
    /// Refuse what this platform does not take: openai or together
    #[arg(long, value_name = "PLATFORM", value_parser = templates::platform)]
    platform: Option<Platform>,
    /// How the arguments of tool calls are written: as JSON text, or as an object
    #[arg(long, value_enum, default_value = "text", value_name = "FORM")]
    arguments: ArgumentForm,
    /// The category of airoboros rows [default: the name of the instruction]
    #[arg(long, value_name = "TEXT")]
    category: Option<String>,
    /// Put the context of airoboros rows into the prompt, between BEGININPUT and ENDINPUT
    #[arg(long)]
    closed_context: bool,
    /// Add to airoboros rows whose answer holds code a twin that asks for PLAINFORMAT
    #[arg(long)]
    plainformat: bool,
    /// Replace files that are there already
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    source: GivenArgs,
    #[command(flatten)]
    reporting: Reporting,
    /// The template that makes text of messages: a name, a file or a model's folder, as for
    /// `mtp render`
    #[arg(short, long, value_name = "TEMPLATE", help_heading = "Template")]
    template: Option<String>,
    #[command(flatten)]
    called: TemplateArgs,
    #[command(flatten)]
    mapping: MappingArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ArgumentForm {
    Text,
    Object,
}

fn format(name: &str) -> Result<Format, String> {
    Format::parse(name).ok_or_else(|| match crate::diagnostics::nearest(name, Format::NAMES) {
        Some(_) => did_you_mean(name, &Format::NAMES),
        None => format!("the formats are {}", Format::NAMES.join(", ")),
    })
}

/// Which rows a file holds.
#[derive(Debug)]
struct Chosen<'e> {
    evaluation: Option<(&'e Evaluation, bool)>,
    shard: Option<Shard>,
}

impl Chosen<'_> {
    /// Whether the row is of this half.
    fn is_in_half(&self, row: Row) -> bool {
        match &self.evaluation {
            Some((evaluation, wanted)) => evaluation.holds(row) == *wanted,
            None => true,
        }
    }

    /// Whether the record with this number, from 0, is of this part.
    fn is_in_shard(&self, number: usize) -> bool {
        self.shard
            .is_none_or(|shard| number % shard.of == shard.number - 1)
    }
}

impl Export {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let options = self.mapping.options();
        let has_tools = options.finals == FinalForm::Tool;
        let name = self.to.name();
        let refuse = |message: String| Err(Failure::Told(message));
        if self.to.needs_template() && self.template.is_none() {
            return refuse(format!(
                "`{name}` holds text: --template says how messages become text"
            ));
        }
        if !self.to.takes_template() && self.template.is_some() {
            return refuse(format!("`{name}` holds messages: it takes no template"));
        }
        if has_tools && !self.to.takes_tools() {
            return refuse(format!(
                "`{name}` has no place for an answer that calls a tool; use --final line or json"
            ));
        }
        let is_of_airoboros = self.closed_context || self.plainformat || self.category.is_some();
        if is_of_airoboros && self.to != Format::Airoboros {
            return refuse(format!(
                "`{name}` has no --closed-context, --plainformat and --category; they are for airoboros"
            ));
        }
        self.fits_platform()?;
        self.reporting.usable(None)?;
        let targets = self.targets()?;
        let sources = SourceMap::default();
        let template = match &self.template {
            Some(wanted) => match self.called.find(wanted, &sources) {
                Ok(template) => Some(template),
                Err(templates::Refused::Told(failure)) => return Err(failure),
                Err(templates::Refused::Shown(checked)) => {
                    return ended(checked, &self.reporting, &self.paths(&targets));
                }
            },
            None => None,
        };
        if let Some(template) = template.as_ref().filter(|_| has_tools) {
            self.fits_tools(template)?;
        }
        let mut refused = Refused::default();
        let instead = "specs are exported one by one";
        let Some(mut given) = self.source.read(&self.spec, instead, &mut refused)? else {
            return refused.report(&self.reporting, &self.paths(&targets));
        };
        given.options.chat = (self.platform.is_some() || template.is_some()).then(|| {
            Arc::new(Checks {
                platform: self.platform,
                delimiters: template.as_ref().map(Delimiters::of),
                mapping: options,
                is_for_specs: true,
                ..Checks::default()
            })
        });
        given.options.levels = self.reporting.levels();
        let progress = Progress::start();
        progress.stage(format!("checking {}", shown(&given.path)));
        given.options.streaming = Some(self.source.streaming(progress.seen()));
        let outcome = given.check(&sources);
        let Some(protocol) = outcome.protocol else {
            drop(progress);
            let diagnostics = outcome.diagnostics;
            refused.spec(
                &given,
                outcome.kind,
                Checked {
                    sources,
                    diagnostics,
                },
            );
            return refused.report(&self.reporting, &self.paths(&targets));
        };
        let warnings = on_request(outcome.diagnostics);
        self.spares_what_is_read(&targets, &sources)?;
        let mapping = Mapping::new(&protocol, options);
        let mut exporter = Exporter::new(&mapping, self.to, template);
        exporter.arguments = match self.arguments {
            ArgumentForm::Text => Arguments::Text,
            ArgumentForm::Object => Arguments::Object,
        };
        exporter.category = self.category.clone();
        exporter.is_closed = self.closed_context;
        exporter.has_twins = self.plainformat;
        let mut findings = Diagnostics::default();
        let records = Records {
            walk: Walk::new(
                (&protocol, &sources),
                (&given.path, &given.bytes),
                &Disk,
                &given.options,
            ),
            exporter: &exporter,
            sources: &sources,
        };
        let written = self.write(&records, &targets, &progress, &mut findings)?;
        drop(progress);
        // Whatever was found here has made no row: no level changes that.
        let mut diagnostics = findings.finish(&sources, &Levels::default());
        let is_clean = diagnostics.is_empty();
        diagnostics.splice(0..0, warnings);
        let checked = Checked {
            sources,
            diagnostics,
        };
        let outcome = ended(checked, &self.reporting, &self.paths(&targets))?;
        match is_clean {
            true => written.commit(self.reporting.quiet),
            false => Ok(outcome),
        }
    }

    /// Refuses a template of ours that has no place for an answer of text that calls a tool.
    fn fits_tools(&self, template: &Named) -> Result<(), Failure> {
        let builtin = Builtin::find(&template.name).filter(|_| self.called.is_plain());
        let form = builtin.and_then(|builtin| builtin.tools);
        if !template.is_own || form == Some(ToolForm::Tagged) {
            return Ok(());
        }
        Err(Failure::Told(format!(
            "`{}` has no place for an answer that calls a tool; use --final line or json, or \
             a template that has, such as qwen2.5",
            template.name
        )))
    }

    /// Which rows evaluate, if they are divided.
    fn evaluation(&self, records: &Records<'_>) -> io::Result<Option<Evaluation>> {
        let Some(share) = self.split else {
            return Ok(None);
        };
        let protocol = records.exporter.mapping.protocol();
        let evaluation = Evaluation::of(protocol, share, self.seed, |at| {
            let name = protocol.instructions[at].name.value.as_ref();
            let mut hashes = Vec::new();
            records.walk.runs(at, |runs| {
                let samples = runs.iter().flat_map(|run| run.samples());
                let samples = samples.map(|(_, sample)| Some(sample));
                for sample in samples {
                    hashes.push((split::hash(name, sample, self.seed), hashes.len()));
                }
                Ok(ControlFlow::Continue(()))
            })?;
            io::Result::Ok(split::places(hashes))
        })?;
        Ok(Some(evaluation))
    }
}

fn told(lines: &str) {
    // If standard error is closed, there is nobody left to tell.
    let _ = io::stderr().lock().write_all(lines.as_bytes());
}

/// "1 row", "2 rows".
fn rows(count: usize) -> String {
    format!("{count} {}", if count == 1 { "row" } else { "rows" })
}

fn wrote(path: &std::path::Path, what: &str) -> String {
    format!("Wrote {}{what}\n", escaped(&shown(path)))
}
