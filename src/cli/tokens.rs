//! `mtp tokens`: how many tokens the samples of a spec, or texts, are for a language model.

mod human;
mod json;
mod texts;

use super::gguf;
use super::shared::{Failure, Outcome, Reporting, shown, whole};
use super::specs::{GivenArgs, Refused};
use super::templates::{self, MappingArgs, TemplateArgs};
use crate::chat::{Budget, Checks, Counts, Limit};
use crate::diagnostics::{Diagnostic, too_many_tokens};
use crate::gguf::Keep;
use crate::report::Checked;
use crate::source::{Disk, Files, SourceMap};
use crate::tokenizer::{Special, Tokenizer};
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `tokens`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mtp tokens specs/wonderland.yaml --encoding o200k_base\n  \
mtp tokens spec.yaml --gguf model.gguf --template model.gguf\n  \
mtp tokens --text letter.txt --encoding cl100k_base\n\n\
Counted is every sample as the trained model meets it; with --template the whole conversation\n\
that it becomes, context included. Samples of more tokens than the budget, or than the model\n\
takes, are shown at their place."
)]
pub(super) struct Tokens {
    /// A spec; - is standard input
    #[arg(value_name = "SPEC", required_unless_present = "texts")]
    spec: Option<String>,
    /// Count these files as they are instead of a spec; - is standard input
    #[arg(long = "text", value_name = "FILE", num_args = 1.., conflicts_with_all = ["spec", "template", "budget", "samples"])]
    texts: Vec<PathBuf>,
    #[command(flatten)]
    vocabulary: Vocabulary,
    /// Show samples of more tokens than this [default: what a GGUF file says that its model
    /// takes]
    #[arg(long, value_name = "N", value_parser = whole::<u64>)]
    budget: Option<u64>,
    /// Show the tokens of every sample
    #[arg(long)]
    samples: bool,
    /// Take the marks of special tokens, such as <|im_end|>, as text like any other
    #[arg(long)]
    no_special: bool,
    /// Print one JSON object, with the tokens of every sample or text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: GivenArgs,
    #[command(flatten)]
    reporting: Reporting,
    /// Count conversations as this chat template renders them, as for `mtp render`
    #[arg(short, long, value_name = "TEMPLATE", help_heading = "Template")]
    template: Option<String>,
    #[command(flatten)]
    called: TemplateArgs,
    #[command(flatten)]
    mapping: MappingArgs,
}

/// Whose tokens they are.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Vocabulary {
    /// The vocabulary of this GGUF file
    #[arg(long, value_name = "FILE")]
    gguf: Option<PathBuf>,
    /// The vocabulary of this tokenizer.json
    #[arg(long, value_name = "FILE")]
    tokenizer: Option<PathBuf>,
    /// An encoding of OpenAI's models: o200k_base (GPT-4o and later) or cl100k_base (GPT-4)
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    encoding: Option<String>,
}

fn encoding(name: &str) -> Result<String, String> {
    match crate::tokenizer::ENCODINGS.contains(&name) {
        true => Ok(name.to_owned()),
        false => {
            let names = crate::tokenizer::ENCODINGS;
            Err(format!("the known ones are {}", names.join(" and ")))
        }
    }
}

/// What was counted, and how.
struct Told<'t> {
    file: String,
    vocabulary: &'t str,
    /// The template that made the texts; none for samples as they are.
    template: Option<&'t str>,
    limit: Option<Limit>,
    counts: &'t Counts,
}

