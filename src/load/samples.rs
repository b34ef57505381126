//! The samples of `samples_from`: which reader a file needs, and where they go.

use super::paths::{FoundFile, Paths};
use super::streamed::{Counted, Learned};
use super::{Loader, Taken, Wanted};
use crate::ast::{Instruction, InstructionType, Samples, sample};
use crate::data::{self, Fault, Form, Packing, Table};
use crate::diagnostics::{
    Diagnostics, duplicate_sample, limit_exceeded, missing_key, unreadable_file, wrong_type,
};
use crate::source::{Origin, Span, Text};
use crate::syntax::TakeNothing;
use crate::syntax::decode::Item;
use crate::syntax::tree::{Notation, Value};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The endings of files with samples.
const ENDINGS: [&str; 9] = [
    "jsonl", "ndjson", "json", "yaml", "yml", "toml", "csv", "tsv", "parquet",
];

/// The parts in which numbers are compared.
const PARTS: u64 = 16;

/// How samples are written in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// One JSON value a line.
    Lines,
    /// Rows, the cells separated by this byte.
    Table(u8),
    /// A list, or a map that holds one.
    List(Notation),
    /// Rows of a Parquet file.
    Parquet,
}

impl Written {
    /// How samples are told from each other in a file that can be read in pieces, or in the
    /// text that is made of it.
    pub(super) fn form(self) -> Option<Form> {
        match self {
            Written::Lines => Some(Form::Lines),
            Written::Table(delimiter) => Some(Form::Table(delimiter)),
            Written::Parquet => Some(Form::Table(b',')),
            Written::List(_) => None,
        }
    }
}

/// What the name of a file tells of it; `None` if it has none of the endings.
pub(super) fn told_by(path: &Path) -> Option<(Option<Packing>, Written)> {
    let ending = |path: &Path| {
        let ending = path.extension()?;
        Some(ending.to_string_lossy().to_lowercase())
    };
    let last = ending(path)?;
    let packing = Packing::of_ending(&last);
    let inner = match packing {
        Some(_) => ending(Path::new(path.file_stem()?))?,
        None => last,
    };
    let written = match inner.as_str() {
        "jsonl" | "ndjson" => Written::Lines,
        "csv" => Written::Table(b','),
        "tsv" => Written::Table(b'\t'),
        _ if packing.is_some() => return None,
        "parquet" => Written::Parquet,
        _ => Written::List(Notation::of_path(&path.to_string_lossy())?),
    };
    Some((packing, written))
}

