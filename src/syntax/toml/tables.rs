//! The tables of a TOML file while it is read, and who may add to which.

use super::super::entries::{Entries, Keyed};
use super::super::tree::{Entry, Node, Text, Value};
use crate::diagnostics::limit_exceeded;
use crate::diagnostics::{Diagnostics, duplicate_key};
use crate::source::{Origin, Span};

/// How a table came to be, which decides who may add to it.
#[derive(Clone, Copy, PartialEq)]
enum Made {
    /// By a header of a table in it: a header of its own may follow.
    Implicitly,
    /// By a header of its own.
    ByHeader,
    /// By a dotted key: only dotted keys and headers of tables in it add to it.
    ByDots,
}

/// What belongs to a key.
enum Slot<'s> {
    Node(Node<'s>),
    Table(usize),
    Tables(Vec<usize>),
}

struct Keyword<'s> {
    key: Text<'s>,
    slot: Slot<'s>,
}

impl<'s> Keyed<'s> for Keyword<'s> {
    fn key(&self) -> &Text<'s> {
        &self.key
    }
}

struct Table<'s> {
    entries: Entries<'s, Keyword<'s>>,
    made: Made,
    span: Span,
    /// The collections it stands in, itself included.
    depth: usize,
}

/// Tables by number. 0 is the root.
pub(super) struct Tables<'s> {
    all: Vec<Table<'s>>,
    pub(super) origin: Origin,
    /// How deep lists and maps may be nested.
    pub(super) nesting: usize,
}

/// The number of the root.
pub(super) const ROOT: usize = 0;

impl<'s> Tables<'s> {
    pub(super) fn new(origin: Origin, nesting: usize) -> Self {
        let mut tables = Tables {
            all: Vec::new(),
            origin,
            nesting,
        };
        tables.add(Made::ByHeader, Span::new(origin, usize::MAX, usize::MAX), 1);
        tables
    }

    fn add(&mut self, made: Made, span: Span, depth: usize) -> usize {
        self.all.push(Table {
            entries: Entries::default(),
            made,
            span,
            depth,
        });
        self.all.len() - 1
    }

    /// A table that belongs to nothing: an inline table that begins, or one that takes
    /// what follows a header that was refused.
    pub(super) fn detached(&mut self, span: Span, depth: usize) -> usize {
        self.add(Made::ByHeader, span, depth)
    }

    /// How deep the table stands, itself included.
    pub(super) fn depth(&self, table: usize) -> usize {
        self.all.get(table).map_or(1, |table| table.depth)
    }

    /// Lets the table reach to the end of `span`, and begin no later.
    pub(super) fn reach(&mut self, table: usize, span: Span) {
        if let Some(table) = self.all.get_mut(table) {
            let start = table.span.start.min(span.start);
            let end = if table.span.end == u32::MAX {
                span.end
            } else {
                table.span.end.max(span.end)
            };
            table.span = Span {
                start,
                end,
                ..table.span
            };
        }
    }

    /// The table that a header begins; `None` if it may not, which is then reported.
    pub(super) fn header(
        &mut self,
        path: Vec<Text<'s>>,
        of_array: bool,
        span: Span,
        findings: &mut Diagnostics,
    ) -> Option<usize> {
        let mut path = path;
        let last = path.pop()?;
        let parent = self.descend(ROOT, path, false, findings)?;
        let depth = self.depth(parent) + 1 + usize::from(of_array);
        if depth > self.nesting {
            findings.push(limit_exceeded::nesting(last.span, self.nesting));
            return None;
        }
        let number = self.all.len();
        let table = self.all.get_mut(parent)?;
        let Some(found) = table.entries.find(&last) else {
            let slot = if of_array {
                Slot::Tables(vec![number])
            } else {
                Slot::Table(number)
            };
            table.entries.push(Keyword { key: last, slot });
            return Some(self.add(Made::ByHeader, span, depth));
        };
        let entry = table.entries.get_mut(found)?;
        let first = entry.key.span;
        match &mut entry.slot {
            Slot::Tables(items) if of_array => {
                items.push(number);
                return Some(self.add(Made::ByHeader, span, depth));
            }
            Slot::Table(table) if !of_array => {
                let table = *table;
                if let Some(known) = self
                    .all
                    .get_mut(table)
                    .filter(|known| known.made == Made::Implicitly)
                {
                    known.made = Made::ByHeader;
                    known.span = span;
                    return Some(table);
                }
            }
            _ => {}
        }
        findings.push(duplicate_key::diagnostic(&last, last.span, Some(first)));
        None
    }

