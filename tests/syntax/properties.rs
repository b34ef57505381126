//! What holds for any text, and what two readers agree on.

use super::{cases, walk, with};
use mtp::diagnostics::Diagnostics;
use mtp::source::{Origin, SourceMap, Span};
use mtp::syntax::tree::{Document, Node, Notation, Value};
use proptest::prelude::*;
use std::borrow::Cow;

/// Every span is in the file and on character boundaries, and borrowed text stands there.
fn sound(sources: &SourceMap, origin: Origin, document: &Document, findings: &Diagnostics) {
    let whole = sources.whole(origin);
    let check = |span: Span| {
        assert!(span.start <= span.end);
        assert!(whole.get(span.range()).is_some(), "{span:?} in {whole:?}");
        assert!(sources.place(span).is_some());
    };
    let borrowed = |text: &Cow<str>, span: Span| {
        if let Cow::Borrowed(text) = text
            && !text.is_empty()
        {
            let raw = &whole[span.range()];
            assert!(
                raw.contains(text) || whole.contains(text),
                "{text:?} in {raw:?}"
            );
            let range = whole.as_bytes().as_ptr_range();
            assert!(
                range.contains(&text.as_ptr()),
                "{text:?} is not of the file"
            );
        }
    };
    if let Some(root) = &document.root {
        walk(root, &mut |node| {
            check(node.span);
            match &node.value {
                Value::Text(text) | Value::Plain(text) => borrowed(text, node.span),
                Value::Map(entries) => {
                    for (n, entry) in entries.iter().enumerate() {
                        check(entry.key.span);
                        borrowed(&entry.key.value, entry.key.span);
                        assert!(
                            entries[..n]
                                .iter()
                                .all(|other| other.key.value != entry.key.value)
                        );
                    }
                }
                _ => {}
            }
        });
    }
    for comment in &document.comments {
        check(comment.span);
        assert!(whole[comment.span.range()].starts_with('#'));
    }
    for finding in findings.iter() {
        check(finding.span);
        finding.labels.iter().for_each(|label| check(label.span));
    }
}

const NOTATIONS: [Notation; 3] = [Notation::Yaml, Notation::Toml, Notation::Json];

fn sound_everywhere(text: &str) {
    for notation in NOTATIONS {
        with(text, notation, sound);
    }
}

#[test]
fn cut_and_changed_cases_are_read_soundly() {
    let signs = [
        "\n", " ", "\t", "\"", "'", "[", "}", ":", "- ", "#", "&a ", "*a", "|", ",", "\\", "\u{0}",
        "é", "= ", "\r",
    ];
    for notation in ["yaml", "toml", "json"] {
        for path in cases(notation) {
            let text = std::fs::read_to_string(&path).unwrap();
            let kind = Notation::of_path(path.to_str().unwrap()).unwrap();
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            for (n, at) in places.iter().enumerate() {
                with(&text[..*at], kind, sound);
                let sign = signs[n % signs.len()];
                with(
                    &format!("{}{sign}{}", &text[..*at], &text[*at..]),
                    kind,
                    sound,
                );
                let rest = text[*at..].chars().skip(1).collect::<String>();
                with(&format!("{}{rest}", &text[..*at]), kind, sound);
            }
            with(&format!("\u{feff}{text}"), kind, sound);
            with(&text.replace('\n', "\r\n"), kind, sound);
        }
    }
}

/// The values alone.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Shape>),
    Map(Vec<(String, Shape)>),
}

impl Shape {
    fn json(&self) -> String {
        match self {
            Shape::Null => "null".into(),
            Shape::Bool(value) => value.to_string(),
            Shape::Number(number) => number.clone(),
            Shape::Text(text) => serde_json::to_string(text).unwrap(),
            Shape::List(items) => {
                format!(
                    "[{}]",
                    items.iter().map(Shape::json).collect::<Vec<_>>().join(", ")
                )
            }
            Shape::Map(entries) => {
                let entry = |(key, value): &(String, Shape)| {
                    format!("{}: {}", serde_json::to_string(key).unwrap(), value.json())
                };
                format!(
                    "{{{}}}",
                    entries.iter().map(entry).collect::<Vec<_>>().join(", ")
                )
            }
        }
    }

