//! What stands around a key that is being written. It is made a whole one, and what is not
//! closed is closed, so that the text can be read.

use super::cursor::Cursor;
use crate::source::SourceMap;
use crate::syntax;
use crate::syntax::tree::{Node, Notation, Value};
use std::collections::BTreeMap;

/// No key of anybody.
const PLACEHOLDER: &str = "the-key-that-is-being-written";

/// The keys of a map, and what stands behind those that have a text.
pub(super) type Written = BTreeMap<String, Option<String>>;

/// What is written at each step of the way to the cursor, from the top of the text to the map
/// that it is in, the key there left out; a list has nothing. Nothing at all if the text cannot be read.
pub(super) fn written(
    text: &str,
    cursor: &Cursor,
    offset: usize,
    notation: Notation,
) -> Vec<Written> {
    let whole = completed(text, cursor, offset, notation);
    // What stands behind a bracket that is open belongs to another place.
    let begun = || completed(text.get(..offset)?, cursor, offset, notation);
    let closed = || Some(begun()? + &cursor.closing);
    let found = whole.and_then(|whole| around(whole, notation));
    let found = found.or_else(|| around(closed()?, notation));
    found.unwrap_or_default()
}

/// What is written around the placeholder of a text.
fn around(text: String, notation: Notation) -> Option<Vec<Written>> {
    let sources = SourceMap::default();
    let origin = sources.add("spec", text);
    let document = syntax::tree(&sources, origin, notation);
    let mut way = Vec::new();
    let is_found = find(document.root.as_ref()?, &mut way);
    is_found.then_some(way)
}

/// The text with a key and a value at the cursor.
fn completed(text: &str, cursor: &Cursor, offset: usize, notation: Notation) -> Option<String> {
    let before = text.get(..cursor.start)?;
    let behind = text.get(offset..)?;
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut rest = behind.trim_start_matches(is_word);
    let quote = cursor.quote.map(String::from);
    let mut key = format!("{PLACEHOLDER}{}", quote.as_deref().unwrap_or_default());
    if let Some(quote) = &quote {
        rest = rest.strip_prefix(quote.as_str()).unwrap_or(rest);
    } else if notation == Notation::Json {
        key = format!("\"{PLACEHOLDER}\"");
    }
    let next = rest.trim_start();
    let has_value = next.starts_with(match notation {
        Notation::Toml => '=',
        _ => ':',
    });
    let value = match notation {
        _ if has_value => "",
        Notation::Yaml => ": ",
        Notation::Toml => " = 0",
        Notation::Json if next.is_empty() || next.starts_with([',', '}']) => ": null",
        Notation::Json => ": null,",
    };
    Some(format!("{before}{key}{value}{rest}"))
}

/// Goes to the map that has the placeholder, and keeps what is written on the way.
fn find(node: &Node<'_>, way: &mut Vec<Written>) -> bool {
    let is_found = match &node.value {
        Value::List(items) => {
            way.push(Written::new());
            items.iter().any(|item| find(item, way))
        }
        Value::Map(entries) => {
            let keys = entries.iter().map(|entry| {
                let value = match &entry.value.value {
                    Value::Text(text) | Value::Plain(text) => Some(text.to_string()),
                    _ => None,
                };
                (entry.key.value.to_string(), value)
            });
            let mut keys: Written = keys.collect();
            let is_here = keys.remove(PLACEHOLDER).is_some();
            way.push(keys);
            is_here || entries.iter().any(|entry| find(&entry.value, way))
        }
        _ => return false,
    };
    if !is_found {
        way.pop();
    }
    is_found
}

#[cfg(test)]
mod tests {
    use super::written;
    use crate::lsp::cursor;
    use crate::syntax::tree::Notation;

    fn beside(text: &str, notation: Notation) -> String {
        let offset = text.find('^').unwrap_or(text.len());
        let text = text.replace('^', "");
        let cursor = cursor::at(&text, offset, notation);
        let mut way = written(&text, &cursor, offset, notation);
        let keys = way.pop().unwrap_or_default().into_keys();
        keys.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_keys_of_the_same_map_alone() {
        let cases = [
            (
                Notation::Yaml,
                "name: x\ni^\ntokens:\n  a:\n",
                "name tokens",
            ),
            (Notation::Yaml, "name: x\n^\n", "name"),
            (
                Notation::Yaml,
                "a:\n  - input: x\n    ^\n    final: y\n  - value: 1\n",
                "final input",
            ),
            (Notation::Yaml, "a: { type: num, m^ }\nb:\n", "type"),
            (Notation::Yaml, "a: { type: num, m^in: 5 }\n", "type"),
            (Notation::Yaml, "a: [\nb^\n", ""),
            (Notation::Toml, "name = 'x'\ni^\n[a]\nb = 1\n", "a name"),
            (Notation::Toml, "[a]\nx = 1\n^\n", "x"),
            (Notation::Toml, "a = { x = 1, ^ }\n", "x"),
            (Notation::Json, "{\"a\": {\"x\": 1, \"^\"}, \"b\": 2}", "x"),
            (Notation::Json, "{\"a\": 1, \"^\n \"b\": 2}", "a b"),
            (Notation::Json, "{\"a\": 1, \"b^\": 2, \"c\": 3}", "a c"),
        ];
        for (notation, text, expected) in cases {
            assert_eq!(beside(text, notation), expected, "{text}");
        }
    }
}
