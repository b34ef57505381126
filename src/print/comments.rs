//! Which value a comment belongs to, by where it stands: beside what ends on its line,
//! else above what comes next, else behind the last value of the section it is
//! indented with.

use super::node::Line;
use crate::source::{LineIndex, Origin, SourceMap, Span};
use crate::syntax::tree::{Anchors, Comment, Document, Entry, Node, Notation, Text, Value};
use std::borrow::Cow;

/// What stands around a value.
#[derive(Clone, Debug, Default)]
pub(super) struct Around<'s> {
    pub(super) above: Vec<Line<'s>>,
    pub(super) beside: Option<Cow<'s, str>>,
    pub(super) below: Vec<Line<'s>>,
    pub(super) gap: bool,
    pub(super) unbroken: bool,
}

/// A value of the file: what a comment can belong to.
struct Slot {
    /// Where it begins, its key or header included.
    start: usize,
    end: usize,
    /// What stands between its brackets, if it has any.
    brackets: Option<(usize, usize)>,
    /// The column of what is in it, if it is a list or map without brackets.
    indent: Option<usize>,
    /// The number of the list or map it is in; its own for the root.
    parent: usize,
    depth: usize,
    /// A table of an array of tables: the empty line before it is a habit of TOML.
    is_table_item: bool,
    is_map_item: bool,
    /// It stands where another one stands: what a merge key brings, behind the first.
    is_hidden: bool,
}

/// Everything around the values of a file, in the order in which [`visit`] counts them.
pub(super) fn around<'s>(
    root: &Node<'s>,
    document: &Document<'s>,
    sources: &'s SourceMap,
    origin: Origin,
    notations: (Notation, Notation),
) -> Vec<Around<'s>> {
    let Some(file) = sources.file(Span::new(origin, 0, 0)) else {
        return Vec::new();
    };
    let mut finder = Finder {
        text: &file.text,
        lines: file.lines(),
        sources,
        origin,
        is_toml: notations.0 == Notation::Toml,
        slots: Vec::new(),
        sorted: Vec::new(),
        around: Vec::new(),
        anchors: &document.anchors,
    };
    finder.visit(root, None, 0, 0);
    finder.sort();
    finder
        .around
        .resize_with(finder.slots.len(), Around::default);
    for comment in &document.comments {
        finder.attach(comment, notations.1);
    }
    finder.gaps();
    finder.head();
    finder.around
}

struct Finder<'s, 'd> {
    text: &'s str,
    lines: &'s LineIndex,
    sources: &'s SourceMap,
    origin: Origin,
    is_toml: bool,
    slots: Vec<Slot>,
    /// The numbers of the slots by where they begin, without the root.
    sorted: Vec<usize>,
    around: Vec<Around<'s>>,
    anchors: &'d Anchors<'s>,
}

