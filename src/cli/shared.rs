//! What several commands share: their options, how they end and how they speak.

use super::limits::LimitArgs;
pub(super) use super::reporting::{Color, Reporting, Stream, show};

use crate::diagnostics::{self, nearest};
use crate::load::{Changed, Limits, Streaming};
use crate::parallel;
use crate::report::Report;
use crate::source::Seen;
use clap::Args;
use std::fmt::Display;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// How a command ends that could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// All done, no error found: exit code 0.
    Clean,
    /// At least one error, or a difference that `--check` found: exit code 1.
    Faulty,
    /// Something asked for could not be looked at, which has been told: exit code 2.
    Incomplete,
}

/// Why a command could not do its work: exit code 2.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nobody reads any more; that is no failure of ours.
    ClosedPipe,
    /// What to tell.
    Told(String),
}

impl Failure {
    /// A failure with its reason: "cannot write `x`: permission denied".
    pub(super) fn of(what: impl Display, reason: impl Display) -> Self {
        Failure::Told(format!("{what}: {reason}"))
    }

    /// A failure to write to a stream.
    pub(super) fn stream(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::writing("the output", error),
        }
    }

    /// A failure to write `what`, or to read again what it is made of.
    pub(super) fn writing(what: impl Display, error: &io::Error) -> Self {
        match error.get_ref().is_some_and(|why| why.is::<Changed>()) {
            true => Failure::Told(error.to_string()),
            false => Failure::of(format!("cannot write {what}"), error),
        }
    }
}

/// Tells something that is no finding, on standard error, as one line.
pub(super) fn tell(message: &str) {
    let message = crate::report::escaped(message);
    // If standard error is closed, there is nobody left to tell.
    let _ = writeln!(io::stderr().lock(), "mtp: {message}");
}

/// "did you mean `x`?", or what there is.
pub(super) fn did_you_mean(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{}`?", near.name),
        None if known.len() <= 8 => {
            format!(
                "use one of {}",
                diagnostics::quoted_list(known.iter().copied(), 8)
            )
        }
        None => "`mtp explain` lists all rules".to_owned(),
    }
}

/// The number of an option.
pub(super) fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    let told = |_| "write a whole number, such as 4".to_owned();
    text.parse().map_err(told)
}

/// The options of commands that check specs.
#[derive(Debug, Args)]
pub(super) struct Checking {
    #[command(flatten)]
    pub(super) reporting: Reporting,
    /// Name the files that were skipped
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// Work with so many threads (default: one a processor)
    #[arg(long, value_name = "N", value_parser = whole::<NonZeroUsize>)]
    jobs: Option<NonZeroUsize>,
    /// Leave out the findings of an earlier report in the format json
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Refuse files of more bytes [default: 1073741824; large files of samples, which are
    /// read in pieces, have no limit]
    #[arg(long, value_name = "BYTES", value_parser = whole::<u64>)]
    pub(super) max_bytes: Option<u64>,
    #[command(flatten)]
    limits: LimitArgs,
}

impl Checking {
    /// Whether the formats can be written.
    pub(super) fn usable(&self) -> Result<(), Failure> {
        self.reporting.usable(self.baseline.as_deref())
    }

    /// What one of `count` files may take.
    pub(super) fn limits(&self, count: usize) -> Limits {
        let bytes = self.max_bytes.unwrap_or(Limits::default().bytes);
        Limits {
            threads: if count > 1 {
                NonZeroUsize::MIN
            } else {
                self.threads()
            },
            ..self.limits.of(bytes)
        }
    }

    /// How large files of samples are read, which `seen` counts; `aside` is the folder on whose
    /// disk samples are put aside for the model file.
    pub(super) fn streaming(&self, aside: Option<PathBuf>, seen: Arc<Seen>) -> Streaming {
        Streaming {
            most: self.max_bytes.unwrap_or(u64::MAX),
            aside,
            seen,
            ..Streaming::default()
        }
    }

    /// How many threads may work.
    pub(super) fn threads(&self) -> NonZeroUsize {
        self.jobs.unwrap_or_else(parallel::available)
    }
}

/// What all specs of a run make together.
pub(super) fn outcome(report: &Report<'_>) -> Outcome {
    if report.errors > 0 {
        Outcome::Faulty
    } else {
        Outcome::Clean
    }
}

/// A path as it is seen from the current folder: relative, where one of the two is above the
/// other.
pub(super) fn from_here(path: &Path) -> PathBuf {
    if path.is_relative() {
        return path.to_path_buf();
    }
    let here = std::env::current_dir().unwrap_or_default();
    if let Ok(below) = path.strip_prefix(&here) {
        return below.to_path_buf();
    }
    let mut folders = path.ancestors().take(2);
    let above = folders.find_map(|folder| Some((folder, here.strip_prefix(folder).ok()?)));
    above.map_or(path.to_path_buf(), |(folder, down)| {
        let up = down.components().map(|_| Component::ParentDir);
        let rest = path.strip_prefix(folder).unwrap_or(path);
        up.chain(rest.components()).collect()
    })
}

/// A path as it is told.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}
