//! `mtp split`: a spec to train with and one to evaluate with, both checked before
//! either is written.

use super::inputs;
use super::limits::ReadingArgs;
use super::outputs::{self, Staged};
use super::project;
use super::shared::{Failure, Outcome, shown, whole};
use super::specs::{Given, Refused};
use crate::diagnostics::{Diagnostics, Levels};
use crate::report::{Checked, escaped};
use crate::source::SourceMap;
use crate::split::{self, Division, Part, Settings, Whole};
use clap::Args;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Arguments of `split`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mtp split specs/wonderland.yaml --eval 0.2 --share-small -o out\n\
writes out/wonderland.train.yaml and out/wonderland.eval.yaml.\n\n\
Samples are divided within each instruction, by what they end in or answer. The same seed gives\n\
the same division on every machine."
)]
pub(super) struct Split {
    /// A spec file; - is standard input
    #[arg(value_name = "SPEC")]
    spec: String,
    /// The part of the samples to evaluate with, between 0 and 1
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.1")]
    eval: f64,
    /// Another number gives another division
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole::<u64>)]
    seed: u64,
    /// Put samples of which there are too few to be divided into both specs
    #[arg(long)]
    share_small: bool,
    /// Replace files that are there already
    #[arg(long)]
    force: bool,
    /// The folder for the specs, which is made if it is not there [default: the current one]
    #[arg(short, long, value_name = "DIR")]
    out_dir: Option<PathBuf>,
    /// The name that a spec from standard input has
    #[arg(long, value_name = "NAME", default_value = "stdin.yaml")]
    stdin_filename: PathBuf,
    #[command(flatten)]
    reading: ReadingArgs,
}

pub(super) fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "write it like 0.1".to_owned())?;
    if share > 0.0 && share < 1.0 {
        Ok(share)
    } else {
        Err("it has to be more than 0 and less than 1, such as 0.1 for a tenth".to_owned())
    }
}

/// A spec that is to be written.
struct Half {
    path: PathBuf,
    text: String,
    samples: usize,
}

impl Split {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let mut refused = Refused::default();
        let Some(given) = self.given(&mut refused)? else {
            return refused.tell();
        };
        let sources = SourceMap::default();
        let crate::Outcome {
            kind,
            diagnostics,
            protocol,
        } = given.check(&sources);
        let Some(protocol) = protocol else {
            refused.spec(
                &given,
                kind,
                Checked {
                    sources,
                    diagnostics,
                },
            );
            return refused.tell();
        };
        let out_dir = self.out_dir.clone().unwrap_or_default();
        let settings = Settings {
            share: self.eval,
            seed: self.seed,
            share_small: self.share_small,
        };
        let mut findings = Diagnostics::default();
        let division = split::divide(&protocol, &settings, &mut findings);
        if findings.iter().next().is_some() {
            let diagnostics = findings.finish(&sources, &Levels::default());
            drop(protocol);
            refused.spec(
                &given,
                kind,
                Checked {
                    sources,
                    diagnostics,
                },
            );
            return refused.tell();
        }
        let again = SourceMap::default();
        let Some(mut whole) = Whole::read(&protocol, &sources, &again, &mut findings) else {
            return Err(Failure::Told(format!(
                "cannot divide `{}`: it holds something that cannot be written again",
                shown(&given.path)
            )));
        };
        if !is_same_folder(given.path.parent().unwrap_or(Path::new("")), &out_dir) {
            whole.forget_schema();
        }
        let format_there = project::format_at(&out_dir.join("half"))?;
        if protocol.format_span.is_none() && protocol.format != format_there {
            whole.pin_format(protocol.format);
        }
        let mut halves = Vec::new();
        for (part, word, purpose) in [
            (Part::Train, "train", "train"),
            (Part::Eval, "eval", "evaluate"),
        ] {
            let parts = || division.iter().flatten();
            let samples = parts().filter(|other| other.is_in(part)).count();
            let note = format!(
                "The part of {} to {purpose} with, {samples} of {} samples: mtp split --eval {} --seed {}",
                file_name(&given.path),
                parts().count(),
                self.eval,
                self.seed
            );
            let path = out_dir.join(half_name(&given.path, word));
            let is_read = sources
                .files()
                .any(|file| is_same_file(Path::new(&file.path), &path));
            if is_read {
                return Err(Failure::Told(format!(
                    "`{}` would be overwritten, which the spec is read from; name another folder with -o",
                    shown(&path)
                )));
            }
            if !self.force && path.symlink_metadata().is_ok() {
                return Err(Failure::Told(format!(
                    "`{}` is there already; --force replaces it",
                    shown(&path)
                )));
            }
            halves.push(Half {
                text: whole.half(&protocol, &division, part, note),
                path,
                samples,
            });
        }
        if self.refuses(&halves, &mut refused)? {
            return refused.tell();
        }
        write(&out_dir, &halves)?;
        tell(&halves, &division);
        Ok(Outcome::Clean)
    }

    /// The one spec that the argument means.
    fn given(&self, refused: &mut Refused) -> Result<Option<Given>, Failure> {
        let mut inputs = inputs::named(std::slice::from_ref(&self.spec), &self.stdin_filename)?;
        match (inputs.pop(), inputs.is_empty()) {
            (Some(input), true) => Given::read(input, self.reading.limits(), refused),
            _ => Err(Failure::Told(format!(
                "`{}` matches several files; specs are divided one by one",
                self.spec
            ))),
        }
    }

    /// Checks the halves as the specs that they will be. Errors in them go to `refused`.
    fn refuses(&self, halves: &[Half], refused: &mut Refused) -> Result<bool, Failure> {
        let mut has_errors = false;
        for half in halves {
            let given = Given::new(
                half.path.clone(),
                half.text.clone().into_bytes(),
                self.reading.limits(),
                refused,
            )?;
            let Some(given) = given else {
                has_errors = true;
                continue;
            };
            let sources = SourceMap::default();
            let crate::Outcome {
                kind,
                diagnostics,
                protocol,
            } = given.check(&sources);
            if protocol.is_none() {
                drop(protocol);
                has_errors = true;
                refused.spec(
                    &given,
                    kind,
                    Checked {
                        sources,
                        diagnostics,
                    },
                );
            }
        }
        Ok(has_errors)
    }
}

