//! `mtp schema`: the JSON Schemas of the spec and of the files that are written.

use super::shared::{Failure, Outcome, did_you_mean};
use crate::ir::Format;
use clap::{Args, ValueEnum};
use std::io::{self, Write};

/// Arguments of `schema`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mtp schema > spec.schema.json\n  mtp schema spec --notation toml\n  mtp schema model --format 1.2.1"
)]
pub(super) struct Schema {
    /// Of which file
    #[arg(value_enum, default_value = "spec")]
    of: Of,
    /// The bloom version of a model or template file
    #[arg(long, value_name = "VERSION", value_parser = format, default_value = "2.0.1")]
    format: Format,
    /// What the specs are written in
    #[arg(long, value_enum, value_name = "NOTATION", default_value = "yaml")]
    notation: Notation,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Notation {
    /// Where text is expected, a plain 5 or true is text
    Yaml,
    /// Text is in quotes
    Toml,
    /// Text is in quotes
    Json,
}

/// The schema of specs in YAML.
pub(super) const OF_YAML: &str = include_str!("../../schemas/spec-yaml.json");
/// The schema of specs in TOML and JSON.
pub(super) const OF_JSON: &str = include_str!("../../schemas/spec.json");

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Of {
    /// What people write
    Spec,
    /// What is submitted for training
    Model,
    /// How to talk to the trained model
    Template,
}

fn format(text: &str) -> Result<Format, String> {
    Format::parse(text).ok_or_else(|| did_you_mean(text, &Format::NAMES))
}

impl Schema {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let text = match (self.of, self.format) {
            (Of::Spec, _) => match self.notation {
                Notation::Yaml => OF_YAML,
                Notation::Toml | Notation::Json => OF_JSON,
            },
            (Of::Model, Format::V1_2_0) => include_str!("../../schemas/model/1.2.0.json"),
            (Of::Model, Format::V1_2_1) => include_str!("../../schemas/model/1.2.1.json"),
            (Of::Model, Format::V2_0_0) => include_str!("../../schemas/model/2.0.0.json"),
            (Of::Model, Format::V2_0_1) => include_str!("../../schemas/model/2.0.1.json"),
            (Of::Template, format) if format.major() == 1 => {
                include_str!("../../schemas/template/1.2.0.json")
            }
            (Of::Template, _) => include_str!("../../schemas/template/2.1.0.json"),
        };
        let mut out = io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        written.map_err(|error| Failure::stream(&error))?;
        Ok(Outcome::Clean)
    }
}
