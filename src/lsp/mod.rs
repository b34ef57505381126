//! The language server: what an editor asks about specs while people write them.
//!
//! One thread reads, one answers, one checks. Every answer is made from the text as it is in the
//! editor; a request that makes no sense gets an error, and the next one its answer.

mod actions;
mod anchors;
mod check;
mod columns;
mod complete;
mod cursor;
mod documents;
mod findings;
mod index;
mod names;
mod outline;
mod place;
mod position;
mod readable;
mod schema;
mod session;
mod siblings;
mod state;
mod uri;
mod waiting;
mod wire;

use crate::Options;
use crate::diagnostics::Diagnostic;
use crate::load::Kind;
use crate::source::{Files, SourceMap};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

/// What the server needs of the world around it.
pub struct Settings<'s> {
    /// What the project of the file at a path says, with what may be unsaved.
    pub project: &'s (dyn Fn(&Path, &dyn Files) -> Project + Sync),
    /// The files below a folder that may be specs.
    pub files: &'s (dyn Fn(&Path) -> Vec<PathBuf> + Sync),
    /// The name and version of this program.
    pub version: &'s str,
}

/// What a project says of its specs.
#[derive(Debug, Default)]
pub struct Project {
    /// How they are to be checked.
    pub options: Options,
    /// Its file, and what is wrong in it.
    pub found: Option<(SourceMap, Vec<Diagnostic>)>,
}

/// The name of the file of a project.
const PROJECT: &str = "mtp.toml";

/// Whether a text is one of ours, as far as it tells itself: editors ask about every YAML,
/// TOML and JSON file. One that cannot be read is, if a line begins as a spec's does.
fn is_ours(path: &Path, kind: Kind, text: &str) -> bool {
    let by_name = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().contains(".mtp."));
    let begins = |line: &str| {
        let line = line.trim_start_matches([' ', '\t', '[', '{', '"']);
        ["instructions", "tokens"]
            .iter()
            .any(|key| line.starts_with(key))
    };
    match kind {
        Kind::Spec | Kind::Fragment | Kind::Emitted => true,
        Kind::Broken => by_name || text.lines().any(begins),
        Kind::Other => by_name,
    }
}

/// Whether a file is that of a project, and no spec.
fn is_project(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name == PROJECT)
}

/// Serves one client until it says that it is done, or is gone. Whether it said so.
pub fn serve(
    input: impl BufRead + Send,
    output: impl Write + Send,
    settings: &Settings<'_>,
) -> std::io::Result<bool> {
    session::run(input, output, settings)
}
