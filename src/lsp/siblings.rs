//! The keys that a map has already. The key that is being written is made a whole one, so
//! that the text can be read.

use super::cursor::Cursor;
use crate::source::SourceMap;
use crate::syntax;
use crate::syntax::tree::{Node, Notation, Value};
use std::collections::BTreeSet;

/// No key of anybody.
const PLACEHOLDER: &str = "the-key-that-is-being-written";

/// The keys beside that at the cursor; none if the text cannot be read.
pub(super) fn keys(
    text: &str,
    cursor: &Cursor,
    offset: usize,
    notation: Notation,
) -> BTreeSet<String> {
    let Some(whole) = completed(text, cursor, offset, notation) else {
        return BTreeSet::new();
    };
    let sources = SourceMap::default();
    let origin = sources.add("spec", whole);
    let found = syntax::tree(&sources, origin, notation)
        .root
        .as_ref()
        .and_then(beside);
    found.unwrap_or_default()
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
        Notation::Json if next.starts_with([',', '}']) => ": null",
        Notation::Json => ": null,",
    };
    Some(format!("{before}{key}{value}{rest}"))
}

/// The other keys of the map that has the placeholder.
fn beside(node: &Node<'_>) -> Option<BTreeSet<String>> {
    match &node.value {
        Value::List(items) => items.iter().find_map(beside),
        Value::Map(entries) => {
            let mut keys: BTreeSet<String> = entries
                .iter()
                .map(|entry| entry.key.value.to_string())
                .collect();
            match keys.remove(PLACEHOLDER) {
                true => Some(keys),
                false => entries.iter().find_map(|entry| beside(&entry.value)),
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::keys;
    use crate::lsp::cursor;
    use crate::syntax::tree::Notation;

    fn beside(text: &str, notation: Notation) -> String {
        let offset = text.find('^').unwrap_or(text.len());
        let text = text.replace('^', "");
        let cursor = cursor::at(&text, offset, notation);
        let keys = keys(&text, &cursor, offset, notation);
        keys.into_iter().collect::<Vec<_>>().join(" ")
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
