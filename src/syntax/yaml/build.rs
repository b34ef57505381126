//! The tree under construction: a stack of open collections, fed with events.

use super::super::entries::Entries;
use super::super::tree::{Anchors, Entry, Node, Value};
use super::super::{Limits, TAKEN_DEPTH, Take, character};
use super::alias::Aliases;
use super::errors::Stop;
use super::frame::{Frame, Item, Kind, Part, Pending, key};
use super::scalar;
use super::written::{self, Written};
use crate::diagnostics::limit_exceeded;
use crate::diagnostics::{Diagnostic, Diagnostics, syntax};
use crate::source::{Origin, SourceMap, Span};
use granit_parser::{Event, ScalarStyle, ScanError};
use std::borrow::Cow;
use std::ops::Range;

/// The tree while it is built.
pub(super) struct Builder<'s, 'd> {
    pub(super) text: &'s str,
    pub(super) origin: Origin,
    take: &'d mut dyn Take<'s>,
    findings: &'d mut Diagnostics,
    aliases: Aliases<'s>,
    stack: Vec<Frame<'s>>,
    /// Where the last event ended.
    behind: usize,
    root: Option<Node<'s>>,
    /// What is kept if the file is read as it is written.
    written: Option<Written>,
}

impl<'s, 'd> Builder<'s, 'd> {
    pub(super) fn new(
        sources: &'s SourceMap,
        text: &'s str,
        origin: Origin,
        limits: &Limits,
        take: &'d mut dyn Take<'s>,
        findings: &'d mut Diagnostics,
    ) -> Self {
        let aliases = Aliases::new(sources, limits, text.len());
        Builder {
            text,
            origin,
            take,
            findings,
            aliases,
            stack: Vec::new(),
            behind: 0,
            root: None,
            written: None,
        }
    }

    /// Keeps aliases, anchors and merge keys instead of resolving them.
    pub(super) fn unresolved(mut self) -> Self {
        self.written = Some(Written::default());
        self
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.findings.push(diagnostic);
    }

    /// Reports why the parser stopped.
    pub(super) fn refuse(&mut self, error: &ScanError, mark: usize) {
        let open = self
            .stack
            .iter()
            .rev()
            .find(|frame| frame.bracket)
            .map(|frame| frame.start);
        let stop = Stop {
            text: self.text,
            origin: self.origin,
            mark,
            behind: self.behind,
            open,
            nesting: self.aliases.nesting,
        };
        let finding = stop.finding(error);
        self.report(finding);
    }

    /// The root, unless nothing is written, and the anchors that were kept.
    pub(super) fn finish(self) -> (Option<Node<'s>>, Anchors<'s>) {
        let is_something = |root: &Node<'s>| !matches!(root.value, Value::Empty);
        let names = self.aliases.into_names();
        let anchors = self.written.unwrap_or_default().anchors(names);
        (self.root.filter(is_something), anchors)
    }

    /// Takes an event. `false` if reading has to end.
    pub(super) fn event(
        &mut self,
        event: Event<'s>,
        range: Range<usize>,
        place: &granit_parser::Span,
        mark: usize,
    ) -> bool {
        let tag = place
            .tag_start()
            .and_then(|start| start.byte_offset())
            .map(|start| {
                let end = place
                    .tag_span()
                    .and_then(|tag| tag.byte_range())
                    .map_or(start + 1, |tag| tag.end);
                start + mark..end + mark
            });
        if let Some(tag) = tag {
            self.behind = self.behind.max(tag.end);
            let written = self.text.get(tag.clone()).unwrap_or_default();
            self.report(syntax::tag(
                Span::new(self.origin, tag.start, tag.end),
                written,
            ));
        }
        let end = range.end;
        let goes_on = match event {
            Event::Scalar(value, style, anchor, _) => self.scalar(value, style, anchor, range),
            Event::SequenceStart(_, anchor, _) => self.open(anchor, range, false),
            Event::MappingStart(_, anchor, _) => self.open(anchor, range, true),
            Event::SequenceEnd | Event::MappingEnd => self.close(range),
            Event::Alias(id) => self.alias(id, range),
            Event::UnresolvedAlias(name) => {
                let span = Span::new(self.origin, range.start, range.end);
                let finding = self.aliases.unknown(span, &name);
                self.report(finding);
                self.broken(span)
            }
            Event::Anchor(id, name) => {
                self.aliases
                    .name(id, name, Span::new(self.origin, range.start, range.end));
                true
            }
            _ => true,
        };
        self.behind = self.behind.max(end);
        goes_on
    }

