//! What every file of the project has to be, whatever it holds.

#![allow(clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod common;

use common::entries;
use mtp::diagnostics::RULES;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The most lines of a file in `src/`.
const LINES: usize = 500;

/// Every Rust file below `src/` with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path)
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                found.push((path, text));
            }
        }
    }
    assert!(found.len() > 50, "only {} files were found", found.len());
    found
}

/// The lines of a text that are no comments, with their numbers from 1.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[test]
fn every_module_opens_with_what_it_is_for() {
    for (path, text) in sources() {
        // A file that is generated says so first.
        let mut lines = text
            .lines()
            .skip_while(|line| line.is_empty() || line.starts_with("// "));
        let is_opened = lines.next().is_some_and(|line| line.starts_with("//! "));
        assert!(is_opened, "{} does not open with `//!`", path.display());
    }
}

#[test]
fn no_file_is_too_long() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(
            lines <= LINES,
            "{} has {lines} lines, more than {LINES}",
            path.display()
        );
    }
}

/// The modules of `src/lib.rs`, in order.
fn modules(lib: &str) -> Vec<&str> {
    lib.lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect()
}

/// The modules that a line names behind `crate::`.
fn named(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => list
                .split(',')
                .map(str::trim)
                .map(first_word)
                .collect::<Vec<_>>(),
            None => vec![first_word(rest)],
        })
}

fn first_word(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    &text[..end]
}

