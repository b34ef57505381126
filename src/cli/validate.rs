//! `mtp validate`: every mistake of every spec, in one run.

use super::inputs::{self, Asked, Found, Input};
use super::outputs::Staged;
use super::progress::Progress;
use super::project::{self, Loaded, Project};
use super::report_files::ReportFile;
use super::shared::{Checking, Failure, Outcome, Stream, outcome, shown, tell};
use super::skipped::Skipped;
use super::templates::{self, MappingArgs, TemplateArgs};
use super::{baseline, fix, patch};
use crate::chat::{Checks, Named, Platform};
use crate::load::{Kind, Limits};
use crate::parallel;
use crate::report::{Checked, Report};
use crate::source::{Files, Overlay, SourceMap};
use crate::{Options, Taken, check};
use clap::Args;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `validate`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mtp validate specs/\n  mtp validate spec.yaml --output-format json\n\n\
In a folder, a YAML, TOML or JSON file is a spec if it has `instructions` or `tokens` at its top\n\
level, or `.mtp.` in its name. A file that is named is always read as a spec, or, by its `$schema`,\n\
as a model or template file."
)]
pub(super) struct Validate {
    /// Files, folders and patterns; - is standard input [default: what mtp.toml includes, else the
    /// current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// The name that a spec from standard input has
    #[arg(long, value_name = "NAME", default_value = "stdin.yaml")]
    stdin_filename: PathBuf,
    /// Find it fine if there is nothing to check
    #[arg(long)]
    allow_empty: bool,
    /// Change the files where a finding has a certain cure
    #[arg(long)]
    fix: bool,
    /// With --fix or --diff: also where something would be removed that may have been meant
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what --fix would change, and change nothing
    #[arg(long)]
    diff: bool,
    /// Look also at whether this chat template renders every sample: a name, a file or a
    /// model's folder, as for `mtp render`; files of messages are taken, too
    #[arg(short, long, value_name = "TEMPLATE", help_heading = "Template")]
    template: Option<String>,
    #[command(flatten)]
    called: TemplateArgs,
    /// Look also at whether this platform takes the rows: openai or together
    #[arg(long, value_name = "PLATFORM", value_parser = templates::platform, help_heading = "Template")]
    platform: Option<Platform>,
    #[command(flatten)]
    mapping: MappingArgs,
    #[command(flatten)]
    checking: Checking,
    #[arg(skip)]
    chat: Option<Arc<Checks>>,
}

/// What came of one file.
pub(super) struct Looked {
    pub(super) kind: Kind,
    pub(super) checked: Checked,
}

/// What came of all files, in their order.
pub(super) type AllLooked = Vec<Result<Looked, Failure>>;

