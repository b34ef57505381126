//! TOML: sections as tables, what is short inline, samples that need more than a line as
//! arrays of tables. Inline tables stay on one line, as TOML 1.0 wants them.

use super::layout::{
    self, Place, WIDTH, blank, end_line, has_comments, has_inner_comments, lines, pad, width,
};
use super::node::{Entry, Line, Node, Value};
use super::toml_scalar::{key, several_lines, text as string};

/// How an entry is written.
enum Form {
    /// Not at all.
    LeftOut,
    /// `key = value`.
    Inline(String),
    /// `key = [`, every item on a line of its own.
    Array,
    /// `key.a = …`, `key.b = …`, which leaves room for comments.
    Dotted,
    /// `[key]`.
    Table,
    /// `[[key]]` for every item.
    Tables,
}

/// A document.
pub(super) fn text(root: &Node<'_>) -> String {
    let mut writer = Writer::default();
    lines(&mut writer.out, &root.above, 0);
    writer
        .pending
        .extend(root.beside.clone().map(Line::Comment));
    let place = Place::default();
    match &root.value {
        Value::Map(entries) => writer.table(entries, "", place),
        Value::List(items) => {
            let samples = Entry::new("samples", Value::List(items.clone()));
            writer.table(&[samples], "", place);
        }
        _ => {}
    }
    writer.flush_below(&root.below);
    writer.out
}

#[derive(Default)]
struct Writer<'s> {
    out: String,
    /// Lines of what is not written, to stand before what is written next.
    pending: Vec<Line<'s>>,
}

impl<'s> Writer<'s> {
    /// Writes the entries of the table at `path`, whose header is written.
    fn table(&mut self, entries: &[Entry<'s>], path: &str, place: Place) {
        let forms: Vec<(&Entry<'s>, Form)> = entries.iter().zip(forms(entries, place)).collect();
        let mut is_first = place.depth > 0 || self.out.is_empty();
        for (entry, form) in &forms {
            if !matches!(form, Form::Table | Form::Tables) {
                let is_written = self.entry(entry, form, "", place, is_first);
                is_first &= !is_written;
            }
        }
        for (entry, form) in &forms {
            let below = join(path, &entry.key);
            match (form, &entry.value.value) {
                (Form::Table, Value::Map(children)) => {
                    self.section(&entry.value, children, &below, place.entry());
                }
                (Form::Table, _) => self.section(&entry.value, &[], &below, place.entry()),
                (Form::Tables, Value::List(items)) => {
                    self.array_of_tables(&entry.value, items, &below, place.entry());
                }
                _ => {}
            }
        }
    }

    /// Writes a table with its header, unless that would have nothing below it but other
    /// headers.
    fn section(&mut self, node: &Node<'s>, entries: &[Entry<'s>], path: &str, place: Place) {
        let is_header = |form: &Form| matches!(form, Form::Table | Form::Tables);
        if !entries.is_empty() && forms(entries, place).iter().all(is_header) {
            self.leave_out(node);
        } else {
            self.header(node, "[", path, "]");
        }
        self.table(entries, path, place);
        self.flush_below(&node.below);
    }

    fn array_of_tables(&mut self, node: &Node<'s>, items: &[Node<'s>], path: &str, place: Place) {
        self.leave_out(node);
        for item in items {
            self.header(item, "[[", path, "]]");
            if let Value::Map(entries) = &item.value {
                self.table(entries, path, place.item());
            }
            self.flush_below(&item.below);
        }
        self.flush_below(&node.below);
    }

    fn header(&mut self, node: &Node<'s>, open: &str, path: &str, close: &str) {
        blank(&mut self.out);
        lines(&mut self.out, self.pending.drain(..).as_slice(), 0);
        lines(&mut self.out, &node.above, 0);
        self.out.extend([open, path, close]);
        end_line(&mut self.out, node.beside.as_ref());
    }

    /// Keeps the comments of something that has no line of its own.
    fn leave_out(&mut self, node: &Node<'s>) {
        self.pending.extend(node.above.iter().cloned());
        self.pending.extend(node.beside.clone().map(Line::Comment));
    }

