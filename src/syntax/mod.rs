//! From text to one spanned tree, whatever the notation.
//!
//! YAML, TOML and JSON end in the same [`tree::Node`]s with the same spans and the
//! same complaints. No word of the domain stands here.

pub mod decode;
pub mod number;
pub mod tree;

mod entries;
mod inside;
mod json;
mod toml;
mod yaml;

pub use inside::{Scalar, inside};

use crate::diagnostics::Diagnostics;
use crate::source::{Origin, SourceMap, Span};
use std::ops::Range;
use tree::{Anchors, Comment, Document, Entry, Node, Notation};

/// What a file may make the reader do.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most values that the aliases of a file may stand for. If nothing is said, it is
    /// a million, and less for a small file: four for each of its bytes, and 10,000 more.
    pub alias_nodes: Option<usize>,
    /// How deep lists and maps may be nested. More than [`Limits::DEEPEST`] is not safe: trees
    /// are gone through by functions that call themselves.
    pub nesting: usize,
}

impl Limits {
    /// The deepest nesting that can be asked for.
    pub const DEEPEST: usize = 256;
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            alias_nodes: None,
            nesting: 128,
        }
    }
}

/// Takes the items of long lists one by one while a file is read, so that the tree never
/// holds all of them.
pub trait Take<'s> {
    /// A list begins behind these keys, the outermost first; `before` are the entries that
    /// stand before it in its map. If its items are to be taken, the number of the list.
    fn begin(&mut self, keys: [&str; TAKEN_DEPTH], before: &[Entry<'s>]) -> Option<usize>;

    /// An item of the list `number`.
    fn item(&mut self, number: usize, item: Node<'s>);
}

/// How many keys stand above a list whose items may be taken.
pub const TAKEN_DEPTH: usize = 3;

/// Takes nothing: the whole file becomes a tree.
#[derive(Debug)]
pub struct TakeNothing;

impl<'s> Take<'s> for TakeNothing {
    fn begin(&mut self, _: [&str; TAKEN_DEPTH], _: &[Entry<'s>]) -> Option<usize> {
        None
    }

    fn item(&mut self, _: usize, _: Node<'s>) {}
}

/// Reads the file that `origin` stands for.
///
/// All that is wrong with the text goes to `findings`. The root is `None` for a file
/// that holds nothing, and for one whose structure cannot be known.
pub fn read<'s>(
    sources: &'s SourceMap,
    origin: Origin,
    notation: Notation,
    limits: &Limits,
    findings: &mut Diagnostics,
) -> Document<'s> {
    read_taking(
        sources,
        origin,
        notation,
        limits,
        &mut TakeNothing,
        findings,
    )
}

/// The tree of the file that `origin` stands for, without a word about what is wrong with it:
/// for a text that was looked at before, or that nobody has to hear of.
pub fn tree<'s>(sources: &'s SourceMap, origin: Origin, notation: Notation) -> Document<'s> {
    let mut unheard = Diagnostics::default();
    read(sources, origin, notation, &Limits::default(), &mut unheard)
}

/// Reads the file that `origin` stands for, and gives the items of the lists that `take`
/// wants to it: [`tree::Value::Taken`] stands in their place. It may be given items of a file
/// that turns out to be none, and it is given none that YAML's aliases repeat and none of
/// TOML.
pub fn read_taking<'s>(
    sources: &'s SourceMap,
    origin: Origin,
    notation: Notation,
    limits: &Limits,
    take: &mut dyn Take<'s>,
    findings: &mut Diagnostics,
) -> Document<'s> {
    let text = sources.whole(origin);
    match notation {
        Notation::Yaml => yaml::read(sources, text, origin, limits, take, findings),
        Notation::Toml => toml::read(text, origin, limits, findings),
        Notation::Json => {
            let range = byte_order_mark(text)..text.len();
            let root = json::read((text, origin), range, limits, take, findings);
            Document {
                root,
                comments: Vec::new(),
                anchors: Anchors::default(),
            }
        }
    }
}

/// Reads the file with its aliases, anchors and merge keys as they stand there: an alias
/// is a value of its own, `<<` is a key. For what writes the file again.
pub fn read_as_written<'s>(
    sources: &'s SourceMap,
    origin: Origin,
    notation: Notation,
    findings: &mut Diagnostics,
) -> Document<'s> {
    match notation {
        Notation::Yaml => {
            let text = sources.whole(origin);
            yaml::read_as_written(sources, text, origin, findings)
        }
        _ => read(sources, origin, notation, &Limits::default(), findings),
    }
}

/// Reads a part of a file as JSON, such as one line of a JSONL file. Spans count in
/// the file. `None` if nothing but white space stands there, or on an error.
pub fn read_json_part<'s>(
    sources: &'s SourceMap,
    origin: Origin,
    range: Range<usize>,
    findings: &mut Diagnostics,
) -> Option<Node<'s>> {
    let text = sources.whole(origin);
    let limits = Limits::default();
    json::read((text, origin), range, &limits, &mut TakeNothing, findings)
}

/// The number of bytes of a byte order mark at the start of `text`.
pub fn byte_order_mark(text: &str) -> usize {
    if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    }
}

/// The span of the character at `at`; empty at the end of the text.
fn character(text: &str, origin: Origin, at: usize) -> Span {
    let at = boundary(text, at);
    let length = text
        .get(at..)
        .and_then(|rest| rest.chars().next())
        .map_or(0, char::len_utf8);
    Span::new(origin, at, at + length)
}

/// The last character boundary at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

/// A comment from `start` to `end`.
fn comment(text: &str, origin: Origin, start: usize, end: usize) -> Comment {
    let before = text.get(..start).unwrap_or_default();
    let line = before
        .rfind('\n')
        .map_or(0, |at| at + 1)
        .max(byte_order_mark(text));
    let own_line = before
        .get(line..)
        .unwrap_or_default()
        .bytes()
        .all(|b| b == b' ' || b == b'\t');
    Comment {
        span: Span::new(origin, start, end),
        own_line,
    }
}

/// What stands at `at`, to be read behind "found", and its length in bytes: a word, a
/// character or the end.
fn found(text: &str, at: usize) -> (usize, String) {
    let rest = text.get(at..).unwrap_or_default();
    let Some(first) = rest.chars().next() else {
        return (0, "the end of the text".to_owned());
    };
    let word = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    match (word, first) {
        (0, '\n' | '\r') => (0, "the end of the line".to_owned()),
        (0, c) if c.is_control() || c.is_whitespace() => (
            c.len_utf8(),
            format!("the character U+{:04X}", u32::from(c)),
        ),
        (0, '`') => (1, "a backquote".to_owned()),
        (0, c) => (c.len_utf8(), format!("`{c}`")),
        (word, _) if word > LONG_WORD => (word, "a word".to_owned()),
        (word, _) => (word, format!("`{}`", rest.get(..word).unwrap_or_default())),
    }
}

/// Longer words are not repeated in messages.
const LONG_WORD: usize = 40;
