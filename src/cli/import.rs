//! `mtp import`: a model file, or a table of prompts and answers, becomes a spec.

use super::limits::ReadingArgs;
use super::outputs::{self, Staged};
use super::progress::{Progress, size};
use super::project;
use super::sample_files::{file_stem, from_spec, lines};
use super::shared::{Failure, Outcome, shown, tell};
use super::specs::Refused;
use crate::ast::{Given, Instruction, Spec, States};
use crate::diagnostics::{Level, Levels, empty_snippet, unused_key};
use crate::import::table;
use crate::ir::Format;
use crate::print;
use crate::report::Checked;
use crate::source::{Disk, Files, SourceMap, Spanned};
use crate::syntax::tree::Notation;
use crate::{Imported, Options};
use clap::Args;
use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Arguments of `import`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mtp import wonderland_model.json -o wonderland.yaml\n  \
mtp import answers.csv -o answers.yaml\n\n\
Building the spec gives the model file again. A table has the columns Input, Reference and Output\n\
(a state machine), or Input, Reference and one column for each label (a multi classifier)."
)]
pub(super) struct Import {
    /// A model file of any format, or a table: .csv, .tsv, .xlsx; - is standard input
    file: PathBuf,
    /// Write the spec here, in the notation of the ending: .yaml, .toml or .json
    /// [default: standard output, as YAML]
    #[arg(short, long, value_name = "SPEC")]
    output: Option<PathBuf>,
    /// Put the samples of each instruction into a JSON Lines file in this folder, which
    /// the spec names
    #[arg(long, value_name = "DIR", requires = "output")]
    samples_to: Option<PathBuf>,
    /// The name that a file from standard input has [default: what its first bytes tell:
    /// stdin.json, stdin.xlsx or stdin.csv]
    #[arg(long, value_name = "NAME")]
    stdin_filename: Option<PathBuf>,
    /// The protocol's name [default: the one in the model file, or what the table is called]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Background lines for what comes of a table: a text file, every line of it one
    #[arg(long, value_name = "FILE")]
    context: Option<PathBuf>,
    /// What separates the cells of a table: a character, or `tab` [default: what its header
    /// shows]
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<String>,
    /// Refuse a file of which something cannot be carried over
    #[arg(long)]
    strict: bool,
    /// Replace files that are there already
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    reading: ReadingArgs,
}

