//! Every rule on its own cases: `tests/diagnostics/RULE/`.
//!
//! `bad*.yaml|toml|json` (or a folder `bad*` with a `spec.*` and what it names) breaks
//! the rule and nothing else; beside it stands `….expected`, with every finding as
//! line:column, the underlined text, the message, labels and help, and `….fixed`, the
//! file as it is once all fixes are made, where there are any. `good*` has no finding of
//! the rule and no error. `MTP_BLESS=1 cargo test` rewrites the expectations.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::{Case, blessed, cases, findings};
use mtp::diagnostics::{RULES, Severity};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const FOLDER: &str = "tests/diagnostics";

#[test]
fn every_bad_case_is_reported_at_its_place() {
    let mut failures = Vec::new();
    for Case { rule, path } in cases(FOLDER) {
        if !file_name(&path).starts_with("bad") {
            continue;
        }
        let found = findings(&path);
        let rules: BTreeSet<&str> = found.iter().map(|finding| finding.rule).collect();
        if rules != BTreeSet::from([rule.as_str()]) {
            failures.push(format!(
                "{}: expected {rule} alone, found {rules:?}",
                path.display()
            ));
        }
        let shown: String = found.iter().map(|finding| finding.shown.as_str()).collect();
        failures.extend(blessed(&path, "expected", &shown));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn no_good_case_breaks_its_rule() {
    let mut failures = Vec::new();
    for Case { rule, path } in cases(FOLDER) {
        if !file_name(&path).starts_with("good") {
            continue;
        }
        for finding in findings(&path) {
            if finding.rule == rule || finding.severity == Severity::Error {
                failures.push(format!("{}: {}", path.display(), finding.shown));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_rule_has_bad_cases_in_two_notations_and_a_good_one() {
    let mut missing = Vec::new();
    let all = cases(FOLDER);
    for rule in RULES {
        let of_rule = || {
            all.iter()
                .filter(|case| case.rule == rule.name)
                .map(|case| &case.path)
        };
        let notation = |path: &Path| {
            let spec = common::spec_of(path);
            spec.extension().is_some_and(|ending| ending == "yaml")
        };
        let bad = |yaml: bool| {
            of_rule().any(|path| file_name(path).starts_with("bad") && notation(path) == yaml)
        };
        let is_behind_unicode = |path: &PathBuf| {
            let found = findings(path);
            notation(path)
                && file_name(path).starts_with("bad")
                && found.iter().any(|found| found.behind_unicode)
        };
        if !bad(true) || !of_rule().any(is_behind_unicode) {
            let name = rule.name;
            missing.push(format!("{name}: no bad case in YAML behind non-ASCII text"));
        }
        if !bad(false) && rule.name != "unused-allow" {
            missing.push(format!("{}: no bad case in TOML or JSON", rule.name));
        }
        if !of_rule().any(|path| file_name(path).starts_with("good")) {
            missing.push(format!("{}: no good case", rule.name));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// What `mtp validate --fix --unsafe-fixes` makes of a case.
fn fixed(path: &Path) -> Option<(String, Vec<common::Found>)> {
    let folder = tempfile::TempDir::new().expect("a folder");
    let copy = folder.path().join(file_name(path));
    std::fs::copy(path, &copy).expect("a copy");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_mtp"));
    command.args(["validate", "--fix", "--unsafe-fixes", "-q"]);
    command.arg(&copy).output().expect("a command that runs");
    let text = std::fs::read_to_string(&copy).expect("a text");
    let left = common::findings(&copy);
    (text != std::fs::read_to_string(path).expect("a text")).then_some((text, left))
}

#[test]
fn what_can_be_fixed_is_fixed_and_nothing_else_changes() {
    let mut failures = Vec::new();
    let mut count = 0;
    for Case { path, .. } in cases(FOLDER) {
        if !path.is_file() || !findings(&path).iter().any(|found| found.fix) {
            continue;
        }
        count += 1;
        match fixed(&path) {
            None => failures.push(format!("{}: nothing was fixed", path.display())),
            Some((text, left)) => {
                failures.extend(blessed(&path, "fixed", &text));
                let open = left
                    .iter()
                    .filter(|found| found.fix || found.rule == "syntax");
                failures.extend(open.map(|found| format!("{}: {}", path.display(), found.shown)));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count > 30, "only {count} cases have fixes");
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
