//! The one tree that YAML, TOML and JSON are read into.

use crate::source::Span;
use std::borrow::Cow;
use std::collections::HashMap;

pub use crate::source::Text;

/// What was written at a place.
#[derive(Clone, Debug)]
pub struct Node<'s> {
    /// A scalar's text with its quotes, a flow collection with its brackets, a
    /// block collection from its first character to the end of its last scalar.
    pub span: Span,
    /// What it is.
    pub value: Value<'s>,
}

/// The kinds of nodes.
#[derive(Clone, Debug)]
pub enum Value<'s> {
    /// Nothing is written where a value could stand (YAML only); the span is empty.
    Empty,
    /// JSON's `null`.
    Null,
    /// `true` or `false` of TOML and JSON.
    Bool(bool),
    /// A number of TOML or JSON, as decimal text: no `_`, no leading `+`, hexadecimal
    /// and its like converted; `inf` and `nan` as TOML writes them.
    Number(Cow<'s, str>),
    /// Text that can be nothing else: quoted, a block scalar.
    Text(Cow<'s, str>),
    /// A plain YAML scalar, as written. What it is depends on what is expected.
    Plain(Cow<'s, str>),
    /// An alias of YAML by its name, in a file that is read as it is written; else its
    /// place is taken by a copy of what it stands for.
    Alias(&'s str),
    /// Something the language has no use for, by its name: "a date", "a tag".
    Other(&'static str),
    /// A list.
    List(Vec<Node<'s>>),
    /// A list whose items went to [`super::Take`] instead, and its number there.
    Taken(usize),
    /// A map, in the order written; no two entries have the same key.
    Map(Vec<Entry<'s>>),
    /// Something that has been reported already; whoever decodes it stays silent.
    Broken,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry<'s> {
    /// The key, with the span of its text.
    pub key: Text<'s>,
    /// The value.
    pub value: Node<'s>,
}

pub use crate::diagnostics::Comment;

/// A file that was read.
#[derive(Debug)]
pub struct Document<'s> {
    /// What it holds; `None` if nothing, or nothing that could be read.
    pub root: Option<Node<'s>>,
    /// Its comments, in order.
    pub comments: Vec<Comment>,
    /// Its anchors, if it was read as it is written.
    pub anchors: Anchors<'s>,
}

/// The anchors of a YAML file that is read as it is written. The spans are those of the
/// names, with their `&`.
#[derive(Debug, Default)]
pub struct Anchors<'s> {
    /// By the spans of the values they name.
    pub values: HashMap<Span, Text<'s>>,
    /// By the spans of the keys they name.
    pub keys: HashMap<Span, Text<'s>>,
}

/// The notations a spec can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// `.yaml`, `.yml`.
    Yaml,
    /// `.toml`.
    Toml,
    /// `.json`.
    Json,
}

impl Notation {
    /// The notation that the end of a file name stands for, letter case aside.
    pub fn of_path(path: &str) -> Option<Notation> {
        let (_, ending) = path.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => Some(Notation::Yaml),
            "toml" => Some(Notation::Toml),
            "json" => Some(Notation::Json),
            _ => None,
        }
    }
}
