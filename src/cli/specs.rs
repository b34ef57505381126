//! Specs for commands that need valid ones and show findings only where there is none.

use super::inputs::{self, Input};
use super::limits::ReadingArgs;
use super::project;
use super::shared::{Color, Failure, Outcome, Reporting, Stream, outcome, show, shown, tell};
use crate::diagnostics::Diagnostic;
use crate::load::{Kind, Limits, Streaming};
use crate::report::{Checked, Report, escaped};
use crate::source::{Disk, Files, Seen, SourceMap};
use crate::{Options, Taken};
use clap::Args;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A spec that was read, and how it is to be checked.
pub(super) struct Given {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
    pub(super) options: Options,
    /// Where `mtp.toml` wants what is built.
    pub(super) out_dir: Option<PathBuf>,
}

/// The spec, or other file, that a command is about. It stands before what has a heading of its own.
#[derive(Debug, Args)]
pub(super) struct GivenArgs {
    /// The name that standard input has
    #[arg(long, value_name = "NAME", default_value = "stdin.yaml")]
    stdin_filename: PathBuf,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
}

impl GivenArgs {
    /// How large files of samples are read, where they need not be held, which `seen` counts.
    pub(super) fn streaming(&self, seen: Arc<Seen>) -> Streaming {
        let usual = Streaming::default();
        Streaming {
            most: match self.reading.are_bytes_given() {
                true => self.reading.max_bytes,
                false => usual.most,
            },
            seen,
            ..usual
        }
    }

    /// Reads the one file that `argument` names; `instead` says what becomes of several.
    pub(super) fn read(
        &self,
        argument: &str,
        instead: &str,
        refused: &mut Refused,
    ) -> Result<Option<Given>, Failure> {
        let mut inputs = inputs::named(&[argument.to_owned()], &self.stdin_filename)?;
        match (inputs.pop(), inputs.is_empty()) {
            (Some(input), true) => Given::read(input, self.reading.limits(), refused),
            _ => Err(Failure::Told(format!(
                "`{argument}` matches several files; {instead}"
            ))),
        }
    }
}

/// Shows the findings that a command ends with.
pub(super) fn faulty(checked: Checked) -> Result<Outcome, Failure> {
    let checked = [checked];
    show(&Report::new(&checked, 1), Color::Auto)?;
    Ok(Outcome::Faulty)
}

/// Shows what a command found in the end as it is told to, without a summary; no file of
/// findings may be one of `others`.
pub(super) fn ended(
    checked: Checked,
    reporting: &Reporting,
    others: &[&Path],
) -> Result<Outcome, Failure> {
    let checked = [checked];
    let report = Report::new(&checked, 1);
    reporting.report(&report, others, Stream::Err)?;
    Ok(outcome(&report))
}

/// Of the warnings of a spec those that come of what was chosen, such as a template. The others
/// are for `mtp validate` to tell.
pub(super) fn on_request(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let all = diagnostics.into_iter();
    all.filter(|finding| finding.rule.on_request).collect()
}

/// Why a spec cannot be used: what to show, or to tell.
#[derive(Default)]
pub(super) struct Refused {
    checked: Vec<Checked>,
    /// The findings that are in an `mtp.toml`, for which nothing was looked at.
    is_unconfigured: bool,
    failures: Vec<String>,
}

impl Given {
    /// Reads the spec and the nearest `mtp.toml`. Reasons against it go to `refused`.
    pub(super) fn read(
        input: Input,
        limits: Limits,
        refused: &mut Refused,
    ) -> Result<Option<Given>, Failure> {
        let bytes = match input.bytes {
            Some(bytes) => bytes,
            None => Disk.read(&input.path, u64::MAX).map_err(|error| {
                Failure::of(format!("cannot read `{}`", shown(&input.path)), error)
            })?,
        };
        Given::new(input.path, bytes, limits, refused)
    }

    /// A spec as it stands, or would stand, at `path`, and the nearest `mtp.toml`.
    pub(super) fn new(
        path: PathBuf,
        bytes: Vec<u8>,
        limits: Limits,
        refused: &mut Refused,
    ) -> Result<Option<Given>, Failure> {
        let project = match project::find(path.parent().unwrap_or(Path::new("."))) {
            Some(path) => project::load(&path)?,
            None => project::Loaded::default(),
        };
        if !project.diagnostics.is_empty() {
            refused.is_unconfigured = true;
            refused.checked.push(Checked {
                sources: project.sources,
                diagnostics: project.diagnostics,
            });
            return Ok(None);
        }
        let out_dir = project.project.out_folder()?;
        let options = Options {
            project_levels: project.project.levels,
            project_format: project.project.format,
            limits,
            ..Options::default()
        };
        Ok(Some(Given {
            path,
            bytes,
            options,
            out_dir,
        }))
    }

    /// Checks the spec.
    pub(super) fn check<'s>(&self, sources: &'s SourceMap) -> crate::Outcome<'s> {
        crate::check(
            sources,
            &Disk,
            &self.path,
            self.bytes.clone(),
            Taken::AsSpec,
            &self.options,
        )
    }
}

impl Refused {
    /// Takes what a check found that gave no protocol.
    pub(super) fn spec(&mut self, given: &Given, kind: Kind, checked: Checked) {
        if kind == Kind::Emitted {
            self.failures.push(format!(
                "`{}` is a model or template file, not a spec; `mtp validate` checks it",
                shown(&given.path)
            ));
        } else {
            self.checked.push(checked);
        }
    }

    /// Takes what was found in a file.
    pub(super) fn found(&mut self, checked: Checked) {
        self.checked.push(checked);
    }

    /// Shows all reasons to people, on standard error, and says how the command ends.
    pub(super) fn tell(&self) -> Result<Outcome, Failure> {
        self.tell_with(|report| report.summary())
    }

    /// The same with another last line.
    pub(super) fn tell_with(
        &self,
        summary: impl FnOnce(&Report<'_>) -> String,
    ) -> Result<Outcome, Failure> {
        self.tell_through(|report| {
            show(report, Color::Auto)?;
            // If standard error is closed, there is nobody left to tell.
            let _ = writeln!(io::stderr().lock(), "{}", escaped(&summary(report)));
            Ok(())
        })
    }

    /// The same as a command is told to show it; no file of findings may be one of `others`.
    pub(super) fn report(
        &self,
        reporting: &Reporting,
        others: &[&Path],
    ) -> Result<Outcome, Failure> {
        self.tell_through(|report| {
            reporting.report(report, others, Stream::Err)?;
            if report.errors + report.warnings > 0 {
                reporting.summary(&report.summary());
            }
            Ok(())
        })
    }

    fn tell_through(
        &self,
        show: impl FnOnce(&Report<'_>) -> Result<(), Failure>,
    ) -> Result<Outcome, Failure> {
        let specs = if self.is_unconfigured {
            0
        } else {
            self.checked.len()
        };
        let report = Report::new(&self.checked, specs);
        if !self.checked.is_empty() {
            show(&report)?;
        }
        for failure in &self.failures {
            tell(failure);
        }
        if self.is_unconfigured || !self.failures.is_empty() {
            return Ok(Outcome::Incomplete);
        }
        Ok(outcome(&report))
    }
}
