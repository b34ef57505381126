//! `mtp export`: the rows of a spec in the formats that trainers read.

mod files;

use super::shared::{Failure, Outcome, did_you_mean, shown};
use super::specs::{GivenArgs, Refused, faulty};
use super::templates::{self, MappingArgs, TemplateArgs};
use crate::chat::export::{Evaluation, Exporter, Format, Part};
use crate::chat::template::{Builtin, Fault, FaultKind, ToolForm};
use crate::chat::values::Arguments;
use crate::chat::{Checks, FinalForm, Mapping, Named, Platform, Row};
use crate::diagnostics::{Diagnostic, Diagnostics, Levels, unrenderable_sample};
use crate::ir::Protocol;
use crate::parallel;
use crate::report::{Checked, escaped};
use crate::shard::Shard;
use crate::source::SourceMap;
use clap::{Args, ValueEnum};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

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
kto                prompt, completion, label: messages, or text with --template\n\n\
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
    /// Write to this file: .jsonl, .json or .parquet [default: standard output, JSON Lines]
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
    /// Write beside it, one JSON line a row, where each row comes from
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Write the entry for LLaMA-Factory's dataset_info.json
    #[arg(long, value_name = "FILE", requires = "output")]
    dataset_info: Option<PathBuf>,
    /// Write the `datasets:` block of axolotl
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
struct Chosen {
    evaluation: Option<(Evaluation, bool)>,
    shard: Option<Shard>,
}

impl Chosen {
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
        let targets = self.targets()?;
        let sources = SourceMap::default();
        let template = match &self.template {
            Some(wanted) => match self.called.find(wanted, &sources) {
                Ok(template) => Some(template),
                Err(templates::Refused::Told(failure)) => return Err(failure),
                Err(templates::Refused::Shown(checked)) => return faulty(checked),
            },
            None => None,
        };
        if let Some(template) = template.as_ref().filter(|_| has_tools) {
            self.fits_tools(template)?;
        }
        let mut refused = Refused::default();
        let instead = "specs are exported one by one";
        let Some(mut given) = self.source.read(&self.spec, instead, &mut refused)? else {
            return refused.tell();
        };
        given.options.chat = self.platform.map(|platform| {
            Arc::new(Checks {
                platform: Some(platform),
                mapping: options,
                ..Checks::default()
            })
        });
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
            return refused.tell();
        };
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
        let written = self.write(&exporter, &sources, &targets, &mut findings)?;
        let diagnostics = findings.finish(&sources, &Levels::default());
        if !diagnostics.is_empty() {
            return faulty(Checked {
                sources,
                diagnostics,
            });
        }
        written.commit()
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

    /// The rows that a file holds.
    fn chosen(&self, protocol: &Protocol<'_>, evaluates: Option<bool>) -> Chosen {
        let evaluation = self.split.zip(evaluates);
        Chosen {
            evaluation: evaluation
                .map(|(share, wanted)| (Evaluation::of(protocol, share, self.seed), wanted)),
            shard: self.shard,
        }
    }
}

/// Behind so many rows that cannot be rendered, no more are looked at.
const FINDINGS: usize = 100;
/// The records that are made at a time, before they are written.
const BATCH: usize = 2048;
/// The records that are made by one thread after another.
const PIECE: usize = 128;

/// Records that were made: their text, and for each where it ends, or what the template
/// says.
struct Made {
    text: Vec<u8>,
    records: Vec<(Row, Result<usize, Fault>)>,
}

/// Gives every record of the chosen rows to `take`, in order. Faults of the template are
/// reported. How many records there were.
fn each_record(
    exporter: &Exporter<'_, '_, '_>,
    chosen: &Chosen,
    findings: &mut Diagnostics,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<usize> {
    let protocol = exporter.mapping.protocol();
    let rows = Row::all(protocol).filter(|row| chosen.is_in_half(*row));
    let records = rows.flat_map(|row| exporter.parts(row).iter().map(move |part| (row, *part)));
    let mut records = records
        .enumerate()
        .filter(|(number, _)| chosen.is_in_shard(*number))
        .map(|(_, record)| record);
    let buffers = Mutex::default();
    let mut count = 0;
    loop {
        let batch: Vec<(Row, Part)> = records.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return Ok(count);
        }
        let pieces: Vec<&[(Row, Part)]> = batch.chunks(PIECE).collect();
        for made in parallel::map(&pieces, parallel::available(), |piece| {
            make(exporter, piece, &buffers)
        }) {
            let mut start = 0;
            for (row, record) in made.records {
                count += 1;
                match record {
                    Ok(end) => {
                        take(&made.text[start..end])?;
                        start = end;
                    }
                    Err(fault) => {
                        findings.push(finding(exporter, row, &fault));
                        // What takes so long once would take it with every row.
                        let is_hopeless = fault.kind == FaultKind::Limit;
                        if is_hopeless || findings.iter().count() >= FINDINGS {
                            return Ok(count);
                        }
                    }
                }
            }
            let mut buffers = buffers.lock().unwrap_or_else(PoisonError::into_inner);
            buffers.push(made.text);
        }
    }
}

/// Makes some records, up to one that takes too long, in one of the buffers that are free.
fn make(
    exporter: &Exporter<'_, '_, '_>,
    piece: &[(Row, Part)],
    buffers: &Mutex<Vec<Vec<u8>>>,
) -> Made {
    let free = buffers.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut made = Made {
        text: free.unwrap_or_default(),
        records: Vec::with_capacity(piece.len()),
    };
    made.text.clear();
    for (row, part) in piece {
        let before = made.text.len();
        let record = exporter.write(*row, *part, &mut made.text);
        if record.is_err() {
            made.text.truncate(before);
        }
        let is_hopeless = matches!(&record, Err(fault) if fault.kind == FaultKind::Limit);
        let end = made.text.len();
        made.records.push((*row, record.map(|()| end)));
        if is_hopeless {
            break;
        }
    }
    made
}

/// What a fault means for a row.
fn finding(exporter: &Exporter<'_, '_, '_>, row: Row, fault: &Fault) -> Diagnostic {
    let protocol = exporter.mapping.protocol();
    let span = row.span(protocol).unwrap_or(protocol.first_key);
    match &exporter.template {
        Some(template) => template.finding(fault, span),
        None => unrenderable_sample::fails(span, exporter.format.name(), &fault.message),
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
