//! Fixes made exact: a scalar that is replaced stays one, with quotes and escapes as
//! its place needs them, in YAML, TOML and JSON alike.

use super::{Change, Fix, removal};
use crate::source::{SourceMap, Span};

/// The fix with its edits in bytes; `None` if it cannot be made here.
pub(super) fn settled(mut fix: Fix, sources: &SourceMap) -> Option<Fix> {
    for edit in &mut fix.edits {
        let place = sources.place(edit.span)?;
        let path = place.file.path.to_lowercase();
        if !place.file.is_verbatim {
            // Nobody can edit the text in an archive.
            return None;
        }
        match std::mem::replace(&mut edit.change, Change::Text) {
            Change::Text => {}
            Change::Scalar => {
                let written = sources.text(edit.span);
                let is_table = path.ends_with(".csv") || path.ends_with(".tsv");
                edit.text = match is_table {
                    true => in_place_of_cell(written, &edit.text),
                    false => in_place_of(written, &edit.text, path.ends_with(".toml")),
                };
            }
            Change::Entry(value) => {
                let value = sources.place(value)?.span;
                let is_here = value.origin == place.span.origin && place.definition.is_none();
                let entry = removal::Entry {
                    text: &place.file.text,
                    key: place.span.range(),
                    value: value.range(),
                    is_yaml: !path.ends_with(".toml") && !path.ends_with(".json"),
                };
                let bytes = Some(entry).filter(|_| is_here)?.bytes()?;
                edit.span = Span::new(place.span.origin, bytes.start, bytes.end);
            }
        }
    }
    Some(fix)
}

/// `text` written in place of the cell `written` of a table.
pub fn in_place_of_cell(written: &str, text: &str) -> String {
    if written.starts_with('"') || text.contains(['"', ',', ';', '\t', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

/// `text` written in place of the scalar `written`, quoted as that was. Without quotes, TOML has
/// keys of ASCII letters, digits, `_` and `-`, and a dot would part them.
pub fn in_place_of(written: &str, text: &str, is_toml: bool) -> String {
    let is_plain_word = |text: &str| {
        let mut characters = text.chars();
        if is_toml {
            return !text.is_empty()
                && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        }
        characters
            .next()
            .is_some_and(|first| first.is_alphabetic() || first == '_')
            && characters.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    if written.starts_with("\"") {
        return double_quoted(text);
    }
    let is_simple = !text.contains('\'') && !text.chars().any(char::is_control);
    if written.starts_with('\'') && is_simple {
        return format!("'{text}'");
    }
    if !written.starts_with('\'') && is_plain_word(text) {
        return text.to_owned();
    }
    double_quoted(text)
}

/// The string as JSON writes it, which YAML and TOML read the same.
fn double_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if u32::from(c) < 0x20 || c == '\u{7f}' => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)))
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::{in_place_of, in_place_of_cell};

    #[test]
    fn cells_are_quoted_as_tables_quote_them() {
        assert_eq!(in_place_of_cell("noww", "now"), "now");
        assert_eq!(
            in_place_of_cell("\"say \"\"on\"\", noww\"", "say \"on\", now"),
            "\"say \"\"on\"\", now\""
        );
        assert_eq!(in_place_of_cell("'a", "it's"), "it's");
        assert_eq!(in_place_of_cell("a", "b, c"), "\"b, c\"");
    }

    #[test]
    fn the_quotes_of_the_place_are_kept() {
        assert_eq!(in_place_of("Tlak", "Talk", false), "Talk");
        assert_eq!(in_place_of("'Tlak'", "Talk", false), "'Talk'");
        assert_eq!(in_place_of("\"Tlak\"", "Talk", false), "\"Talk\"");
        assert_eq!(
            in_place_of("\"Tlak\"", "say \"so\"", false),
            "\"say \\\"so\\\"\""
        );
        assert_eq!(in_place_of("'Tlak'", "it's", false), "\"it's\"");
        assert_eq!(in_place_of("Tlak", "a: b", false), "\"a: b\"");
        assert_eq!(in_place_of("Tlak", "1.2.1", false), "\"1.2.1\"");
        assert_eq!(in_place_of("Tlak", "Né", false), "Né");
    }

    #[test]
    fn keys_of_toml_that_need_quotes_get_them() {
        assert_eq!(in_place_of("Tlak", "Talk-2", true), "Talk-2");
        assert_eq!(in_place_of("Tlak", "Né", true), "\"Né\"");
        assert_eq!(in_place_of("Tlak", "a.b", true), "\"a.b\"");
        assert_eq!(in_place_of("'Tlak'", "Né", true), "'Né'");
    }
}