#[test]
fn a_module_uses_only_those_before_it() {
    const FOR_ALL: [&str; 2] = ["source", "diagnostics"];
    let lib = std::fs::read_to_string("src/lib.rs").expect("a file");
    let order = modules(&lib);
    assert!(order.len() > 8, "{order:?}");
    assert_eq!(order.last(), Some(&"cli"), "the command line comes last");
    let mut failures = Vec::new();
    for (path, text) in sources() {
        let own = path
            .iter()
            .nth(1)
            .map(|part| part.to_string_lossy().trim_end_matches(".rs").to_owned());
        let Some(own) = own.filter(|own| order.contains(&own.as_str())) else {
            continue;
        };
        let place = order.iter().position(|module| *module == own);
        for (number, line) in code(&text) {
            for module in named(line).filter(|module| *module != own && !FOR_ALL.contains(module)) {
                // What is no module is an item of lib.rs, which stands below those that serve people.
                let other = order.iter().position(|known| *known == module);
                let is_wrong = match other {
                    Some(_) => other >= place,
                    None => own != "lsp",
                };
                if is_wrong && own != "cli" {
                    failures.push(format!(
                        "{}:{number}: `{own}` uses `crate::{module}`",
                        path.display()
                    ));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn sources_know_nothing_of_findings_and_findings_only_of_sources() {
    for (path, text) in sources() {
        let allowed: &[&str] = match path.iter().nth(1).and_then(|part| part.to_str()) {
            Some("source") => &["source"],
            Some("diagnostics") => &["source", "diagnostics"],
            _ => continue,
        };
        for (number, line) in code(&text) {
            for module in named(line) {
                assert!(
                    allowed.contains(&module),
                    "{}:{number}: uses `crate::{module}`",
                    path.display()
                );
            }
        }
    }
}

/// The files of the rules, by the module's name.
fn rule_files(ending: &str) -> BTreeSet<String> {
    let files = entries(Path::new("src/diagnostics")).into_iter();
    let files = files.filter(|path| path.extension().is_some_and(|other| other == ending));
    files
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect()
}

#[test]
fn every_rule_is_a_page_a_file_and_a_line_in_the_list() {
    let listed: BTreeSet<String> = RULES
        .iter()
        .map(|rule| rule.name.replace('-', "_"))
        .collect();
    assert_eq!(listed.len(), RULES.len(), "a rule is listed twice");
    assert_eq!(rule_files("md"), listed, "the pages against the list");
    let code = rule_files("rs");
    let missing: Vec<&String> = listed.difference(&code).collect();
    assert!(missing.is_empty(), "rules without a file: {missing:?}");
    for name in code.difference(&listed) {
        let text = std::fs::read_to_string(format!("src/diagnostics/{name}.rs")).expect("a file");
        let is_rule = text.contains("static RULE: Rule");
        assert!(
            !is_rule,
            "src/diagnostics/{name}.rs is a rule that is not listed"
        );
    }
}

/// The public functions of a text that give a finding.
fn wordings(text: &str) -> impl Iterator<Item = &str> {
    let functions = text.match_indices("fn ").filter_map(|(at, _)| {
        let is_public = text[..at].ends_with("pub ") || text[..at].ends_with("pub(super) ");
        is_public.then(|| &text[at + "fn ".len()..])
    });
    let gives_a_finding = |function: &&str| {
        let signature = function
            .split_once('{')
            .map(|(signature, _)| signature.trim_end());
        signature.is_some_and(|signature| signature.ends_with("-> Diagnostic"))
    };
    functions.filter(gives_a_finding).map(first_word)
}

#[test]
fn every_wording_of_a_rule_is_used() {
    let listed: BTreeSet<String> = RULES
        .iter()
        .map(|rule| rule.name.replace('-', "_"))
        .collect();
    let is_rule = |path: &Path| {
        path.parent() == Some(Path::new("src/diagnostics"))
            && path
                .file_stem()
                .is_some_and(|stem| listed.contains(stem.to_string_lossy().as_ref()))
    };
    let sources = sources();
    let mut unused = Vec::new();
    for name in &listed {
        let text = std::fs::read_to_string(format!("src/diagnostics/{name}.rs")).expect("a file");
        let functions: Vec<&str> = wordings(&text).collect();
        assert!(
            !functions.is_empty(),
            "src/diagnostics/{name}.rs says nothing"
        );
        for function in functions {
            let is_used = sources
                .iter()
                .filter(|(path, _)| !is_rule(path))
                .any(|(_, text)| {
                    let alias = text.split(&format!("{name} as ")).nth(1).map(first_word);
                    let called = |module: &str| text.contains(&format!("{module}::{function}("));
                    called(name) || alias.is_some_and(called)
                });
            if !is_used {
                unused.push(format!("{name}::{function}"));
            }
        }
    }
    assert!(unused.is_empty(), "nothing emits {unused:?}");
}

#[test]
fn only_validation_makes_something_valid() {
    for (path, text) in sources() {
        if path == Path::new("src/validate/mod.rs") {
            continue;
        }
        for (number, line) in code(&text) {
            let made = line
                .match_indices("Valid(")
                .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
            assert!(!made, "{}:{number}: makes a `Valid`", path.display());
        }
    }
}

#[test]
fn the_schema_of_specs_knows_the_rules() {
    let schema = std::fs::read_to_string("schemas/spec.json").expect("a file");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let rules = &schema["properties"]["rules"];
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let listed: BTreeSet<String> = rules["propertyNames"]["enum"]
        .as_array()
        .expect("a list")
        .iter()
        .map(text)
        .collect();
    let known: BTreeSet<String> = RULES.iter().map(|rule| rule.name.to_owned()).collect();
    assert_eq!(listed, known, "all ids");
    let settable: BTreeSet<String> = rules["properties"]
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    let unlocked: BTreeSet<String> = RULES
        .iter()
        .filter(|rule| !rule.locked)
        .map(|rule| rule.name.to_owned())
        .collect();
    assert_eq!(settable, unlocked, "the ids that a level can be given to");
    for rule in RULES.iter().filter(|rule| !rule.locked) {
        // As a `default`, editors would write all of them where somebody completes `rules`.
        let about = text(&rules["properties"][rule.name]["description"]);
        let expected = match rule.severity {
            mtp::diagnostics::Severity::Error => " An error unless it is set here.",
            mtp::diagnostics::Severity::Warning => " A warning unless it is set here.",
        };
        assert!(about.ends_with(expected), "{}: {about}", rule.name);
    }
}

#[test]
fn the_licences_are_those_of_the_manifest() {
    let manifest: toml::Table =
        toml::from_str(&std::fs::read_to_string("Cargo.toml").expect("a file")).expect("TOML");
    assert_eq!(
        manifest["package"]["license"].as_str(),
        Some("MIT OR Apache-2.0")
    );
    for (file, first) in [
        ("LICENSE-MIT", "MIT License"),
        ("LICENSE-APACHE", "Apache License"),
    ] {
        let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(
            text.trim_start().starts_with(first),
            "{file} opens with something else"
        );
    }
}
