//! `mtp convert`: a spec, a fragment or a file of samples in another notation.

use super::inputs::{self, Input};
use super::outputs::{self, Staged};
use super::project;
use super::shared::{Color, Failure, Outcome, show, shown, tell};
use crate::diagnostics::{Diagnostic, Diagnostics, Levels, missing_key};
use crate::load::{Kind, Limits, Loader, Opened};
use crate::print::{self, from_document, is_same};
use crate::report::{Checked, Report};
use crate::source::{Disk, Files, SourceMap, Span};
use crate::syntax::tree::{Node, Notation, Value};
use clap::{Args, ValueEnum};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Arguments of `convert`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  mtp convert spec.yaml --to toml\n  \
  mtp convert spec.toml -o spec.yaml\n\n\
The result means the same, and builds to the same bytes. Comments and empty lines are kept; JSON\n\
has no comments, so there they are left out, which is told. Aliases and merge keys of YAML are\n\
written out.")]
pub(super) struct Convert {
    /// The file: a spec, a fragment or samples; - is standard input
    #[arg(value_name = "SPEC")]
    spec: String,
    /// The notation to write [default: by the ending of -o]
    #[arg(long, value_enum, value_name = "NOTATION")]
    to: Option<To>,
    /// Write to this file [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file of -o if it is there
    #[arg(long, requires = "output")]
    force: bool,
    /// The name that a spec from standard input has
    #[arg(long, value_name = "NAME", default_value = "stdin.yaml")]
    stdin_filename: PathBuf,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto")]
    color: Color,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum To {
    /// What people like to write
    Yaml,
    /// Sections and tables
    Toml,
    /// What programs like to write; without comments
    Json,
}

impl From<To> for Notation {
    fn from(to: To) -> Self {
        match to {
            To::Yaml => Notation::Yaml,
            To::Toml => Notation::Toml,
            To::Json => Notation::Json,
        }
    }
}

/// A file in its new notation.
struct Converted {
    text: String,
    /// The comments that are not in it.
    left_out: usize,
    /// Those among them that silence a rule.
    silencing: usize,
    ties: Ties,
}

/// What a file means only in its folder.
struct Ties {
    /// The first key with paths, which are relative.
    paths: Option<&'static str>,
    /// Whether it is a spec that leaves its format to `mtp.toml`.
    format: bool,
}

impl Ties {
    fn of(opened: &Opened<'_>) -> Ties {
        let root = opened
            .document()
            .and_then(|document| document.root.as_ref());
        let at_top = |key| root.and_then(|root| entry(root, key));
        let instructions = at_top("instructions").map(|node| &node.value);
        let mut instructions = match instructions {
            Some(Value::Map(instructions)) => instructions.iter(),
            _ => [].iter(),
        };
        let mut has_samples =
            || instructions.any(|one| entry(&one.value, "samples_from").is_some());
        let paths = match at_top("include") {
            Some(_) => Some("include"),
            None => has_samples().then_some("samples_from"),
        };
        Ties {
            paths,
            format: opened.kind() == Kind::Spec && at_top("format").is_none(),
        }
    }
}

/// What stands under a key.
fn entry<'n, 's>(map: &'n Node<'s>, key: &str) -> Option<&'n Node<'s>> {
    let Value::Map(entries) = &map.value else {
        return None;
    };
    let found = entries.iter().find(|entry| entry.key.value == key);
    found.map(|entry| &entry.value)
}

/// Why a file was not converted.
enum Refused {
    /// What is wrong with it.
    Findings(Vec<Diagnostic>),
    /// What it is, or what went wrong.
    Told(Failure),
}

impl Convert {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let to = self.notation()?;
        let input = self.input()?;
        if let Some(output) = &self.output {
            self.may_write(output, &input)?;
        }
        let bytes = match input.bytes {
            Some(bytes) => bytes,
            None => Disk.read(&input.path, limits().bytes).map_err(|error| {
                Failure::of(format!("cannot read `{}`", shown(&input.path)), error)
            })?,
        };
        let sources = SourceMap::default();
        let is_moved = |output: &PathBuf| !is_same_folder(&input.path, output);
        let is_moved = self.output.as_ref().is_some_and(is_moved);
        let converted = match converted(&sources, &input.path, bytes, to, is_moved) {
            Ok(converted) => converted,
            Err(Refused::Told(failure)) => return Err(failure),
            Err(Refused::Findings(diagnostics)) => {
                let checked = [Checked {
                    sources,
                    diagnostics,
                }];
                show(&Report::new(&checked, 1), self.color)?;
                return Ok(Outcome::Faulty);
            }
        };
        match &self.output {
            Some(path) => {
                stays_whole(&converted.ties, &input.path, path)?;
                outputs::make_folder_of(path)?;
                Staged::write(path, |out| out.write_all(converted.text.as_bytes()))?.commit()?;
                let line = format!("Wrote {}.", shown(path));
                // If standard error is closed, there is nobody left to tell.
                let _ = writeln!(io::stderr().lock(), "{}", crate::report::escaped(&line));
            }
            None => {
                let mut out = io::stdout().lock();
                let written = out
                    .write_all(converted.text.as_bytes())
                    .and_then(|()| out.flush());
                written.map_err(|error| Failure::stream(&error))?;
            }
        }
        if converted.left_out > 0 {
            tell(&left_out(&converted));
        }
        Ok(Outcome::Clean)
    }

