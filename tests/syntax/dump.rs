//! A document as lines of text: places as line:column and the text that stands there.

use mtp::diagnostics::Diagnostics;
use mtp::source::{Origin, SourceMap, Span};
use mtp::syntax::tree::{Document, Node, Value};
use std::fmt::Write;

/// Everything that was read and found.
pub(crate) fn dump(
    sources: &SourceMap,
    _: Origin,
    document: &Document,
    findings: &Diagnostics,
) -> String {
    let mut out = String::new();
    match &document.root {
        Some(root) => node(&mut out, sources, 0, "", root),
        None => out.push_str("nothing\n"),
    }
    for comment in &document.comments {
        let kind = if comment.own_line {
            "comment on its own line"
        } else {
            "comment"
        };
        writeln!(out, "{kind} {}", place(sources, comment.span)).unwrap();
    }
    for finding in findings.iter() {
        writeln!(
            out,
            "{} {}: {}",
            finding.rule.name,
            place(sources, finding.span),
            finding.message
        )
        .unwrap();
        for label in &finding.labels {
            writeln!(out, "  {}: {}", place(sources, label.span), label.message).unwrap();
        }
        if let Some(help) = &finding.help {
            writeln!(out, "  help: {help}").unwrap();
        }
    }
    out
}

fn node(out: &mut String, sources: &SourceMap, depth: usize, key: &str, node_: &Node) {
    let kind = match &node_.value {
        Value::Empty => "empty".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Bool(value) => format!("bool {value}"),
        Value::Number(number) => format!("number {number}"),
        Value::Text(text) => format!("text {text:?}"),
        Value::Plain(text) => format!("plain {text:?}"),
        Value::Alias(name) => format!("alias {name}"),
        Value::Other(what) => format!("other: {what}"),
        Value::Broken => "broken".to_owned(),
        Value::List(items) => format!("list of {}", items.len()),
        Value::Taken(number) => format!("list {number}, taken"),
        Value::Map(entries) => format!("map of {}", entries.len()),
    };
    let indent = "  ".repeat(depth);
    writeln!(out, "{indent}{key}{kind} at {}", place(sources, node_.span)).unwrap();
    match &node_.value {
        Value::List(items) => {
            for item in items {
                node(out, sources, depth + 1, "- ", item);
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                let key = format!(
                    "{:?} ({}): ",
                    entry.key.value,
                    place(sources, entry.key.span)
                );
                node(out, sources, depth + 1, &key, &entry.value);
            }
        }
        _ => {}
    }
}

/// `1:5 "text"`, and where it is defined if an alias brought it there.
fn place(sources: &SourceMap, span: Span) -> String {
    let place = sources.place(span).expect("a span of this map");
    let one = |span: Span| {
        let position = place.file.position(span.start as usize);
        let text = place
            .file
            .text
            .get(span.range())
            .expect("a span in the file, on character boundaries");
        let shown = match text.char_indices().nth(40) {
            Some((cut, _)) => format!("{:?}…", &text[..cut]),
            None => format!("{text:?}"),
        };
        format!("{}:{} {shown}", position.line, position.column)
    };
    match place.definition {
        Some(definition) => format!("{} from {}", one(place.span), one(definition)),
        None => one(place.span),
    }
}
