//! The files of `mtp export`: rows, where they come from, and what trainers are told.

use super::super::outputs::{Staged, make_folder_of, may_replace, spare};
use super::super::progress::Progress;
use super::super::shared::{Failure, Outcome, shown};
use super::records::Records;
use super::{Chosen, Export, rows, told, wrote};
use crate::chat::FinalForm;
use crate::chat::export::{Exporter, Part, axolotl, dataset_info};
use crate::diagnostics::Diagnostics;
use crate::source::SourceMap;
use serde::Serialize;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// The trainer that reads `dataset_info.json`.
const LLAMA_FACTORY: &str = "LLaMA-Factory";

/// How rows are put into a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    Lines,
    List,
    Parquet,
}

/// A file of rows that is to be written.
#[derive(Debug)]
pub(super) struct Target {
    /// Its path; standard output without.
    path: Option<PathBuf>,
    container: Container,
    /// Which half it holds, where there are two.
    evaluates: Option<bool>,
    /// The file that tells where its rows come from.
    map: Option<PathBuf>,
}

/// Files that are written but not yet in their places.
#[derive(Default)]
pub(super) struct Written {
    staged: Vec<Staged>,
    lines: String,
}

impl Written {
    /// Puts all files in their places, and tells of them unless that is not wanted.
    pub(super) fn commit(self, is_quiet: bool) -> Result<Outcome, Failure> {
        self.staged.into_iter().try_for_each(Staged::commit)?;
        if !is_quiet {
            told(&self.lines);
        }
        Ok(Outcome::Clean)
    }
}

impl Export {
    /// The files of rows.
    pub(super) fn targets(&self) -> Result<Vec<Target>, Failure> {
        let Some(path) = &self.output else {
            return Ok(vec![Target {
                path: None,
                container: Container::Lines,
                evaluates: None,
                map: self.map.clone(),
            }]);
        };
        let ending = path
            .extension()
            .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let container = match ending.as_deref() {
            Some("jsonl" | "ndjson") => Container::Lines,
            Some("json") => Container::List,
            Some("parquet") if cfg!(feature = "parquet") => Container::Parquet,
            Some("parquet") => {
                return Err(Failure::Told(
                    "Parquet files need the feature `parquet`: cargo install --path . --features parquet".to_owned(),
                ));
            }
            _ => {
                return Err(Failure::Told(format!(
                    "`{}` says no kind of file: end it in .jsonl, .json or .parquet",
                    shown(path)
                )));
            }
        };
        let halves: &[(Option<bool>, &str)] = match self.split {
            Some(_) => &[(Some(false), "train"), (Some(true), "eval")],
            None => &[(None, "")],
        };
        let targets: Vec<Target> = halves
            .iter()
            .map(|(evaluates, word)| Target {
                path: Some(with_word(path, word)),
                container,
                evaluates: *evaluates,
                map: self.map.as_deref().map(|map| with_word(map, word)),
            })
            .collect();
        let all = self.paths(&targets);
        for (at, path) in all.iter().enumerate() {
            if all[..at].contains(path) {
                return Err(Failure::Told(format!(
                    "two files cannot be written to `{}`",
                    shown(path)
                )));
            }
            may_replace(path, Some(Path::new(&self.spec)), self.force)?;
        }
        Ok(targets)
    }

    /// All files that are to be written.
    pub(super) fn paths<'t>(&'t self, targets: &'t [Target]) -> Vec<&'t Path> {
        let rows = targets.iter().filter_map(|target| target.path.as_deref());
        let maps = targets.iter().filter_map(|target| target.map.as_deref());
        let others = [&self.dataset_info, &self.axolotl].into_iter().flatten();
        rows.chain(maps)
            .chain(others.map(PathBuf::as_path))
            .collect()
    }

    /// Refuses to write over a file that rows are made of.
    pub(super) fn spares_what_is_read(
        &self,
        targets: &[Target],
        sources: &SourceMap,
    ) -> Result<(), Failure> {
        spare(
            self.paths(targets),
            sources,
            &self.called.files(self.template.as_deref()),
        )
    }