    fn scalar(
        &mut self,
        value: Cow<'s, str>,
        style: ScalarStyle,
        anchor: usize,
        range: Range<usize>,
    ) -> bool {
        let mut place = range.clone();
        let value = match style {
            ScalarStyle::Plain if range.is_empty() => {
                let missing = match self.in_value() {
                    true => scalar::missing,
                    false => scalar::missing_item,
                };
                let at = missing(self.text, self.behind, range.start);
                place = at..at;
                Value::Empty
            }
            ScalarStyle::Plain => Value::Plain(scalar::borrowed(self.text, value, style, &range)),
            ScalarStyle::Literal | ScalarStyle::Folded => {
                place = scalar::block(self.text, &range, self.behind);
                Value::Text(scalar::borrowed(self.text, value, style, &range))
            }
            _ => Value::Text(scalar::borrowed(self.text, value, style, &range)),
        };
        let cost = 1 + match &value {
            Value::Plain(Cow::Owned(text)) | Value::Text(Cow::Owned(text)) => text.len() / 64,
            _ => 0,
        };
        let node = Node {
            span: Span::new(self.origin, place.start, place.end),
            value,
        };
        let item = Item {
            node,
            end: place.end,
            height: 0,
            cost,
        };
        self.remember(anchor, &item);
        self.complete(item)
    }

    /// Whether the next value belongs to a key.
    fn in_value(&self) -> bool {
        let innermost = self.stack.last().map(|frame| &frame.kind);
        matches!(innermost, Some(Kind::Map { pending, .. }) if !pending.is_key())
    }

    fn open(&mut self, anchor: usize, range: Range<usize>, map: bool) -> bool {
        let nesting = self.aliases.nesting;
        if self.stack.len() >= nesting {
            let span = character(self.text, self.origin, range.start);
            self.report(limit_exceeded::nesting(span, nesting));
            return false;
        }
        let kind = match self.stack.last() {
            _ if map => Kind::Map {
                entries: Entries::default(),
                pending: Pending::Key,
                merge: None,
            },
            Some(Frame {
                kind:
                    Kind::Map {
                        pending: Pending::Merge,
                        ..
                    },
                ..
            }) if anchor == 0 => Kind::Parts(Vec::new()),
            _ => match self.taken(anchor) {
                Some(number) => Kind::Taken(number),
                None => Kind::List(Vec::new()),
            },
        };
        if anchor != 0 {
            self.aliases.open(anchor);
        }
        let mut range = range;
        if !map && range.is_empty() && self.in_value() {
            range.start = scalar::first_dash(self.text, self.behind, range.start);
        }
        let bracket =
            !range.is_empty() && matches!(self.text.as_bytes().get(range.start), Some(b'[' | b'{'));
        self.stack.push(Frame {
            start: range.start,
            end: range.start,
            bracket,
            anchor,
            height: 0,
            cost: 1,
            kind,
        });
        true
    }

