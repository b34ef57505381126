//! `mtp stats`: what specs hold, for people and as JSON.

mod human;

pub(super) use human::padded;

use super::inputs;
use super::limits::ReadingArgs;
use super::shared::{Failure, Outcome, shown};
use super::specs::{Given, Refused};
use crate::diagnostics::Severity;
use crate::ir::Format;
use crate::report::{Checked, write_json};
use crate::source::{Disk, SourceMap};
use crate::stats::{self, Verdict};
use clap::Args;
use serde::Serialize;
use std::io::{self, Write};
use std::path::PathBuf;

/// Arguments of `stats`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  mtp stats specs/wonderland.yaml\n  \
mtp stats 'specs/*.yaml' --json\n\n\
A spec with errors has no numbers: its errors are shown instead.")]
pub(super) struct Stats {
    /// Spec files, or patterns such as 'specs/*.yaml'; - is standard input
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<String>,
    /// Print one JSON object, with all that is left out for people
    #[arg(long)]
    json: bool,
    /// The name that a spec from standard input has
    #[arg(long, value_name = "NAME", default_value = "stdin.yaml")]
    stdin_filename: PathBuf,
    #[command(flatten)]
    reading: ReadingArgs,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Run {
    version: u32,
    specs: Vec<Spec>,
}

/// A spec in numbers.
#[derive(Serialize)]
struct Spec {
    file: String,
    #[serde(flatten)]
    stats: stats::Stats,
    /// Findings that are no errors.
    warnings: usize,
    /// What each format makes of it, the newest first.
    formats: Vec<Verdict>,
}

const FORMATS: [Format; 4] = [
    Format::V2_0_1,
    Format::V2_0_0,
    Format::V1_2_1,
    Format::V1_2_0,
];

impl Stats {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let mut refused = Refused::default();
        let mut specs = Vec::new();
        for input in inputs::named(&self.specs, &self.stdin_filename)? {
            if let Some(given) = Given::read(input, self.reading.limits(), &mut refused)? {
                specs.extend(spec(&given, &mut refused));
            }
        }
        let mut out = io::BufWriter::new(io::stdout().lock());
        let written = if self.json {
            write_json(&Run { version: 1, specs }, &mut out)
        } else {
            human::write(&specs, &mut out)
        };
        written
            .and_then(|()| out.flush())
            .map_err(|error| Failure::stream(&error))?;
        refused.tell()
    }
}

/// The numbers of a spec; if it has errors, they go to `refused`.
fn spec(given: &Given, refused: &mut Refused) -> Option<Spec> {
    let sources = SourceMap::default();
    let crate::Outcome {
        kind,
        diagnostics,
        protocol,
    } = given.check(&sources);
    let Some(protocol) = protocol else {
        refused.spec(
            given,
            kind,
            Checked {
                sources,
                diagnostics,
            },
        );
        return None;
    };
    let warnings = diagnostics
        .iter()
        .filter(|finding| finding.severity == Severity::Warning);
    let formats = FORMATS.map(|format| {
        if format == protocol.format {
            return stats::verdict(format, &diagnostics);
        }
        let sources = SourceMap::default();
        let bytes = given.bytes.clone();
        let outcome = crate::check_as(format, &sources, &Disk, &given.path, bytes, &given.options);
        stats::verdict(format, &outcome.diagnostics)
    });
    Some(Spec {
        file: shown(&given.path),
        stats: stats::of(&protocol),
        warnings: warnings.count(),
        formats: formats.into(),
    })
}