    /// The notation to write.
    fn notation(&self) -> Result<Notation, Failure> {
        let by_ending = self
            .output
            .as_ref()
            .and_then(|path| Notation::of_path(&path.to_string_lossy()));
        match (self.to.map(Notation::from), by_ending) {
            (Some(to), Some(ending)) if to != ending => {
                let output = self.output.as_deref().map(shown).unwrap_or_default();
                Err(Failure::Told(format!(
                    "--to {} and the ending of `{output}` do not go together; leave out one of them",
                    name(to)
                )))
            }
            (Some(to), _) | (None, Some(to)) => Ok(to),
            (None, None) => Err(Failure::Told(
                "say which notation to write: --to yaml, --to toml or --to json, or -o with a file \
                 that ends in one of these"
                    .to_owned(),
            )),
        }
    }

    /// The one file to read.
    fn input(&self) -> Result<Input, Failure> {
        let found = inputs::expand(&self.spec, &self.stdin_filename, None)?;
        let mut found = found.inputs;
        let input = found.pop().filter(|_| found.is_empty());
        let Some(input) = input.filter(|input| input.named) else {
            return Err(Failure::Told(format!(
                "`{}` is not one file; convert files one at a time",
                self.spec
            )));
        };
        let path = input.path.to_string_lossy();
        let ending = path
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref() {
            Some(
                ending @ ("csv" | "tsv" | "jsonl" | "ndjson" | "parquet" | "xlsx" | "gz" | "zst"),
            ) => Err(Failure::Told(format!(
                "`{path}` is a `.{ending}` file; only YAML, TOML and JSON are converted"
            ))),
            _ => Ok(input),
        }
    }

    /// Refuses to replace a file that is not to be replaced.
    fn may_write(&self, output: &Path, input: &Input) -> Result<(), Failure> {
        let read = input.bytes.is_none().then_some(input.path.as_path());
        outputs::may_replace(output, read, self.force)
    }
}

/// Whether two files stand in one folder.
fn is_same_folder(file: &Path, other: &Path) -> bool {
    let folder = |path: &Path| match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.canonicalize().ok(),
        _ => Path::new(".").canonicalize().ok(),
    };
    folder(file).is_some_and(|folder_of_file| Some(folder_of_file) == folder(other))
}

/// Refuses to write a spec into a folder where it would mean something else: paths in it
/// are relative, and `mtp.toml` may set its format.
fn stays_whole(ties: &Ties, from: &Path, to: &Path) -> Result<(), Failure> {
    if is_same_folder(from, to) {
        return Ok(());
    }
    if let Some(key) = ties.paths {
        return Err(Failure::of(
            format!("cannot write `{}`", shown(to)),
            format!(
                "paths under `{key}` are relative; write it into the folder of `{}`",
                shown(from)
            ),
        ));
    }
    if ties.format && project::format_at(from)? != project::format_at(to)? {
        return Err(Failure::of(
            format!("cannot write `{}`", shown(to)),
            "`mtp.toml` sets another format there; write `format` into the spec first",
        ));
    }
    Ok(())
}

