//! Model and template files, validated: `tests/emitted/RULE/` holds files that break
//! one rule, `tests/emitted/good/` files that break none, and every output that is
//! committed in `tests/compile/` has to be free of errors.
//!
//! Beside a file stands `….expected`, as in `tests/diagnostics/`; `MTP_BLESS=1 cargo
//! test` rewrites it. That the reference's own examples pass is shown live by
//! `tests/reference/emitted.py`.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::{Case, blessed, cases, entries, findings};
use mtp::Options;
use mtp::Taken;
use mtp::diagnostics::Severity;
use mtp::load::Kind;
use mtp::source::{Disk, SourceMap};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const FOLDER: &str = "tests/emitted";

#[test]
fn every_broken_file_is_reported_at_its_place() {
    let mut failures = Vec::new();
    let mut count = 0;
    for Case { rule, path } in cases(FOLDER) {
        let found = findings(&path);
        let rules: BTreeSet<&str> = found.iter().map(|finding| finding.rule).collect();
        let expected = if rule == "good" {
            BTreeSet::new()
        } else {
            BTreeSet::from([rule.as_str()])
        };
        if rules != expected {
            failures.push(format!(
                "{}: expected {expected:?}, found {rules:?}",
                path.display()
            ));
        }
        if rule != "good" {
            count += 1;
            let shown: String = found.iter().map(|finding| finding.shown.as_str()).collect();
            failures.extend(blessed(&path, "expected", &shown));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count > 100, "only {count} broken files were found");
}

/// The outputs below a folder.
fn outputs(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in entries(folder) {
        if path.is_dir() {
            outputs(&path, found);
        } else if path
            .file_name()
            .is_some_and(|name| name == "model.json" || name == "template.json")
        {
            found.push(path);
        }
    }
}

#[test]
fn no_output_has_an_error() {
    let mut all = Vec::new();
    outputs(Path::new("tests/compile"), &mut all);
    assert!(all.len() > 200, "only {} outputs were found", all.len());
    let mut failures = Vec::new();
    for path in all {
        let errors = findings(&path)
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error);
        failures.extend(errors.map(|finding| format!("{}: {}", path.display(), finding.shown)));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_file_that_is_come_across_is_left_alone() {
    let path = Path::new("tests/emitted/invalid-value/memory.json");
    let look = |taken| {
        let bytes = std::fs::read(path).expect("a file that can be read");
        let sources = SourceMap::default();
        let outcome = mtp::check(&sources, &Disk, path, bytes, taken, &Options::default());
        assert!(outcome.protocol.is_none());
        (outcome.kind, outcome.diagnostics.len())
    };
    assert_eq!(look(Taken::IfSpec), (Kind::Emitted, 0));
    assert_eq!(look(Taken::AsSpec), (Kind::Emitted, 1));
}

fn run(arguments: &[&str], input: Option<&Path>) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mtp"));
    command.args(arguments).env_remove("NO_COLOR");
    let stdin = input.map_or(Stdio::null(), |path| {
        std::fs::File::open(path).expect("a file").into()
    });
    let output = command.stdin(stdin).output().expect("a command that runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (
        output.status.code().unwrap_or(-1),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_named_file_counts_as_checked() {
    let (code, stdout, stderr) = run(
        &[
            "validate",
            "tests/emitted/good/model.json",
            "tests/emitted/good/template.json",
        ],
        None,
    );
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    assert!(stderr.starts_with("Checked 2 "), "{stderr}");
    let broken = Path::new("tests/emitted/invalid-value/memory.json");
    let (code, stdout, _) = run(
        &[
            "validate",
            "--output-format",
            "short",
            &broken.to_string_lossy(),
        ],
        None,
    );
    assert_eq!(code, 1);
    assert!(
        stdout.contains("error[invalid-value]: `memory` has to be 3"),
        "{stdout}"
    );
}

#[test]
fn standard_input_is_read_the_same() {
    for case in [
        "invalid-value/memory.json",
        "wrong-type/key-null.json",
        "wrong-type/inputs-text.json",
    ] {
        let path = Path::new(FOLDER).join(case);
        let (code, from_file, _) = run(
            &[
                "validate",
                "--output-format",
                "short",
                &path.to_string_lossy(),
            ],
            None,
        );
        assert_eq!(code, 1);
        let (code, from_input, _) =
            run(&["validate", "--output-format", "short", "-"], Some(&path));
        assert_eq!(code, 1);
        let shown = path.to_string_lossy();
        assert_eq!(from_file.replace(&*shown, "stdin.yaml"), from_input);
    }
}

#[test]
fn nothing_is_built_from_such_a_file() {
    for name in ["model", "template"] {
        let path = format!("tests/emitted/good/{name}.json");
        let (code, stdout, stderr) = run(&["build", "--stdout", &path], None);
        assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
        assert!(
            stderr.contains("is a model or template file, not a spec"),
            "{stderr}"
        );
    }
}