    /// Writes all files, beside their places. What cannot be rendered goes to `findings`.
    pub(super) fn write(
        &self,
        records: &Records<'_>,
        targets: &[Target],
        progress: &Progress,
        findings: &mut Diagnostics,
    ) -> Result<Written, Failure> {
        let mut written = Written::default();
        let exporter = records.exporter;
        self.tell_trainers(exporter, targets, &mut written)?;
        let unread = |error: io::Error| Failure::writing("the rows", &error);
        progress.stage("choosing rows");
        let evaluation = self.evaluation(records).map_err(unread)?;
        let protocol = exporter.mapping.protocol();
        let mut all = 0;
        for target in targets {
            let chosen = Chosen {
                evaluation: evaluation.as_ref().zip(target.evaluates),
                shard: self.shard,
            };
            let mut count = 0;
            match &target.path {
                Some(path) => {
                    make_folder_of(path)?;
                    written.staged.push(Staged::write(path, |out| {
                        let mut out = progress.writing(&shown(path), out);
                        count = write_rows(records, &chosen, target.container, findings, &mut out)?;
                        Ok(())
                    })?);
                    written.lines += &wrote(path, &format!(": {}.", rows(count)));
                    self.has_enough(protocol, Some(path), count, findings);
                }
                None => {
                    // Nothing may be printed of what turns out to be faulty.
                    if exporter.template.is_some() || self.platform.is_some() {
                        let render = records.each(&chosen, findings, |_| Ok(()));
                        count = render.map_err(unread)?;
                        self.has_enough(protocol, None, count, findings);
                    }
                    if findings.iter().next().is_none() {
                        let mut out = io::stdout().lock();
                        count = write_rows(records, &chosen, target.container, findings, &mut out)
                            .map_err(|error| Failure::stream(&error))?;
                    }
                }
            }
            all += count;
            if let Some(map) = &target.map {
                make_folder_of(map)?;
                written.staged.push(Staged::write(map, |out| {
                    write_map(records, &chosen, &mut progress.writing(&shown(map), out))
                })?);
                written.lines += &wrote(map, ".");
            }
        }
        // A part may well have none.
        if all == 0 && self.shard.is_none() && findings.iter().next().is_none() {
            let why = match exporter.format.is_preference() {
                true => "; preferences come from guardrails, states and labels",
                false => "",
            };
            return Err(Failure::Told(format!(
                "nothing was written: the spec gives no rows in the format `{}`{why}",
                exporter.format.name()
            )));
        }
        Ok(written)
    }

    /// Writes what LLaMA-Factory and axolotl have to know.
    fn tell_trainers(
        &self,
        exporter: &Exporter<'_, '_, '_>,
        targets: &[Target],
        written: &mut Written,
    ) -> Result<(), Failure> {
        // Of two files, the one to train with.
        let Some(path) = targets.first().and_then(|target| target.path.as_deref()) else {
            return Ok(());
        };
        let has_tools = exporter.mapping.options().finals == FinalForm::Tool;
        let is_text = exporter.template.is_some();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let stem = name
            .rsplit_once('.')
            .map_or(name.as_str(), |(stem, _)| stem);
        let is_read = dataset_info(exporter.format, stem, &name, false).is_some();
        let mut add = |file: &Option<PathBuf>, text: Option<String>, trainer: &str| {
            let Some(file) = file else { return Ok(()) };
            let Some(text) = text else {
                let format = exporter.format.name();
                return Err(Failure::Told(
                    match has_tools && trainer == LLAMA_FACTORY && is_read {
                        true => format!(
                            "{trainer} leaves out the text of an answer that calls a tool, so there is \
                         no entry for `{format}` with --final tool; use --final line or json"
                        ),
                        false => format!("{trainer} does not read the format `{format}`"),
                    },
                ));
            };
            make_folder_of(file)?;
            written
                .staged
                .push(Staged::write(file, |out| out.write_all(text.as_bytes()))?);
            written.lines += &wrote(file, ".");
            Ok(())
        };
        let info = dataset_info(exporter.format, stem, &name, has_tools);
        add(&self.dataset_info, info, LLAMA_FACTORY)?;
        add(
            &self.axolotl,
            axolotl(exporter.format, &shown(path), is_text),
            "axolotl",
        )
    }
}

