//! Whether two nodes mean the same, however they are laid out.

use super::layout::Place;
use super::node::{Node, Value};
use crate::syntax::number::Number;
use crate::syntax::tree::Notation;

/// Whether `found`, read from a text in `notation`, is what `wanted` was to become there.
///
/// The order of entries counts, but for that of the language's own keys in TOML, where
/// tables go last. Entries without a value are not written there.
pub fn is_same(wanted: &Node<'_>, found: &Node<'_>, notation: Notation) -> bool {
    is_same_at(wanted, found, notation == Notation::Toml, Place::default())
}

/// Whether nothing of `node` is written in `notation`: to TOML, a map without a value is an
/// empty file.
pub fn is_empty(node: &Node<'_>, notation: Notation) -> bool {
    match &node.value {
        Value::Map(entries) if notation == Notation::Toml => entries
            .iter()
            .all(|entry| matches!(entry.value.value, Value::Null)),
        _ => false,
    }
}

fn is_same_at(wanted: &Node<'_>, found: &Node<'_>, is_toml: bool, place: Place) -> bool {
    match (&wanted.value, &found.value) {
        (Value::Number(wanted), Value::Number(found)) => {
            wanted == found || is_same_number(wanted, found)
        }
        (Value::List(wanted), Value::List(found)) => {
            let mut pairs = wanted.iter().zip(found);
            wanted.len() == found.len()
                && pairs.all(|(wanted, found)| is_same_at(wanted, found, is_toml, place.item()))
        }
        (Value::Map(wanted), Value::Map(found)) => {
            let is_named = place.depth == 1 && !place.in_list;
            let is_written =
                |value: &Value<'_>| !is_toml || is_named || !matches!(value, Value::Null);
            let mut wanted: Vec<_> = wanted
                .iter()
                .filter(|entry| is_written(&entry.value.value))
                .collect();
            let mut found: Vec<_> = found.iter().collect();
            if is_toml && place.is_record() {
                wanted.sort_by(|a, b| a.key.cmp(&b.key));
                found.sort_by(|a, b| a.key.cmp(&b.key));
            }
            let mut pairs = wanted.iter().zip(&found);
            wanted.len() == found.len()
                && pairs.all(|(wanted, found)| {
                    wanted.key == found.key
                        && is_same_at(&wanted.value, &found.value, is_toml, place.entry())
                })
        }
        (Value::Null, Value::Map(entries)) if is_toml => entries.is_empty(),
        (wanted, found) => wanted == found,
    }
}

fn is_same_number(wanted: &str, found: &str) -> bool {
    match (Number::parse(wanted), Number::parse(found)) {
        (Some(Number::Whole(wanted)), Some(Number::Whole(found))) => wanted == found,
        (Some(Number::Float(wanted)), Some(Number::Float(found))) => {
            wanted.to_bits() == found.to_bits()
        }
        _ => false,
    }
}