fn limits() -> Limits {
    Limits {
        bytes: Limits::default().bytes.min(u64::from(u32::MAX) - 1),
        ..Limits::default()
    }
}

fn name(notation: Notation) -> &'static str {
    match notation {
        Notation::Yaml => "yaml",
        Notation::Toml => "toml",
        Notation::Json => "json",
    }
}

/// What is told of comments that JSON has no place for.
fn left_out(converted: &Converted) -> String {
    let count = |count: usize| match count {
        1 => "1 comment is".to_owned(),
        count => format!("{count} comments are"),
    };
    let silencing = match converted.silencing {
        1 if converted.left_out == 1 => ", which silences a rule".to_owned(),
        0 => String::new(),
        1 => ", 1 of which silences a rule".to_owned(),
        silencing => format!(", {silencing} of which silence rules"),
    };
    let left_out = count(converted.left_out);
    format!("JSON has no comments: {left_out} left out{silencing}")
}

/// Writes the file at `path` in the notation `to`, for another folder if it `is_moved`.
fn converted(
    sources: &SourceMap,
    path: &Path,
    bytes: Vec<u8>,
    to: Notation,
    is_moved: bool,
) -> Result<Converted, Refused> {
    let mut findings = Diagnostics::default();
    let loader = Loader::new(sources, &Disk, limits());
    let opened = loader.whole(loader.open(path, bytes, &mut findings));
    if opened.kind() == Kind::Emitted {
        return Err(Refused::Told(Failure::Told(format!(
            "`{}` is a model or template file, not a spec",
            shown(path)
        ))));
    }
    let from = Notation::of_path(&path.to_string_lossy()).unwrap_or(Notation::Yaml);
    let mut node = None;
    if findings.iter().next().is_none()
        && let Some(document) = opened.document()
    {
        node = from_document(document, sources, opened.origin, (from, to), &mut findings);
        node = node.filter(|node| !print::is_empty(node, to));
        if node.is_none() && findings.iter().next().is_none() {
            findings.push(missing_key::empty_file(Span::new(opened.origin, 0, 0)));
        }
    }
    let (Some(mut node), Some(document)) = (node, opened.document()) else {
        // Comments that silence what is not looked at here are no mistake.
        let mut told = Diagnostics::default();
        findings
            .iter()
            .cloned()
            .for_each(|finding| told.push(finding));
        let told = told.finish(sources, &Levels::default());
        return Err(Refused::Findings(told));
    };
    let forgotten = match is_moved {
        true => node.forget_schema(),
        false => 0,
    };
    let text = print::text(&node, to);
    let comments = document.comments.len() - forgotten.min(document.comments.len());
    let kept = match reread(&text, to, &node) {
        Some(kept) if kept == comments || to == Notation::Json => kept,
        _ => {
            return Err(Refused::Told(Failure::Told(format!(
                "internal mistake: `{}` would not mean the same in {}, so nothing was written; please report this with the file",
                shown(path),
                name(to).to_uppercase()
            ))));
        }
    };
    let is_silencing = |comment: &&crate::diagnostics::Comment| {
        let text = sources.text(comment.span);
        text.trim_start_matches('#')
            .trim_start()
            .starts_with("mtp:")
    };
    let silencing = match to {
        Notation::Json => document.comments.iter().filter(is_silencing).count(),
        _ => 0,
    };
    Ok(Converted {
        ties: Ties::of(&opened),
        text,
        left_out: comments - kept.min(comments),
        silencing,
    })
}

/// Reads what was written; the number of its comments, if it is what was meant.
fn reread(text: &str, notation: Notation, meant: &print::Node<'_>) -> Option<usize> {
    let sources = SourceMap::default();
    let mut findings = Diagnostics::default();
    let loader = Loader::new(&sources, &Disk, limits());
    let path = format!("result.{}", name(notation));
    let opened = loader.open(Path::new(&path), text.as_bytes().to_vec(), &mut findings);
    let opened = loader.whole(opened);
    let document = opened.document()?;
    let notations = (notation, notation);
    let node = from_document(document, &sources, opened.origin, notations, &mut findings)?;
    let is_meant = findings.iter().next().is_none() && is_same(meant, &node, notation);
    is_meant.then_some(document.comments.len())
}