fn write(folder: &Path, halves: &[Half]) -> Result<(), Failure> {
    if !folder.as_os_str().is_empty() {
        std::fs::create_dir_all(folder).map_err(|error| outputs::no_folder(folder, &error))?;
    }
    let mut staged = Vec::new();
    for half in halves {
        staged.push(Staged::write(&half.path, |out| {
            out.write_all(half.text.as_bytes())
        })?);
    }
    outputs::commit_all(staged)
}

fn tell(halves: &[Half], division: &Division) {
    let mut told: String = halves
        .iter()
        .map(|half| {
            let samples = if half.samples == 1 {
                "sample"
            } else {
                "samples"
            };
            format!(
                "Wrote {}: {} {samples}.\n",
                escaped(&shown(&half.path)),
                half.samples
            )
        })
        .collect();
    let both = division
        .iter()
        .flatten()
        .filter(|part| **part == Part::Both);
    let all = halves.iter().map(|half| half.samples).max();
    match both.count() {
        0 => {}
        count if Some(count) == all => {
            told += "Both specs hold the same samples: there are too few to divide any, so what is \
                     learned cannot be told from what is evaluated.\n";
        }
        1 => told += "1 sample is in both.\n",
        count => told += &format!("{count} samples are in both.\n"),
    }
    // If standard error is closed, there is nobody left to tell.
    let _ = io::stderr().lock().write_all(told.as_bytes());
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// `cat.yaml` as `cat.train.yaml`.
fn half_name(path: &Path, word: &str) -> String {
    let name = file_name(path);
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => format!("{stem}.{word}.{ending}"),
        _ => format!("{name}.{word}"),
    }
}

fn is_same_folder(folder: &Path, other: &Path) -> bool {
    let resolved = |folder: &Path| {
        let is_empty = folder.as_os_str().is_empty();
        std::fs::canonicalize(if is_empty { Path::new(".") } else { folder }).ok()
    };
    let folder = resolved(folder);
    folder.is_some() && folder == resolved(other)
}

fn is_same_file(file: &Path, other: &Path) -> bool {
    let resolved = |path: &Path| std::fs::canonicalize(path).ok();
    resolved(other).is_some_and(|other| Some(other) == resolved(file))
}
