//! The specs that are edited, and places in them.

use crate::client::{Client, range};
use crate::common::command::folder_with;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A spec in which nothing is wrong.
pub(crate) const SPEC: &str = "\
name: garden
inputs: 1
context:
  - Ключ лежит под 🫥 порогом.
  - Two.
  - Three.
  - Four.
  - Five.
  - Six.
  - Seven.
  - Eight.
  - Nine.
  - Ten.
tokens:
  Visitor: Somebody who asks
  Keeper: { key: \"🐱\", desc: The keeper }
  Bye: { type: final }
token_sets:
  asks: [Visitor]
instructions:
  ask:
    input: [asks]
    output: [Keeper]
    final: Bye
    samples:
      - { input: [When?], output: Now. }
      - { input: [Where?], output: Here., final: Bye }
      - { input: [Why?], output: Because. }
";

/// The place of a text in another, as line and column of UTF-8, and the place behind it.
pub(crate) fn place(text: &str, part: &str) -> ((usize, usize), (usize, usize)) {
    let at = text.find(part).expect("the part");
    let position = |at: usize| {
        let line = text[..at].matches('\n').count();
        (line, at - text[..at].rfind('\n').map_or(0, |at| at + 1))
    };
    (position(at), position(at + part.len()))
}

pub(crate) fn at(path: &Path, text: &str, part: &str) -> Value {
    let ((line, column), _) = place(text, part);
    Client::at(path, line, column)
}

/// A change of one part of a text.
pub(crate) fn change(text: &str, part: &str, new: &str) -> Value {
    let (from, to) = place(text, part);
    json!([{ "range": range(from, to), "text": new }])
}

pub(crate) fn spec_in_folder() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = folder_with(&[("spec.yaml", SPEC), ("mtp.toml", "")]);
    let folder_path = folder.path().canonicalize().expect("a folder");
    (folder, folder_path.join("spec.yaml"))
}

/// A spec over several files.
pub(crate) fn harbour() -> (tempfile::TempDir, std::path::PathBuf) {
    let files = [
        "harbour.yaml",
        "parts/words.yaml",
        "parts/customs-desk.yaml",
        "data/berths.jsonl",
        "data/duties.csv",
    ];
    let texts = files
        .map(|name| std::fs::read_to_string(Path::new("specs/split").join(name)).expect("a file"));
    let pairs: Vec<(&str, &str)> = files
        .iter()
        .copied()
        .zip(texts.iter().map(String::as_str))
        .collect();
    let folder = folder_with(&pairs);
    std::fs::write(folder.path().join("mtp.toml"), "").expect("a file");
    let path = folder.path().canonicalize().expect("a folder");
    (folder, path)
}

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}

/// What is offered at the `^` in a text.
pub(crate) fn offered(client: &mut Client, path: &Path, text: &str) -> Vec<(String, Value)> {
    let plain = text.replace('^', "");
    client.did_change(path, json!([{ "text": plain }]));
    let result = client.result("textDocument/completion", at(path, text, "^"));
    let items = result.as_array().expect("a list").iter();
    items
        .map(|item| {
            (
                item["label"].as_str().expect("a label").to_owned(),
                item.clone(),
            )
        })
        .collect()
}

pub(crate) const WORDS: &str = "tokens:\n  Visitor:\n  Keeper:\n  Bye: { type: final }\n";

/// A spec that reads the words.
pub(crate) fn spec(name: &str, more: &str) -> String {
    format!(
        "name: {name}\ninputs: 1\ninclude: words.yaml\ncontext: [a, b, c, d, e, f, g, h, i, j]\n\
         instructions:\n  ask:\n    input: [[Visitor]]\n    output: [Keeper]\n    final: Bye\n{more}\
         \x20   samples:\n      - {{ input: [a], output: b }}\n      - {{ input: [c], output: d }}\n\
         \x20     - {{ input: [e], output: f }}\n"
    )
}

pub(crate) fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let folder = folder_with(files);
    let path = folder.path().canonicalize().expect("a folder");
    (folder, path)
}

/// The place of the `^` in a text.
pub(crate) fn at_mark(path: &Path, text: &str) -> Value {
    let before = &text[..text.find('^').expect("a place")];
    let line = before.matches('\n').count();
    Client::at(
        path,
        line,
        before.len() - before.rfind('\n').map_or(0, |at| at + 1),
    )
}

/// The labels of what is offered at the `^` in a text, and what is written for the first.
pub(crate) fn labels_at(client: &mut Client, path: &Path, text: &str) -> (Vec<String>, Value) {
    client.did_change(path, json!([{ "text": text.replace('^', "") }]));
    let result = client.result("textDocument/completion", at_mark(path, text));
    let items = result.as_array().expect("a list");
    let label = |item: &Value| item["label"].as_str().expect("a label").to_owned();
    let first = items
        .first()
        .map(|item| item["textEdit"]["newText"].clone());
    (items.iter().map(label).collect(), first.unwrap_or_default())
}
