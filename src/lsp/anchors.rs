//! Anchors and aliases of YAML: from `*name` to `&name`.

use super::documents::Document;
use crate::diagnostics::Diagnostics;
use crate::source::{SourceMap, Span};
use crate::syntax;
use crate::syntax::tree::{Node, Notation, Value};
use std::ops::Range;

/// The anchor that the alias at a byte of a text stands for.
pub(super) fn anchor_of(document: &Document, offset: usize) -> Option<Range<usize>> {
    if document.notation() != Notation::Yaml || document.is_too_large() {
        return None;
    }
    let sources = SourceMap::default();
    let origin = sources.add(document.path.to_string_lossy(), document.text.clone());
    let mut silent = Diagnostics::default();
    let read = syntax::read_as_written(&sources, origin, Notation::Yaml, &mut silent);
    let (name, span) = alias_at(read.root.as_ref()?, offset)?;
    let anchors = read
        .anchors
        .values
        .values()
        .chain(read.anchors.keys.values());
    // Of several with the same name the last one before the alias.
    let before = anchors.filter(|anchor| anchor.value == name && anchor.span.start < span.start);
    let anchor = before.max_by_key(|anchor| anchor.span.start)?;
    Some(anchor.span.range())
}

/// The alias at a byte, by its name.
fn alias_at<'s>(root: &Node<'s>, offset: usize) -> Option<(&'s str, Span)> {
    let mut left = vec![root];
    while let Some(node) = left.pop() {
        match &node.value {
            Value::Alias(name) => {
                let Range { start, end } = node.span.range();
                if start <= offset && offset <= end {
                    return Some((name, node.span));
                }
            }
            Value::List(items) => left.extend(items),
            Value::Map(entries) => left.extend(entries.iter().map(|entry| &entry.value)),
            _ => {}
        }
    }
    None
}
