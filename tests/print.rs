//! What is printed reads back as what was meant, by our own readers and by others.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail loudly"
)]

use mtp::diagnostics::Diagnostics;
use mtp::print::{Entry, Line, Node, Value, from_document, text};
use mtp::source::SourceMap;
use mtp::syntax::tree::{self, Notation};
use mtp::syntax::{Limits, read};
use proptest::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;

const NOTATIONS: [Notation; 3] = [Notation::Yaml, Notation::Toml, Notation::Json];

/// What is compared: values without their layout.
#[derive(Clone, Debug, PartialEq)]
enum Plain {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Plain>),
    Map(BTreeMap<String, Plain>),
}

/// The meaning of a node; in TOML without what that cannot hold.
fn meaning(node: &Node<'_>, notation: Notation, depth: usize) -> Plain {
    match &node.value {
        Value::Null | Value::Alias(_) => Plain::Null,
        Value::Bool(value) => Plain::Bool(*value),
        Value::Number(number) => Plain::Number(number.parse().expect("a number")),
        Value::Text(text) => Plain::Text(text.to_string()),
        Value::List(items) => {
            let is_kept =
                |item: &&Node<'_>| notation != Notation::Toml || !matches!(item.value, Value::Null);
            let items = items.iter().filter(is_kept);
            // What stands in a list is never named by the writer.
            Plain::List(items.map(|item| meaning(item, notation, 100)).collect())
        }
        Value::Map(entries) => {
            let entries = entries.iter().filter_map(|entry| {
                let is_null = matches!(entry.value.value, Value::Null);
                let value = match (is_null && notation == Notation::Toml, depth) {
                    (true, 1) => Plain::Map(BTreeMap::new()),
                    (true, _) => return None,
                    _ => meaning(&entry.value, notation, depth + 1),
                };
                Some((entry.key.to_string(), value))
            });
            Plain::Map(entries.collect())
        }
    }
}

/// What our own reader makes of a text; `like` says what a plain scalar of YAML is for.
fn own(node: &tree::Node<'_>, like: &Plain) -> Plain {
    match (&node.value, like) {
        (tree::Value::Empty | tree::Value::Null, _) => Plain::Null,
        (tree::Value::Bool(value), _) => Plain::Bool(*value),
        (tree::Value::Number(number), _) => Plain::Number(number.parse().expect("a number")),
        (tree::Value::Plain(text), Plain::Number(_)) => {
            Plain::Number(text.parse().expect("a number"))
        }
        (tree::Value::Plain(text), Plain::Bool(_)) => Plain::Bool(text == "true"),
        (tree::Value::Plain(text) | tree::Value::Text(text), _) => Plain::Text(text.to_string()),
        (tree::Value::List(items), Plain::List(like)) if items.len() == like.len() => Plain::List(
            items
                .iter()
                .zip(like)
                .map(|(item, like)| own(item, like))
                .collect(),
        ),
        (tree::Value::Map(entries), Plain::Map(like)) => {
            let entries = entries.iter().map(|entry| {
                let like = like.get(entry.key.value.as_ref()).unwrap_or(&Plain::Null);
                (entry.key.value.to_string(), own(&entry.value, like))
            });
            Plain::Map(entries.collect())
        }
        (other, _) => panic!("{other:?} for {like:?}"),
    }
}

fn of_yaml(value: serde_yaml::Value) -> Plain {
    use serde_yaml::Value as Y;
    match value {
        Y::Null => Plain::Null,
        Y::Bool(value) => Plain::Bool(value),
        Y::Number(number) => Plain::Number(number.as_f64().expect("a number")),
        Y::String(text) => Plain::Text(text),
        Y::Sequence(items) => Plain::List(items.into_iter().map(of_yaml).collect()),
        Y::Mapping(entries) => {
            let entries = entries.into_iter().map(|(key, value)| {
                let key = match key {
                    Y::Number(number) => number.to_string(),
                    Y::String(text) => text,
                    other => panic!("the key {other:?}"),
                };
                (key, of_yaml(value))
            });
            Plain::Map(entries.collect())
        }
        Y::Tagged(tagged) => panic!("a tag: {tagged:?}"),
    }
}

fn of_toml(value: toml::Value) -> Plain {
    use toml::Value as T;
    match value {
        T::Boolean(value) => Plain::Bool(value),
        T::Integer(number) => Plain::Number(number as f64),
        T::Float(number) => Plain::Number(number),
        T::String(text) => Plain::Text(text),
        T::Array(items) => Plain::List(items.into_iter().map(of_toml).collect()),
        T::Table(entries) => Plain::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key, of_toml(value)))
                .collect(),
        ),
        T::Datetime(date) => panic!("a date: {date}"),
    }
}

