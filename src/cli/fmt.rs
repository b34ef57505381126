//! `mtp fmt`: the canonical layout of specs, written over them.

use super::inputs::{self, Asked, Found, Input};
use super::outputs::Staged;
use super::shared::{Color, Failure, Outcome, show, shown, tell};
use super::{patch, project};
use crate::diagnostics::{Diagnostic, Diagnostics, Levels};
use crate::format::{self, Formatted};
use crate::load::{Kind, Limits, Loader};
use crate::parallel;
use crate::report::{Checked, Report, escaped};
use crate::source::{Disk, Files, SourceMap};
use crate::syntax::tree::Notation;
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;

/// Arguments of `fmt`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  mtp fmt\n  mtp fmt specs/ --check\n  \
  mtp fmt - < spec.yaml\n\n\
The layout: keys in the order of the documentation, two spaces a level, quotes where they are\n\
needed, short lists and samples on one line of up to 100 columns, empty lines between sections.\n\
Comments, anchors and aliases stay. The result is read again: a file whose meaning would change\n\
is left alone, and so is one that cannot be read. In a folder, specs and fragments are taken.")]
pub(super) struct Fmt {
    /// Files, folders and patterns; - is standard input, and the result goes to standard
    /// output [default: what mtp.toml includes, else the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Change nothing; print the files that would be changed, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
    /// Change nothing; show what would be changed, and exit with 1 if there is anything
    #[arg(long)]
    diff: bool,
    /// The name that a spec from standard input has
    #[arg(long, value_name = "NAME", default_value = "stdin.yaml")]
    stdin_filename: PathBuf,
    /// Find it fine if there is nothing to lay out
    #[arg(long)]
    allow_empty: bool,
    /// Show no summary
    #[arg(short, long)]
    quiet: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto")]
    color: Color,
}

/// What came of a file.
enum Done {
    /// It is no spec, and nobody said that it was.
    Skipped,
    /// The text that was read and the text that it becomes.
    Text(String, String),
    /// It cannot be read.
    Refused(Checked),
    /// What went wrong.
    Failed(String),
}

/// How many files were what.
#[derive(Default)]
struct Counts {
    changed: usize,
    same: usize,
    refused: usize,
    failed: usize,
}

impl Fmt {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let mut failures = Vec::new();
        let here = project::here()?;
        if !here.diagnostics.is_empty() {
            let checked = [Checked {
                sources: here.sources,
                diagnostics: here.diagnostics,
            }];
            show(&Report::new(&checked, 0), self.color)?;
            return Ok(Outcome::Incomplete);
        }
        let asked = Asked {
            paths: &self.paths,
            stdin_name: &self.stdin_filename,
            allow_empty: self.allow_empty,
        };
        let Found { inputs, .. } = inputs::all(&asked, &here.project, &mut failures)?;
        let done = parallel::map(&inputs, parallel::available(), formatted);
        let mut refused = Vec::new();
        let mut counts = Counts::default();
        for (input, done) in inputs.iter().zip(done) {
            match done {
                Done::Skipped => {}
                Done::Text(old, new) => {
                    let is_changed = old != new;
                    *(if is_changed {
                        &mut counts.changed
                    } else {
                        &mut counts.same
                    }) += 1;
                    self.put(input, &old, &new)?;
                }
                Done::Refused(checked) => refused.push(checked),
                Done::Failed(message) => failures.push(message),
            }
        }
        counts.refused = refused.len();
        counts.failed = failures.len();
        if !refused.is_empty() {
            show(&Report::new(&refused, refused.len()), self.color)?;
        }
        for failure in &failures {
            tell(failure);
        }
        self.end(&counts, &inputs)
    }

    /// Does with a result what is asked for.
    fn put(&self, input: &Input, old: &str, new: &str) -> Result<(), Failure> {
        let path = shown(&input.path);
        if old != new && self.diff {
            patch::show_file(&path, old, new)?;
        }
        if old != new && self.check {
            print(&format!("{}\n", escaped(&path)))?;
        }
        if self.check || self.diff {
            return Ok(());
        }
        if input.bytes.is_some() {
            return print(new);
        }
        if old != new {
            let staged = Staged::write(&input.path, |out| out.write_all(new.as_bytes()))?;
            staged.commit()?;
        }
        Ok(())
    }

    /// Tells what was done.
    fn end(&self, counts: &Counts, inputs: &[Input]) -> Result<Outcome, Failure> {
        let is_dry = self.check || self.diff;
        let files = counts.changed + counts.same + counts.refused;
        if files == 0 && counts.failed == 0 && !self.allow_empty {
            tell("nothing to lay out: no spec was found (--allow-empty finds that fine)");
            return Ok(Outcome::Incomplete);
        }
        let is_stdin = inputs.len() == 1 && inputs.iter().all(|input| input.bytes.is_some());
        if !self.quiet && files > 0 && (is_dry || !is_stdin) {
            // If standard error is closed, there is nobody left to tell.
            let _ = writeln!(io::stderr().lock(), "{}", counts.summary(is_dry));
        }
        if counts.failed > 0 {
            return Ok(Outcome::Incomplete);
        }
        Ok(match counts.refused > 0 || is_dry && counts.changed > 0 {
            true => Outcome::Faulty,
            false => Outcome::Clean,
        })
    }
}

