//! `mtp lsp`: the language server on standard input and output.

use super::inputs;
use super::project;
use super::shared::{Failure, Outcome, shown};
use crate::Options;
use crate::load::Limits;
use crate::lsp::{Project, Settings, serve};
use crate::source::Files;
use clap::Args;
use std::io;
use std::path::{Path, PathBuf};

/// Arguments of `lsp`.
#[derive(Debug, Args)]
#[command(
    after_help = "Editors start it; docs/editors.md shows how for some of them. It ends when the \
editor does."
)]
pub(super) struct Lsp {
    /// Standard input and output, which is the only way; some editors name it
    #[arg(long)]
    stdio: bool,
}

impl Lsp {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let settings = Settings {
            project: &project_of,
            files: &files,
            version: env!("CARGO_PKG_VERSION"),
        };
        let input = io::BufReader::new(io::stdin());
        let ended = serve(input, io::stdout(), &settings);
        match ended {
            Ok(true) => Ok(Outcome::Clean),
            // The protocol's exit code for a client that leaves without a word.
            Ok(false) => Ok(Outcome::Faulty),
            Err(error) => Err(Failure::of("cannot read standard input", error)),
        }
    }
}

/// What the nearest `mtp.toml` says. Of one with mistakes, what can be read.
fn project_of(file: &Path, files: &dyn Files) -> Project {
    let found = file
        .parent()
        .and_then(|folder| project::find_in(folder, files));
    let loaded = found.and_then(|file| project::load_from(&file, files).ok());
    let (project, found) = match loaded {
        Some(loaded) => (loaded.project, Some((loaded.sources, loaded.diagnostics))),
        None => (project::Project::default(), None),
    };
    let options = Options {
        project_levels: project.levels,
        project_format: project.format,
        limits: Limits {
            bytes: Limits::default().bytes.min(u64::from(u32::MAX) - 1),
            ..Limits::default()
        },
        ..Options::default()
    };
    Project { options, found }
}

/// The files below a folder that may be specs.
fn files(folder: &Path) -> Vec<PathBuf> {
    let found = inputs::expand(&shown(folder), Path::new(""), None);
    let found = found.unwrap_or_default().inputs.into_iter();
    found.map(|input| input.path).collect()
}
