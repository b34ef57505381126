//! `mtp validate`: every mistake of every spec, in one run.

use super::inputs::{self, Input};
use super::outputs::Staged;
use super::progress::Progress;
use super::project::{self, Loaded, Project};
use super::shared::{Checking, Failure, Outcome, Stream, outcome, parallel, shown, tell};
use super::templates::{self, MappingArgs, TemplateArgs};
use super::{baseline, fix};
use crate::chat::{Checks, Named, Platform};
use crate::load::Kind;
use crate::report::{Checked, Report};
use crate::source::{Disk, Files, Overlay, SourceMap, is_pattern};
use crate::{Options, Taken, check};
use clap::Args;
use std::collections::BTreeMap;
use std::io::{self, Write};
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
    kind: Kind,
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
                    .report(&Report::new(&checked, 0), Stream::Out)?;
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
        let here = self.project_here()?;
        let mut checked = Vec::new();
        if !here.diagnostics.is_empty() {
            // A project file with a mistake says nothing that could be relied on.
            checked.push(Checked {
                sources: here.sources,
                diagnostics: here.diagnostics,
            });
            let report = Report::new(&checked, 0);
            self.checking.report(&report, Stream::Out)?;
            return Ok(Outcome::Incomplete);
        }
        let inputs = self.inputs(&here.project, &mut failures)?;
        let projects = projects(&inputs)?;
        let on_disk = Overlay::default();
        let mut looked = self.look_at_all(&inputs, &projects, &on_disk);
        let mut differs = false;
        if self.fix || self.diff {
            let first = match self.diff {
                // The findings that are shown in the end are those of the files as they are.
                true => self.look_at_all(&inputs, &projects, &on_disk),
                false => std::mem::take(&mut looked),
            };
            let look = |texts: &Overlay| self.look_at_all(&inputs, &projects, texts);
            let fixed = fix::rounds(first, self.which(&inputs)?, look);
            differs = self.diff && !fixed.cured.is_empty();
            if self.diff {
                show_diff(&fixed)?;
            } else {
                self.write_fixed(&fixed)?;
                looked = fixed.looked;
            }
            for path in &fixed.refused {
                tell(&format!(
                    "some fixes in `{path}` were left out: they would bring new errors"
                ));
            }
        }

        let mut skipped = Vec::new();
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
                Ok(looked) => skipped.push((input.path.clone(), looked.kind)),
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
        if self.diff {
            self.checking.report_to_files(&report)?;
        } else {
            self.checking.report(&report, Stream::Out)?;
        }
        for failure in &failures {
            tell(failure);
        }
        let included = included(&checked);
        skipped
            .retain(|(path, kind)| *kind != Kind::Fragment || !included.contains(&canonical(path)));
        if files > 0 || failures.is_empty() && self.allow_empty {
            self.tell_summary(&report, &skipped, started.elapsed());
        }
        if files == 0 && failures.is_empty() && !self.allow_empty {
            tell("nothing to check: no spec was found (--allow-empty finds that fine)");
            return Ok(Outcome::Incomplete);
        }
        if incomplete || !failures.is_empty() {
            return Ok(Outcome::Incomplete);
        }
        Ok(if differs {
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
                .summary(&format!("Fixed {findings} in {}.", shown(path)));
        }
        Ok(())
    }

    fn project_here(&self) -> Result<Loaded, Failure> {
        match project::find(Path::new(".")) {
            Some(path) => project::load(&path),
            None => Ok(Loaded::default()),
        }
    }

    fn inputs(&self, project: &Project, failures: &mut Vec<String>) -> Result<Vec<Input>, Failure> {
        let filter = project.filter();
        let arguments = if self.paths.is_empty() {
            let folder = if project.include.is_empty() {
                Path::new(".")
            } else {
                &project.folder
            };
            let here = std::env::current_dir().unwrap_or_default();
            let folder = folder.strip_prefix(&here).unwrap_or(folder);
            vec![if folder.as_os_str().is_empty() {
                ".".to_owned()
            } else {
                shown(folder)
            }]
        } else {
            self.paths.clone()
        };
        let mut inputs: Vec<Input> = Vec::new();
        for argument in &arguments {
            match inputs::expand(argument, &self.stdin_filename, &filter) {
                Ok(found) if found.is_empty() && is_pattern(argument) => {
                    if !self.allow_empty {
                        failures.push(format!("`{argument}` matches no file"));
                    }
                }
                Ok(found) => inputs.extend(found),
                Err(Failure::Told(message)) => failures.push(message),
                Err(closed) => return Err(closed),
            }
        }
        Ok(inputs::distinct(inputs))
    }

    fn look_at_all(
        &self,
        inputs: &[Input],
        projects: &BTreeMap<PathBuf, Loaded>,
        texts: &Overlay,
    ) -> AllLooked {
        let progress = Progress::start();
        progress.total(inputs.len());
        parallel(inputs, self.checking.jobs, |input| {
            progress.stage(format!("checking {}", shown(&input.path)));
            let looked = self.look(input, projects, texts);
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
                answer: None,
            })
        }))
    }

    fn look(
        &self,
        input: &Input,
        projects: &BTreeMap<PathBuf, Loaded>,
        texts: &Overlay,
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
            levels: self.checking.levels(),
            limits: self.checking.limits(),
            chat: self.chat.clone(),
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

    fn tell_summary(
        &self,
        report: &Report<'_>,
        skipped: &[(PathBuf, Kind)],
        took: std::time::Duration,
    ) {
        let mut summary = report.summary();
        if self.checking.baseline.is_some() {
            summary = summary.replace("no problems", "no problems that the baseline does not know");
        }
        if !skipped.is_empty() {
            summary += &format!(
                " Skipped {} that {} no spec.",
                skipped.len(),
                if skipped.len() == 1 { "is" } else { "are" }
            );
        }
        if took.as_millis() >= 100 {
            summary += &format!(" Took {:.1} s.", took.as_secs_f64());
        }
        self.checking.summary(&summary);
        if self.checking.verbose {
            for (path, kind) in skipped {
                let reason = match kind {
                    Kind::Fragment => "no spec includes it",
                    Kind::Emitted => "a model or template file",
                    _ => "neither `instructions` nor `tokens` at the top",
                };
                self.checking
                    .summary(&format!("skipped {}: {reason}", shown(path)));
            }
        }
    }
}

/// Prints what fixes change, as a unified diff.
fn show_diff(fixed: &fix::Fixed) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for path in fixed.cured.keys() {
        let bytes = Disk.read(Path::new(path), u64::MAX);
        let old = bytes.map_err(|error| Failure::of(format!("cannot read `{path}`"), error))?;
        let old = String::from_utf8_lossy(&old);
        let new = fixed.texts.get(Path::new(path)).unwrap_or_default();
        let diff = similar::TextDiff::from_lines(old.as_ref(), new);
        let text = diff.unified_diff().header(path, path).to_string();
        let text: String = text.split_inclusive('\n').map(escaped_line).collect();
        out.write_all(text.as_bytes())
            .map_err(|error| Failure::stream(&error))?;
    }
    out.flush().map_err(|error| Failure::stream(&error))
}

/// A line of a diff without anything that a terminal would obey.
fn escaped_line(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(line) => format!("{}\n", crate::report::escaped(line)),
        None => crate::report::escaped(line).into_owned(),
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
