//! JSON as Python's `json.dumps` writes it: the filter `tojson` of chat templates.

use super::budget::{OUTPUT, too_large};
use super::python;
use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Value};
use std::fmt::Write;

/// How to write it.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Everything but ASCII as `\u` escapes.
    pub(super) ensure_ascii: bool,
    /// What one step of indentation is; all in one line without.
    pub(super) indent: Option<String>,
    /// Between items, and between key and value.
    pub(super) separators: (String, String),
    /// Keys in the order of their letters.
    pub(super) sort_keys: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Layout {
            ensure_ascii: false,
            indent: None,
            separators: (", ".to_owned(), ": ".to_owned()),
            sort_keys: false,
        }
    }
}

/// A value in one line, as `json.dumps(value, ensure_ascii=False)` writes it. What JSON
/// cannot hold is an error.
pub fn to_json(value: &Value) -> Result<String, Error> {
    dumps(value, &Layout::default())
}

/// A text as `json.dumps(text)` writes it: in ASCII.
pub fn ascii(text: &str) -> String {
    let layout = Layout {
        ensure_ascii: true,
        ..Layout::default()
    };
    let mut out = String::with_capacity(text.len() + 16);
    string(text, &layout, &mut out);
    out
}

/// `json.dumps(value, …)`.
pub(super) fn dumps(value: &Value, layout: &Layout) -> Result<String, Error> {
    let mut out = String::new();
    append(value, layout, 0, &mut out)?;
    Ok(out)
}

fn append(value: &Value, layout: &Layout, depth: usize, out: &mut String) -> Result<(), Error> {
    if depth > DEPTH {
        return Err(unserializable("a value that is nested too deeply"));
    }
    if out.len() > OUTPUT {
        return Err(too_large());
    }
    match value.kind() {
        ValueKind::None => out.push_str("null"),
        ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::Number => match python::float(value) {
            Some(float) if float.is_nan() => out.push_str("NaN"),
            Some(float) if float.is_infinite() && float > 0.0 => out.push_str("Infinity"),
            Some(float) if float.is_infinite() => out.push_str("-Infinity"),
            _ => python::number(value, out),
        },
        ValueKind::String => string(value.as_str().unwrap_or_default(), layout, out),
        ValueKind::Seq => {
            let items: Vec<Value> = value.try_iter()?.collect();
            enclosed(('[', ']'), &items, layout, depth, out, |item, out| {
                append(item, layout, depth + 1, out)
            })?;
        }
        ValueKind::Map => {
            let mut keys: Vec<Value> = value.try_iter()?.collect();
            if layout.sort_keys {
                keys.sort();
            }
            enclosed(('{', '}'), &keys, layout, depth, out, |key, out| {
                string(&key_text(key)?, layout, out);
                out.push_str(&layout.separators.1);
                append(&value.get_item(key)?, layout, depth + 1, out)
            })?;
        }
        ValueKind::Undefined => return Err(unserializable("an undefined value")),
        _ => return Err(unserializable("a value of this type")),
    }
    Ok(())
}

/// The deepest value that is written.
const DEPTH: usize = 200;

fn unserializable(what: &str) -> Error {
    Error::new(
        ErrorKind::BadSerialization,
        format!("JSON cannot hold {what}"),
    )
}

fn key_text(key: &Value) -> Result<String, Error> {
    Ok(match key.kind() {
        ValueKind::String => key.as_str().unwrap_or_default().to_owned(),
        ValueKind::None => "null".to_owned(),
        ValueKind::Bool => key.is_true().to_string(),
        ValueKind::Number => python::text(key)?,
        _ => return Err(unserializable("a key that is no text")),
    })
}

fn enclosed(
    (open, close): (char, char),
    items: &[Value],
    layout: &Layout,
    depth: usize,
    out: &mut String,
    mut item: impl FnMut(&Value, &mut String) -> Result<(), Error>,
) -> Result<(), Error> {
    let line = |depth: usize, out: &mut String| {
        if let Some(indent) = &layout.indent {
            out.push('\n');
            (0..depth).for_each(|_| out.push_str(indent));
        }
    };
    out.push(open);
    for (at, value) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(&layout.separators.0);
        }
        line(depth + 1, out);
        item(value, out)?;
    }
    if !items.is_empty() {
        line(depth, out);
    }
    out.push(close);
    Ok(())
}

fn string(text: &str, layout: &Layout, out: &mut String) {
    out.push('"');
    // Nearly all characters stay as they are: what lies between others is copied at once.
    let mut copied = 0;
    for (at, c) in text.char_indices() {
        let is_plain = match c {
            '"' | '\\' => false,
            '\u{7f}' => !layout.ensure_ascii,
            c if c.is_ascii() => c >= ' ',
            _ => !layout.ensure_ascii,
        };
        if is_plain {
            continue;
        }
        out.push_str(&text[copied..at]);
        copied = at + c.len_utf8();
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a string does not fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push_str(&text[copied..]);
    out.push('"');
}
