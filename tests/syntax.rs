//! Reading YAML, TOML and JSON into the tree: every case of `tests/syntax/NOTATION` as a
//! dump of its nodes and findings, and properties that hold for any text.
//!
//! `MTP_BLESS=1 cargo test --test syntax` rewrites the expectations.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "syntax/dump.rs"]
mod dump;
#[path = "syntax/inside.rs"]
mod inside;
#[path = "syntax/limits.rs"]
mod limits;
#[path = "syntax/properties.rs"]
mod properties;
#[path = "syntax/suites.rs"]
mod suites;

use mtp::diagnostics::Diagnostics;
use mtp::source::{Origin, SourceMap};
use mtp::syntax::tree::{Document, Node, Notation, Value};
use mtp::syntax::{Limits, read, read_json_part};
use std::path::{Path, PathBuf};

/// A text and what was read from it.
fn with<T>(
    text: &str,
    notation: Notation,
    look: impl FnOnce(&SourceMap, Origin, &Document, &Diagnostics) -> T,
) -> T {
    let sources = SourceMap::default();
    let origin = sources.add("case", text.to_owned());
    let mut findings = Diagnostics::default();
    let document = read(
        &sources,
        origin,
        notation,
        &Limits::default(),
        &mut findings,
    );
    look(&sources, origin, &document, &findings)
}

/// Calls `look` with every node.
fn walk<'d, 's>(node: &'d Node<'s>, look: &mut impl FnMut(&'d Node<'s>)) {
    look(node);
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| walk(item, look)),
        Value::Map(entries) => entries.iter().for_each(|entry| walk(&entry.value, look)),
        _ => {}
    }
}

/// The case files of a notation, sorted.
fn cases(notation: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/syntax")
        .join(notation);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending != "expected"))
        .collect();
    files.sort();
    files
}

fn check(notation: &str) {
    let bless = std::env::var_os("MTP_BLESS").is_some();
    let mut wrong = Vec::new();
    let files = cases(notation);
    assert!(!files.is_empty());
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let kind = Notation::of_path(path.to_str().unwrap()).unwrap();
        let found = with(&text, kind, dump::dump);
        let expectation = path.with_extension("expected");
        if bless {
            std::fs::write(&expectation, &found).unwrap();
        } else if std::fs::read_to_string(&expectation).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", path.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "not as expected (MTP_BLESS=1 rewrites):\n{}",
        wrong.join("\n")
    );
}

#[test]
fn yaml_cases() {
    check("yaml");
}

#[test]
fn toml_cases() {
    check("toml");
}

#[test]
fn json_cases() {
    check("json");
}

/// The documents of the YAML test suite that are read although they should not be, or not
/// read although they could be, each with why: `tests/syntax/yaml-test-suite/README.md`.
#[test]
fn the_yaml_test_suite_is_read_but_for_what_is_listed() {
    let folder = Path::new("tests/syntax/yaml-test-suite");
    let mut found = String::new();
    let mut count = 0;
    for kind in ["valid", "invalid"] {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder.join(kind))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        count += files.len();
        for path in files {
            let text = std::fs::read_to_string(&path).unwrap();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let told = with(&text, Notation::Yaml, |_, _, _, findings| {
                let message = findings.iter().map(|finding| finding.message.clone());
                message.into_iter().next()
            });
            match (kind, told) {
                ("valid", Some(why)) => found += &format!("{name}: refused: {why}\n"),
                ("invalid", None) => found += &format!("{name}: taken\n"),
                _ => {}
            }
        }
    }
    assert_eq!(count, 402);
    let list = folder.join("differences.txt");
    if std::env::var_os("MTP_BLESS").is_some() {
        std::fs::write(&list, &found).unwrap();
    }
    let listed = std::fs::read_to_string(&list).unwrap_or_default();
    assert_eq!(found, listed, "(MTP_BLESS=1 rewrites)");
}

#[test]
fn a_line_of_jsonl_is_read_with_spans_in_the_file() {
    let text = "{\"a\": 1}\n{\"a\": [tru]}\n\n{\"b\": 2}";
    let sources = SourceMap::default();
    let origin = sources.add("x.jsonl", text.to_owned());
    let mut findings = Diagnostics::default();
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split('\n') {
        let node = read_json_part(&sources, origin, at..at + line.len(), &mut findings);
        found.push(node.map(|node| sources.text(node.span)));
        at += line.len() + 1;
    }
    assert_eq!(found, [Some("{\"a\": 1}"), None, None, Some("{\"b\": 2}")]);
    let places: Vec<_> = findings
        .iter()
        .map(|finding| sources.text(finding.span))
        .collect();
    assert_eq!(places, ["tru"]);
}
