//! What is open while the tree is built, and what a key in a map asks of the value behind it.

use super::super::entries::Entries;
use super::super::tree::{Entry, Node, Text, Value};
use crate::diagnostics::{Diagnostics, duplicate_key, syntax};
use crate::source::{Span, Spanned};
use std::borrow::Cow;

/// A value that is complete.
pub(super) struct Item<'s> {
    pub(super) node: Node<'s>,
    /// Where it ends in the file; for an alias the end of the alias.
    pub(super) end: usize,
    /// Levels of collections in it.
    pub(super) height: usize,
    /// What a copy of it costs.
    pub(super) cost: usize,
}

/// What a `<<` brings.
pub(super) enum Part<'s> {
    /// The value of this anchor.
    Alias(usize, Span),
    /// A value written at the place.
    Node(Node<'s>),
}

/// What the next value in a map is.
#[derive(Default)]
pub(super) enum Pending<'s> {
    /// A key.
    #[default]
    Key,
    /// The value of this key.
    Value(Text<'s>),
    /// The value of a key that was refused.
    Skip,
    /// What a `<<` brings.
    Merge,
}

impl Pending<'_> {
    pub(super) fn is_key(&self) -> bool {
        matches!(self, Pending::Key)
    }
}

/// A `<<` of a map.
pub(super) struct Merge<'s> {
    pub(super) key: Span,
    /// The number of entries that stand before it.
    pub(super) position: usize,
    pub(super) parts: Vec<Part<'s>>,
}

pub(super) enum Kind<'s> {
    List(Vec<Node<'s>>),
    /// A list whose items are taken, and its number.
    Taken(usize),
    /// The list of a `<<`.
    Parts(Vec<Part<'s>>),
    Map {
        entries: Entries<'s, Entry<'s>>,
        pending: Pending<'s>,
        merge: Option<Merge<'s>>,
    },
}

/// A collection that is open.
pub(super) struct Frame<'s> {
    pub(super) start: usize,
    /// The end of what is in it so far.
    pub(super) end: usize,
    pub(super) bracket: bool,
    pub(super) anchor: usize,
    pub(super) height: usize,
    pub(super) cost: usize,
    pub(super) kind: Kind<'s>,
}

/// What a key says of the value behind it.
pub(super) fn key<'s>(
    node: Node<'s>,
    entries: &Entries<'s, Entry<'s>>,
    merge: &mut Option<Merge<'s>>,
    is_as_written: bool,
    findings: &mut Diagnostics,
) -> Pending<'s> {
    let span = node.span;
    let text = match node.value {
        Value::Plain(text) if text == "<<" && !is_as_written => {
            if let Some(first) = merge {
                findings.push(duplicate_key::diagnostic(&text, span, Some(first.key)));
                return Pending::Skip;
            }
            *merge = Some(Merge {
                key: span,
                position: entries.len(),
                parts: Vec::new(),
            });
            return Pending::Merge;
        }
        Value::Plain(text) | Value::Text(text) => text,
        Value::Empty => Cow::Borrowed(""),
        Value::Alias(name) => Cow::Borrowed(name),
        Value::Broken => return Pending::Skip,
        _ => {
            findings.push(syntax::bad_key(span));
            return Pending::Skip;
        }
    };
    if let Some(first) = entries.first(&text) {
        findings.push(duplicate_key::diagnostic(&text, span, Some(first.span)));
        return Pending::Skip;
    }
    Pending::Value(Spanned::new(text, span))
}
