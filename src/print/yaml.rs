//! YAML: two spaces a level, lists indented below their keys, short lists and maps in
//! brackets on one line.

use super::layout::{self, Place, WIDTH, blank, end_line, lines, pad, width};
use super::node::{Entry, Line, Node, Value};
use super::yaml_scalar::{self, folded, literal};
use std::borrow::Cow;

/// How a value is written.
enum Form {
    /// On the line of its key or dash.
    Line(String),
    /// As text in lines of its own, below a header.
    Text(String, Vec<String>),
    /// Every entry or item on lines of its own.
    Nested,
}

/// The line of a value's first entry or item is begun, with a comment to end it.
#[derive(Clone, Copy)]
struct Begun<'c>(Option<&'c Cow<'c, str>>);

/// A document.
pub(super) fn text(root: &Node<'_>) -> String {
    let mut out = String::new();
    lines(&mut out, &root.above, 0);
    if let Some(beside) = &root.beside {
        lines(&mut out, [&Line::Comment(beside.clone())], 0);
    }
    if let Some(anchor) = &root.anchor {
        out.extend(["&", anchor, "\n"]);
    }
    match &root.value {
        Value::Map(entries) if !entries.is_empty() => sections(entries, &mut out),
        Value::List(items) if !items.is_empty() => {
            list(items, 0, Place::default(), None, &mut out);
        }
        _ => {
            let mut line = String::new();
            flow(root, usize::MAX, &mut line);
            out.push_str(if line.is_empty() { "null" } else { &line });
            out.push('\n');
        }
    }
    lines(&mut out, &root.below, 0);
    out
}

/// The entries of the top level: a section that takes several lines has an empty line
/// before it and behind it.
fn sections(entries: &[Entry<'_>], out: &mut String) {
    let mut was_section = false;
    for (at, each) in entries.iter().enumerate() {
        if each.value.gap {
            blank(out);
        }
        let start = out.len();
        let form = entry_form(each, 0, Place::default());
        lines(out, leading(&each.value, &form), 0);
        let value = out.len();
        entry(each, form, None, 0, Place::default(), out);
        let written = out.get(value..).unwrap_or_default();
        let is_section = written.trim_end().contains('\n');
        let before = out.get(..start).unwrap_or_default();
        if at > 0 && (is_section || was_section) && !before.ends_with("\n\n") {
            out.insert(start, '\n');
        }
        was_section = is_section;
    }
}

/// The lines before a value. What is to stand behind the values in it stands here, if it
/// has no lines for them.
fn leading<'n, 's>(node: &'n Node<'s>, form: &Form) -> impl Iterator<Item = &'n Line<'s>> {
    let below = match form {
        Form::Nested => &[],
        _ => node.below.as_slice(),
    };
    node.above.iter().chain(below)
}

/// The lines before an item of a list. An item of several lines has the first value in it
/// behind its dash: the lines before that stand before the dash.
fn leading_of_item<'s>(node: &Node<'s>, form: &Form, indent: usize, place: Place) -> Vec<Line<'s>> {
    let mut all: Vec<Line<'s>> = leading(node, form).cloned().collect();
    // Behind an anchor they have lines of their own.
    if !matches!(form, Form::Nested) || node.anchor.is_some() {
        return all;
    }
    if carried(node).is_none() {
        all.extend(node.beside.clone().map(Line::Comment));
    }
    let indent = indent + 2;
    match &node.value {
        Value::List(items) => {
            let place = items_place(items, indent, place);
            if let Some(first) = items.first() {
                let form = item_form(first, indent, place);
                all.extend(leading_of_item(first, &form, indent, place));
            }
        }
        Value::Map(entries) => {
            if let Some(first) = entries.first() {
                let form = entry_form(first, indent, place);
                all.extend(leading(&first.value, &form).cloned());
            }
        }
        _ => {}
    }
    all
}

