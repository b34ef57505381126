//! The JSON Schemas in `schemas/`: every committed output passes the one of its version,
//! every example spec passes the spec's, and what our decoder refuses by shape fails it. `spec_schemas.rs` looks at specs more closely.
//!
//! That their verdicts agree with the reference's own schemas is shown live by
//! `tests/reference/schemas.py`.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::entries;
use jsonschema::Validator;
use mtp::diagnostics::Diagnostics;
use mtp::print::{self, from_document};
use mtp::source::SourceMap;
use mtp::syntax::tree::Notation;
use mtp::syntax::{Limits, read as read_text};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn read(path: &Path) -> Value {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn validator(path: &str) -> Validator {
    jsonschema::validator_for(&read(Path::new(path)))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The committed outputs of a kind.
fn outputs(name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from("tests/compile")];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|file| file == name) {
                found.push(path);
            }
        }
    }
    found
}

/// The version that a file's `$schema` names, such as `2.0.1`.
fn version(value: &Value) -> String {
    let schema = value["$schema"].as_str().unwrap_or_default();
    let stem = schema
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .trim_end_matches(".json");
    stem.split('_').skip(1).collect::<Vec<_>>().join(".")
}

#[test]
fn every_output_passes_the_schema_of_its_version() {
    for (name, folder) in [
        ("model.json", "schemas/model"),
        ("template.json", "schemas/template"),
    ] {
        let schemas: Vec<(String, Validator)> = entries(Path::new(folder))
            .iter()
            .map(|path| {
                let stem = path
                    .file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                (stem, validator(&path.to_string_lossy()))
            })
            .collect();
        let outputs = outputs(name);
        assert!(outputs.len() > 100, "only {} files {name}", outputs.len());
        for path in outputs {
            let value = read(&path);
            let version = version(&value);
            let schema = schemas.iter().find(|(known, _)| *known == version);
            let (_, schema) =
                schema.unwrap_or_else(|| panic!("{}: no schema for {version}", path.display()));
            let errors: Vec<String> = schema
                .iter_errors(&value)
                .map(|error| error.to_string())
                .collect();
            assert!(errors.is_empty(), "{}: {errors:?}", path.display());
        }
    }
}

#[test]
fn every_spec_in_json_or_toml_passes_the_schema_of_specs() {
    let schema = validator("schemas/spec.json");
    let mut count = 0;
    let compile = entries(Path::new("tests/compile"))
        .into_iter()
        .filter(|path| path.is_dir());
    let folders = compile.chain([PathBuf::from("specs")]);
    for path in folders.flat_map(|folder| entries(&folder)) {
        let is_output = path
            .file_stem()
            .is_some_and(|stem| stem == "model" || stem == "template");
        let value = match path.extension().and_then(|ending| ending.to_str()) {
            Some("json") if !is_output => read(&path),
            Some("toml") => {
                let text = std::fs::read_to_string(&path).expect("a file that can be read");
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
            }
            _ => continue,
        };
        let is_samples = value.get("tokens").is_none() && value.get("instructions").is_none();
        if is_samples {
            continue;
        }
        count += 1;
        let errors: Vec<String> = schema
            .iter_errors(&value)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{}: {errors:?}", path.display());
    }
    assert!(count > 60, "only {count} specs were found");
}