impl Tokens {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        self.reporting.usable(None)?;
        let tokenizer = self.tokenizer()?;
        if !self.texts.is_empty() {
            return texts::run(
                &self.texts,
                &tokenizer,
                self.json,
                self.source.reading.max_bytes,
            );
        }
        let sources = SourceMap::default();
        let template = match &self.template {
            Some(wanted) => match self.called.find(wanted, &sources) {
                Ok(template) => Some(template),
                Err(templates::Refused::Told(failure)) => return Err(failure),
                Err(templates::Refused::Shown(checked)) => {
                    let mut refused = Refused::default();
                    refused.found(checked);
                    return refused.report(&self.reporting, &[]);
                }
            },
            None => None,
        };
        if let (None, Some(wrong)) = (self.budget, &tokenizer.wrong_context) {
            let path = self.vocabulary.gguf.as_deref().map(shown);
            let path = path.unwrap_or_default();
            return Err(Failure::Told(format!(
                "cannot tell what the model of `{path}` takes: {wrong}; --budget N says it instead"
            )));
        }
        let context = tokenizer.context_length.map(Limit::Context);
        let limit = self.budget.map(Limit::Budget).or(context);
        let checks = Arc::new(Checks {
            template,
            mapping: self.mapping.options(),
            tokens: Some(Budget::new(tokenizer, limit)),
            ..Checks::default()
        });
        let mut refused = Refused::default();
        let argument = self.spec.as_deref().unwrap_or_default();
        let instead = "they are counted one by one";
        let Some(mut given) = self.source.read(argument, instead, &mut refused)? else {
            return refused.report(&self.reporting, &[]);
        };
        given.options.levels = self.reporting.levels();
        let own = SourceMap::default();
        if crate::conversations(&own, &given.path, given.bytes.clone(), &[], &given.options)
            .is_some()
        {
            return Err(Failure::Told(format!(
                "`{}` holds messages; only specs are counted",
                shown(&given.path)
            )));
        }
        given.options.chat = Some(Arc::clone(&checks));
        let outcome = given.check(&sources);
        let is_counted = |finding: &Diagnostic| finding.rule.name == too_many_tokens::RULE.name;
        let (mut counted, others): (Vec<Diagnostic>, Vec<Diagnostic>) =
            outcome.diagnostics.into_iter().partition(is_counted);
        if others.iter().any(Diagnostic::is_error) || outcome.kind == crate::load::Kind::Emitted {
            counted.extend(others);
            let diagnostics = counted;
            refused.spec(
                &given,
                outcome.kind,
                Checked {
                    sources,
                    diagnostics,
                },
            );
            return refused.report(&self.reporting, &[]);
        }
        let Some(budget) = &checks.tokens else {
            return Ok(Outcome::Clean);
        };
        let counts = budget.counts();
        let told = Told {
            file: shown(&given.path),
            vocabulary: budget.vocabulary(),
            template: checks
                .template
                .as_ref()
                .map(|template| template.name.as_str()),
            limit: budget.limit(),
            counts: &counts,
        };
        let mut out = io::BufWriter::new(io::stdout().lock());
        let written = match self.json {
            true => json::write(&told, &mut out),
            false => human::write(&told, self.samples, &mut out),
        };
        written
            .and_then(|()| out.flush())
            .map_err(|error| Failure::stream(&error))?;
        drop(out);
        let diagnostics = counted;
        refused.found(Checked {
            sources,
            diagnostics,
        });
        refused.report(&self.reporting, &[])
    }

    /// The vocabulary that is asked for.
    fn tokenizer(&self) -> Result<Tokenizer, Failure> {
        let special = match self.no_special {
            true => Special::Text,
            false => Special::Tokens,
        };
        let Vocabulary {
            gguf,
            tokenizer,
            encoding,
        } = &self.vocabulary;
        let (path, found) = match (gguf, tokenizer, encoding) {
            (Some(path), ..) => {
                let header = gguf::open(path, Keep::VOCABULARY)?;
                (shown(path), Tokenizer::of_model(&header, special))
            }
            (None, Some(path), _) => {
                let json = Disk
                    .read(path, self.source.reading.max_bytes)
                    .map_err(|error| {
                        Failure::of(format!("cannot read `{}`", shown(path)), error)
                    })?;
                (shown(path), Tokenizer::of_json(&json, special))
            }
            (None, None, name) => {
                let name = name.as_deref().unwrap_or_default();
                (name.to_owned(), Tokenizer::of_encoding(name, special))
            }
        };
        found.map_err(|reason| Failure::of(format!("cannot count with `{path}`"), reason))
    }
}
