//! What Python's `str` and `repr` make of a value of a template.

use super::budget::{OUTPUT, too_large};
use crate::python::float::Float;
use crate::python::repr;
use minijinja::value::ValueKind;
use minijinja::{Error, Value};
use std::fmt::Write;

/// `str(value)`; an error if it is longer than a conversation may come to.
pub(super) fn text(value: &Value) -> Result<String, Error> {
    let mut out = String::new();
    match value.as_str() {
        Some(text) => out.push_str(text),
        None => write_repr(value, &mut out, 0),
    }
    match out.len() > OUTPUT {
        true => Err(too_large()),
        false => Ok(out),
    }
}

/// Appends `repr(value)`.
fn write_repr(value: &Value, out: &mut String, depth: usize) {
    if depth > DEPTH {
        out.push_str("...");
        return;
    }
    if out.len() > OUTPUT {
        return;
    }
    match value.kind() {
        ValueKind::Undefined => {}
        ValueKind::None => out.push_str("None"),
        ValueKind::Bool => out.push_str(if value.is_true() { "True" } else { "False" }),
        ValueKind::Number => number(value, out),
        ValueKind::String => repr::string(out, value.as_str().unwrap_or_default()),
        ValueKind::Seq | ValueKind::Iterable => {
            let (open, close) = if value.is_tuple() {
                ("(", ")")
            } else {
                ("[", "]")
            };
            out.push_str(open);
            let mut count = 0;
            for item in value.try_iter().into_iter().flatten() {
                if out.len() > OUTPUT {
                    return;
                }
                if count > 0 {
                    out.push_str(", ");
                }
                count += 1;
                write_repr(&item, out, depth + 1);
            }
            if value.is_tuple() && count == 1 {
                out.push(',');
            }
            out.push_str(close);
        }
        ValueKind::Map => {
            out.push('{');
            for (at, key) in value.try_iter().into_iter().flatten().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                write_repr(&key, out, depth + 1);
                out.push_str(": ");
                let item = value.get_item(&key).unwrap_or(Value::UNDEFINED);
                write_repr(&item, out, depth + 1);
            }
            out.push('}');
        }
        _ => {
            let text = value.to_string();
            // A function of ours is called by its place in the program.
            out.push_str(if text.contains("::") {
                "<function>"
            } else {
                &text
            });
        }
    }
}

/// The deepest value that is written.
const DEPTH: usize = 200;

/// A number as Python writes it.
pub(super) fn number(value: &Value, out: &mut String) {
    // Writing to a string does not fail.
    let _ = match float(value) {
        Some(float) => write!(out, "{}", Float(float)),
        None => write!(out, "{value}"),
    };
}

/// The number as a float, unless it is whole by its type.
pub(super) fn float(value: &Value) -> Option<f64> {
    if value.is_integer() {
        return None;
    }
    f64::try_from(value.clone()).ok()
}
