//! The texts that are open in the editor.

use super::position::Encoding;
use crate::source::{Disk, Files, LineIndex, Overlay};
use crate::syntax::tree::Notation;
use lsp_types::{TextDocumentContentChangeEvent, Uri};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Larger texts are not looked at while they are edited.
pub(super) const LARGEST: usize = 32 << 20;

/// A text in the editor.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) uri: Uri,
    /// The path as the editor names it.
    pub(super) path: PathBuf,
    pub(super) version: i32,
    pub(super) text: String,
    pub(super) lines: LineIndex,
}

impl Document {
    pub(super) fn new(uri: Uri, path: PathBuf, version: i32, text: String) -> Self {
        let lines = LineIndex::new(&text);
        Document {
            uri,
            path,
            version,
            text,
            lines,
        }
    }

    /// Applies changes, each to what the one before it left.
    pub(super) fn change(
        &mut self,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        for change in changes {
            match change.range {
                None => self.text = change.text,
                Some(range) => {
                    let start = encoding.offset(&self.text, &self.lines, range.start);
                    let end = encoding.offset(&self.text, &self.lines, range.end);
                    let (start, end) = (start.min(end), end.max(start));
                    self.text.replace_range(start..end, &change.text);
                }
            }
            self.lines = LineIndex::new(&self.text);
        }
    }

    /// The notation of the text; YAML, unless its name says otherwise.
    pub(super) fn notation(&self) -> Notation {
        Notation::of_path(&self.path.to_string_lossy()).unwrap_or(Notation::Yaml)
    }

    pub(super) fn is_too_large(&self) -> bool {
        self.text.len() > LARGEST
    }
}

/// All open texts, by the resolved paths of their files.
#[derive(Debug, Default)]
pub(super) struct Documents(BTreeMap<PathBuf, Document>);

/// A path with links resolved, if anything is there.
pub(super) fn resolved(path: &Path) -> PathBuf {
    Disk.canonical(path).unwrap_or_else(|_| path.to_path_buf())
}

impl Documents {
    /// Takes a text in; its key.
    pub(super) fn open(&mut self, document: Document) -> PathBuf {
        let key = resolved(&document.path);
        self.0.insert(key.clone(), document);
        key
    }

    pub(super) fn get(&self, key: &Path) -> Option<&Document> {
        self.0.get(key)
    }

    /// The text with this address, and its key.
    pub(super) fn find(&self, uri: &Uri) -> Option<(&PathBuf, &Document)> {
        self.0.iter().find(|(_, document)| document.uri == *uri)
    }

    pub(super) fn find_mut(&mut self, uri: &Uri) -> Option<(&PathBuf, &mut Document)> {
        self.0.iter_mut().find(|(_, document)| document.uri == *uri)
    }

    pub(super) fn close(&mut self, uri: &Uri) -> Option<PathBuf> {
        let key = self.find(uri)?.0.clone();
        self.0.remove(&key);
        Some(key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &PathBuf> {
        self.0.keys()
    }

    /// The versions of all texts.
    pub(super) fn versions(&self) -> BTreeMap<PathBuf, i32> {
        let versions = self.0.iter();
        versions
            .map(|(key, document)| (key.clone(), document.version))
            .collect()
    }

    /// The files as they would be if all texts were saved.
    pub(super) fn overlay(&self) -> Overlay {
        let mut overlay = Overlay::default();
        for document in self.0.values().filter(|document| !document.is_too_large()) {
            overlay.put(&document.path, document.text.clone());
        }
        overlay
    }
}