fn write_rows(
    records: &Records<'_>,
    chosen: &Chosen<'_>,
    container: Container,
    findings: &mut Diagnostics,
    out: &mut dyn Write,
) -> io::Result<usize> {
    let mut out = BufWriter::with_capacity(1 << 20, out);
    let count = match container {
        Container::Lines => records.each(chosen, findings, |record| {
            out.write_all(record)?;
            out.write_all(b"\n")
        })?,
        Container::List => {
            let mut is_first = true;
            let count = records.each(chosen, findings, |record| {
                out.write_all(if is_first { b"[\n" } else { b",\n" })?;
                is_first = false;
                out.write_all(record)
            })?;
            out.write_all(if is_first { b"[]\n" } else { b"\n]\n" })?;
            count
        }
        Container::Parquet => return write_parquet(records, chosen, findings, &mut out),
    };
    out.flush()?;
    Ok(count)
}

#[cfg(feature = "parquet")]
fn write_parquet(
    records: &Records<'_>,
    chosen: &Chosen<'_>,
    findings: &mut Diagnostics,
    out: &mut dyn Write,
) -> io::Result<usize> {
    use crate::chat::export::ParquetWriter;
    let exporter = records.exporter;
    // The writer of Parquet wants to own what it writes to, and to send it.
    let mut file = tempfile::tempfile()?;
    let has_tools = exporter.mapping.options().finals == FinalForm::Tool;
    let is_text = exporter.template.is_some();
    let mut writer = ParquetWriter::new(file.try_clone()?, exporter.format, is_text, has_tools)
        .map_err(io::Error::other)?;
    let count = records.each(chosen, findings, |record| {
        writer.row(record).map_err(io::Error::other)
    })?;
    writer.finish().map_err(io::Error::other)?;
    io::Seek::rewind(&mut file)?;
    io::copy(&mut file, out)?;
    out.flush()?;
    Ok(count)
}

#[cfg(not(feature = "parquet"))]
fn write_parquet(
    _: &Records<'_>,
    _: &Chosen<'_>,
    _: &mut Diagnostics,
    _: &mut dyn Write,
) -> io::Result<usize> {
    Err(io::Error::other("it needs the feature `parquet`"))
}

/// Where a row comes from.
#[derive(Serialize)]
struct Origin<'o> {
    /// The row in its file, from 0.
    row: usize,
    instruction: &'o str,
    /// The sample that the inputs come from, from 0.
    sample: usize,
    /// The input that is guarded, and the bad prompt, both from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    guardrail: Option<Guarded>,
    /// The record shows the rejected answer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    rejected: bool,
    /// The record asks for the code of the answer alone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    plainformat: bool,
    file: &'o str,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Guarded {
    input: usize,
    prompt: usize,
}

fn write_map(records: &Records<'_>, chosen: &Chosen<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, out);
    let protocol = records.exporter.mapping.protocol();
    let mut written = 0;
    records.batches(chosen, |batch| {
        for record in batch {
            let row = record.row;
            let place = match row.refused {
                Some(_) => row
                    .span(protocol)
                    .and_then(|span| records.sources.place(span)),
                None => record.run.sources.place(record.sample.written.span),
            };
            let Some(place) = place else { continue };
            let instruction = &protocol.instructions[row.instruction];
            let position = place.file.position(place.span.start as usize);
            let guardrail = row.refused.and_then(|(used, prompt)| {
                let input = instruction.guardrails.get(used)?.input?;
                Some(Guarded { input, prompt })
            });
            let origin = Origin {
                row: written,
                instruction: &instruction.name.value,
                sample: row.sample,
                guardrail,
                rejected: record.part == Part::Rejected,
                plainformat: record.part == Part::Plain,
                file: &place.file.path,
                line: position.line,
                column: position.column,
            };
            written += 1;
            serde_json::to_writer(&mut out, &origin)?;
            out.write_all(b"\n")?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    out.flush()
}

/// `rows.jsonl` as `rows.train.jsonl`.
fn with_word(path: &Path, word: &str) -> PathBuf {
    if word.is_empty() {
        return path.to_path_buf();
    }
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let name = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => format!("{stem}.{word}.{ending}"),
        _ => format!("{name}.{word}"),
    };
    path.with_file_name(name)
}