fn of_json(value: serde_json::Value) -> Plain {
    use serde_json::Value as J;
    match value {
        J::Null => Plain::Null,
        J::Bool(value) => Plain::Bool(value),
        J::Number(number) => Plain::Number(number.as_f64().expect("a number")),
        J::String(text) => Plain::Text(text),
        J::Array(items) => Plain::List(items.into_iter().map(of_json).collect()),
        J::Object(entries) => Plain::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key, of_json(value)))
                .collect(),
        ),
    }
}

/// Checks that `node` reads back from every notation.
fn check(node: &Node<'_>) {
    for notation in NOTATIONS {
        let printed = text(node, notation);
        let expected = meaning(node, notation, 0);
        let sources = SourceMap::default();
        let origin = sources.add("printed", printed.clone());
        let mut findings = Diagnostics::default();
        let document = read(
            &sources,
            origin,
            notation,
            &Limits::default(),
            &mut findings,
        );
        let found: Vec<&str> = findings.iter().map(|finding| &*finding.message).collect();
        assert!(found.is_empty(), "{found:?} in\n{printed}");
        let empty = Plain::Map(BTreeMap::new());
        let root = document.root.as_ref();
        let ours = root.map_or(empty.clone(), |root| own(root, &expected));
        assert_eq!(ours, expected, "our own reader of\n{printed}");
        let wanted = match notation {
            Notation::Json => 0,
            _ => node.comments(),
        };
        assert_eq!(document.comments.len(), wanted, "comments of\n{printed}");
        let other = match notation {
            Notation::Yaml => serde_yaml::from_str(&printed)
                .map(of_yaml)
                .map_err(|e| e.to_string()),
            Notation::Toml => toml::from_str(&printed)
                .map(of_toml)
                .map_err(|e| e.to_string()),
            Notation::Json => serde_json::from_str(&printed)
                .map(of_json)
                .map_err(|e| e.to_string()),
        };
        let other = other.unwrap_or_else(|error| panic!("{error} in\n{printed}"));
        assert_eq!(other, expected, "another reader of\n{printed}");
    }
}

/// Text that some reader has taken for something else.
fn nasty() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "",
        "a",
        "word",
        " ",
        "  ",
        "\t",
        "\n",
        "\n\n",
        "\r",
        "\r\n",
        "\u{85}",
        "\u{2028}",
        "\u{2029}",
        "\u{feff}",
        "\0",
        "\u{7f}",
        "\u{9f}",
        "\u{1b}",
        "\u{a0}",
        "\u{ad}",
        "\u{200d}",
        "\u{202e}",
        "\u{fffe}",
        "\u{e0001}",
        "é",
        "日本語",
        "🐱",
        "👩‍🚀",
        "- ",
        "-",
        "? ",
        "?",
        ": ",
        ":",
        "#",
        " #",
        "# ",
        "%",
        "---",
        "...",
        "--- ",
        "&a",
        "*a",
        "!t",
        "|",
        ">",
        "'",
        "''",
        "'''",
        "\"",
        "\"\"\"",
        "\\",
        "\\n",
        "`",
        "@",
        "{",
        "}",
        "[",
        "]",
        ",",
        "=",
        "<<",
        "~",
        "null",
        "yes",
        "No",
        "on",
        "y",
        "true",
        "False",
        "0",
        "1",
        "-1",
        "+1",
        "1.0",
        "1e3",
        ".5",
        "5.",
        "0x1F",
        "0o17",
        "017",
        "1_000",
        "1:30",
        "1:30:00",
        ".inf",
        "-.INF",
        ".nan",
        "2026-11-01",
        "2026-11-01 10:00:00",
        "2026-11-01T10:00:00Z",
        "./a",
        "../a",
        "/",
        "(",
        "a: b",
        "a:",
        ":a",
        "a #b",
        "a#b",
        "key = 1",
        "[x]",
        "x.y",
        "mtp: allow(unused-token)",
        "$",
        "^",
    ]);
    let long = "(word |a |of wood, |: |  |# ){10,40}[a-z]";
    prop_oneof![
        6 => prop::collection::vec(pieces, 0..5).prop_map(|pieces| pieces.concat()),
        1 => long,
        1 => any::<String>(),
        2 => "[a-z]{1,12}",
    ]
}