    fn toml(&self) -> String {
        match self {
            Shape::Null => "\"\"".into(),
            Shape::List(items) => {
                format!(
                    "[{}]",
                    items.iter().map(Shape::toml).collect::<Vec<_>>().join(", ")
                )
            }
            Shape::Map(entries) => {
                let entry = |(key, value): &(String, Shape)| {
                    format!("{} = {}", serde_json::to_string(key).unwrap(), value.toml())
                };
                format!(
                    "{{{}}}",
                    entries.iter().map(entry).collect::<Vec<_>>().join(", ")
                )
            }
            other => other.json().replace('\u{7f}', "\\u007f"),
        }
    }

    /// The shape of a tree. What YAML leaves plain is what JSON would make of it.
    pub(super) fn of(node: &Node) -> Shape {
        match &node.value {
            Value::Null | Value::Empty | Value::Broken => Shape::Null,
            Value::Other(_) | Value::Alias(_) | Value::Taken(_) => Shape::Null,
            Value::Bool(value) => Shape::Bool(*value),
            Value::Number(number) => Shape::Number(number.to_string()),
            Value::Text(text) => Shape::Text(text.to_string()),
            Value::Plain(text) => match &**text {
                "null" => Shape::Null,
                "true" => Shape::Bool(true),
                "false" => Shape::Bool(false),
                number => Shape::Number(number.to_owned()),
            },
            Value::List(items) => Shape::List(items.iter().map(Shape::of).collect()),
            Value::Map(entries) => Shape::Map(
                entries
                    .iter()
                    .map(|entry| (entry.key.value.to_string(), Shape::of(&entry.value)))
                    .collect(),
            ),
        }
    }

    fn without_null(self) -> Shape {
        match self {
            Shape::Null => Shape::Text(String::new()),
            Shape::List(items) => Shape::List(items.into_iter().map(Shape::without_null).collect()),
            Shape::Map(entries) => Shape::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key, value.without_null()))
                    .collect(),
            ),
            other => other,
        }
    }
}

fn shapes() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        Just(Shape::Null),
        any::<bool>().prop_map(Shape::Bool),
        any::<i32>().prop_map(|n| Shape::Number(n.to_string())),
        (-1e6..1e6f64).prop_map(|n| Shape::Number(format!("{n:?}"))),
        text().prop_map(Shape::Text),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Shape::List),
            prop::collection::vec((text(), inner), 0..6).prop_map(|mut entries| {
                let mut seen = std::collections::BTreeSet::new();
                entries.retain(|(key, _)| seen.insert(key.clone()));
                Shape::Map(entries)
            }),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z<>:#&*!| -]{0,12}",
        prop::collection::vec(
            any::<char>().prop_filter("a character YAML allows", |c| !forbidden(*c)),
            0..8
        )
        .prop_map(|characters| characters.into_iter().collect()),
    ]
}

fn forbidden(c: char) -> bool {
    matches!(
        c,
        '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    ) || (c.is_control() && c > '\u{1f}')
}

fn shape_of(text: &str, notation: Notation) -> Shape {
    with(text, notation, |_, _, document, findings| {
        let messages: Vec<_> = findings.iter().map(|finding| &finding.message).collect();
        assert!(messages.is_empty(), "{messages:?} in {text}");
        document.root.as_ref().map_or(Shape::Null, Shape::of)
    })
}

/// The same by the crate `yaml_serde`.
pub(super) fn by_serde(value: &serde_yaml::Value) -> Shape {
    match value {
        serde_yaml::Value::Null => Shape::Null,
        serde_yaml::Value::Bool(value) => Shape::Bool(*value),
        serde_yaml::Value::Number(number) => Shape::Number(number.to_string()),
        serde_yaml::Value::String(text) => Shape::Text(text.clone()),
        serde_yaml::Value::Sequence(items) => Shape::List(items.iter().map(by_serde).collect()),
        serde_yaml::Value::Mapping(entries) => {
            let text = |key: &serde_yaml::Value| match by_serde(key) {
                Shape::Text(text) | Shape::Number(text) => text,
                Shape::Bool(value) => value.to_string(),
                Shape::Null => "null".to_owned(),
                other => format!("{other:?}"),
            };
            Shape::Map(
                entries
                    .iter()
                    .map(|(key, value)| (text(key), by_serde(value)))
                    .collect(),
            )
        }
        serde_yaml::Value::Tagged(tagged) => by_serde(&tagged.value),
    }
}

/// Plain text that is no number stays text for `yaml_serde`.
pub(super) fn like_serde(shape: Shape) -> Shape {
    match shape {
        Shape::Number(text) => match serde_yaml::from_str::<serde_yaml::Value>(&text) {
            Ok(serde_yaml::Value::Number(number)) => Shape::Number(number.to_string()),
            Ok(serde_yaml::Value::Null) => Shape::Null,
            Ok(serde_yaml::Value::Bool(value)) => Shape::Bool(value),
            _ => Shape::Text(text),
        },
        Shape::List(items) => Shape::List(items.into_iter().map(like_serde).collect()),
        Shape::Map(entries) => Shape::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key, like_serde(value)))
                .collect(),
        ),
        other => other,
    }
}

