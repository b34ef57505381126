//! `mtp merge`: the parts that `mtp build --shard` wrote, joined.

use super::inputs;
use super::limits::ReadingArgs;
use super::outputs::{self, Staged};
use super::parts::{PartFile, spec_digest};
use super::progress::Progress;
use super::shared::{Failure, Outcome, shown};
use super::specs::{Given, Refused};
use crate::data::Form;
use crate::emit;
use crate::ir::Protocol;
use crate::load::{Others, Portion, Wanted};
use crate::report::Checked;
use crate::source::SourceMap;
use crate::validate::Valid;
use clap::Args;
use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `merge`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mtp build desk.yaml --shard 1/2\n  mtp build desk.yaml --shard 2/2\n  \
mtp merge desk.yaml desk_*.part\n\
writes the same files as `mtp build desk.yaml`. The files of samples are not needed for it."
)]
pub(super) struct Merge {
    /// The spec that the parts were made of
    spec: String,
    /// All its parts, in any order
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    /// The folder for the files [default: that of mtp.toml, else the current one]
    #[arg(short, long, value_name = "DIR")]
    out_dir: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArgs,
    /// Print nothing but mistakes
    #[arg(short, long)]
    quiet: bool,
}

impl Merge {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        if Path::new(&self.spec)
            .extension()
            .is_some_and(|ending| ending == "part")
        {
            return Err(Failure::Told(format!(
                "`{}` is a part; the spec that the parts were made of comes first: mtp merge SPEC {} …",
                self.spec, self.spec
            )));
        }
        let progress = Progress::start();
        progress.stage("reading the parts");
        let seen = progress.seen();
        let parts = self.parts.iter().map(|path| PartFile::read(path, &seen));
        let parts = in_order(parts.collect::<Result<_, _>>()?)?;
        let mut refused = Refused::default();
        let mut given = None;
        for input in inputs::named(std::slice::from_ref(&self.spec), Path::new("stdin.yaml"))? {
            given = Given::read(input, self.reading.limits(), &mut refused)?;
        }
        let Some(mut given) = given else {
            drop(progress);
            return refused.tell();
        };
        given.options.wanted = Wanted::Others(Arc::new(Others {
            texts: telling(&parts),
            are_all: true,
        }));
        let sources = SourceMap::default();
        let crate::Outcome {
            kind,
            diagnostics,
            protocol,
        } = given.check(&sources);
        let Some(protocol) = &protocol else {
            let checked = Checked {
                sources,
                diagnostics,
            };
            refused.spec(&given, kind, checked);
            drop(progress);
            return refused.tell();
        };
        let spec = spec_digest(&sources);
        for part in &parts {
            let is_its_own = part.head.spec == spec && part.head.format == protocol.format.name();
            if !is_its_own {
                return Err(Failure::Told(format!(
                    "`{}` was made of another spec than `{}`, or of another version of it; build it again",
                    shown(&part.path),
                    self.spec
                )));
            }
        }
        let folder = self.out_dir.or(given.out_dir).unwrap_or(PathBuf::from("."));
        std::fs::create_dir_all(&folder).map_err(|error| outputs::no_folder(&folder, &error))?;
        let name = protocol.name.as_ref().map_or("", |name| &name.value);
        let file = |kind: &str| format!("{name}_{kind}.json");
        let (model, template) = (file("model"), file("template"));
        outputs::commit_all(vec![
            Staged::write_in(&folder, &model, |out| {
                joined(protocol, &parts, &mut progress.writing(&model, out))
            })?,
            Staged::write_in(&folder, &template, |out| emit::template(protocol, out))?,
        ])?;
        drop(progress);
        if !self.quiet {
            let path = |file: &str| shown(&folder.join(file));
            let (parts, model, template) = (parts.len(), path(&model), path(&template));
            let mut out = io::stderr().lock();
            // If standard error is closed, there is nobody left to tell.
            let _ = writeln!(out, "Merged {parts} parts into `{model}` and `{template}`.");
        }
        Ok(Outcome::Clean)
    }
}

/// The parts by number, if they are those of one build, each once.
fn in_order(mut parts: Vec<PartFile>) -> Result<Vec<PartFile>, Failure> {
    parts.sort_by_key(|part| part.head.part);
    let Some(first) = parts.first() else {
        return Ok(parts);
    };
    for pair in parts.windows(2) {
        let [one, other] = pair else { continue };
        let (one_path, other_path) = (shown(&one.path), shown(&other.path));
        if one.head.part == other.head.part {
            let number = one.head.part;
            return Err(Failure::Told(format!(
                "`{one_path}` and `{other_path}` are both part {number}"
            )));
        }
        if (one.head.of, &one.head.name) != (other.head.of, &other.head.name) {
            return Err(Failure::Told(format!(
                "`{one_path}` and `{other_path}` do not belong together: part {} of {} of `{}`, and part {} of {} of `{}`",
                one.head.part,
                one.head.of,
                one.head.name,
                other.head.part,
                other.head.of,
                other.head.name
            )));
        }
    }
    if let Some(other) = parts.iter().find(|part| part.head.data != first.head.data) {
        return Err(Failure::Told(format!(
            "`{}` and `{}` were made of different samples: a file that `samples_from` names was changed in between; build all parts again",
            shown(&first.path),
            shown(&other.path)
        )));
    }
    let there: BTreeSet<usize> = parts.iter().map(|part| part.head.part).collect();
    let missing = (1..=first.head.of).filter(|number| !there.contains(number));
    let missing: Vec<String> = missing.take(10).map(|number| number.to_string()).collect();
    if !missing.is_empty() {
        return Err(Failure::Told(format!(
            "of the {} parts, {} missing: {}",
            first.head.of,
            if missing.len() == 1 {
                "one is"
            } else {
                "some are"
            },
            missing.join(", ")
        )));
    }
    Ok(parts)
}

/// The samples to remember of all parts, by instruction, in order.
fn telling(parts: &[PartFile]) -> HashMap<String, Portion> {
    let mut all: HashMap<String, Portion> = HashMap::new();
    for (instruction, samples) in parts.iter().flat_map(PartFile::telling) {
        let portion = all
            .entry(instruction.to_owned())
            .or_insert_with(|| Portion {
                form: Form::Lines,
                text: String::new(),
                place: None,
            });
        portion.text.push_str(samples);
    }
    all
}

/// The model file, the samples copied from the parts.
fn joined(
    protocol: &Valid<Protocol<'_>>,
    parts: &[PartFile],
    out: &mut dyn Write,
) -> io::Result<()> {
    emit::merged(protocol, out, |number, out| {
        let Some(instruction) = protocol.instructions.get(number) else {
            return Ok(());
        };
        let name = instruction.name.value.as_ref();
        let results: BTreeSet<&str> = parts.iter().flat_map(|part| part.results(name)).collect();
        let mut between: &[u8] = b"";
        for result in results {
            for part in parts {
                if part.copy((name, result), between, out)? {
                    between = b",\n";
                }
            }
        }
        Ok(())
    })
}