impl Counts {
    fn summary(&self, is_dry: bool) -> String {
        let files = |count: usize| match count {
            1 => "1 file".to_owned(),
            count => format!("{count} files"),
        };
        let mut parts = Vec::new();
        if self.changed > 0 {
            let verb = if is_dry { "Would lay out" } else { "Laid out" };
            parts.push(format!("{verb} {}.", files(self.changed)));
        }
        if self.same > 0 {
            let verb = if self.same == 1 { "is" } else { "are" };
            parts.push(format!("{} {verb} as wanted.", files(self.same)));
        }
        if self.refused > 0 {
            parts.push(format!("{} cannot be read.", files(self.refused)));
        }
        parts.join(" ")
    }
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::stream(&error))
}

/// Reads a file and lays it out.
fn formatted(input: &Input) -> Done {
    let path = shown(&input.path);
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    if is_data(ending) {
        return Done::Failed(format!(
            "`{path}` is a `.{ending}` file; only YAML, TOML and JSON are laid out"
        ));
    }
    let limits = Limits {
        bytes: Limits::default().bytes.min(u64::from(u32::MAX) - 1),
        ..Limits::default()
    };
    let bytes = match &input.bytes {
        Some(bytes) => bytes.clone(),
        None => match Disk.read(&input.path, u64::from(u32::MAX)) {
            Ok(bytes) => bytes,
            Err(error) => return Done::Failed(format!("cannot read `{path}`: {error}")),
        },
    };
    let sources = SourceMap::default();
    let mut findings = Diagnostics::default();
    let opened = Loader::new(&sources, &Disk, limits).open(&input.path, bytes, &mut findings);
    match opened.kind() {
        Kind::Emitted if input.named => {
            return Done::Failed(format!(
                "`{path}` is a model or template file, not a spec; its layout is that of `mtp build`"
            ));
        }
        Kind::Emitted => return Done::Skipped,
        Kind::Other if !input.named && !path.contains(".mtp.") => return Done::Skipped,
        _ => {}
    }
    let origin = opened.origin;
    if findings.iter().next().is_some() {
        return refused(sources, findings);
    }
    let notation = Notation::of_path(&path).unwrap_or(Notation::Yaml);
    let mut findings = Diagnostics::default();
    match format::format(&sources, origin, notation, &mut findings) {
        Formatted::Text(text) => Done::Text(sources.whole(origin).to_owned(), text),
        Formatted::Refused => refused(sources, findings),
        Formatted::Changed => Done::Failed(format!(
            "internal mistake: `{path}` would not mean the same, so it was left alone; please \
             report this with the file"
        )),
    }
}

/// Whether files with this ending hold data.
fn is_data(ending: &str) -> bool {
    let data = [
        "csv", "tsv", "jsonl", "ndjson", "parquet", "xlsx", "gz", "zst",
    ];
    data.iter().any(|data| ending.eq_ignore_ascii_case(data))
}

fn refused(sources: SourceMap, findings: Diagnostics) -> Done {
    // Comments that silence what is not looked at here are no mistake.
    let mut told = Diagnostics::default();
    findings
        .iter()
        .cloned()
        .for_each(|finding| told.push(finding));
    let diagnostics: Vec<Diagnostic> = told.finish(&sources, &Levels::default());
    Done::Refused(Checked {
        sources,
        diagnostics,
    })
}
