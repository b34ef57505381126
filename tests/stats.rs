//! `mtp stats`: what it counts, and how it shows it.
//!
//! A case is a spec in `tests/stats/`, or a folder with a `spec.*`; beside it stand what is
//! printed for people and as JSON.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::{blessed, entries, spec_of};
use mtp::source::{Disk, SourceMap};
use mtp::stats::Stats;
use mtp::{Options, Taken};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn mtp(arguments: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_mtp"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("a command that runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

#[test]
fn cases_are_shown_as_expected() {
    let cases = entries(Path::new("tests/stats"));
    let is_case = |path: &PathBuf| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        path.is_dir() || matches!(ending, Some("yaml" | "toml"))
    };
    let cases: Vec<PathBuf> = cases.into_iter().filter(is_case).collect();
    assert!(cases.len() >= 3, "{cases:?}");
    let mut failures = Vec::new();
    for case in cases {
        let spec = spec_of(&case);
        let spec = spec.to_str().expect("a path");
        for (more, ending) in [(&[][..], "txt"), (&["--json"][..], "json")] {
            let (code, stdout, stderr) = mtp(&[&["stats", spec], more].concat());
            assert_eq!((code, stderr.as_str()), (0, ""), "{spec}");
            failures.extend(blessed(&case, ending, &stdout));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The numbers of a spec that is valid.
fn stats(spec: &Path) -> Stats {
    let sources = SourceMap::default();
    let bytes = std::fs::read(spec).expect("a file");
    let options = Options::default();
    let outcome = mtp::check(&sources, &Disk, spec, bytes, Taken::AsSpec, &options);
    let protocol = outcome
        .protocol
        .unwrap_or_else(|| panic!("{}: {:?}", spec.display(), outcome.diagnostics));
    mtp::stats::of(&protocol)
}

/// Every case of `tests/compile/`: a spec, and the model file that the reference made of it.
fn compiled() -> Vec<(PathBuf, Value)> {
    let cases = entries(Path::new("tests/compile")).into_iter();
    let specs = cases.filter(|case| {
        let name = case.file_name().expect("a name").to_string_lossy();
        !name.starts_with('_')
    });
    let read = |case: PathBuf| {
        let model = std::fs::read_to_string(case.join("model.json")).expect("a file");
        let model = serde_json::from_str(&model).expect("JSON");
        (spec_of(&case), model)
    };
    specs.map(read).collect()
}

fn length(value: &Value) -> usize {
    value.as_array().map_or(0, Vec::len)
}

#[test]
fn numbers_are_those_of_the_reference() {
    let compiled = compiled();
    assert!(compiled.len() > 90, "only {} cases", compiled.len());
    for (spec, model) in compiled {
        let stats = stats(&spec);
        let shown = spec.display();
        assert_eq!(stats.context, length(&model["context"]), "{shown}");
        let sets = model["instruction"]["sets"].as_array().expect("a list");
        assert_eq!(stats.instructions.len(), sets.len(), "{shown}");
        let mut results: BTreeMap<String, usize> = BTreeMap::new();
        for (instruction, set) in stats.instructions.iter().zip(sets) {
            if let Some(name) = set["name"].as_str() {
                assert_eq!(instruction.name, name, "{shown}");
            }
            assert_eq!(instruction.samples, length(&set["samples"]), "{shown}");
            assert_eq!(instruction.context, length(&set["context"]), "{shown}");
            for sample in set["samples"].as_array().into_iter().flatten() {
                let result = sample["result"].as_str().expect("text");
                *results.entry(result.to_owned()).or_default() += 1;
            }
            // However samples are spread, each is counted once.
            let parts = [&instruction.finals, &instruction.states];
            let parts = parts
                .into_iter()
                .chain(instruction.labels.iter().map(|l| &l.values));
            for part in parts.filter(|part| !part.is_empty()) {
                let sum: usize = part.iter().map(|entry| entry.samples).sum();
                assert_eq!(sum, instruction.samples, "{shown}: {part:?}");
            }
        }
        for token in &stats.tokens {
            let ends = results.get(&format!("{}_", token.name)).copied();
            assert_eq!(token.samples, ends.unwrap_or(0), "{shown}: {}", token.name);
            let is_in_model = model["tokens"].get(format!("{}_", token.name)).is_some();
            if is_in_model {
                assert!(
                    !token.unused && token.instructions > 0,
                    "{shown}: {}",
                    token.name
                );
            }
        }
    }
}

#[test]
fn a_spec_with_errors_has_findings_and_others_their_numbers() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let bad = folder.path().join("bad.yaml");
    std::fs::write(&bad, "name: bad\ninputs: 1\ntokens: { A: , B: }\n").expect("a file");
    let bad = bad.to_str().expect("a path");
    let (code, stdout, stderr) = mtp(&["stats", bad, "specs/wonderland.yaml", "--json"]);
    assert_eq!(code, 1, "{stderr}");
    assert!(
        stderr.contains("no-instructions") && stderr.contains("bad.yaml:1:1"),
        "{stderr}"
    );
    let run: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(run["version"], 1);
    assert_eq!(length(&run["specs"]), 1);
    assert_eq!(run["specs"][0]["file"], "specs/wonderland.yaml");
}

#[test]
fn what_is_no_spec_ends_with_2() {
    let model = "tests/compile/_specs/wonderland/model.json";
    for arguments in [
        &["stats", "none.yaml"][..],
        &["stats", "specs"],
        &["stats", model],
        &["stats"],
    ] {
        let (code, stdout, stderr) = mtp(arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}: {stderr}");
    }
}

#[test]
fn lines_have_80_columns_at_most() {
    use unicode_width::UnicodeWidthStr;
    for case in entries(Path::new("tests/stats")) {
        if case.extension().is_some_and(|ending| ending == "txt") {
            let text = std::fs::read_to_string(&case).expect("a file");
            for line in text.lines() {
                assert!(line.width() <= 80, "{}: {line}", case.display());
            }
        }
    }
}
