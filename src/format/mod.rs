//! A spec in its canonical layout: text to text, with its comments, anchors and aliases.
//!
//! The layout is that of [`crate::print`]; here is what makes it safe to use: the result is
//! read again, and is given out only if it means what the text meant. Nothing here
//! knows files, nor whether a spec is a good one.

use crate::diagnostics::Diagnostics;
use crate::print::{self, Node, from_document, is_same};
use crate::source::{Origin, SourceMap};
use crate::syntax::tree::{Document, Notation, Value};
use crate::syntax::{self, Limits};

/// What came of a text.
#[derive(Debug)]
pub enum Formatted {
    /// The text in its canonical layout; it may be the same.
    Text(String),
    /// It cannot be read; that has been reported.
    Refused,
    /// It could not be laid out without changing what it means, which is a mistake of ours.
    Changed,
}

/// Lays out the text of `origin`: a spec, a fragment or a file of samples. A text that
/// holds nothing but comments stays as it is.
pub fn format(
    sources: &SourceMap,
    origin: Origin,
    notation: Notation,
    findings: &mut Diagnostics,
) -> Formatted {
    let before = findings.iter().count();
    let text = sources.whole(origin);
    let limits = Limits::default();
    let document = syntax::read(sources, origin, notation, &limits, findings);
    if findings.iter().count() > before {
        return Formatted::Refused;
    }
    if document.root.is_none() {
        return Formatted::Text(text.to_owned());
    }
    let notations = (notation, notation);
    let Some(mut meant) = from_document(&document, sources, origin, notations, findings) else {
        return Formatted::Refused;
    };
    print::sort(&mut meant);
    let comments = document.comments.len();
    // No more trees are held at a time than have to be.
    drop(document);
    // An anchor has to stand before its aliases, which the order of keys may not allow.
    for is_sorted in [true, false] {
        let mut silent = Diagnostics::default();
        let written = syntax::read_as_written(sources, origin, notation, &mut silent);
        let references = references(&written);
        let Some(mut node) = from_document(&written, sources, origin, notations, &mut silent)
        else {
            return Formatted::Changed;
        };
        drop(written);
        if is_sorted {
            print::sort(&mut node);
        }
        let text = print::text(&node, notation);
        drop(node);
        let wanted = Wanted {
            meant: &meant,
            comments,
            references,
            notation,
        };
        if wanted.is_in(&text) {
            return Formatted::Text(text);
        }
    }
    Formatted::Changed
}

/// What the result has to hold.
struct Wanted<'w> {
    meant: &'w Node<'w>,
    comments: usize,
    references: (usize, usize),
    notation: Notation,
}

impl Wanted<'_> {
    fn is_in(&self, text: &str) -> bool {
        let sources = SourceMap::default();
        let origin = sources.add("result", text.to_owned());
        let (limits, mut findings) = (Limits::default(), Diagnostics::default());
        let document = syntax::read(&sources, origin, self.notation, &limits, &mut findings);
        let notations = (self.notation, self.notation);
        let node = from_document(&document, &sources, origin, notations, &mut findings);
        let Some(mut node) = node else { return false };
        let comments = document.comments.len();
        drop(document);
        print::sort(&mut node);
        let is_meant = is_same(self.meant, &node, self.notation);
        drop(node);
        let written = syntax::read_as_written(&sources, origin, self.notation, &mut findings);
        findings.iter().next().is_none()
            && is_meant
            && comments == self.comments
            && references(&written) == self.references
    }
}

/// How many anchors and aliases there are.
fn references(document: &Document<'_>) -> (usize, usize) {
    let anchors = document.anchors.values.len() + document.anchors.keys.len();
    let mut aliases = 0;
    let mut open: Vec<_> = document.root.iter().collect();
    while let Some(node) = open.pop() {
        match &node.value {
            Value::Alias(_) => aliases += 1,
            Value::List(items) => open.extend(items),
            Value::Map(entries) => open.extend(entries.iter().map(|entry| &entry.value)),
            _ => {}
        }
    }
    (anchors, aliases)
}