    /// Writes the lines behind the last value of a table. They would belong to what
    /// follows, were they not set apart.
    fn flush_below(&mut self, below: &[Line<'s>]) {
        self.pending.extend(below.iter().cloned());
        let is_comment = |line: &Line<'_>| matches!(line, Line::Comment(_));
        if self.pending.iter().any(is_comment) {
            blank(&mut self.out);
            lines(&mut self.out, self.pending.drain(..).as_slice(), 0);
        }
        self.pending.clear();
    }

    /// Writes an entry that has no header; `false` if nothing was written.
    fn entry(
        &mut self,
        entry: &Entry<'s>,
        form: &Form,
        prefix: &str,
        place: Place,
        is_first: bool,
    ) -> bool {
        let node = &entry.value;
        if matches!(form, Form::LeftOut) {
            self.leave_out(node);
            self.pending.extend(node.below.iter().cloned());
            return false;
        }
        if node.gap && !is_first {
            blank(&mut self.out);
        }
        lines(&mut self.out, self.pending.drain(..).as_slice(), 0);
        lines(&mut self.out, &node.above, 0);
        let name = join(prefix, &entry.key);
        match (form, &node.value) {
            (Form::Dotted, Value::Map(children)) => {
                lines(&mut self.out, &node.below, 0);
                lines(&mut self.out, &node.beside.clone().map(Line::Comment), 0);
                for child in children {
                    let form = dotted_form(child, place.entry());
                    self.entry(child, &form, &name, place.entry(), false);
                }
            }
            (Form::Array, Value::List(items)) => {
                self.out.extend([&name, " = ["]);
                end_line(&mut self.out, node.beside.as_ref());
                self.items(items, 0, place.entry());
                lines(&mut self.out, &node.below, INDENT);
                self.out.push_str("]\n");
            }
            (Form::Inline(value), _) => {
                lines(&mut self.out, &inner_lines(node), 0);
                self.out.extend([&name, " = ", value]);
                end_line(&mut self.out, node.beside.as_ref());
            }
            _ => {}
        }
        true
    }

    /// Writes the items of an array whose bracket stands at `indent`.
    fn items(&mut self, items: &[Node<'s>], indent: usize, place: Place) {
        let inner = indent + INDENT;
        for (at, item) in items.iter().enumerate() {
            if at > 0 && item.gap {
                blank(&mut self.out);
            }
            lines(&mut self.out, &item.above, inner);
            let mut line = String::new();
            match &item.value {
                Value::Null => {
                    let beside = item.beside.clone().map(Line::Comment);
                    lines(&mut self.out, beside.iter().chain(&item.below), inner);
                    continue;
                }
                Value::List(items) if !fits(item, WIDTH.saturating_sub(inner + 1), &mut line) => {
                    pad(&mut self.out, inner);
                    self.out.push('[');
                    end_line(&mut self.out, item.beside.as_ref());
                    self.items(items, inner, place.item());
                    lines(&mut self.out, &item.below, inner + INDENT);
                    pad(&mut self.out, inner);
                    self.out.push_str("],\n");
                    continue;
                }
                Value::Text(text) if !item.unbroken => {
                    line = several_lines(text).unwrap_or_else(|| string(text));
                }
                _ => {
                    line.clear();
                    inline(item, usize::MAX, &mut line);
                }
            }
            lines(&mut self.out, &inner_lines(item), inner);
            pad(&mut self.out, inner);
            self.out.extend([&line, ","]);
            end_line(&mut self.out, item.beside.as_ref());
        }
    }
}

/// The spaces before an item of an array.
const INDENT: usize = 2;

/// A key below a path.
fn join(path: &str, name: &str) -> String {
    let name = key(name);
    match path {
        "" => name,
        path => format!("{path}.{name}"),
    }
}

/// The comments inside and behind the values of what stands on one line.
fn inner_lines<'s>(node: &Node<'s>) -> Vec<Line<'s>> {
    let is_comment = |line: &&Line<'s>| matches!(line, Line::Comment(_));
    let mut all = Vec::new();
    for child in node.children() {
        all.extend(child.above.iter().filter(is_comment).cloned());
        all.extend(child.beside.clone().map(Line::Comment));
        all.extend(inner_lines(child));
    }
    all.extend(node.below.iter().filter(is_comment).cloned());
    all
}

