//! `inside`: every character of a text leads back to what stands for it.

use super::{cases, walk, with};
use mtp::source::{SourceMap, Span};
use mtp::syntax::inside;
use mtp::syntax::tree::{Notation, Value};

/// Looks every character of `text` up and compares it with what stands there.
fn check(sources: &SourceMap, written: Span, text: &str, name: &str) {
    let mut last = written.start;
    for (at, character) in text.char_indices() {
        let span = inside(sources, written, text, at..at + character.len_utf8());
        let raw = sources.text(span);
        let context = format!(
            "{name}: {character:?} at {at} of {text:?}, written {:?}, found {raw:?}",
            sources.text(written)
        );
        assert_eq!(span.origin, written.origin, "{context}");
        assert!(span.start >= last, "goes back: {context}");
        last = span.end;
        let stands_for = raw.chars().eq([character])
            || raw.starts_with('\\')
            || (character == '\'' && raw == "''")
            || (character == '"' && raw == "\"\"")
            || (character == ' ' && raw.contains('\n'))
            || (character == '\n' && (raw == "\n" || raw == "\r\n"))
            || (character == '\n' && span.end as usize == sources.whole(span.origin).len());
        assert!(stands_for, "{context}");
    }
    let all = inside(sources, written, text, 0..text.len());
    if !text.is_empty() {
        assert!(
            sources.text(all).len() + 2 >= text.trim().len(),
            "{name}: {text:?} {:?}",
            sources.text(all)
        );
    }
}

fn check_all(text: &str, notation: Notation, name: &str) {
    with(text, notation, |sources, _, document, _| {
        let Some(root) = &document.root else { return };
        walk(root, &mut |node| {
            if let Value::Text(text) | Value::Plain(text) = &node.value {
                check(sources, node.span, text, name);
            }
            if let Value::Map(entries) = &node.value {
                for entry in entries {
                    check(sources, entry.key.span, &entry.key.value, name);
                }
            }
        });
    });
}

#[test]
fn every_character_of_the_cases_leads_back() {
    for notation in ["yaml", "toml", "json"] {
        for path in cases(notation) {
            let text = std::fs::read_to_string(&path).unwrap();
            let kind = Notation::of_path(path.to_str().unwrap()).unwrap();
            check_all(&text, kind, path.to_str().unwrap());
            if !text.contains('\r') {
                check_all(&text.replace('\n', "\r\n"), kind, path.to_str().unwrap());
            }
        }
    }
}

/// The raw text that `inside` finds for `needle` in the first text of `source`.
fn find(source: &str, notation: Notation, needle: &str) -> String {
    with(source, notation, |sources, _, document, findings| {
        assert_eq!(findings.iter().count(), 0);
        let mut found = None;
        walk(document.root.as_ref().unwrap(), &mut |node| {
            if let Value::Text(text) | Value::Plain(text) = &node.value
                && let Some(at) = text.find(needle)
                && found.is_none()
            {
                let span = inside(sources, node.span, text, at..at + needle.len());
                found = Some(sources.text(span).to_owned());
            }
        });
        found.unwrap()
    })
}

#[test]
fn an_escape_is_covered_whole() {
    assert_eq!(find(r#"{"a": "x\u00e9y"}"#, Notation::Json, "é"), r"\u00e9");
    assert_eq!(
        find(r#"{"a": "x\ud83d\ude00y"}"#, Notation::Json, "😀"),
        r"\ud83d\ude00"
    );
    assert_eq!(find(r#"{"a": "x\ty"}"#, Notation::Json, "x\ty"), r"x\ty");
    assert_eq!(find(r#"a: "x\x41y""#, Notation::Yaml, "A"), r"\x41");
    assert_eq!(find("a: 'it''s'", Notation::Yaml, "'"), "''");
    assert_eq!(
        find("a = \"\\U0001F600 b\"", Notation::Toml, "😀 "),
        r"\U0001F600 "
    );
}

#[test]
fn lines_are_followed() {
    assert_eq!(
        find("a: >\n  one two\n  three\n", Notation::Yaml, "three"),
        "three"
    );
    assert_eq!(
        find("a: >\n  one two\n  three\n", Notation::Yaml, "two three"),
        "two\n  three"
    );
    assert_eq!(
        find("a: |2\n   one\n  two\n", Notation::Yaml, " one\ntwo"),
        " one\n  two"
    );
    assert_eq!(
        find(
            "a: >-\n\n  one\n\n   two\n\n  three\n",
            Notation::Yaml,
            "\n two"
        ),
        "\n   two"
    );
    assert_eq!(
        find("a: one\n  two\n\n  three", Notation::Yaml, "three"),
        "three"
    );
    assert_eq!(
        find("a = \"\"\"\none \\\n   two\n\"\"\"", Notation::Toml, "two"),
        "two"
    );
    assert_eq!(
        find("a: \"one \\\n   two\"", Notation::Yaml, "one two"),
        "one \\\n   two"
    );
}

#[test]
fn an_alias_keeps_its_origin() {
    with(
        "a: &x \"b\\tc\"\nd: *x\n",
        Notation::Yaml,
        |sources, _, document, _| {
            let mut spans = Vec::new();
            walk(document.root.as_ref().unwrap(), &mut |node| {
                if let Value::Text(text) = &node.value {
                    spans.push((inside(sources, node.span, text, 1..2), node.span.origin));
                }
            });
            assert_eq!(sources.text(spans[0].0), "\\t");
            assert_eq!(sources.text(spans[1].0), "\\t");
            assert_ne!(spans[0].1, spans[1].1);
            assert_eq!(spans[1].0.origin, spans[1].1);
            let place = sources.place(spans[1].0).unwrap();
            assert_eq!(place.file.text.get(place.span.range()), Some("*x"));
            assert_eq!(place.definition, Some(spans[0].0));
        },
    );
}

#[test]
fn cells_of_csv() {
    let text = "a,\"say \"\"hi\"\"\nthere\",c d\n";
    let sources = SourceMap::default();
    let origin = sources.add("x.csv", text.to_owned());
    let comma = text.rfind(',').unwrap();
    let quoted = Span::new(origin, 2, comma);
    check(&sources, quoted, "say \"hi\"\nthere", "csv");
    assert_eq!(
        sources.text(inside(&sources, quoted, "say \"hi\"\nthere", 4..8)),
        "\"\"hi\"\""
    );
    let plain = Span::new(origin, comma + 1, comma + 4);
    assert_eq!(sources.text(inside(&sources, plain, "c d", 2..3)), "d");
}
