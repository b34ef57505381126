//! Anchors, aliases and merge keys, with a bound on what they may stand for.

use super::super::Limits;
use super::super::entries::Entries;
use super::super::tree::{Entry, Node, Text, Value};
use super::frame::{Item, Part};
use crate::diagnostics::limit_exceeded;
use crate::diagnostics::{Diagnostic, Diagnostics, nearest, syntax};
use crate::source::{Origin, SourceMap, Span, Spanned};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// What is known of an anchor.
enum Anchor<'s> {
    /// Its value is not complete.
    Open,
    /// Its value was too much; that is reported.
    Refused,
    Kept {
        node: Node<'s>,
        height: usize,
        cost: usize,
    },
}

/// The anchors of a file.
pub(super) struct Aliases<'s> {
    sources: &'s SourceMap,
    anchors: HashMap<usize, Anchor<'s>>,
    names: Vec<(usize, Cow<'s, str>, Span)>,
    /// How deep lists and maps may be nested.
    pub(super) nesting: usize,
    limit: usize,
    spent: usize,
    exceeded: bool,
    /// The number of aliases without an anchor.
    unknown: usize,
}

/// What a `<<` adds to a map.
pub(super) struct Brought<'s> {
    pub(super) entries: Vec<Entry<'s>>,
    pub(super) height: usize,
    pub(super) cost: usize,
}

/// The work that a file may ask for.
const MOST: usize = 1_000_000;
/// The work that even the smallest file may ask for.
const LEAST: usize = 10_000;
/// For how many aliases without an anchor the nearest anchor is looked for, and among
/// how many.
const MOST_SUGGESTED: usize = 100;
const MOST_COMPARED: usize = 10_000;
/// The work that a file may ask for by each of its bytes.
const PER_BYTE: usize = 4;

impl<'s> Aliases<'s> {
    pub(super) fn new(sources: &'s SourceMap, limits: &Limits, bytes: usize) -> Self {
        let usual = MOST.min(LEAST + bytes.saturating_mul(PER_BYTE));
        let limit = limits.alias_nodes.unwrap_or(usual);
        Aliases {
            sources,
            anchors: HashMap::new(),
            names: Vec::new(),
            nesting: limits.nesting,
            limit,
            spent: 0,
            exceeded: false,
            unknown: 0,
        }
    }

    /// The anchor's collection begins.
    pub(super) fn open(&mut self, id: usize) {
        self.anchors.insert(id, Anchor::Open);
    }

    /// The anchor's name and place.
    pub(super) fn name(&mut self, id: usize, name: Cow<'s, str>, span: Span) {
        self.names.push((id, name, span));
    }

    /// The anchors with their names and places.
    pub(super) fn into_names(self) -> impl Iterator<Item = (usize, Text<'s>)> {
        let names = self.names.into_iter();
        names.map(|(id, name, span)| (id, Text::new(name, span)))
    }

    /// The finding for an alias without an anchor before it.
    pub(super) fn unknown(&mut self, span: Span, name: &str) -> Diagnostic {
        self.unknown += 1;
        let names = self
            .names
            .iter()
            .rev()
            .filter(|_| self.unknown <= MOST_SUGGESTED)
            .take(MOST_COMPARED);
        let nearest = nearest(name, names.map(|(_, name, _)| &**name));
        syntax::unknown_alias(span, name, nearest.map(|near| near.name))
    }

    /// Keeps the value of an anchor. One inside of another anchor's value is a copy
    /// more, so it counts.
    pub(super) fn keep(
        &mut self,
        id: usize,
        item: &Item<'s>,
        nested: bool,
        findings: &mut Diagnostics,
    ) {
        let anchor = if nested && !self.spend(item.cost, item.node.span, findings) {
            Anchor::Refused
        } else {
            Anchor::Kept {
                node: item.node.clone(),
                height: item.height,
                cost: item.cost,
            }
        };
        self.anchors.insert(id, anchor);
    }