impl Import {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let notation = self.notation()?;
        self.may_write()?;
        let progress = Progress::start();
        let (path, bytes) = self.input()?;
        progress.stage(format!(
            "importing {} ({})",
            shown(&path),
            size(bytes.len())
        ));
        let sources = SourceMap::default();
        let options = self.options();
        let table = self.table(&path)?;
        let Imported {
            diagnostics,
            mut spec,
            note,
        } = match &table {
            Some(table) => crate::import_table(&sources, &path, bytes, table, &options),
            None => crate::import_model(&sources, &path, bytes, &options),
        };
        if let (Some(spec), Some(output)) = (&mut spec, &self.output) {
            pin_format(spec, output)?;
        }
        if let (Some(spec), Some(name)) = (&mut spec, &self.name) {
            let span = spec.first_key;
            spec.name = Some(Given {
                key: span,
                value: Some(Spanned::new(name.into(), span)),
            });
        }
        let summary = spec.as_ref().map(summary);
        progress.stage("writing the spec");
        let files = spec.map(|spec| self.files(spec, notation)).transpose()?;
        drop(progress);
        if let Some(note) = note {
            tell(&note);
        }
        let mut told = Refused::default();
        if !diagnostics.is_empty() {
            told.found(Checked {
                sources,
                diagnostics,
            });
            let outcome = told.tell_with(|report| match report.errors {
                0 => format!("Imported with {}.", report.found()),
                _ => format!("Nothing was imported: {}.", report.found()),
            })?;
            if outcome != Outcome::Clean {
                return Ok(outcome);
            }
        }
        self.write(files.unwrap_or_default())?;
        if let (Some(output), Some(summary)) = (&self.output, summary) {
            let line = format!("Wrote {}: {summary}.", shown(output));
            // If standard error is closed, there is nobody left to tell.
            let _ = writeln!(io::stderr().lock(), "{}", crate::report::escaped(&line));
        }
        Ok(Outcome::Clean)
    }

    fn notation(&self) -> Result<Notation, Failure> {
        let Some(path) = &self.output else {
            return Ok(Notation::Yaml);
        };
        Notation::of_path(&path.to_string_lossy()).ok_or_else(|| {
            Failure::of(
                format!("cannot write `{}`", shown(path)),
                "a spec ends in .yaml, .toml or .json",
            )
        })
    }

    /// Refuses names and files that cannot be used.
    fn may_write(&self) -> Result<(), Failure> {
        if let Some(name) = &self.name
            && !crate::validate::is_safe_name(name)
        {
            return Err(Failure::Told(format!(
                "`{name}` cannot be the name of a protocol: files are called after it"
            )));
        }
        match &self.output {
            Some(output) => outputs::may_replace(output, Some(&self.file), self.force),
            None => Ok(()),
        }
    }

    /// The file's path and bytes.
    fn input(&self) -> Result<(PathBuf, Vec<u8>), Failure> {
        if self.file.as_os_str() != "-" {
            let bytes = Disk.read(&self.file, u64::MAX).map_err(|error| {
                Failure::of(format!("cannot read `{}`", shown(&self.file)), error)
            })?;
            return Ok((self.file.clone(), bytes));
        }
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        read.map_err(|error| Failure::of("cannot read standard input", error))?;
        let name = match &self.stdin_filename {
            Some(name) => name.clone(),
            None => PathBuf::from(told_by(&bytes)),
        };
        Ok((name, bytes))
    }

    /// How to read a table, if the file is one.
    fn table(&self, path: &Path) -> Result<Option<table::Options>, Failure> {
        if !table::is_table(path) {
            let of_tables = [
                ("--context", self.context.is_some()),
                ("--delimiter", self.delimiter.is_some()),
            ];
            return match of_tables.into_iter().find(|(_, given)| *given) {
                Some((option, _)) => Err(Failure::of(
                    format!("`{option}` is for tables"),
                    format!("`{}` does not end in .csv, .tsv or .xlsx", shown(path)),
                )),
                None => Ok(None),
            };
        }
        let delimiter = self.delimiter.as_deref().map(|text| {
            table::delimiter(text).ok_or_else(|| {
                Failure::of(
                    format!("cannot use the delimiter `{text}`"),
                    "it has to be one ASCII character that is no letter, digit or quote, or `tab`",
                )
            })
        });
        let context = self.context.as_deref().map(|file| {
            let failure = |reason: &dyn std::fmt::Display| {
                Failure::of(format!("cannot read `{}`", shown(file)), reason)
            };
            let bytes = Disk.read(file, u64::MAX).map_err(|error| failure(&error))?;
            String::from_utf8(bytes).map_err(|_| failure(&"it is not UTF-8"))
        });
        let context = context.transpose()?.unwrap_or_default();
        let context = context.trim_start_matches('\u{feff}');
        let lines = context
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        let stem = path.file_stem().map(|stem| stem.to_string_lossy());
        let stem = stem.map(std::borrow::Cow::into_owned);
        Ok(Some(table::Options {
            delimiter: delimiter.transpose()?,
            name: self.name.clone().or(stem).unwrap_or_default(),
            context: lines.map(str::to_owned).collect(),
        }))
    }

    fn options(&self) -> Options {
        let mut levels = Levels::default();
        if self.strict {
            levels.set(&unused_key::RULE, Level::Error);
            // A row of a table without an input is left out.
            levels.set(&empty_snippet::RULE, Level::Error);
        }
        Options {
            levels,
            limits: self.reading.limits(),
            ..Options::default()
        }
    }

    /// The files to write, the spec first; no path stands for standard output.
    fn files(
        &self,
        mut spec: Spec<'_>,
        notation: Notation,
    ) -> Result<Vec<(Option<PathBuf>, String)>, Failure> {
        let mut data = Vec::new();
        if let (Some(folder), Some(output)) = (&self.samples_to, &self.output) {
            let named = from_spec(output, folder)?;
            let mut taken = HashSet::new();
            for instruction in &mut spec.instructions {
                let stem = file_stem(&instruction.name.value, &mut taken);
                let file = format!("{stem}.jsonl");
                let text = lines(instruction);
                let path = match named.as_str() {
                    "" => file.clone(),
                    named => format!("{named}/{file}"),
                };
                let path = Spanned::new(path.into(), instruction.name.span);
                instruction.samples_from = vec![path];
                data.push((Some(folder.join(file)), text));
            }
        }
        let text = print::text(&print::from_ast(&spec, notation), notation);
        let mut files = vec![(self.output.clone(), text)];
        files.extend(data);
        Ok(files)
    }

    fn write(&self, files: Vec<(Option<PathBuf>, String)>) -> Result<(), Failure> {
        if let [(None, text)] = files.as_slice() {
            let mut out = io::stdout().lock();
            let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
            return written.map_err(|error| Failure::stream(&error));
        }
        let files = files.iter();
        let files: Vec<(&Path, &str)> = files
            .filter_map(|(path, text)| Some((path.as_deref()?, text.as_str())))
            .collect();
        if !self.force {
            return outputs::create(&files, "--force replaces what is there");
        }
        let mut staged = Vec::new();
        for (path, text) in files {
            outputs::make_folder_of(path)?;
            staged.push(Staged::write(path, |out| out.write_all(text.as_bytes()))?);
        }
        staged.into_iter().try_for_each(Staged::commit)
    }
}