/// The comment beside an item of several lines that has room on the first of them.
fn carried<'n, 's>(item: &'n Node<'s>) -> Option<&'n Cow<'s, str>> {
    match &item.value {
        Value::Map(entries) => {
            let first = entries.first()?;
            item.beside
                .as_ref()
                .filter(|_| first.value.beside.is_none())
        }
        _ => None,
    }
}

/// The form of an entry of a map that stands at `place`.
fn entry_form(entry: &Entry<'_>, indent: usize, place: Place) -> Form {
    let key = key(entry, false).map_or(0, |key| width(&key));
    form(&entry.value, indent + key + 2, indent, place.entry())
}

/// A key as it stands before its colon; `None` if it is too long for that.
fn key(entry: &Entry<'_>, in_brackets: bool) -> Option<String> {
    match &entry.written {
        Some(written) => Some(written.to_string()),
        None => yaml_scalar::key(&entry.key, in_brackets),
    }
}

/// The form of an item that stands at `place`.
fn item_form(item: &Node<'_>, indent: usize, place: Place) -> Form {
    form(item, indent + 2, indent, place)
}

/// The place of the items of a list that stands at `place`.
fn items_place(items: &[Node<'_>], indent: usize, place: Place) -> Place {
    place.items(items, |item, place| {
        matches!(item_form(item, indent, place), Form::Nested)
    })
}

/// The form of a value that begins at `column`, behind a key or dash at `indent`.
fn form(node: &Node<'_>, column: usize, indent: usize, place: Place) -> Form {
    let anchor = node.anchor.as_ref().map_or(0, |anchor| width(anchor) + 2);
    let room = WIDTH.saturating_sub(column + anchor);
    let mut line = String::new();
    if let Value::Text(text) = &node.value
        && !node.unbroken
    {
        if let Some((header, lines)) = literal(text) {
            return Form::Text(header, lines.into_iter().map(str::to_owned).collect());
        }
        let written = yaml_scalar::text(text, false);
        if width(&written) > room
            && let Some(lines) = folded(text, WIDTH.saturating_sub(indent + 2))
        {
            return Form::Text(">-".to_owned(), lines);
        }
        return Form::Line(written);
    }
    match &node.value {
        Value::Text(text) => Form::Line(yaml_scalar::text(text, false)),
        Value::List(_) | Value::Map(_) if !layout::is_empty(node) => {
            let room = if node.unbroken { usize::MAX } else { room };
            let may_flow = node.unbroken || layout::may_flow(node, place);
            if may_flow && !has_below(node) && flow(node, room, &mut line) {
                Form::Line(line)
            } else {
                Form::Nested
            }
        }
        _ => {
            flow(node, usize::MAX, &mut line);
            Form::Line(line)
        }
    }
}

fn has_below(node: &Node<'_>) -> bool {
    node.below
        .iter()
        .any(|line| matches!(line, Line::Comment(_)))
}

/// Writes a key and its value; the lines before it are written.
fn entry(
    entry: &Entry<'_>,
    form: Form,
    begun: Option<Begun<'_>>,
    indent: usize,
    place: Place,
    out: &mut String,
) {
    match key(entry, false) {
        Some(key) => out.push_str(&key),
        None => {
            out.push_str("? ");
            out.push_str(&yaml_scalar::text(&entry.key, false));
            out.push('\n');
            pad(out, indent);
        }
    }
    out.push(':');
    let node = &entry.value;
    let beside = node.beside.as_ref().or(begun.and_then(|begun| begun.0));
    match form {
        Form::Nested => {
            anchor(node, out);
            end_line(out, beside);
            nested(node, indent + 2, place.entry(), None, out);
        }
        form => rest(node, form, beside, indent, out),
    }
}

/// Writes the anchor of a value behind its key or dash.
fn anchor(node: &Node<'_>, out: &mut String) {
    if let Some(anchor) = &node.anchor {
        out.extend([" &", anchor]);
    }
}

/// Writes a value that is not nested behind its key or dash.
fn rest(
    node: &Node<'_>,
    form: Form,
    beside: Option<&Cow<'_, str>>,
    indent: usize,
    out: &mut String,
) {
    anchor(node, out);
    let (line, below) = match form {
        Form::Line(line) => (line, Vec::new()),
        Form::Text(header, lines) => (header, lines),
        Form::Nested => return,
    };
    if !line.is_empty() {
        out.push(' ');
        out.push_str(&line);
    }
    end_line(out, beside);
    for line in below {
        if !line.is_empty() {
            pad(out, indent + 2);
            out.push_str(&line);
        }
        out.push('\n');
    }
}

/// Writes the entries or items of a value at `indent`.
fn nested(
    node: &Node<'_>,
    indent: usize,
    place: Place,
    begun: Option<Begun<'_>>,
    out: &mut String,
) {
    match &node.value {
        Value::List(items) => list(items, indent, place, begun, out),
        Value::Map(entries) => map(entries, indent, place, begun, out),
        _ => {}
    }
    lines(out, &node.below, indent);
}

/// Writes entries. If the line of the first one is begun, the lines before it
/// are written.
fn map(
    entries: &[Entry<'_>],
    indent: usize,
    place: Place,
    begun: Option<Begun<'_>>,
    out: &mut String,
) {
    for (at, each) in entries.iter().enumerate() {
        let form = entry_form(each, indent, place);
        if at > 0 || begun.is_none() {
            if at > 0 && each.value.gap {
                blank(out);
            }
            lines(out, leading(&each.value, &form), indent);
            pad(out, indent);
        }
        let begun = begun.filter(|_| at == 0);
        entry(each, form, begun, indent, place, out);
    }
}

/// Writes items, as [`map`] writes entries.
fn list(
    items: &[Node<'_>],
    indent: usize,
    place: Place,
    begun: Option<Begun<'_>>,
    out: &mut String,
) {
    let place = items_place(items, indent, place);
    for (at, item) in items.iter().enumerate() {
        let form = item_form(item, indent, place);
        if at > 0 || begun.is_none() {
            if at > 0 && item.gap {
                blank(out);
            }
            lines(out, &leading_of_item(item, &form, indent, place), indent);
            pad(out, indent);
        }
        out.push('-');
        match form {
            Form::Nested if item.anchor.is_some() => {
                anchor(item, out);
                end_line(out, item.beside.as_ref());
                nested(item, indent + 2, place, None, out);
            }
            Form::Nested => {
                out.push(' ');
                nested(item, indent + 2, place, Some(Begun(carried(item))), out);
            }
            form => rest(item, form, item.beside.as_ref(), indent, out),
        }
    }
}

/// The same with the anchor before the value.
fn flow_anchored(node: &Node<'_>, room: usize, out: &mut String) -> bool {
    if let Some(anchor) = &node.anchor {
        out.extend(["&", anchor, " "]);
    }
    flow(node, room, out)
}

/// Writes a value on one line. `false` if that takes more than `room` columns, or if
/// something in it needs lines of its own.
fn flow(node: &Node<'_>, room: usize, out: &mut String) -> bool {
    let is_free = room == usize::MAX;
    match &node.value {
        Value::Null => {}
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => out.push_str(number),
        Value::Alias(name) => out.extend(["*", name]),
        Value::Text(text) if !is_free && literal(text).is_some() => return false,
        Value::Text(text) => out.push_str(&yaml_scalar::text(text, true)),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                let is_nothing = matches!(item.value, Value::Null);
                if is_nothing || layout::has_comments(item) || !flow_anchored(item, room, out) {
                    return false;
                }
            }
            out.push(']');
        }
        Value::Map(entries) if entries.is_empty() => out.push_str("{}"),
        Value::Map(entries) => {
            out.push_str("{ ");
            for (at, entry) in entries.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                let Some(key) = key(entry, true) else {
                    return false;
                };
                out.push_str(&key);
                out.push_str(": ");
                if layout::has_comments(&entry.value) || !flow_anchored(&entry.value, room, out) {
                    return false;
                }
            }
            let written = out.trim_end_matches(' ').len();
            out.truncate(written);
            out.push_str(" }");
        }
    }
    is_free || width(out) <= room
}