/// The forms of all entries of the table that stands at `place`.
fn forms(entries: &[Entry<'_>], place: Place) -> Vec<Form> {
    // Tables go behind everything else, so where the order counts, all are tables or none.
    let all_tables = place.is_record() || is_tabular(entries);
    entries
        .iter()
        .map(|entry| form(entry, place, all_tables))
        .collect()
}

/// Whether all entries of a table are best written as tables themselves.
fn is_tabular(entries: &[Entry<'_>]) -> bool {
    let is_table = |entry: &Entry<'_>| matches!(entry.value.value, Value::Map(_) | Value::Null);
    let is_collection = |node: &Node<'_>| matches!(node.value, Value::Map(_) | Value::List(_));
    let is_large = |node: &Node<'_>| {
        node.children().any(is_collection) || has_inner_comments(node) || !fits_somewhere(node)
    };
    entries.iter().all(is_table)
        && !entries.iter().any(|entry| entry.value.unbroken)
        && entries.iter().any(|entry| is_large(&entry.value))
}

/// Whether nothing in it wants lines of its own.
fn fits_somewhere(node: &Node<'_>) -> bool {
    inline(node, usize::MAX - 1, &mut String::new())
}

fn form(entry: &Entry<'_>, place: Place, may_be_table: bool) -> Form {
    let node = &entry.value;
    let mut line = String::new();
    let room = WIDTH.saturating_sub(width(&key(&entry.key)) + 3);
    let is_short =
        |line: &mut String| layout::may_flow(node, place.entry()) && fits(node, room, line);
    match &node.value {
        Value::Null if place.depth == 1 && !place.in_list && may_be_table => Form::Table,
        Value::Null if place.depth == 1 && !place.in_list => Form::Inline("{}".to_owned()),
        Value::Null => Form::LeftOut,
        Value::Map(_) if place.depth == 0 && (!node.unbroken || has_nulls(node)) => Form::Table,
        Value::List(_) | Value::Map(_) if layout::is_empty(node) && !may_be_table => forced(node),
        Value::List(_) | Value::Map(_) if node.unbroken => forced(node),
        Value::List(items) => {
            let is_map = |item: &Node<'_>| matches!(item.value, Value::Map(_));
            let is_line = |item: &Node<'_>| fits(item, WIDTH - INDENT - 1, &mut String::new());
            let is_unbroken = |item: &Node<'_>| item.unbroken;
            if items.is_empty() {
                forced(node)
            } else if is_short(&mut line) {
                Form::Inline(line)
            } else if may_be_table
                && !place.in_list
                && items.iter().all(is_map)
                && !items.iter().any(is_unbroken)
                && !items.iter().all(is_line)
            {
                Form::Tables
            } else {
                Form::Array
            }
        }
        Value::Map(_) if place.is_record() && is_short(&mut line) => Form::Inline(line),
        Value::Map(_) if may_be_table && !place.in_list => Form::Table,
        Value::Map(_) if !place.in_list => dotted_form(entry, place),
        Value::Text(text) if !node.unbroken => {
            Form::Inline(several_lines(text).unwrap_or_else(|| string(text)))
        }
        _ => forced(node),
    }
}

/// Whether an entry or item directly in it is null.
fn has_nulls(node: &Node<'_>) -> bool {
    node.children()
        .any(|child| matches!(child.value, Value::Null))
}

/// The form of an entry that cannot be a table.
fn dotted_form(entry: &Entry<'_>, place: Place) -> Form {
    let node = &entry.value;
    let values = || {
        node.children()
            .filter(|child| !matches!(child.value, Value::Null))
    };
    match &node.value {
        Value::Map(_) if node.unbroken || values().count() < 2 => forced(node),
        Value::Map(_) if has_comments_behind_first(node) => Form::Dotted,
        Value::Map(_) => forced(node),
        _ => form(entry, place, false),
    }
}

/// Whether a comment stands inside of it other than right at its start, where it could as
/// well stand above. That is where those beside and behind a map go if it is dotted.
fn has_comments_behind_first(node: &Node<'_>) -> bool {
    let is_comment = |line: &Line<'_>| matches!(line, Line::Comment(_));
    let is_null = |node: &&Node<'_>| matches!(node.value, Value::Null);
    let mut children = node.children().skip_while(is_null);
    let first = children.next();
    let is_commented = |node: &Node<'_>| has_comments(node) || has_inner_comments(node);
    let is_first_commented = first.is_some_and(|first| {
        let is_map = matches!(first.value, Value::Map(_));
        let has_own = first.beside.is_some() || first.below.iter().any(is_comment);
        has_own && !is_map || has_comments_behind_first(first)
    });
    is_first_commented || children.any(is_commented)
}

/// On one line, however long; comments in it go before it.
fn forced(node: &Node<'_>) -> Form {
    let mut line = String::new();
    inline(node, usize::MAX, &mut line);
    Form::Inline(line)
}

/// Writes a list or map on one line, if that takes at most `room` columns and nothing in
/// it needs lines of its own.
fn fits(node: &Node<'_>, room: usize, line: &mut String) -> bool {
    if node.unbroken {
        return inline(node, usize::MAX, line);
    }
    let has_below = node
        .below
        .iter()
        .any(|line| matches!(line, Line::Comment(_)));
    !has_below && inline(node, room, line)
}

/// Writes a value on one line. `false` if that takes more than `room` columns, or if
/// something in it needs lines of its own.
fn inline(node: &Node<'_>, room: usize, out: &mut String) -> bool {
    let is_free = room == usize::MAX;
    match &node.value {
        // TOML has neither null nor aliases.
        Value::Null | Value::Alias(_) => {}
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => out.push_str(number),
        Value::Text(text) if !is_free && several_lines(text).is_some() => return false,
        Value::Text(text) => out.push_str(&string(text)),
        Value::List(items) => {
            out.push('[');
            let is_value = |item: &&Node<'_>| !matches!(item.value, Value::Null);
            if !is_free && items.iter().any(has_comments) {
                return false;
            }
            for (at, item) in items.iter().filter(is_value).enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                if !inline(item, room, out) {
                    return false;
                }
            }
            out.push(']');
        }
        Value::Map(entries) => {
            let start = out.len();
            out.push('{');
            for entry in entries {
                let node = &entry.value;
                if !is_free && has_comments(node) {
                    return false;
                }
                if matches!(node.value, Value::Null) {
                    continue;
                }
                let is_first = out.len() == start + 1;
                out.push_str(if is_first { " " } else { ", " });
                out.push_str(&key(&entry.key));
                out.push_str(" = ");
                if !inline(node, room, out) {
                    return false;
                }
            }
            let is_empty = out.len() == start + 1;
            out.push_str(if is_empty { "}" } else { " }" });
        }
    }
    room >= usize::MAX - 1 || width(out) <= room
}