/// What a file is called that begins like this one.
fn told_by(bytes: &[u8]) -> &'static str {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match text.trim_ascii_start() {
        [b'P', b'K', 3, 4, ..] => "stdin.xlsx",
        [] | [b'{' | b'[', ..] => "stdin.json",
        _ => "stdin.csv",
    }
}

/// Writes the format out where the project that a spec goes to would set another one.
fn pin_format(spec: &mut Spec<'_>, output: &Path) -> Result<(), Failure> {
    if spec.format.is_none() && project::format_at(output)? != Format::default() {
        let span = spec.first_key;
        spec.format = Some(Given {
            key: span,
            value: Some(Spanned::new(Format::default().name().into(), span)),
        });
    }
    Ok(())
}

/// What a spec holds, in a few words.
fn summary(spec: &Spec<'_>) -> String {
    let count = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        _ => format!("{} {what}s", crate::report::grouped(count)),
    };
    let samples = spec.instructions.iter().map(|one| one.samples.len()).sum();
    let tokens = count(spec.tokens.len(), "token");
    let instructions = match spec.instructions.as_slice() {
        [only] if !only.instruction_type.has_finals() => {
            let kind = only.instruction_type.name().replace('_', " ");
            format!("a {kind}{}", labels(only))
        }
        all => count(all.len(), "instruction"),
    };
    format!("{tokens}, {instructions}, {}", count(samples, "sample"))
}

/// The labels of a multi classifier: who misspelt a column of a table sees it here.
fn labels(instruction: &Instruction<'_>) -> String {
    let declared = instruction.states.as_ref();
    match declared
        .and_then(|given| given.value.as_ref())
        .map(|states| &states.value)
    {
        Some(States::Map(labels)) => {
            let names = labels
                .iter()
                .map(|label| format!("`{}`", label.label.value));
            format!(" of {}", names.collect::<Vec<String>>().join(", "))
        }
        _ => String::new(),
    }
}
