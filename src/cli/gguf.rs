//! `mtp gguf`: what the files say that llama.cpp runs a model from.

mod human;
mod json;
mod parts;
mod template;

pub(super) use parts::open;
pub(super) use template::{is_model_file, template};

use super::shared::{Failure, Outcome, shown, tell};
use crate::gguf::Keep;
use clap::{Args, Subcommand};
use parts::Parts;
use std::io::{self, Write};
use std::path::PathBuf;

/// Arguments of `gguf`.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Gguf {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what a GGUF file says of its model, and how its weights are stored
    Info(Info),
}

/// Arguments of `gguf info`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  mtp gguf info model-Q4_K_M.gguf\n  \
mtp gguf info model-00001-of-00003.gguf --tensors --json\n\n\
Only the header is read, never the weights. Of a model in several files any one can be named;\n\
all are looked at. Exit codes: 1 if a file ends too early or says what cannot be, 2 if it is no\n\
GGUF file or a part is missing.")]
struct Info {
    /// A GGUF file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// All keys and their values; in JSON also whole arrays
    #[arg(long)]
    kv: bool,
    /// All tensors: their types, forms and bytes
    #[arg(long)]
    tensors: bool,
}

impl Gguf {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        match self.command {
            Command::Info(info) => info.run(),
        }
    }
}

impl Info {
    fn run(self) -> Result<Outcome, Failure> {
        let keep = match self.json && self.kv {
            true => Keep::ALL,
            false => Keep::BEGINNINGS,
        };
        let parts = Parts::read(&self.file, keep)?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        let written = match self.json {
            true => json::write(&parts, self.kv, self.tensors, &mut out),
            false => human::write(&parts, self.kv, self.tensors, &mut out),
        };
        written
            .and_then(|()| out.flush())
            .map_err(|error| Failure::stream(&error))?;
        let mut outcome = Outcome::Clean;
        for part in &parts.parts {
            let (path, header) = (shown(&part.path), &part.header);
            let missing = header.expected_bytes().saturating_sub(header.file_bytes);
            if missing > 0 {
                outcome = outcome.max(Outcome::Faulty);
                let told = match missing {
                    1 => "1 byte is missing".to_owned(),
                    _ => format!("{missing} bytes are missing"),
                };
                tell(&format!("`{path}` ends too early: {told}"));
            }
        }
        for fault in &parts.faults {
            outcome = outcome.max(Outcome::Faulty);
            tell(fault);
        }
        for missing in parts.told_missing() {
            outcome = Outcome::Incomplete;
            tell(&missing);
        }
        Ok(outcome)
    }
}
