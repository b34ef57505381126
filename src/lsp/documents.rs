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
    /// The last text that was found to be readable; at first that which was opened.
    pub(super) readable: String,
    pub(super) lines: LineIndex,
}

impl Document {
    pub(super) fn new(uri: Uri, path: PathBuf, version: i32, text: String) -> Self {
        let lines = LineIndex::new(&text);
        let mut document = Document {
            uri,
            path,
            version,
            text,
            readable: String::new(),
            lines,
        };
        document.keep();
        document
    }

    /// Keeps the text as one that can be read; whether that is news.
    pub(super) fn keep(&mut self) -> bool {
        let is_news = !self.is_too_large() && self.readable != self.text;
        if is_news {
            self.readable.clone_from(&self.text);
        }
        is_news
    }

    /// Applies changes, each to what the one before it left.
    pub(super) fn change(
        &mut self,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        // The line from which on the index is that of an older text. Editors send many
        // changes from the end to the start, so that it need not be made for each.
        let mut stale: Option<u32> = None;
        for change in changes {
            let Some(range) = change.range else {
                self.text = change.text;
                stale = Some(0);
                continue;
            };
            let last = range.start.line.max(range.end.line);
            if stale.is_some_and(|stale| stale <= last) {
                self.lines = LineIndex::new(&self.text);
                stale = None;
            }
            let start = encoding.offset(&self.text, &self.lines, range.start);
            let end = encoding.offset(&self.text, &self.lines, range.end);
            let (start, end) = (start.min(end), end.max(start));
            self.text.replace_range(start..end, &change.text);
            let first = range.start.line.min(range.end.line);
            stale = Some(stale.map_or(first, |stale| stale.min(first)));
        }
        if stale.is_some() {
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

    pub(super) fn get_mut(&mut self, key: &Path) -> Option<&mut Document> {
        self.0.get_mut(key)
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

#[cfg(test)]
mod tests {
    use super::{Document, Encoding};
    use lsp_types::{Position, Range, TextDocumentContentChangeEvent};
    use std::path::PathBuf;

    fn change(from: (u32, u32), to: (u32, u32), text: &str) -> TextDocumentContentChangeEvent {
        let position = |(line, character)| Position::new(line, character);
        TextDocumentContentChangeEvent {
            range: Some(Range::new(position(from), position(to))),
            range_length: None,
            text: text.to_owned(),
        }
    }

    fn changed(text: &str, changes: Vec<TextDocumentContentChangeEvent>) -> String {
        let uri = "file:///a.yaml".parse().unwrap_or_else(|_| unreachable!());
        let mut document = Document::new(uri, PathBuf::from("/a.yaml"), 1, text.to_owned());
        document.change(changes, Encoding::Utf8);
        let lines = crate::source::LineIndex::new(&document.text);
        assert_eq!(format!("{:?}", document.lines), format!("{lines:?}"));
        document.text
    }

    #[test]
    fn each_change_is_made_to_what_the_one_before_left() {
        let text = "a\nb\nc\nd\n";
        let upwards = vec![change((3, 0), (3, 1), "D"), change((1, 0), (1, 1), "B\nB")];
        assert_eq!(changed(text, upwards), "a\nB\nB\nc\nD\n");
        let downwards = vec![change((1, 0), (1, 1), "B\nB"), change((4, 0), (4, 1), "D")];
        assert_eq!(changed(text, downwards), "a\nB\nB\nc\nD\n");
        let one_line = vec![
            change((1, 1), (1, 1), "b"),
            change((1, 2), (1, 2), "\n"),
            change((2, 0), (3, 0), ""),
        ];
        assert_eq!(changed(text, one_line), "a\nbb\nc\nd\n");
        let around = vec![
            change((2, 0), (2, 1), "C"),
            change((1, 0), (3, 0), ""),
            change((1, 0), (1, 0), "x"),
        ];
        assert_eq!(changed(text, around), "a\nxd\n");
        let backwards = vec![change((2, 0), (1, 0), "x")];
        assert_eq!(changed(text, backwards), "a\nxc\nd\n");
    }
}
