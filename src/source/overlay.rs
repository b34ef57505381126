//! Texts that stand in for files: what an editor has not saved, what a fix would write.

use super::{Disk, Files, Opened, ReadError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The disk, with some files' contents replaced.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    texts: BTreeMap<PathBuf, String>,
}

impl Overlay {
    /// Replaces the content of the file at `path`.
    pub fn put(&mut self, path: &Path, text: String) {
        self.texts.insert(resolved(path), text);
    }

    /// The content that replaces a file's, if any does.
    pub fn get(&self, path: &Path) -> Option<&str> {
        self.texts.get(&resolved(path)).map(String::as_str)
    }
}

fn resolved(path: &Path) -> PathBuf {
    Disk.canonical(path).unwrap_or_else(|_| path.to_path_buf())
}

impl Files for Overlay {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        match self.get(path) {
            Some(text) if text.len() as u64 > limit => Err(ReadError::TooLarge(limit)),
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Disk.read(path, limit),
        }
    }

    fn open(&self, path: &Path) -> Option<Result<Opened, ReadError>> {
        match self.get(path) {
            Some(_) => None,
            None => Disk.open(path),
        }
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        Disk.canonical(path)
    }

    fn exists(&self, path: &Path) -> bool {
        self.get(path).is_some() || Disk.exists(path)
    }

    fn below(&self, folder: &Path) -> Vec<PathBuf> {
        Disk.below(folder)
    }
}