impl Validate {
    pub(super) fn run(mut self) -> Result<Outcome, Failure> {
        self.checking.usable()?;
        match self.checks() {
            Ok(checks) => self.chat = checks,
            Err(templates::Refused::Told(failure)) => return Err(failure),
            Err(templates::Refused::Shown(checked)) => {
                let checked = [checked];
                self.checking
                    .reporting
                    .report(&Report::new(&checked, 0), &[], Stream::Out)?;
                return Ok(Outcome::Incomplete);
            }
        }
        if self.unsafe_fixes && !self.fix && !self.diff {
            return Err(Failure::Told(
                "--unsafe-fixes goes with --fix or --diff".to_owned(),
            ));
        }
        let started = std::time::Instant::now();
        let mut failures = Vec::new();
        let here = project::here()?;
        let mut checked = Vec::new();
        if !here.diagnostics.is_empty() {
            // A project file with a mistake says nothing that could be relied on.
            checked.push(Checked {
                sources: here.sources,
                diagnostics: here.diagnostics,
            });
            let report = Report::new(&checked, 0);
            self.checking.reporting.report(&report, &[], Stream::Out)?;
            return Ok(Outcome::Incomplete);
        }
        let asked = Asked {
            paths: &self.paths,
            stdin_name: &self.stdin_filename,
            allow_empty: self.allow_empty,
        };
        let Found { inputs, links } = inputs::all(&asked, &here.project, &mut failures)?;
        let projects = projects(&inputs)?;
        let on_disk = Overlay::default();
        let mut looked = self.look_at_all(&inputs, &projects, &on_disk);
        let mut fixes = None;
        if self.fix || self.diff {
            let first = match self.diff {
                // The findings that are shown in the end are those of the files as they are.
                true => self.look_at_all(&inputs, &projects, &on_disk),
                false => std::mem::take(&mut looked),
            };
            let look = |texts: &Overlay| self.look_at_all(&inputs, &projects, texts);
            let covers = self.covers(&here.project, &inputs);
            let is_covered = |path: &Path| {
                covers
                    .iter()
                    .any(|cover| canonical(path).starts_with(cover))
            };
            let mut fixed = fix::rounds(first, self.which(&inputs)?, look, is_covered);
            if !self.diff {
                looked = std::mem::take(&mut fixed.looked);
            }
            fixes = Some(fixed);
        }

        let mut skipped = Skipped {
            files: Vec::new(),
            links,
        };
        let mut files = 0;
        for (input, looked) in inputs.iter().zip(looked) {
            match looked {
                Ok(Looked {
                    kind,
                    checked: file,
                }) if matches!(kind, Kind::Spec | Kind::Broken)
                    || kind == Kind::Emitted && input.named =>
                {
                    files += 1;
                    checked.push(file);
                }
                Ok(looked) => skipped.files.push((input.path.clone(), looked.kind)),
                Err(Failure::Told(message)) => failures.push(message),
                Err(closed) => return Err(closed),
            }
        }
        let broken_projects = projects
            .into_values()
            .filter(|project| !project.diagnostics.is_empty());
        let mut incomplete = false;
        for project in broken_projects {
            incomplete = true;
            checked.push(Checked {
                sources: project.sources,
                diagnostics: project.diagnostics,
            });
        }
        let mut report = Report::new(&checked, files);
        if let Some(baseline) = &self.checking.baseline {
            baseline::apply(baseline, &mut report, true)?;
        }
        let others = skipped
            .files
            .iter()
            .filter(|(_, kind)| *kind != Kind::Other)
            .map(|(path, _)| path.as_path());
        let named = inputs.iter().filter(|input| input.named);
        let others: Vec<&Path> = others
            .chain(named.map(|input| input.path.as_path()))
            .collect();
        // The reports are known to be good before any spec is changed.
        let reports = self.checking.reporting.report_files(&report, &others)?;
        if let Some(fixed) = &fixes {
            self.finish_fixes(fixed)?;
        }
        reports.into_iter().try_for_each(ReportFile::commit)?;
        if !self.diff {
            self.checking
                .reporting
                .report_to_stream(&report, Stream::Out)?;
        }
        for failure in &failures {
            tell(failure);
        }
        let included = included(&checked);
        skipped
            .files
            .retain(|(path, _)| !included.contains(&canonical(path)));
        if files > 0 || failures.is_empty() && self.allow_empty {
            self.tell_summary(&report, &skipped, started.elapsed());
        }
        if files == 0 && failures.is_empty() && !self.allow_empty {
            skipped.tell_alone(&self.checking);
            let looked = match inputs.len() {
                0 => String::new(),
                1 => " in the 1 file that was looked at".to_owned(),
                count => format!(" in the {count} files that were looked at"),
            };
            tell(&format!(
                "nothing to check: no spec was found{looked} (--allow-empty finds that fine)"
            ));
            return Ok(Outcome::Incomplete);
        }
        if incomplete || !failures.is_empty() {
            return Ok(Outcome::Incomplete);
        }
        let differs = |fixed: &fix::Fixed| self.diff && !fixed.cured.is_empty();
        Ok(if fixes.as_ref().is_some_and(differs) {
            Outcome::Faulty
        } else {
            outcome(&report)
        })
    }

    /// Which fixes are asked for.
    fn which(&self, inputs: &[Input]) -> Result<fix::Which, Failure> {
        if inputs.iter().any(|input| input.bytes.is_some()) {
            return Err(Failure::Told(
                "--fix and --diff change files, and standard input is none".to_owned(),
            ));
        }
        Ok(if self.unsafe_fixes {
            fix::Which::All
        } else {
            fix::Which::Safe
        })
    }

    /// Writes what was fixed, or shows it.
    fn finish_fixes(&self, fixed: &fix::Fixed) -> Result<(), Failure> {
        if self.diff {
            patch::show(fixed)?;
        } else {
            self.write_fixed(fixed)?;
        }
        fixed.tell_left_out();
        Ok(())
    }

    fn write_fixed(&self, fixed: &fix::Fixed) -> Result<(), Failure> {
        for (path, count) in &fixed.cured {
            let path = Path::new(path);
            let text = fixed.texts.get(path).unwrap_or_default();
            Staged::write(path, |out| out.write_all(text.as_bytes()))?.commit()?;
            let findings = if *count == 1 {
                "1 finding".to_owned()
            } else {
                format!("{count} findings")
            };
            self.checking
                .reporting
                .summary(&format!("Fixed {findings} in {}.", shown(path)));
        }
        Ok(())
    }