    /// The number of the list that begins, if its items are to be taken. Those that belong
    /// to an anchor are needed again.
    fn taken(&mut self, anchor: usize) -> Option<usize> {
        if self.stack.len() != TAKEN_DEPTH || anchor != 0 {
            return None;
        }
        let mut keys = [""; TAKEN_DEPTH];
        let mut before: &[Entry<'s>] = &[];
        for (key, frame) in keys.iter_mut().zip(&self.stack) {
            let Frame {
                anchor: 0,
                kind:
                    Kind::Map {
                        entries,
                        pending: Pending::Value(name),
                        ..
                    },
                ..
            } = frame
            else {
                return None;
            };
            *key = &name.value;
            before = entries.list();
        }
        self.take.begin(keys, before)
    }

    fn close(&mut self, range: Range<usize>) -> bool {
        let Some(mut frame) = self.stack.pop() else {
            return true;
        };
        let end = if frame.bracket { range.end } else { frame.end };
        let span = Span::new(self.origin, frame.start, end);
        let value = match frame.kind {
            Kind::List(mut items) => {
                items.shrink_to_fit();
                Value::List(items)
            }
            Kind::Taken(number) => Value::Taken(number),
            Kind::Parts(parts) => {
                if let Some(Frame {
                    kind:
                        Kind::Map {
                            pending,
                            merge: Some(merge),
                            ..
                        },
                    ..
                }) = self.stack.last_mut()
                {
                    *pending = Pending::Key;
                    merge.parts.extend(parts);
                }
                self.grow(end, frame.height, frame.cost);
                return true;
            }
            Kind::Map { entries, merge, .. } => match merge {
                None => Value::Map(entries.into_list()),
                Some(merge) => {
                    let brought =
                        self.aliases
                            .merge(merge.parts, &entries, self.stack.len(), self.findings);
                    frame.cost += brought.cost;
                    frame.height = frame.height.max(brought.height);
                    let mut list = entries.into_list();
                    let position = merge.position.min(list.len());
                    list.splice(position..position, brought.entries);
                    Value::Map(list)
                }
            },
        };
        let node = Node { span, value };
        let item = Item {
            node,
            end,
            height: frame.height + 1,
            cost: frame.cost,
        };
        self.remember(frame.anchor, &item);
        self.complete(item)
    }

    /// Keeps a value that has an anchor.
    fn remember(&mut self, anchor: usize, item: &Item<'s>) {
        if anchor == 0 {
            return;
        }
        if let Some(written) = &mut self.written {
            let parent = self.stack.last().map(|frame| &frame.kind);
            let is_key = matches!(parent, Some(Kind::Map { pending, .. }) if pending.is_key());
            written.anchor(anchor, item.node.span, is_key);
        } else {
            let nested = self.stack.iter().any(|frame| frame.anchor != 0);
            self.aliases.keep(anchor, item, nested, self.findings);
        }
    }

    fn alias(&mut self, id: usize, range: Range<usize>) -> bool {
        let span = Span::new(self.origin, range.start, range.end);
        if self.written.is_some() {
            let text = self.text.get(range).unwrap_or_default();
            return self.complete(written::alias(text, span));
        }
        let part = match self.stack.last_mut() {
            Some(Frame {
                kind: Kind::Parts(parts),
                ..
            }) => Some((parts, None)),
            Some(Frame {
                kind:
                    Kind::Map {
                        pending,
                        merge: Some(merge),
                        ..
                    },
                ..
            }) if matches!(pending, Pending::Merge) => Some((&mut merge.parts, Some(pending))),
            _ => None,
        };
        if let Some((parts, pending)) = part {
            parts.push(Part::Alias(id, span));
            if let Some(pending) = pending {
                *pending = Pending::Key;
            }
            self.grow(range.end, 0, 0);
            return true;
        }
        match self.aliases.copy(id, span, self.stack.len(), self.findings) {
            Some(item) => self.complete(item),
            None => self.broken(span),
        }
    }

    /// A value that has been reported.
    fn broken(&mut self, span: Span) -> bool {
        let end = span.end as usize;
        self.complete(Item {
            node: Node {
                span,
                value: Value::Broken,
            },
            end,
            height: 0,
            cost: 1,
        })
    }

    /// Tells the innermost open collection of something in it.
    fn grow(&mut self, end: usize, height: usize, cost: usize) {
        if let Some(frame) = self.stack.last_mut() {
            frame.end = frame.end.max(end);
            frame.height = frame.height.max(height);
            frame.cost += cost;
        }
    }

    /// Puts a value where it belongs.
    fn complete(&mut self, item: Item<'s>) -> bool {
        self.grow(item.end, item.height, item.cost);
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(item.node);
            return true;
        };
        match &mut frame.kind {
            Kind::List(items) => items.push(item.node),
            Kind::Taken(number) => self.take.item(*number, item.node),
            Kind::Parts(parts) => parts.push(Part::Node(item.node)),
            Kind::Map {
                entries,
                pending,
                merge,
            } => match std::mem::take(pending) {
                Pending::Key => {
                    let is_written = self.written.is_some();
                    *pending = key(item.node, entries, merge, is_written, self.findings);
                }
                Pending::Value(key) => entries.push(Entry {
                    key,
                    value: item.node,
                }),
                Pending::Skip => {}
                Pending::Merge => {
                    if let Some(merge) = merge {
                        merge.parts.push(Part::Node(item.node));
                    }
                }
            },
        }
        true
    }
}
