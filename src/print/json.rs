//! JSON: two spaces a level, short lists and maps on one line. Comments are left out.

use super::layout::{self, Place, WIDTH, column, is_unseen, pad, width};
use super::node::{Node, Value};
use std::fmt::Write;

/// A document.
pub(super) fn text(root: &Node<'_>) -> String {
    let mut out = String::new();
    value(root, 0, Place::default(), 0, &mut out);
    out.push('\n');
    out
}

/// A value on one line.
pub(super) fn line(node: &Node<'_>) -> String {
    let mut out = String::new();
    flow(node, usize::MAX, &mut out);
    out
}

/// Writes a value that begins at the end of `out`, with `behind` characters to follow
/// on its last line.
fn value(node: &Node<'_>, indent: usize, place: Place, behind: usize, out: &mut String) {
    if is_flat(node) {
        flow(node, usize::MAX, out);
        return;
    }
    if layout::may_flow(node, place) {
        let mut line = String::new();
        let room = WIDTH.saturating_sub(column(out) + behind);
        if flow(node, room, &mut line) {
            out.push_str(&line);
            return;
        }
    }
    let inner = indent + 2;
    let begin = |first: bool, out: &mut String| {
        out.push_str(if first { "\n" } else { ",\n" });
        pad(out, inner);
    };
    match &node.value {
        Value::List(items) => {
            let room = WIDTH.saturating_sub(inner + 1);
            let place = place.items(items, |item, _| !flow(item, room, &mut String::new()));
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                begin(at == 0, out);
                value(item, inner, place, 1, out);
            }
            out.push('\n');
            pad(out, indent);
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (at, entry) in entries.iter().enumerate() {
                begin(at == 0, out);
                string(&entry.key, out);
                out.push_str(": ");
                value(&entry.value, inner, place.entry(), 1, out);
            }
            out.push('\n');
            pad(out, indent);
            out.push('}');
        }
        _ => {}
    }
}

/// Whether it has but one way to be written.
fn is_flat(node: &Node<'_>) -> bool {
    !matches!(node.value, Value::List(_) | Value::Map(_)) || layout::is_empty(node)
}

/// Writes a value on one line; `false` if that takes more than `room` columns.
fn flow(node: &Node<'_>, room: usize, out: &mut String) -> bool {
    match &node.value {
        // JSON has no aliases.
        Value::Null | Value::Alias(_) => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => out.push_str(number),
        Value::Text(text) => string(text, out),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                if !flow(item, room, out) {
                    return false;
                }
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (at, entry) in entries.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                string(&entry.key, out);
                out.push_str(": ");
                if !flow(&entry.value, room, out) {
                    return false;
                }
            }
            out.push('}');
        }
    }
    room == usize::MAX || width(out) <= room
}

/// A string; what cannot be seen is written as an escape.
fn string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_unseen(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // A string takes whatever is written to it.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
