//! Every rule on its own cases: `tests/diagnostics/RULE/`.
//!
//! `bad*.yaml|toml|json` (or a folder `bad*` with a `spec.*` and what it names) breaks
//! the rule and nothing else; beside it stands `….expected`, with every finding as
//! line:column, the underlined text, the message, labels and help. `good*` has no
//! finding of the rule and no error. `MTP_BLESS=1 cargo test` rewrites the
//! expectations.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::{Case, blessed, cases, findings};
use mtp::diagnostics::{RULES, Severity};
use std::collections::BTreeSet;
use std::path::Path;

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
        if !bad(true) {
            missing.push(format!("{}: no bad case in YAML", rule.name));
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

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