fn comment() -> impl Strategy<Value = String> {
    // A comment is one line.
    nasty().prop_map(|text| text.replace('\n', " "))
}

fn lines() -> impl Strategy<Value = Vec<Line<'static>>> {
    let line = prop_oneof![
        3 => comment().prop_map(Line::from),
        1 => Just(Line::Empty),
    ];
    prop_oneof![6 => Just(Vec::new()), 1 => prop::collection::vec(line, 0..3)]
}

fn around(value: impl Strategy<Value = Value<'static>>) -> impl Strategy<Value = Node<'static>> {
    let beside =
        prop_oneof![6 => Just(None), 1 => comment().prop_map(|text| Some(Cow::Owned(text)))];
    let flags = (prop::bool::weighted(0.2), prop::bool::weighted(0.05));
    (value, lines(), beside, lines(), flags).prop_map(
        |(value, above, beside, below, (gap, unbroken))| Node {
            value,
            above,
            beside,
            below,
            gap,
            unbroken,
            anchor: None,
        },
    )
}

fn map_of(value: impl Strategy<Value = Node<'static>>) -> impl Strategy<Value = Value<'static>> {
    prop::collection::vec((nasty(), value), 0..5).prop_map(|entries| {
        let mut kept: Vec<Entry<'static>> = Vec::new();
        for (key, value) in entries {
            if !kept.iter().any(|entry| entry.key == key) {
                kept.push(Entry::new(key, value));
            }
        }
        Value::Map(kept)
    })
}

fn node() -> impl Strategy<Value = Node<'static>> {
    let number = prop::sample::select(vec![
        "0",
        "-0",
        "5",
        "-17",
        "0.5",
        "-1.5",
        "1e3",
        "1.5E-3",
        "9007199254740993",
        "1.0E+2",
    ]);
    let scalar = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => number.prop_map(|number| Value::Number(Cow::Borrowed(number))),
        6 => nasty().prop_map(|text| Value::Text(Cow::Owned(text))),
    ];
    let nested = around(scalar).prop_recursive(5, 60, 5, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List);
        prop_oneof![around(list), around(map_of(inner))]
    });
    around(map_of(nested))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_printed_reads_back(node in node()) {
        check(&node);
    }

    #[test]
    fn what_is_read_is_printed_the_same_again(node in node()) {
        let node = broken(node);
        for notation in NOTATIONS {
            let read_and_printed = |printed: &str| {
                let sources = SourceMap::default();
                let origin = sources.add("printed", printed.to_owned());
                let mut findings = Diagnostics::default();
                let document = read(&sources, origin, notation, &Limits::default(), &mut findings);
                let notations = (notation, notation);
                let node = from_document(&document, &sources, origin, notations, &mut findings);
                node.map(|node| {
                    assert_eq!(node.comments(), document.comments.len(), "comments of\n{printed}");
                    text(&node, notation)
                })
            };
            // What was made up need not be what anybody reads: the second time it is.
            if let Some(printed) = read_and_printed(&text(&node, notation)) {
                let again = read_and_printed(&printed).unwrap_or_default();
                assert_eq!(printed, again);
            }
        }
    }

    #[test]
    fn every_text_reads_back_wherever_it_stands(key in nasty(), text in nasty()) {
        let text = || Node::from(Value::Text(Cow::Owned(text.clone())));
        let entry = |key: &str, value| Entry::new(key.to_owned(), value);
        let list = || Node::from(Value::List(vec![text(), text()]));
        let map = || Node::from(Value::Map(vec![entry(&key, text())]));
        let samples = Node::from(Value::List(vec![map(), map()]));
        let inner = Node::from(Value::Map(vec![entry("a", text()), entry("b", list()), entry("c", samples), entry("d", map())]));
        check(&Value::Map(vec![entry("x", Value::Map(vec![entry("y", inner)]).into())]).into());
    }
}

/// The node without lines that are kept whole, which is not to be seen in a text.
fn broken(mut node: Node<'static>) -> Node<'static> {
    node.unbroken = false;
    node.value = match node.value {
        Value::List(items) => Value::List(items.into_iter().map(broken).collect()),
        Value::Map(entries) => {
            let entries = entries.into_iter();
            let entries = entries.map(|entry| Entry {
                value: broken(entry.value),
                ..entry
            });
            Value::Map(entries.collect())
        }
        value => value,
    };
    node
}

/// 256 cases, or as many as `PROPTEST_CASES` says; nothing is written on a failure.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