/// Samples that were found, if not all are decoded yet.
enum Found<'s> {
    Samples(Samples<'s>),
    /// So many values of JSON Lines.
    Lines(Origin, usize),
    /// A file that the text means, of which a part is wanted, and that is not held.
    Counted(Counted, Text<'s>),
    /// What is known of a file that the text means, and that is not held.
    Learned(Learned, Text<'s>),
}

/// Those of them that are wanted.
enum Part<'s> {
    Held(Samples<'s>),
    /// What is known of a file that the text means, and that is not held.
    Learned(Learned, Text<'s>),
}

impl Found<'_> {
    fn len(&self) -> usize {
        match self {
            Found::Samples(samples) => samples.len(),
            Found::Lines(_, count) => *count,
            Found::Counted(counted, _) => counted.len(),
            Found::Learned(learned, _) => learned.len(),
        }
    }
}

impl<'s> Loader<'s, '_> {
    /// Adds the samples of the files that `instruction`, written in `from`, names, as far as
    /// they are wanted.
    pub(super) fn samples(
        &mut self,
        instruction: &mut Instruction<'s>,
        from: &Path,
        paths: &Paths,
        findings: &mut Diagnostics,
    ) {
        let names = std::mem::take(&mut instruction.samples_from);
        if let Wanted::Others(others) = self.wanted.clone() {
            instruction.samples = Samples::default();
            instruction.samples_unknown = !others.are_all;
            if let Some(portion) = others.texts.get(instruction.name.value.as_ref()) {
                let origin = portion.add_to(self.sources, &instruction.name);
                let form = portion.form;
                let (samples, is_whole) = self.formed(origin, form, instruction, findings);
                instruction.samples = samples;
                instruction.samples_unknown |= !is_whole;
            }
            return;
        }
        let own = std::mem::take(&mut instruction.samples);
        let mut all = vec![Found::Samples(own)];
        let mut read: HashMap<PathBuf, Span> = HashMap::new();
        for name in names {
            if !self.may_look_up(&name, findings) {
                instruction.samples_unknown = true;
                continue;
            }
            let Some(files) = paths.find(&name, from, self.files, findings) else {
                instruction.samples_unknown = true;
                continue;
            };
            for file in files.files {
                // A pattern may match what was named before it, to have that first.
                if let Some(first) = read.get(&file.canonical) {
                    if !files.pattern {
                        findings.push(duplicate_sample::file(&name, *first));
                    }
                    instruction.samples_unknown |= !self.may_name(&name, findings);
                    continue;
                }
                read.insert(file.canonical.clone(), name.span);
                match self.samples_of(&file, &name, instruction, findings) {
                    Some((found, is_whole)) => {
                        all.push(found);
                        instruction.samples_unknown |= !is_whole;
                    }
                    None => instruction.samples_unknown = true,
                }
            }
        }
        let count = all.iter().map(Found::len).sum();
        let wanted = match self.wanted {
            Wanted::Part(shard) => shard.range(count),
            Wanted::All | Wanted::Others(_) => 0..count,
        };
        // What the others end in, and how many they are, is nobody's business here.
        instruction.samples_unknown |= wanted != (0..count);
        let mut parts = Vec::new();
        let mut start = 0;
        for found in all {
            let length = found.len();
            let within = |number: usize| number.clamp(start, start + length) - start;
            let part = within(wanted.start)..within(wanted.end);
            start += length;
            let part = self.part(found, part, instruction, findings);
            instruction.samples_unknown |= part.is_none();
            parts.extend(part);
        }
        let twice = self.twice(&parts);
        for found in parts {
            instruction.samples.append(match found {
                Part::Held(samples) => samples,
                Part::Learned(learned, name) => {
                    let held = self.held(learned, &name, &twice, instruction, findings);
                    let (samples, is_whole) = held.unwrap_or_default();
                    instruction.samples_unknown |= !is_whole;
                    samples
                }
            });
        }
    }

    /// The samples with these numbers of those that were found; `None` if they cannot be read,
    /// which is reported.
    fn part(
        &self,
        found: Found<'s>,
        part: Range<usize>,
        instruction: &Instruction<'s>,
        findings: &mut Diagnostics,
    ) -> Option<Part<'s>> {
        Some(match found {
            Found::Samples(samples) => Part::Held(samples.cut(part)),
            Found::Lines(origin, count) => {
                let part = (part != (0..count)).then_some(part);
                let kind = instruction.instruction_type;
                Part::Held(self.lines(origin, part, kind, findings))
            }
            Found::Counted(Counted { file, form, .. }, name) => {
                let wanted = (instruction.name.value.as_ref(), form);
                let learned = self.learn(wanted, file, Some(part), &name, findings)?;
                Part::Learned(learned, name)
            }
            Found::Learned(learned, name) => Part::Learned(learned, name),
        })
    }

    /// The numbers made of the inputs of samples that may stand twice, which need not be
    /// known where all samples are held.
    fn twice(&self, all: &[Part<'s>]) -> HashSet<u64> {
        let is_learned = |found: &Part<'_>| matches!(found, Part::Learned(..));
        let Some((_, look)) = self.streaming.filter(|_| all.iter().any(is_learned)) else {
            return HashSet::new();
        };
        let held = all.iter().filter_map(|found| match found {
            Part::Held(samples) => Some(samples.iter().flatten()),
            _ => None,
        });
        let held: Vec<u64> = held
            .flatten()
            .filter_map(|sample| look.inputs(sample))
            .collect();
        let learned = || {
            all.iter().filter_map(|found| match found {
                Part::Learned(learned, _) => Some(learned.inputs()),
                _ => None,
            })
        };
        // A part at a time, since there may be many millions of them.
        let mut twice = HashSet::new();
        let mut inputs = Vec::new();
        for part in 0..PARTS {
            inputs.clear();
            let of_part = |inputs: &u64| inputs % PARTS == part && *inputs != 0;
            inputs.extend(held.iter().copied().filter(of_part));
            inputs.extend(learned().flatten().filter(of_part));
            inputs.sort_unstable();
            let pairs = inputs.windows(2).filter(|pair| pair[0] == pair[1]);
            twice.extend(pairs.map(|pair| pair[0]));
        }
        twice
    }

    /// The samples of a text and whether these are all.
    pub(super) fn formed(
        &self,
        origin: Origin,
        form: Form,
        instruction: &Instruction<'s>,
        findings: &mut Diagnostics,
    ) -> (Samples<'s>, bool) {
        let kind = instruction.instruction_type;
        match form {
            Form::Lines => (self.lines(origin, None, kind, findings), true),
            Form::Table(delimiter) => {
                let table = data::table(self.sources, origin, delimiter, findings);
                let rows = table.and_then(|table| rows(table, kind, findings));
                rows.unwrap_or_default()
            }
        }
    }

    /// The samples of a text of JSON Lines, or those with these numbers.
    pub(super) fn lines(
        &self,
        origin: Origin,
        part: Option<Range<usize>>,
        kind: InstructionType,
        findings: &mut Diagnostics,
    ) -> Samples<'s> {
        let decode = |item: Item<'s>, findings: &mut Diagnostics| sample(item, kind, findings);
        let threads = self.limits.threads;
        let pieces: Vec<Samples<'s>> =
            data::lines(self.sources, origin, part, threads, findings, decode);
        pieces.into_iter().collect()
    }

    /// The samples of a file, `None` for one that could not be read, and whether these are all.
    /// The answer is `None` if there is no telling one from another. All that is reported.
    fn samples_of(
        &mut self,
        file: &FoundFile,
        name: &Text<'s>,
        instruction: &Instruction<'s>,
        findings: &mut Diagnostics,
    ) -> Option<(Found<'s>, bool)> {
        let kind = instruction.instruction_type;
        let Some((packing, written)) = told_by(&file.shown) else {
            findings.push(unreadable_file::unknown_data_ending(name, &ENDINGS));
            return None;
        };
        let is_verbatim = packing.is_none() && written != Written::Parquet;
        if let Some(form) = written.form()
            && let Some(opened) = self.opened_to_stream(file, !is_verbatim)
        {
            let file = self.streamed(file, name, opened, findings)?;
            if let Wanted::Part(_) = self.wanted {
                let counted = self.counted(file, form, name, findings)?;
                return Some((Found::Counted(counted, name.clone()), true));
            }
            let wanted = (instruction.name.value.as_ref(), form);
            let learned = self.learn(wanted, file, None, name, findings)?;
            return Some((Found::Learned(learned, name.clone()), true));
        }
        let bytes = self.bytes(name, &file.canonical, findings)?;
        let limit = self.unpacked_bytes(bytes.len());
        let bytes = match packing {
            Some(packing) => {
                let unpacked = data::unpack(packing, &bytes, limit);
                self.unpacked(unpacked, limit, name, findings)?
            }
            None => bytes,
        };
        let taken = Taken {
            shown: &file.shown,
            named_at: Some(name.span),
            is_verbatim,
        };
        let delimiter = match written {
            Written::List(notation) => {
                let items = self.listed(taken, bytes, notation, findings)?;
                let samples = items.into_iter().map(|item| sample(item, kind, findings));
                return Some((Found::Samples(samples.collect()), true));
            }
            Written::Lines => {
                let (origin, is_valid) = self.text(taken, bytes, findings);
                if !is_valid {
                    return None;
                }
                let found = match self.wanted {
                    Wanted::Part(_) => {
                        Found::Lines(origin, data::count_lines(self.sources.whole(origin)))
                    }
                    _ => Found::Samples(self.lines(origin, None, kind, findings)),
                };
                return Some((found, true));
            }
            Written::Table(delimiter) => Some(delimiter),
            Written::Parquet => None,
        };
        let (bytes, delimiter) = match delimiter {
            Some(delimiter) => (bytes, delimiter),
            None => {
                let unpacked = data::parquet(bytes, limit);
                (self.unpacked(unpacked, limit, name, findings)?, b',')
            }
        };
        let (origin, is_valid) = self.text(taken, bytes, findings);
        let table = is_valid.then(|| data::table(self.sources, origin, delimiter, findings))??;
        let (samples, is_whole) = rows(table, kind, findings)?;
        Some((Found::Samples(samples), is_whole))
    }

    /// What was packed in the file that `name` means; reported if it cannot be had, such as
    /// what has more than `limit` bytes.
    pub(super) fn unpacked<T>(
        &self,
        unpacked: Result<T, Fault>,
        limit: u64,
        name: &Text<'_>,
        findings: &mut Diagnostics,
    ) -> Option<T> {
        findings.push(match unpacked {
            Ok(unpacked) => return Some(unpacked),
            Err(Fault::TooLarge) => limit_exceeded::unpacked(name.span, limit),
            Err(Fault::Broken(reason)) => unreadable_file::damaged(name, &reason),
            Err(Fault::LeftOut(feature)) => unreadable_file::left_out(name, feature),
            Err(Fault::Unwritten(reason)) => unreadable_file::not_unpacked(name, &reason),
        });
        None
    }

    /// The samples of a YAML, TOML or JSON file: a list, or a map with `samples`.
    fn listed(
        &self,
        taken: Taken<'_>,
        bytes: Vec<u8>,
        notation: Notation,
        findings: &mut Diagnostics,
    ) -> Option<Vec<Item<'s>>> {
        let (origin, document) = self.document(taken, bytes, notation, &mut TakeNothing, findings);
        let Some(root) = document?.root else {
            findings.push(missing_key::no_samples(Span::new(origin, 0, 0)));
            return None;
        };
        let list = if matches!(root.value, Value::Map(_)) {
            let first = match &root.value {
                Value::Map(entries) => entries.first().map(|entry| entry.key.span),
                _ => None,
            };
            let mut item = Item::of(root);
            item.header = first.unwrap_or(item.header);
            let mut fields = item.fields("samples", &["samples"], findings)?;
            let samples = fields.require("samples", findings);
            samples?.item().list("a list of samples", findings)?
        } else {
            Item::of(root).list("a list of samples, or a map with `samples`", findings)?
        };
        Some(list.value)
    }
}

/// The samples of a table, if it has the columns that the type of the instruction needs:
/// it is one mistake, and not one for every row, if it has not.
fn rows<'s>(
    mut table: Table<'s>,
    kind: InstructionType,
    findings: &mut Diagnostics,
) -> Option<(Samples<'s>, bool)> {
    let wants_labels = kind == InstructionType::MultiClassifier;
    if table.has_labels != wants_labels {
        findings.push(wrong_type::output_column(&table.output, wants_labels));
        return None;
    }
    let mut samples = Samples::default();
    while let Some(item) = table.next(findings) {
        samples.push(item.and_then(|item| sample(item, kind, findings)));
    }
    Some((samples, table.is_whole))
}
