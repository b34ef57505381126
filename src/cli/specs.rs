//! Specs for commands that need valid ones and show findings only where there is none.

use super::inputs::Input;
use super::project;
use super::shared::{Color, Failure, Outcome, outcome, shown, style, tell};
use crate::load::{Kind, Limits};
use crate::report::{Checked, Format, Report, escaped, write};
use crate::source::{Disk, Files, SourceMap};
use crate::{Options, Taken};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// A spec that was read, and how it is to be checked.
pub(super) struct Given {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
    pub(super) options: Options,
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
        max_bytes: u64,
        refused: &mut Refused,
    ) -> Result<Option<Given>, Failure> {
        let folder = input.path.parent().unwrap_or(Path::new("."));
        let project = match project::find(folder) {
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
        let bytes = match input.bytes {
            Some(bytes) => bytes,
            None => Disk.read(&input.path, u64::MAX).map_err(|error| {
                Failure::of(format!("cannot read `{}`", shown(&input.path)), error)
            })?,
        };
        Ok(Some(Given {
            path: input.path,
            bytes,
            options: Options {
                project_levels: project.project.levels,
                project_format: project.project.format,
                limits: Limits {
                    bytes: max_bytes.min(u64::from(u32::MAX) - 1),
                    ..Limits::default()
                },
                ..Options::default()
            },
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
        let specs = if self.is_unconfigured {
            0
        } else {
            self.checked.len()
        };
        let report = Report::new(&self.checked, specs);
        if !self.checked.is_empty() {
            let style = style(Color::Auto, io::stderr().is_terminal());
            let mut out = io::BufWriter::new(io::stderr().lock());
            write(Format::Human, &report, &style, &mut out)
                .and_then(|()| writeln!(out, "{}", escaped(&summary(&report))))
                .and_then(|()| out.flush())
                .map_err(|error| Failure::stream(&error))?;
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
