//! Files that are in the input: `y`, `t` or `j` for the notation of the first, then its text;
//! each line `%%% NAME` begins another.

use mtp::source::{Files, ReadError};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// The folder that they are in.
const FOLDER: &str = "/project";

pub(crate) struct Input {
    pub(crate) path: &'static str,
    pub(crate) text: String,
    pub(crate) files: Folder,
}

/// No other file can be seen.
pub(crate) struct Folder(BTreeMap<PathBuf, String>);

impl Input {
    pub(crate) fn of(data: &[u8]) -> Option<Input> {
        let (first, rest) = data.split_first()?;
        let path = match first {
            b'y' => "spec.yaml",
            b't' => "spec.toml",
            b'j' => "spec.json",
            _ => return None,
        };
        let text = String::from_utf8_lossy(rest);
        let mut parts = text.split("\n%%% ");
        let own = parts.next()?.to_owned();
        let others = parts.take(8).filter_map(|part| {
            let (name, text) = part.split_once('\n')?;
            Some((lexical(Path::new(name)), text.to_owned()))
        });
        let mut files: BTreeMap<PathBuf, String> = others.collect();
        files.insert(lexical(Path::new(path)), own.clone());
        Some(Input {
            path,
            text: own,
            files: Folder(files),
        })
    }
}

/// The path in the folder, without `.` and `..`.
fn lexical(path: &Path) -> PathBuf {
    let mut whole = PathBuf::from(FOLDER);
    for part in path.components() {
        match part {
            Component::Normal(name) => whole.push(name),
            Component::ParentDir => drop(whole.pop()),
            Component::RootDir => whole = PathBuf::from("/"),
            Component::CurDir | Component::Prefix(_) => {}
        }
    }
    whole
}

impl Files for Folder {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        match self.0.get(&lexical(path)) {
            Some(text) if text.len() as u64 > limit => Err(ReadError::TooLarge(limit)),
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Err(std::io::Error::from(std::io::ErrorKind::NotFound).into()),
        }
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        match self.exists(path) {
            true => Ok(lexical(path)),
            false => Err(std::io::Error::from(std::io::ErrorKind::NotFound).into()),
        }
    }

    fn exists(&self, path: &Path) -> bool {
        let path = lexical(path);
        self.0.keys().any(|file| file.starts_with(&path))
    }

    fn below(&self, folder: &Path) -> Vec<PathBuf> {
        let below = lexical(folder);
        let inside = self
            .0
            .keys()
            .filter_map(|file| file.strip_prefix(&below).ok());
        inside.map(|file| folder.join(file)).collect()
    }
}