    /// The folders and files that the arguments name, resolved.
    fn covers(&self, project: &Project, inputs: &[Input]) -> Vec<PathBuf> {
        let folders = inputs::arguments(&self.paths, project).into_iter();
        let folders = folders.map(PathBuf::from).filter(|path| path.is_dir());
        let files = inputs.iter().map(|input| input.path.clone());
        folders.chain(files).map(|path| canonical(&path)).collect()
    }

    fn look_at_all(
        &self,
        inputs: &[Input],
        projects: &BTreeMap<PathBuf, Loaded>,
        texts: &Overlay,
    ) -> AllLooked {
        let progress = Progress::start();
        progress.total(inputs.len());
        let limits = self.checking.limits(inputs.len());
        parallel::map(inputs, self.checking.threads(), |input| {
            progress.stage(format!("checking {}", shown(&input.path)));
            let looked = self.look(input, limits, projects, texts, &progress);
            progress.one_done();
            looked
        })
    }

    /// What is looked at besides the rules for specs.
    fn checks(&self) -> Result<Option<Arc<Checks>>, templates::Refused> {
        let sources = SourceMap::default();
        let template = match &self.template {
            Some(wanted) => Some(Named {
                // Every file has sources of its own, without the template.
                origin: None,
                ..self.called.find(wanted, &sources)?
            }),
            None => None,
        };
        let is_wanted = template.is_some() || self.platform.is_some();
        Ok(is_wanted.then(|| {
            Arc::new(Checks {
                template,
                platform: self.platform,
                mapping: self.mapping.options(),
                ..Checks::default()
            })
        }))
    }

    fn look(
        &self,
        input: &Input,
        limits: Limits,
        projects: &BTreeMap<PathBuf, Loaded>,
        texts: &Overlay,
        progress: &Progress,
    ) -> Result<Looked, Failure> {
        let bytes = match &input.bytes {
            Some(bytes) => bytes.clone(),
            None => texts
                .read(&input.path, u64::from(u32::MAX))
                .map_err(|error| {
                    Failure::of(format!("cannot read `{}`", shown(&input.path)), error)
                })?,
        };
        let project = projects.get(&folder(input)).map(|loaded| &loaded.project);
        let options = Options {
            project_levels: project
                .map(|project| project.levels.clone())
                .unwrap_or_default(),
            project_format: project.and_then(|project| project.format),
            levels: self.checking.reporting.levels(),
            limits,
            // Fixes are made in whole files, and templates render every sample.
            streaming: (!self.fix && !self.diff && self.chat.is_none())
                .then(|| self.checking.streaming(None, progress.seen())),
            chat: self.chat.clone(),
            ..Options::default()
        };
        let taken = if input.named {
            Taken::AsSpec
        } else {
            Taken::IfSpec
        };
        let sources = SourceMap::default();
        let outcome = check(&sources, texts, &input.path, bytes, taken, &options);
        let (kind, diagnostics) = (outcome.kind, outcome.diagnostics);
        Ok(Looked {
            kind,
            checked: Checked {
                sources,
                diagnostics,
            },
        })
    }

    fn tell_summary(&self, report: &Report<'_>, skipped: &Skipped, took: std::time::Duration) {
        let mut summary = report.summary();
        if self.checking.baseline.is_some() {
            summary = summary.replace("no problems", "no problems that the baseline does not know");
        }
        summary += &skipped.counted();
        if took.as_millis() >= 100 {
            summary += &format!(" Took {:.1} s.", took.as_secs_f64());
        }
        self.checking.reporting.summary(&summary);
        if self.checking.verbose {
            skipped.tell(&self.checking);
        }
    }
}

/// The folder of an input.
fn folder(input: &Input) -> PathBuf {
    input
        .path
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// The projects of all inputs, by the inputs' folders.
fn projects(inputs: &[Input]) -> Result<BTreeMap<PathBuf, Loaded>, Failure> {
    let mut projects = BTreeMap::new();
    for input in inputs {
        let folder = folder(input);
        if projects.contains_key(&folder) {
            continue;
        }
        let loaded = match project::find(&folder) {
            Some(path) => project::load(&path)?,
            None => Loaded::default(),
        };
        projects.insert(folder, loaded);
    }
    Ok(projects)
}

/// The resolved paths of all files that specs include.
fn included(checked: &[Checked]) -> std::collections::HashSet<PathBuf> {
    let files = checked.iter().flat_map(|spec| spec.sources.files().skip(1));
    files.map(|file| canonical(Path::new(&file.path))).collect()
}

fn canonical(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}