#[test]
fn yaml_cases_mean_what_another_reader_says() {
    let mut compared = 0;
    for path in cases("yaml") {
        let text = std::fs::read_to_string(&path).unwrap();
        let ours = with(&text, Notation::Yaml, |_, _, document, findings| {
            let clean = findings.iter().next().is_none();
            document.root.as_ref().filter(|_| clean).map(Shape::of)
        });
        let Some(ours) = ours else { continue };
        let Ok(mut theirs) = serde_yaml::from_str::<serde_yaml::Value>(&text) else {
            continue;
        };
        // It merges one level at a time.
        if (0..3).any(|_| theirs.apply_merge().is_err()) {
            continue;
        }
        if path
            .file_stem()
            .is_some_and(|name| name == "literal-at-end")
        {
            // libyaml ends the last line of a block only if the file does; the test suite
            // of YAML has it (L24T) as we do, so that nothing hangs on the end of a file.
            continue;
        }
        let ours = sorted(like_serde(ours));
        assert_eq!(ours, sorted(by_serde(&theirs)), "{}", path.display());
        compared += 1;
    }
    assert!(compared >= 15, "{compared}");
}

/// The order of merged keys differs between readers.
pub(super) fn sorted(shape: Shape) -> Shape {
    match shape {
        Shape::List(items) => Shape::List(items.into_iter().map(sorted).collect()),
        Shape::Map(entries) => {
            let mut entries: Vec<_> = entries
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Shape::Map(entries)
        }
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_soundly(text in any::<String>()) {
        sound_everywhere(&text);
    }

    #[test]
    fn text_of_signs_is_read_soundly(text in "[\\[\\]{}:,#&*!|>'\"%@`?\\-\\\\=.<\\n\\r\\t 0-9a-c_é😀]{0,60}") {
        sound_everywhere(&text);
    }

    #[test]
    fn lines_of_signs_are_read_soundly(lines in prop::collection::vec("( {0,4})(- |\\? )?(&a |\\*a |!t )?([a-c]{1,2}|\"[a-c\\\\n]{0,3}\"?|'[a-c']{0,3}'?)?(: |:| = |=)?(\\[|\\{|\\||>|>-|[a-c1]{1,3}|\\*a|\"\"\"|<<: \\*a)?( #.{0,3})?", 0..12)) {
        sound_everywhere(&lines.join("\n"));
    }

    #[test]
    fn every_notation_gives_the_same_tree(shape in shapes()) {
        let json = shape.json();
        prop_assert_eq!(&shape_of(&json, Notation::Json), &shape);
        prop_assert_eq!(&shape_of(&json, Notation::Yaml), &shape);
        let toml = shape.clone().without_null();
        let read = shape_of(&format!("x = {}", toml.toml()), Notation::Toml);
        prop_assert_eq!(read, Shape::Map(vec![("x".to_owned(), toml)]));
    }

    #[test]
    fn yaml_in_blocks_means_the_same(shape in shapes()) {
        let value: serde_json::Value = serde_json::from_str(&shape.json()).unwrap();
        let text = serde_yaml::to_string(&value).unwrap();
        // The other writer does not quote it, so it merges.
        prop_assume!(!text.contains("<<:"));
        let theirs: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        prop_assert_eq!(sorted(like_serde(shape_of(&text, Notation::Yaml))), sorted(by_serde(&theirs)), "{}", text);
    }
}
