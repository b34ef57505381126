//! The tokens of texts that are no specs.

use crate::cli::shared::{Failure, Outcome, shown};
use crate::report::write_json;
use crate::source::{Disk, Files, ReadError};
use crate::tokenizer::Tokenizer;
use serde::Serialize;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// What `--json` prints.
#[derive(Serialize)]
struct Run {
    version: u32,
    vocabulary: String,
    texts: Vec<Text>,
}

#[derive(Serialize)]
struct Text {
    file: String,
    tokens: usize,
    /// The numbers of the tokens in the vocabulary.
    ids: Vec<u32>,
}

pub(super) fn run(
    paths: &[PathBuf],
    tokenizer: &Tokenizer,
    is_json: bool,
    max_bytes: u64,
) -> Result<Outcome, Failure> {
    let mut texts = Vec::new();
    for path in paths {
        let refused = |reason: &dyn std::fmt::Display| {
            Failure::of(format!("cannot count `{}`", shown(path)), reason)
        };
        let bytes = bytes(path, max_bytes).map_err(|error| refused(&error))?;
        let text = String::from_utf8(bytes).map_err(|_| refused(&"it is no UTF-8"))?;
        let ids = tokenizer.tokens(&text).map_err(|reason| refused(&reason))?;
        texts.push(Text {
            file: shown(path),
            tokens: ids.len(),
            ids,
        });
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = match is_json {
        true => {
            let vocabulary = tokenizer.name.clone();
            let run = Run {
                version: 1,
                vocabulary,
                texts,
            };
            write_json(&run, &mut out)
        }
        false => texts.iter().try_for_each(|text| {
            writeln!(
                out,
                "{:>9}  {}",
                text.tokens,
                crate::report::escaped(&text.file)
            )
        }),
    };
    written
        .and_then(|()| out.flush())
        .map_err(|error| Failure::stream(&error))?;
    Ok(Outcome::Clean)
}

/// The bytes of a file, or of standard input.
fn bytes(path: &Path, max_bytes: u64) -> Result<Vec<u8>, ReadError> {
    if path != Path::new("-") {
        return Disk.read(path, max_bytes);
    }
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock().take(max_bytes.saturating_add(1));
    input.read_to_end(&mut bytes)?;
    match bytes.len() as u64 > max_bytes {
        true => Err(ReadError::TooLarge(max_bytes)),
        false => Ok(bytes),
    }
}
