//! JSON as RFC 8259 has it, read without recursion.
//!
//! It is read here and not by a crate, because those with spans accept more than JSON
//! has (white space of Unicode, control characters in text) and tell less of a mistake.

mod errors;
mod scalar;

use super::entries::Entries;
use super::tree::{Entry, Node, Text, Value};
use super::{Limits, TAKEN_DEPTH, Take};
use crate::diagnostics::limit_exceeded;
use crate::diagnostics::{Diagnostic, Diagnostics, duplicate_key};
use crate::source::{Origin, Span};
use std::ops::Range;

/// An error, boxed because it is large and rare.
type Refused = Box<Diagnostic>;

/// Reads the JSON value at `range`. `None` if there is only white space, or an error.
pub(super) fn read<'s>(
    (text, origin): (&'s str, Origin),
    range: Range<usize>,
    limits: &Limits,
    take: &mut dyn Take<'s>,
    findings: &mut Diagnostics,
) -> Option<Node<'s>> {
    let end = range.end.min(text.len());
    let text = text.get(..end)?;
    let mut reader = Reader {
        text,
        origin,
        at: range.start.min(end),
        stack: Vec::new(),
        nesting: limits.nesting,
        take,
        findings,
    };
    reader.space();
    if reader.at == end {
        return None;
    }
    match reader.document() {
        Ok(node) => Some(node),
        Err(finding) => {
            findings.push(*finding);
            None
        }
    }
}

/// A list or map that is open.
enum Frame<'s> {
    List {
        start: usize,
        items: Vec<Node<'s>>,
    },
    /// A list whose items are taken, and its number.
    Taken {
        start: usize,
        number: usize,
    },
    Map {
        start: usize,
        entries: Entries<'s, Entry<'s>>,
        key: Option<Text<'s>>,
    },
}

impl Frame<'_> {
    fn start(&self) -> usize {
        match self {
            Frame::List { start, .. } | Frame::Taken { start, .. } | Frame::Map { start, .. } => {
                *start
            }
        }
    }

    /// The bracket that closes it.
    fn closing(&self) -> u8 {
        match self {
            Frame::List { .. } | Frame::Taken { .. } => b']',
            Frame::Map { .. } => b'}',
        }
    }
}

struct Reader<'s, 'd> {
    /// The file up to the end of what is read.
    text: &'s str,
    origin: Origin,
    at: usize,
    stack: Vec<Frame<'s>>,
    /// How deep lists and maps may be nested.
    nesting: usize,
    take: &'d mut dyn Take<'s>,
    findings: &'d mut Diagnostics,
}

impl<'s> Reader<'s, '_> {
    fn document(&mut self) -> Result<Node<'s>, Refused> {
        loop {
            let Some(mut node) = self.value()? else {
                continue;
            };
            loop {
                self.space();
                let Some(frame) = self.stack.last_mut() else {
                    return if self.at == self.text.len() {
                        Ok(node)
                    } else {
                        Err(self.expected("nothing more"))
                    };
                };
                match frame {
                    Frame::List { items, .. } => items.push(node),
                    Frame::Taken { number, .. } => self.take.item(*number, node),
                    Frame::Map { entries, key, .. } => {
                        if let Some(key) = key.take() {
                            entries.push(Entry { key, value: node });
                        }
                    }
                }
                let closing = frame.closing();
                match self.peek() {
                    Some(b',') => {
                        let comma = self.at;
                        self.at += 1;
                        self.space();
                        if matches!(self.peek(), Some(b']' | b'}')) {
                            return Err(self.trailing_comma(comma));
                        }
                        self.key()?;
                        break;
                    }
                    Some(byte) if byte == closing => match self.close() {
                        Some(closed) => node = closed,
                        None => break,
                    },
                    _ => return Err(self.expected_in_collection()),
                }
            }
        }
    }

    /// A scalar or an empty collection; `None` if a collection begins instead.
    fn value(&mut self) -> Result<Option<Node<'s>>, Refused> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(open @ (b'[' | b'{')) => return self.open(open),
            _ => match self.word() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                _ => return Err(self.expected_value()),
            },
        };
        if !matches!(value, Value::Text(_) | Value::Number(_)) {
            self.at += self.word().len();
        }
        Ok(Some(Node {
            span: Span::new(self.origin, start, self.at),
            value,
        }))
    }

    fn open(&mut self, bracket: u8) -> Result<Option<Node<'s>>, Refused> {
        let start = self.at;
        if self.stack.len() >= self.nesting {
            return Err(Box::new(limit_exceeded::nesting(
                self.character(start),
                self.nesting,
            )));
        }
        let frame = match bracket {
            b'[' => match self.taken() {
                Some(number) => Frame::Taken { start, number },
                None => Frame::List {
                    start,
                    items: Vec::new(),
                },
            },
            _ => Frame::Map {
                start,
                entries: Entries::default(),
                key: None,
            },
        };
        self.stack.push(frame);
        self.at += 1;
        self.space();
        if self.peek() == self.stack.last().map(Frame::closing) {
            return Ok(self.close());
        }
        self.key()?;
        Ok(None)
    }

    /// The number of the list that begins, if its items are to be taken.
    fn taken(&mut self) -> Option<usize> {
        if self.stack.len() != TAKEN_DEPTH {
            return None;
        }
        let mut keys = [""; TAKEN_DEPTH];
        let mut before: &[Entry<'s>] = &[];
        for (name, frame) in keys.iter_mut().zip(&self.stack) {
            let Frame::Map {
                entries,
                key: Some(key),
                ..
            } = frame
            else {
                return None;
            };
            *name = &key.value;
            before = entries.list();
        }
        self.take.begin(keys, before)
    }

    /// Ends the innermost collection at its bracket.
    fn close(&mut self) -> Option<Node<'s>> {
        self.at += 1;
        let (start, value) = match self.stack.pop()? {
            Frame::List { start, items } => (start, Value::List(items)),
            Frame::Taken { start, number } => (start, Value::Taken(number)),
            Frame::Map { start, entries, .. } => (start, Value::Map(entries.into_list())),
        };
        Some(Node {
            span: Span::new(self.origin, start, self.at),
            value,
        })
    }

    /// Reads a key and its colon, if the innermost collection is a map.
    fn key(&mut self) -> Result<(), Refused> {
        if !matches!(self.stack.last(), Some(Frame::Map { .. })) {
            return Ok(());
        }
        if self.peek() != Some(b'"') {
            return Err(self.expected_key());
        }
        let start = self.at;
        let text = self.string()?;
        let span = Span::new(self.origin, start, self.at);
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.expected("`:` behind the key"));
        }
        self.at += 1;
        self.space();
        if let Some(Frame::Map { entries, key, .. }) = self.stack.last_mut() {
            match entries.first(&text).map(|first| first.span) {
                None => *key = Some(Text::new(text, span)),
                Some(first) => {
                    self.findings
                        .push(duplicate_key::diagnostic(&text, span, Some(first)));
                }
            }
        }
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// The letters, digits and the like that begin here.
    fn word(&self) -> &'s str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end =
            rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '.' | '$')));
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    }
}