    /// The table that `path` leads to from `table`; missing ones are made. `None` if
    /// something is in the way, which is then reported.
    pub(super) fn descend(
        &mut self,
        table: usize,
        path: Vec<Text<'s>>,
        dotted: bool,
        findings: &mut Diagnostics,
    ) -> Option<usize> {
        let mut at = table;
        for key in path {
            let depth = self.depth(at) + 1;
            if depth > self.nesting {
                findings.push(limit_exceeded::nesting(key.span, self.nesting));
                return None;
            }
            let number = self.all.len();
            let table = self.all.get_mut(at)?;
            let Some(found) = table.entries.find(&key) else {
                let span = key.span;
                table.entries.push(Keyword {
                    key,
                    slot: Slot::Table(number),
                });
                at = self.add(
                    if dotted {
                        Made::ByDots
                    } else {
                        Made::Implicitly
                    },
                    span,
                    depth,
                );
                continue;
            };
            let entry = table.entries.get_mut(found)?;
            let first = entry.key.span;
            let next = match &entry.slot {
                Slot::Table(next) => Some(*next),
                Slot::Tables(items) if !dotted => items.last().copied(),
                _ => None,
            };
            let next = next.filter(|next| {
                !dotted
                    || self
                        .all
                        .get(*next)
                        .is_some_and(|table| table.made != Made::ByHeader)
            });
            let Some(next) = next else {
                findings.push(duplicate_key::diagnostic(&key, key.span, Some(first)));
                return None;
            };
            if let Some(table) = self
                .all
                .get_mut(next)
                .filter(|table| dotted && table.made == Made::Implicitly)
            {
                table.made = Made::ByDots;
                table.span = key.span;
            }
            at = next;
        }
        Some(at)
    }

    /// Gives a table a value. Every table that a dotted key passes reaches to its end.
    pub(super) fn insert(
        &mut self,
        table: usize,
        path: Vec<Text<'s>>,
        node: Node<'s>,
        findings: &mut Diagnostics,
    ) {
        let mut path = path;
        let Some(last) = path.pop() else { return };
        let places: Vec<Span> = path.iter().map(|key| key.span.to(node.span)).collect();
        let names: Vec<_> = path.iter().map(|key| key.value.clone()).collect();
        let Some(parent) = self.descend(table, path, true, findings) else {
            return;
        };
        let mut at = table;
        for (name, span) in names.iter().zip(places) {
            let next = self.all.get_mut(at).and_then(|table| {
                let found = table.entries.find(name)?;
                match table.entries.get_mut(found)?.slot {
                    Slot::Table(next) => Some(next),
                    _ => None,
                }
            });
            let Some(next) = next else { break };
            self.reach(next, span);
            at = next;
        }
        let Some(parent) = self.all.get_mut(parent) else {
            return;
        };
        match parent.entries.first(&last) {
            Some(first) => findings.push(duplicate_key::diagnostic(
                &last,
                last.span,
                Some(first.span),
            )),
            None => parent.entries.push(Keyword {
                key: last,
                slot: Slot::Node(node),
            }),
        }
    }

    /// Takes out a table and all that were made after it, as the map of an inline table.
    pub(super) fn take_inline(&mut self, table: usize, span: Span) -> Node<'s> {
        let made_after = self.all.split_off(table.min(self.all.len()));
        let mut rest: Vec<Option<Table<'s>>> = made_after.into_iter().map(Some).collect();
        let mut node = build(&mut rest, table, table, self.origin);
        node.span = span;
        node
    }

    /// The whole tree; `None` if there is no key and no header.
    pub(super) fn into_root(self, end: usize) -> Option<Node<'s>> {
        let origin = self.origin;
        let mut all: Vec<Option<Table<'s>>> = self.all.into_iter().map(Some).collect();
        let mut root = build(&mut all, ROOT, ROOT, origin);
        if root.span.start == u32::MAX {
            return None;
        }
        root.span = Span::new(
            origin,
            root.span.start as usize,
            (root.span.end as usize).min(end),
        );
        Some(root)
    }
}

/// Makes the node of a table. `first` is the number of the first table in `tables`. The
/// nesting is bounded, so this may call itself.
fn build<'s>(
    tables: &mut [Option<Table<'s>>],
    first: usize,
    number: usize,
    origin: Origin,
) -> Node<'s> {
    let taken = number
        .checked_sub(first)
        .and_then(|at| tables.get_mut(at))
        .and_then(Option::take);
    let Some(table) = taken else {
        return Node {
            span: Span::new(origin, 0, 0),
            value: Value::Broken,
        };
    };
    let entries = table.entries.into_list().into_iter().map(|entry| {
        let value = match entry.slot {
            Slot::Node(node) => node,
            Slot::Table(number) => build(tables, first, number, origin),
            Slot::Tables(numbers) => {
                let items: Vec<_> = numbers
                    .into_iter()
                    .map(|number| build(tables, first, number, origin))
                    .collect();
                let span = match (items.first(), items.last()) {
                    (Some(from), Some(to)) => from.span.to(to.span),
                    _ => entry.key.span,
                };
                Node {
                    span,
                    value: Value::List(items),
                }
            }
        };
        Entry {
            key: entry.key,
            value,
        }
    });
    let value = Value::Map(entries.collect());
    Node {
        span: table.span,
        value,
    }
}