    /// A copy of the anchor's value for the alias at `span`, inside of `depth`
    /// collections. `None` if it cannot be had, which is then reported.
    pub(super) fn copy(
        &mut self,
        id: usize,
        span: Span,
        depth: usize,
        findings: &mut Diagnostics,
    ) -> Option<Item<'s>> {
        let (height, cost) = self.measure(id, span, findings)?;
        if depth + height > self.nesting {
            findings.push(limit_exceeded::nesting(span, self.nesting));
            return None;
        }
        if !self.spend(cost, span, findings) {
            return None;
        }
        let Some(Anchor::Kept { node, .. }) = self.anchors.get(&id) else {
            return None;
        };
        let origin = self.sources.alias(span);
        Some(Item {
            node: moved(node, origin),
            end: span.end as usize,
            height,
            cost,
        })
    }

    /// The height and cost of an anchor's value, if it is complete.
    fn measure(&self, id: usize, span: Span, findings: &mut Diagnostics) -> Option<(usize, usize)> {
        match self.anchors.get(&id)? {
            Anchor::Kept { height, cost, .. } => Some((*height, *cost)),
            Anchor::Refused => None,
            Anchor::Open => {
                let anchor = self.names.iter().find(|(named, _, _)| *named == id);
                findings.push(syntax::endless_alias(
                    span,
                    anchor.map(|(_, _, span)| *span),
                ));
                None
            }
        }
    }

    /// Counts work against the limit. `false` if it is exceeded, reported once.
    fn spend(&mut self, cost: usize, span: Span, findings: &mut Diagnostics) -> bool {
        if self.exceeded || cost > self.limit - self.spent {
            if !self.exceeded {
                findings.push(limit_exceeded::aliases(span, self.limit));
            }
            self.exceeded = true;
            return false;
        }
        self.spent += cost;
        true
    }

    /// The entries that `parts` add to a map that has `own` entries: of two with the
    /// same key the first, and none that the map has itself. The map stands inside of
    /// `depth` collections.
    pub(super) fn merge(
        &mut self,
        parts: Vec<Part<'s>>,
        own: &Entries<'s, Entry<'s>>,
        depth: usize,
        findings: &mut Diagnostics,
    ) -> Brought<'s> {
        let mut brought = Entries::default();
        let mut seen = HashSet::new();
        let mut all = Brought {
            entries: Vec::new(),
            height: 0,
            cost: 0,
        };
        for part in parts {
            let (node, span) = match part {
                Part::Node(node) => {
                    let span = node.span;
                    (node, span)
                }
                // The second time, an anchor has nothing to add.
                Part::Alias(id, _) if !seen.insert(id) => continue,
                Part::Alias(id, span) => {
                    let Some((height, cost)) = self.measure(id, span, findings) else {
                        continue;
                    };
                    if depth + height > self.nesting {
                        findings.push(limit_exceeded::nesting(span, self.nesting));
                        continue;
                    }
                    if !self.spend(cost, span, findings) {
                        continue;
                    }
                    let Some(Anchor::Kept { node, .. }) = self.anchors.get(&id) else {
                        continue;
                    };
                    let node = moved(node, self.sources.alias(span));
                    all.height = all.height.max(height.saturating_sub(1));
                    all.cost += cost;
                    (node, span)
                }
            };
            for entry in entries_of(node, span, findings) {
                if own.find(&entry.key).is_none() && brought.find(&entry.key).is_none() {
                    brought.push(entry);
                }
            }
        }
        all.entries = brought.into_list();
        all
    }
}

/// The entries of a map, or of a list of maps.
fn entries_of<'s>(node: Node<'s>, span: Span, findings: &mut Diagnostics) -> Vec<Entry<'s>> {
    match node.value {
        Value::Map(entries) => entries,
        Value::Broken => Vec::new(),
        Value::List(items) => {
            let mut all = Vec::new();
            for item in items {
                match item.value {
                    Value::Map(entries) => all.extend(entries),
                    Value::Broken => {}
                    _ => findings.push(syntax::bad_merge(item.span)),
                }
            }
            all
        }
        _ => {
            findings.push(syntax::bad_merge(span));
            Vec::new()
        }
    }
}

/// A copy of `node` whose spans are in `origin`. The nesting is bounded, so this may
/// call itself.
fn moved<'s>(node: &Node<'s>, origin: Origin) -> Node<'s> {
    let value = match &node.value {
        Value::List(items) => Value::List(items.iter().map(|item| moved(item, origin)).collect()),
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|entry| Entry {
                    key: Spanned::new(
                        entry.key.value.clone(),
                        Span {
                            origin,
                            ..entry.key.span
                        },
                    ),
                    value: moved(&entry.value, origin),
                })
                .collect(),
        ),
        other => other.clone(),
    };
    Node {
        span: Span {
            origin,
            ..node.span
        },
        value,
    }
}