impl<'s> Finder<'s, '_> {
    /// Counts a value and what is in it, but for what an alias stands for.
    fn visit(&mut self, node: &Node<'s>, key: Option<&Text<'s>>, parent: usize, depth: usize) {
        let value = self.place(node.span);
        let anchor = self.anchors.values.get(&node.span);
        let begin = anchor.map_or(value.0, |anchor| value.0.min(anchor.span.start as usize));
        let start = key.map_or(begin, |key| self.place(key.span).0.min(begin));
        let end = key.map_or(value.1, |key| self.place(key.span).1.max(value.1));
        let number = self.slots.len();
        let is_table = self.is_toml && self.text.get(value.0..).is_some_and(|t| t.starts_with('['));
        let is_map = matches!(node.value, Value::Map(_));
        let before = self.slots.last();
        let is_hidden = key.is_some_and(|key| key.span.origin != self.origin)
            && before.is_some_and(|other| other.parent == parent && other.start == start);
        self.slots.push(Slot {
            start,
            end,
            brackets: self.brackets(node, value),
            indent: None,
            parent,
            depth,
            is_table_item: key.is_none() && is_map && is_table,
            is_map_item: key.is_none() && is_map,
            is_hidden,
        });
        if node.span.origin != self.origin {
            return;
        }
        let first = self.slots.len();
        match &node.value {
            Value::List(items) => {
                for item in items {
                    self.visit(item, None, number, depth + 1);
                }
            }
            Value::Map(entries) => {
                for Entry { key, value } in entries {
                    self.visit(value, Some(key), number, depth + 1);
                }
            }
            _ => return,
        }
        let inner_end = self.slots.iter().skip(first).map(|slot| slot.end).max();
        let indent = self.slots.get(first).map(|child| {
            let is_item = matches!(node.value, Value::List(_));
            self.column(child.start, is_item)
        });
        if let Some(slot) = self.slots.get_mut(number) {
            slot.end = slot.end.max(inner_end.unwrap_or(0));
            slot.indent = indent.filter(|_| slot.brackets.is_none());
        }
    }

    /// The bytes of a span; of what an alias stands for, those of the alias.
    fn place(&self, span: Span) -> (usize, usize) {
        let place = self.sources.place(span).map_or(span, |place| place.span);
        (place.start as usize, place.end as usize)
    }

    /// What lies between the brackets of a value; nothing if it has none.
    fn brackets(&self, node: &Node<'s>, (start, end): (usize, usize)) -> Option<(usize, usize)> {
        if node.span.origin != self.origin {
            return None;
        }
        let opens = |bracket| {
            self.text
                .get(start..)
                .is_some_and(|t| t.starts_with(bracket))
        };
        let has = match &node.value {
            Value::Map(_) => opens('{'),
            // A list that begins where its first item does is one of tables, or indented.
            Value::List(items) => {
                let first = items.first().map(|item| self.place(item.span).0);
                opens('[') && first != Some(start)
            }
            _ => false,
        };
        has.then_some((start, end))
    }

    /// The column of a key, or of the dash of an item.
    fn column(&self, start: usize, is_item: bool) -> usize {
        let line = self.line_start(start);
        let before = self.text.get(line..start).unwrap_or_default();
        if !is_item {
            return before.len();
        }
        let before = before.split('&').next().unwrap_or_default().trim_end();
        match before.strip_suffix('-') {
            Some(before) => before.len(),
            None => self.indent_of(start),
        }
    }

    fn line_start(&self, at: usize) -> usize {
        self.lines.start_of(self.text, self.lines.line_of(at))
    }

    /// The spaces at the start of the line that `at` is in.
    fn indent_of(&self, at: usize) -> usize {
        let line = self.lines.line(self.text, self.lines.line_of(at));
        line.len() - line.trim_start_matches(' ').len()
    }

    fn sort(&mut self) {
        let slots = &self.slots;
        let mut sorted: Vec<usize> = (1..slots.len())
            .filter(|at| slots.get(*at).is_some_and(|slot| !slot.is_hidden))
            .collect();
        // A header begins a table and what it is in; in YAML an item and its first entry
        // begin together.
        sorted.sort_by_key(|at| {
            let slot = slots.get(*at);
            let depth = slot.map_or(0, |slot| slot.depth);
            let order = if self.is_toml {
                usize::MAX - depth
            } else {
                depth
            };
            (slot.map_or(0, |slot| slot.start), order)
        });
        self.sorted = sorted;
    }

    fn slot(&self, number: usize) -> Option<&Slot> {
        self.slots.get(number)
    }

    /// How many slots begin before `at`.
    fn before(&self, at: usize) -> usize {
        self.sorted
            .partition_point(|number| self.slot(*number).is_some_and(|slot| slot.start < at))
    }

    /// A slot and those it is in, the root left out.
    fn chain(&self, number: Option<usize>) -> impl Iterator<Item = usize> {
        std::iter::successors(number.filter(|number| *number > 0), |number| {
            let parent = self.slot(*number)?.parent;
            (parent > 0).then_some(parent)
        })
    }

    fn is_within(&self, number: Option<usize>, other: usize) -> bool {
        other == 0 && number.is_some() || self.chain(number).any(|number| number == other)
    }

    fn attach(&mut self, comment: &Comment, target: Notation) {
        let start = comment.span.start as usize;
        let text = self.sources.text(comment.span);
        let text = text.strip_prefix('#').unwrap_or(text).trim_end();
        let beside = (!comment.own_line).then(|| self.beside(start)).flatten();
        let number = match beside {
            Some(number) => {
                if let Some(around) = self.around.get_mut(number) {
                    match &around.beside {
                        None => around.beside = Some(Cow::Borrowed(text)),
                        Some(_) => around.above.push(Line::Comment(Cow::Borrowed(text))),
                    }
                }
                number
            }
            None => self.on_its_own(start, text),
        };
        if text.trim_start().starts_with("mtp:") {
            self.keep_together(number, target);
        }
    }

    /// The value that a comment behind something belongs to.
    fn beside(&self, start: usize) -> Option<usize> {
        let line = self.lines.line_of(start);
        let to = self.before(start);
        let on_line = self.sorted.get(self.before(self.line_start(start))..to)?;
        let depth = |number: &usize| self.slot(*number).map_or(0, |slot| slot.depth);
        let ends_here = |number: &usize| {
            self.slot(*number)
                .is_some_and(|slot| slot.end <= start && self.last_line(slot) == line)
        };
        let ended = on_line.iter().filter(|number| ends_here(number));
        let outermost = ended.clone().map(depth).min();
        if let Some(outermost) = outermost {
            return ended
                .rev()
                .find(|number| depth(number) == outermost)
                .copied();
        }
        if let Some(innermost) = on_line.iter().max_by_key(|number| depth(number)) {
            return Some(*innermost);
        }
        let before = to
            .checked_sub(1)
            .and_then(|at| self.sorted.get(at))
            .copied();
        // A bracket or a quote closes here; sections end without one.
        let is_closed =
            |number: &usize| self.slot(*number).is_some_and(|slot| slot.indent.is_none());
        self.chain(before)
            .filter(|number| ends_here(number) && is_closed(number))
            .last()
    }

    fn last_line(&self, slot: &Slot) -> usize {
        self.lines
            .line_of(slot.end.saturating_sub(1).max(slot.start))
    }

    /// Puts a comment that has a line of its own where it belongs.
    fn on_its_own(&mut self, start: usize, text: &'s str) -> usize {
        let at = self.before(start);
        let next = self.sorted.get(at).copied();
        let before = at
            .checked_sub(1)
            .and_then(|at| self.sorted.get(at))
            .copied();
        let container = self.container(start, before, next);
        let is_blank = self.is_blank_before(start);
        let (number, is_above) = match (container, next) {
            (None, Some(next)) => (next, true),
            (container, _) => (container.unwrap_or(0), false),
        };
        if let Some(around) = self.around.get_mut(number) {
            let lines = if is_above {
                &mut around.above
            } else {
                &mut around.below
            };
            if is_blank && is_above && lines.is_empty() {
                around.gap = true;
            } else if is_blank {
                lines.push(Line::Empty);
            }
            lines.push(Line::Comment(Cow::Borrowed(text)));
        }
        number
    }

    /// The list or map that a comment stands at the end of; `None` if something follows
    /// that it stands above of.
    fn container(&self, start: usize, before: Option<usize>, next: Option<usize>) -> Option<usize> {
        let brackets = self.chain(before).find(|number| {
            let brackets = self.slot(*number).and_then(|slot| slot.brackets);
            brackets.is_some_and(|(from, to)| from < start && start < to)
        });
        if let Some(brackets) = brackets {
            return Some(brackets).filter(|brackets| !self.is_within(next, *brackets));
        }
        if self.is_toml {
            return next.is_none().then_some(0);
        }
        let column = start - self.line_start(start);
        let column_of_next = next
            .and_then(|next| self.slot(next))
            .map(|next| self.indent_of(next.start));
        if column_of_next.is_some_and(|other| column <= other) {
            return None;
        }
        let section = self.chain(before).find(|number| {
            let indent = self.slot(*number).and_then(|slot| slot.indent);
            indent.is_some_and(|indent| indent <= column)
        });
        let section = section.unwrap_or(0);
        (!self.is_within(next, section)).then_some(section)
    }

    /// A comment that silences a rule does so for one line: what stood on that line stays
    /// on one.
    fn keep_together(&mut self, number: usize, target: Notation) {
        let Some(slot) = self.slot(number) else {
            return;
        };
        let line = self.lines.line_of(slot.start);
        let starts_here = |number: &usize| {
            self.slot(*number)
                .is_some_and(|slot| self.lines.line_of(slot.start) == line)
        };
        // Without brackets it is the first value in it that could be broken.
        let first = |number: &usize| {
            let inner = self.slot(*number)?.indent.map(|_| number + 1);
            inner.filter(starts_here)
        };
        let mut kept: Vec<usize> = std::iter::successors(Some(number), first).collect();
        kept.drain(..kept.len().saturating_sub(1));
        kept.retain(|number| {
            self.slot(*number)
                .is_some_and(|slot| self.last_line(slot) == line)
        });
        // The first line of a sample is a line of its own as a table.
        let is_item = |number: usize| self.slot(number).is_some_and(|slot| slot.is_map_item);
        if target == Notation::Toml && !self.is_toml {
            let outer = self.chain(Some(number)).take(2);
            kept.extend(outer.filter(|number| is_item(*number) && starts_here(number)));
        }
        for number in kept {
            if let Some(around) = self.around.get_mut(number) {
                around.unbroken = true;
            }
        }
    }

    /// Whether the line before that of `at` is empty.
    fn is_blank_before(&self, at: usize) -> bool {
        let line = self.lines.line_of(at).checked_sub(1);
        line.is_some_and(|line| self.lines.line(self.text, line).trim().is_empty())
    }

    /// Finds the empty lines before values.
    fn gaps(&mut self) {
        let mut last = None;
        for number in std::mem::take(&mut self.sorted) {
            let Some(slot) = self.slots.get(number) else {
                continue;
            };
            let line = self.lines.line_of(slot.start);
            let is_first = last.replace(line) != Some(line);
            let is_blank = is_first && self.is_blank_before(slot.start);
            if let Some(around) = self.around.get_mut(number) {
                match around.above.is_empty() {
                    false if is_blank => around.above.push(Line::Empty),
                    true if is_blank => around.gap = true,
                    _ => {}
                }
                around.gap &= !slot.is_table_item;
            }
            self.sorted.push(number);
        }
    }

    /// Gives the comments at the head of the file, up to the last empty line, to the root.
    fn head(&mut self) {
        let first = self.sorted.first().copied();
        let above = first.and_then(|first| self.around.get_mut(first));
        let Some(above) = above.map(|around| &mut around.above) else {
            return;
        };
        let last = above.iter().rposition(|line| *line == Line::Empty);
        let head: Vec<Line<'s>> = above.drain(..last.map_or(0, |last| last + 1)).collect();
        if let Some(root) = self.around.first_mut() {
            root.above = head;
        }
    }
}
