//! Part files as `mtp merge` reads them, and what tells which spec they were made of.

use super::shared::{Failure, shown};
use crate::emit::{self, PARTS_FORMAT, PartHead};
use crate::ir::Protocol;
use crate::source::{ReadError, Seen, SourceMap};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What stands for a spec: that of its own text and those it includes.
pub(super) fn spec_digest(sources: &SourceMap) -> String {
    let specs = sources.files().filter(|file| file.is_spec());
    digest(specs.map(|file| file.text.as_bytes()))
}

/// What stands for the files of samples that a spec names, unpacked: those that are held, and
/// the digests of the others.
pub(super) fn data_digest(sources: &SourceMap, protocol: &Protocol<'_>) -> String {
    let held = sources
        .files()
        .filter(|file| !file.is_spec() && !file.is_excerpt());
    let held = held.map(|file| file.text.as_bytes());
    let instructions = protocol.instructions.iter();
    let streams = instructions.flat_map(|instruction| instruction.samples.streams());
    let others = streams.filter_map(|stream| stream.file.digest.as_ref());
    digest(held.chain(others.map(<[u8; 32]>::as_slice)))
}

/// SHA-256 over texts, each ended by a zero byte, in hexadecimal.
fn digest<'f>(texts: impl Iterator<Item = &'f [u8]>) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update(text);
        hasher.update([0]);
    }
    emit::digest(hasher)
}

/// A part file that was looked through.
pub(super) struct PartFile {
    pub(super) path: PathBuf,
    pub(super) head: PartHead<'static>,
    /// By the name of its instruction.
    instructions: BTreeMap<String, Samples>,
}

/// The samples of an instruction in a part file.
#[derive(Default)]
struct Samples {
    /// Those to remember, as JSON Lines.
    telling: String,
    /// Where those with a result stand, in bytes.
    results: BTreeMap<String, Range<u64>>,
}

/// Bytes that the first line may have, and any.
const HEAD: u64 = 1 << 16;
const LINE: u64 = 1 << 30;

/// A line that is JSON. It has one of the fields.
#[derive(Deserialize)]
struct Line<'l> {
    instruction: Option<String>,
    #[serde(borrow)]
    remember: Option<&'l RawValue>,
    result: Option<String>,
    end: Option<String>,
}

impl PartFile {
    /// Looks through the file at `path`, which `seen` counts.
    pub(super) fn read(path: &Path, seen: &Seen) -> Result<PartFile, Failure> {
        let failure = |error: io::Error| {
            let message = format!("cannot read `{}`", shown(path));
            Failure::of(message, ReadError::from(error))
        };
        let wrong = |line: usize, what: &str| {
            Failure::Told(format!("`{}`, line {line}: {what}", shown(path)))
        };
        if path.is_dir() {
            return Err(failure(io::Error::other("it is a folder")));
        }
        // Others may have no end, or never a beginning.
        if !std::fs::metadata(path).map_err(failure)?.is_file() {
            return Err(failure(io::Error::other(ReadError::NotAFile.to_string())));
        }
        let mut lines = BufReader::with_capacity(1 << 18, File::open(path).map_err(failure)?);
        let mut line = Vec::new();
        let head = lines.by_ref().take(HEAD).read_until(b'\n', &mut line);
        head.map_err(failure)?;
        let head: PartHead<'static> = serde_json::from_slice(&line).map_err(|_| {
            Failure::Told(format!(
                "`{}` is no part file, such as `mtp build --shard` writes",
                shown(path)
            ))
        })?;
        if head.mtp_part != PARTS_FORMAT {
            return Err(wrong(1, "another version of mtp wrote this part"));
        }
        let mut part = PartFile {
            path: path.to_path_buf(),
            head,
            instructions: BTreeMap::new(),
        };
        let mut hasher = Sha256::new();
        hasher.update(&line);
        let (mut at, mut number) = (line.len() as u64, 1);
        let mut current: Option<&mut Samples> = None;
        let mut open: Option<String> = None;
        loop {
            line.clear();
            let read = lines.by_ref().take(LINE).read_until(b'\n', &mut line);
            let read = read.map_err(failure)?;
            number += 1;
            if read == 0 {
                return Err(wrong(number, "the file ends too early: is it complete?"));
            }
            at += read as u64;
            seen.count(read as u64, 0);
            if !line.starts_with(b"{\"end\"") {
                hasher.update(&line);
            }
            if line.first() != Some(&b'{') {
                let range = current
                    .as_deref_mut()
                    .zip(open.as_ref())
                    .and_then(|(samples, result)| samples.results.get_mut(result));
                match range {
                    // Without the line feed of its last line.
                    Some(range) => range.end = at - 1,
                    None => return Err(wrong(number, "samples stand here without a result")),
                }
                continue;
            }
            open = None;
            let Ok(told) = serde_json::from_slice::<Line<'_>>(&line) else {
                return Err(wrong(number, "this is no line of a part file"));
            };
            match (told, &mut current) {
                (
                    Line {
                        end: Some(told), ..
                    },
                    _,
                ) => {
                    return match told == emit::digest(hasher) {
                        true => Ok(part),
                        false => Err(wrong(
                            number,
                            "the lines before are not what was written; build the part again",
                        )),
                    };
                }
                (
                    Line {
                        instruction: Some(name),
                        ..
                    },
                    _,
                ) => {
                    current = Some(part.instructions.entry(name).or_default());
                }
                (
                    Line {
                        remember: Some(sample),
                        ..
                    },
                    Some(samples),
                ) => {
                    samples.telling.push_str(sample.get());
                    samples.telling.push('\n');
                }
                (
                    Line {
                        result: Some(result),
                        ..
                    },
                    Some(samples),
                ) => {
                    samples.results.insert(result.clone(), at..at);
                    open = Some(result);
                }
                _ => return Err(wrong(number, "this is no line of a part file")),
            }
        }
    }

    /// The samples to remember of each instruction, as JSON Lines.
    pub(super) fn telling(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.instructions.iter();
        all.map(|(name, samples)| (name.as_str(), samples.telling.as_str()))
    }

    /// The results of an instruction's samples.
    pub(super) fn results(&self, instruction: &str) -> impl Iterator<Item = &str> {
        let samples = self.instructions.get(instruction);
        let results = samples
            .into_iter()
            .flat_map(|samples| samples.results.keys());
        results.map(String::as_str)
    }

    /// Copies the samples of an instruction with a result, if there are any, behind
    /// `between`.
    pub(super) fn copy(
        &self,
        (instruction, result): (&str, &str),
        between: &[u8],
        out: &mut dyn Write,
    ) -> io::Result<bool> {
        let samples = self.instructions.get(instruction);
        let Some(range) = samples.and_then(|samples| samples.results.get(result)) else {
            return Ok(false);
        };
        out.write_all(between)?;
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(range.start))?;
        let length = range.end - range.start;
        let copied = io::copy(&mut file.take(length), out)?;
        match copied == length {
            true => Ok(true),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}
