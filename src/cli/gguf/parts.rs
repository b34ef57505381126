//! The files of a model, opened and read as far as their headers go.

use crate::cli::shared::{Failure, shown};
use crate::gguf::{Header, Keep, Part, Summary, Tensor, name_of_part, part_of_name, read};
use crate::source::ReadError;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// A file and what its header says.
pub(super) struct Opened {
    pub(super) path: PathBuf,
    pub(super) header: Header,
}

/// The files of a model.
pub(super) struct Parts {
    /// Those that are there, in their order; one of a model that was not divided.
    pub(super) parts: Vec<Opened>,
    /// Those that are not.
    pub(super) missing: Vec<PathBuf>,
    /// How many there should be.
    pub(super) count: u64,
}

/// The most parts that are looked for; a name has five digits for them.
const PARTS: u64 = 99_999;

impl Parts {
    /// Reads the file and, if it is a part, the others beside it.
    pub(super) fn read(path: &Path, keep: Keep) -> Result<Parts, Failure> {
        let header = open(path, keep)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let named = part_of_name(&name).filter(|(_, part)| Part::of(&header) == Some(*part));
        let mut parts = Parts {
            parts: Vec::new(),
            missing: Vec::new(),
            count: named.map_or(1, |(_, part)| part.count),
        };
        let Some((prefix, own)) = named else {
            let path = path.to_path_buf();
            parts.parts.push(Opened { path, header });
            return Ok(parts);
        };
        let mut header = Some(header);
        for number in 1..=own.count.min(PARTS) {
            let part = Part { number, ..own };
            let path = path.with_file_name(name_of_part(prefix, part));
            let found = if number == own.number {
                header.take()
            } else if path.exists() {
                Some(open(&path, keep)?)
            } else {
                None
            };
            match found {
                Some(header) => parts.parts.push(Opened { path, header }),
                None => parts.missing.push(path),
            }
        }
        Ok(parts)
    }

    /// What the first file says, which stands for the model.
    pub(super) fn header(&self) -> Option<&Header> {
        self.parts.first().map(|part| &part.header)
    }

    /// The tensors of all files.
    pub(super) fn tensors(&self) -> Vec<&Tensor> {
        let headers = self.parts.iter().map(|part| &part.header);
        headers.flat_map(|header| &header.tensors).collect()
    }

    /// How the weights are stored.
    pub(super) fn summary(&self, header: &Header) -> Summary {
        Summary::of(header, &self.tensors())
    }
}

/// Opens a file and reads its header.
pub(in crate::cli) fn open(path: &Path, keep: Keep) -> Result<Header, Failure> {
    let refused = |reason: ReadError| Failure::of(format!("cannot read `{}`", shown(path)), reason);
    let metadata = std::fs::metadata(path).map_err(|error| refused(error.into()))?;
    if !metadata.is_file() {
        return Err(refused(ReadError::NotAFile));
    }
    let file = File::open(path).map_err(|error| refused(error.into()))?;
    let input = BufReader::with_capacity(1 << 16, file);
    read(input, metadata.len(), keep)
        .map_err(|fault| Failure::Told(format!("cannot read `{}` as GGUF: {fault}", shown(path))))
}
