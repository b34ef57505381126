//! `mtp init`: the first spec of a project. It asks nothing and overwrites nothing.

use super::outputs;
use super::schema;
use super::shared::{Failure, Outcome, did_you_mean, shown};
use crate::diagnostics::Diagnostics;
use crate::source::SourceMap;
use crate::syntax::tree::Notation;
use crate::{print, syntax};
use clap::{Args, ValueEnum};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Arguments of `init`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mtp init library\n  mtp init --kind state-machine\n\n\
Writes a spec with comments, mtp.toml and .mtp/spec.schema.json, by which editors complete and\n\
check the spec. What is there already is left alone."
)]
pub(super) struct Init {
    /// The folder to write to, which is made if it is not there [default: the current folder]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// What the model does: basic, state-machine or multi-classifier
    #[arg(long, value_parser = kind, default_value = "basic")]
    kind: Kind,
    /// The notation of the spec
    #[arg(long, value_enum, value_name = "NOTATION", default_value = "yaml")]
    to: To,
}

/// What a spec can be written in that has comments.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum To {
    /// What people like to write
    Yaml,
    /// Sections and tables
    Toml,
}

/// What a first spec is about.
#[derive(Clone, Copy, Debug)]
struct Kind {
    name: &'static str,
    /// The name of the protocol and of its file.
    protocol: &'static str,
    spec: &'static str,
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "basic",
        protocol: "library",
        spec: include_str!("init/basic.yaml"),
    },
    Kind {
        name: "state-machine",
        protocol: "parcel",
        spec: include_str!("init/state-machine.yaml"),
    },
    Kind {
        name: "multi-classifier",
        protocol: "reviews",
        spec: include_str!("init/multi-classifier.yaml"),
    },
];

/// What the kinds are called.
pub(super) const NAMES: [&str; 3] = ["basic", "state-machine", "multi-classifier"];

/// A kind by its name; the name that specs use for it, with `_`, is as good.
fn kind(text: &str) -> Result<Kind, String> {
    let name = text.replace('_', "-");
    let found = KINDS.into_iter().find(|kind| kind.name == name);
    found.ok_or_else(|| did_you_mean(&name, &NAMES))
}

impl Init {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let folder = self.folder.unwrap_or_default();
        let (ending, text, for_editors) = match self.to {
            To::Yaml => ("yaml", self.kind.spec.to_owned(), schema::OF_YAML),
            To::Toml => ("toml", in_toml(self.kind.spec)?, schema::OF_JSON),
        };
        let spec = folder.join(format!("{}.{ending}", self.kind.protocol));
        let project = folder.join("mtp.toml");
        let schema = folder.join(".mtp").join("spec.schema.json");
        outputs::create(
            &[
                (&spec, &text),
                (&project, include_str!("init/mtp.toml")),
                (&schema, for_editors),
            ],
            "name another folder",
        )?;
        let told = format!(
            "Wrote {}, {} and {}.\n\n{}",
            line(&spec),
            line(&project),
            line(&schema),
            next(&folder, &spec, self.kind.protocol)
        );
        // If standard error is closed, there is nobody left to tell.
        let _ = io::stderr().lock().write_all(told.as_bytes());
        Ok(Outcome::Clean)
    }
}

/// A spec in YAML as TOML, with its comments and the line for the editor.
fn in_toml(text: &str) -> Result<String, Failure> {
    let (sources, mut findings) = (SourceMap::default(), Diagnostics::default());
    let origin = sources.add("spec.yaml", text.to_owned());
    let limits = syntax::Limits::default();
    let document = syntax::read(&sources, origin, Notation::Yaml, &limits, &mut findings);
    let notations = (Notation::Yaml, Notation::Toml);
    let node = print::from_document(&document, &sources, origin, notations, &mut findings);
    let node = node.ok_or_else(|| Failure::Told("internal mistake: please report this".to_owned()));
    Ok(print::text(&node?, Notation::Toml))
}

/// A path without anything that a terminal would obey.
fn line(path: &Path) -> String {
    crate::report::escaped(&shown(path)).into_owned()
}

/// The commands to run next, and what they do.
fn next(folder: &Path, spec: &Path, protocol: &str) -> String {
    let out = folder.join("out");
    let writes = format!(
        "writes {} and {}",
        line(&out.join(format!("{protocol}_model.json"))),
        line(&out.join(format!("{protocol}_template.json")))
    );
    let steps = [
        (
            command("mtp validate", folder),
            "shows every mistake at its place",
        ),
        (command("mtp stats", spec), "shows what is in the spec"),
        (command("mtp build", spec), writes.as_str()),
    ];
    let width = steps.iter().map(|(command, _)| command.len()).max();
    let width = width.unwrap_or_default();
    let steps = steps.map(|(command, does)| format!("  {command:width$}  {does}\n"));
    format!("Next:\n{}", steps.concat())
}

/// A command with a path as a shell takes it.
fn command(command: &str, path: &Path) -> String {
    let path = line(path);
    let is_plain = |c: char| c.is_alphanumeric() || "-_./\\:".contains(c);
    if path.is_empty() {
        command.to_owned()
    } else if path.chars().all(is_plain) {
        format!("{command} {path}")
    } else {
        format!("{command} '{path}'")
    }
}