#[test]
fn faults_of_shape_fail_the_schema_and_the_decoder() {
    let schema = validator("schemas/spec.json");
    let base = read(Path::new("specs/wonderland.json"));
    let faults: [(&str, Value); 14] = [
        ("/name", json!(5)),
        ("/inputs", json!("two")),
        ("/inputs", json!(0)),
        ("/format", json!("3.0")),
        ("/encrypt", json!("yes")),
        ("/context", json!("one line")),
        ("/context/0", json!([])),
        ("/tokens/Cat", json!({"kind": "token"})),
        ("/tokens/Cat", json!({"min": 1})),
        ("/tokens/Cat", json!({"type": "number"})),
        ("/tokens/Cat", json!({"type": "num"})),
        ("/rules", json!({"unused-token": "loud"})),
        ("/instructions", json!([])),
        (
            "/guardrails",
            json!({"g": {"good_prompt": "a", "bad_prompt": "b", "bad_output": "c"}}),
        ),
    ];
    assert!(schema.is_valid(&base));
    for (pointer, value) in faults {
        let mut spec = base.clone();
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        let place = spec
            .pointer_mut(parent)
            .unwrap_or_else(|| panic!("no {parent}"));
        match place {
            Value::Object(map) => {
                map.insert(key.to_owned(), value);
            }
            Value::Array(list) => list[key.parse::<usize>().expect("an index")] = value,
            _ => panic!("{parent} is a scalar"),
        }
        assert!(!schema.is_valid(&spec), "the schema takes {pointer}");
        let sources = mtp::source::SourceMap::default();
        let outcome = mtp::check(
            &sources,
            &mtp::source::Disk,
            Path::new("spec.json"),
            spec.to_string().into_bytes(),
            mtp::Taken::AsSpec,
            &mtp::Options::default(),
        );
        assert!(outcome.protocol.is_none(), "the decoder takes {pointer}");
    }
}

/// A text as JSON; `None` if it cannot be read.
fn as_json(name: &str, text: &str) -> Option<Value> {
    let sources = SourceMap::default();
    let origin = sources.add(name, text.to_owned());
    let notation = Notation::of_path(name)?;
    let mut findings = Diagnostics::default();
    let document = read_text(
        &sources,
        origin,
        notation,
        &Limits::default(),
        &mut findings,
    );
    let to = (notation, Notation::Json);
    let node = from_document(&document, &sources, origin, to, &mut findings)?;
    findings.iter().next().is_none().then(|| {
        let text = print::text(&node, Notation::Json);
        serde_json::from_str(&text).expect("JSON")
    })
}

#[test]
fn every_spec_and_every_part_of_one_passes_the_schema_of_specs() {
    let schema = validator("schemas/spec.json");
    let mut count = 0;
    for folder in ["specs", "specs/split", "specs/split/parts", "src/cli/init"] {
        for path in entries(Path::new(folder)) {
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() || Notation::of_path(&name).is_none() || name.ends_with("mtp.toml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            let value = as_json(&name, &text).expect("a spec");
            let errors = schema.iter_errors(&value).map(|error| error.to_string());
            let errors: Vec<String> = errors.collect();
            assert!(errors.is_empty(), "{name}: {errors:?}");
            count += 1;
        }
    }
    assert!(count > 10, "only {count} specs were found");
}

#[test]
fn every_key_of_the_schema_is_described_and_shown() {
    let schema = read(Path::new("schemas/spec.json"));
    let follow = |value: &Value| match value["$ref"].as_str() {
        Some(target) => schema.pointer(&target[1..]).cloned().unwrap_or_default(),
        None => Value::Null,
    };
    let mut left = vec![("".to_owned(), schema.clone())];
    let mut keys = 0;
    while let Some((path, value)) = left.pop() {
        let Value::Object(map) = &value else {
            left.extend(
                value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|item| (path.clone(), item.clone())),
            );
            continue;
        };
        for (name, child) in map {
            // What a condition says of a key is no description of it.
            if ["if", "then", "else", "not", "examples", "enum"].contains(&name.as_str()) {
                continue;
            }
            if name == "properties" {
                for (key, key_value) in child.as_object().into_iter().flatten() {
                    let own = follow(key_value);
                    let has = |what: &str| !key_value[what].is_null() || !own[what].is_null();
                    assert!(has("description"), "{path}/{key} has no description");
                    let is_map = has("properties") || has("additionalProperties");
                    let is_open = ["examples", "enum", "default"].iter().any(|what| has(what));
                    let has_items = key_value["items"]["$ref"].is_string() || key == "samples";
                    assert!(
                        is_open || is_map || has_items,
                        "{path}/{key} has no example"
                    );
                    keys += 1;
                }
            }
            left.push((format!("{path}/{name}"), child.clone()));
        }
    }
    assert!(keys > 60, "only {keys} keys were found");
}
