//! The files of a model, opened and read as far as their headers go.

use crate::cli::shared::{Failure, shown};
use crate::gguf::{
    Header, Keep, Model, Part, Summary, Tensor, disagreements, missing_parts, name_of_part,
    part_of_name, read,
};
use crate::source::ReadError;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::ops::RangeInclusive;
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
    /// The numbers of those that are not.
    pub(super) missing: Vec<RangeInclusive<u64>>,
    /// How many there should be.
    pub(super) count: u64,
    /// What is wrong with them.
    pub(super) faults: Vec<String>,
    /// The beginning of their names, with the folder.
    prefix: Option<String>,
}

impl Parts {
    /// Reads the file and, if it is a part, the others beside it.
    pub(super) fn read(path: &Path, keep: Keep) -> Result<Parts, Failure> {
        let header = open(path, keep)?;
        let own = Part::of(&header);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let named = part_of_name(&name).filter(|_| own.is_some());
        let mut paths = match named {
            Some((prefix, part)) => beside(path, prefix, part.count),
            None => BTreeMap::new(),
        };
        // By its name, since that is how the others are found.
        let number = named
            .map(|(_, part)| part)
            .or(own)
            .map_or(1, |part| part.number);
        let count = named
            .map(|(_, part)| part)
            .or(own)
            .map_or(1, |part| part.count);
        paths.remove(&number);
        let mut opened = BTreeMap::new();
        for (number, path) in paths {
            let header = open(&path, keep)?;
            opened.insert(number, Opened { path, header });
        }
        let path = path.to_path_buf();
        let prefix = named.map(|(prefix, _)| shown(&path.with_file_name(prefix)));
        opened.insert(number, Opened { path, header });
        let mut parts = Parts {
            missing: missing_parts(opened.keys().copied(), count),
            parts: opened.into_values().collect(),
            count,
            faults: Vec::new(),
            prefix,
        };
        parts.faults = parts.wrong();
        Ok(parts)
    }

    /// What the files say that cannot be.
    fn wrong(&self) -> Vec<String> {
        let names: Vec<String> = self.parts.iter().map(Opened::name).collect();
        let headers = self.parts.iter().map(|part| &part.header);
        let files: Vec<(&str, &Header)> = names.iter().map(String::as_str).zip(headers).collect();
        let mut faults = disagreements(&files, self.missing.is_empty());
        for (name, header) in files {
            let model = Model::new(header);
            let wrong = model.wrong_types().into_iter();
            faults.extend(wrong.map(|wrong| format!("`{name}`: {wrong}")));
            let displaced = header.displaced();
            if let Some((tensor, place)) = displaced.first() {
                let more = match displaced.len() - 1 {
                    0 => String::new(),
                    1 => "; 1 more is out of place".to_owned(),
                    more => format!("; {more} more are out of place"),
                };
                let (own, offset) = (&tensor.name, tensor.offset);
                faults.push(format!(
                    "`{name}`: the tensor `{own}` begins at {offset} of the data and not at \
                     {place}, where those before it end{more}"
                ));
            }
        }
        faults
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

    /// What is missing, a line for all parts that follow one another.
    pub(super) fn told_missing(&self) -> Vec<String> {
        let told = self.missing.iter().map(|range| {
            let (from, to) = (*range.start(), *range.end());
            let Some(prefix) = &self.prefix else {
                return match from == to {
                    true => format!("part {from} of the model was not found"),
                    false => format!("parts {from} to {to} of the model were not found"),
                };
            };
            let name = |number| {
                let count = self.count;
                name_of_part(prefix, Part { number, count })
            };
            match from == to {
                true => format!("there is no file `{}`, a part of the model", name(from)),
                false => format!(
                    "there are no files `{}` to `{}`, parts of the model",
                    name(from),
                    name(to)
                ),
            }
        });
        told.collect()
    }
}

impl Opened {
    fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }
}

/// The parts in the folder of one of them, by their numbers.
fn beside(path: &Path, prefix: &str, count: u64) -> BTreeMap<u64, PathBuf> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    // A folder that cannot be listed has no parts that could be found.
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new(".")));
    let names = entries.into_iter().flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let found = names.filter_map(|name| {
        let (own, part) = part_of_name(&name)?;
        let is_of_model = own == prefix && part.count == count;
        is_of_model.then(|| (part.number, path.with_file_name(&name)))
    });
    found.collect()
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
