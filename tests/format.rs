//! `mtp fmt`: cases in `tests/format/`, each a file and its layout beside it, and what
//! holds for any text: it means the same, it builds to the same bytes, no comment, anchor
//! or alias is lost, and what is laid out once is laid out the same again.
//!
//! `MTP_BLESS=1 cargo test --test format` rewrites the expectations. One mutant of five
//! is tried, and all with `MTP_ALL_MUTANTS=1`.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]
#![allow(
    clippy::single_range_in_vec_init,
    reason = "places are lists of ranges, often of one"
)]

mod common;
#[allow(dead_code, reason = "places are not looked at here")]
#[path = "mutations/mutants.rs"]
mod mutants;

use common::command::{folder_with, mtp, run, run_with_input};
use common::entries;
use common::made::make;
use mtp::Options;
use mtp::diagnostics::Diagnostics;
use mtp::format::{Formatted, format};
use mtp::source::SourceMap;
use mtp::syntax::tree::Notation;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A text laid out; `None` if it cannot be read.
fn laid_out(name: &str, text: &str) -> Option<String> {
    let sources = SourceMap::default();
    let origin = sources.add(name, text.to_owned());
    let notation = Notation::of_path(name).expect("a notation");
    let mut findings = Diagnostics::default();
    match format(&sources, origin, notation, &mut findings) {
        Formatted::Text(text) => Some(text),
        Formatted::Refused => {
            assert!(
                findings.iter().next().is_some(),
                "refused for nothing: {name}"
            );
            None
        }
        Formatted::Changed => panic!("{name} would not mean the same:\n{text}"),
    }
}

/// Lays out a text and checks that a second time changes nothing.
fn check(name: &str, text: &str) -> Option<String> {
    let once = laid_out(name, text)?;
    let twice = laid_out(name, &once).unwrap_or_else(|| panic!("{name} is broken:\n{once}"));
    assert!(once == twice, "{name}, once:\n{once}\nand twice:\n{twice}");
    Some(once)
}

/// Checks that a spec builds to the same bytes and has the same findings after.
fn check_build(path: &str, text: &str, laid_out: &str) {
    let options = Options::default();
    let (before, after) = (make(path, text, &options), make(path, laid_out, &options));
    assert!(
        before.built == after.built,
        "{path} builds to something else:\n{laid_out}"
    );
    let rules = |found: &[(&'static str, usize, String)]| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (rule, _, _) in found {
            *counts.entry(rule).or_default() += 1;
        }
        counts
    };
    assert_eq!(
        rules(&before.findings),
        rules(&after.findings),
        "{path}: {}\n{}\n{laid_out}",
        before.said,
        after.said
    );
}

/// Every file below a folder that is YAML, TOML or JSON.
fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            let name = path.to_string_lossy();
            if path.is_dir() {
                folders.push(path);
            } else if Notation::of_path(&name).is_some() && !name.ends_with("mtp.toml") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_case_is_laid_out_as_expected() {
    let mut failures = Vec::new();
    let cases = files("tests/format");
    assert!(cases.len() > 8, "only {} cases were found", cases.len());
    for case in cases {
        let name = case.to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&case).expect("UTF-8");
        let found = check(&name, &text).unwrap_or_else(|| "cannot be read\n".to_owned());
        failures.extend(common::blessed(&case, "laid-out", &found));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_spec_means_the_same_and_is_laid_out_the_same_again() {
    let mut count = 0;
    for folder in [
        "specs",
        "tests/compile",
        "tests/diagnostics",
        "src/cli/init",
    ] {
        for path in files(folder) {
            let name = path.to_string_lossy().into_owned();
            let Ok(text) = std::fs::read_to_string(&path) else {
                continue;
            };
            if name.ends_with("_model.json") || name.ends_with("_template.json") {
                continue;
            }
            if let Some(laid_out) = check(&name, &text) {
                check_build(&name, &text, &laid_out);
                count += 1;
            }
        }
    }
    assert!(count > 300, "only {count} specs were found");
}

#[test]
fn what_this_project_shows_is_laid_out() {
    for path in files("specs").into_iter().chain(files("src/cli/init")) {
        let name = path.to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("UTF-8");
        let wanted = check(&name, &text).unwrap_or_else(|| panic!("{name} cannot be read"));
        assert!(text == wanted, "`mtp fmt {name}` would change it");
    }
}

/// A text as another program writes the same values: of the layout nothing is left.
fn written_anew(text: &str, is_flow: bool) -> String {
    let value: serde_yaml::Value = serde_yaml::from_str(text).expect("YAML");
    match is_flow {
        true => serde_json::to_string(&value).expect("JSON"),
        false => serde_yaml::to_string(&value).expect("YAML"),
    }
}

/// Cases whose values the other program does not keep: how numbers are spelled, what is a
/// name only to us, characters that it cannot write.
const NOT_KEPT: [&str; 8] = [
    "/final-num-values/",
    "/float-bounds/",
    "/yaml-number-spellings/",
    "/yaml-names-as-written/",
    "/control-characters/",
    "/guardrail-text-escapes/",
    "/multi-classifier-quotes/",
    "/repr-escapes-in-states/",
];

#[test]
fn two_writings_of_a_spec_become_one() {
    let (mut count, mut failures) = (0, Vec::new());
    for folder in ["specs", "tests/compile"] {
        for path in files(folder) {
            let name = path.to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            // Comments, empty lines and anchors stay where they are, which is what may differ.
            let lines = text.lines().filter(|line| {
                let line = line.trim_start();
                !line.is_empty() && !line.starts_with('#')
            });
            let text: String = lines.map(|line| format!("{line}\n")).collect();
            let is_plain = name.ends_with(".yaml")
                && !text.contains(" &")
                && !text.contains(" #")
                && !NOT_KEPT.iter().any(|case| name.contains(case));
            let Some(once) = is_plain.then(|| laid_out(&name, &text)).flatten() else {
                continue;
            };
            for is_flow in [false, true] {
                let anew = written_anew(&text, is_flow);
                let Some(again) = laid_out(&name, &anew) else {
                    failures.push(format!("{name}: cannot be read:\n{anew}"));
                    continue;
                };
                if once != again {
                    failures.push(format!("{name}:\n{anew}\nbecomes\n{again}\nnot\n{once}"));
                }
            }
            count += 1;
        }
    }
    assert!(count > 50, "only {count} specs were found");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn documents_of_any_shape_are_laid_out_the_same_again() {
    let mut count = 0;
    for folder in ["tests/syntax", "tests/convert"] {
        for path in files(folder) {
            let name = path.to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path);
            count += usize::from(text.is_ok_and(|text| check(&name, &text).is_some()));
        }
    }
    assert!(count > 50, "only {count} documents were found");
}

#[test]
fn mutants_are_laid_out_the_same_again() {
    let step = match std::env::var_os("MTP_ALL_MUTANTS") {
        Some(_) => 1,
        None => 5,
    };
    let mut all = Vec::new();
    for path in files("specs") {
        let name = path.to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("UTF-8");
        let mutants = mutants::of(&name, &text).into_iter();
        all.extend(
            mutants
                .map(|mutant| (name.clone(), mutant.text))
                .step_by(step),
        );
    }
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let count = |part: &[(String, String)]| {
        let read = part
            .iter()
            .filter(|(name, text)| check(name, text).is_some());
        read.count()
    };
    let count: usize = std::thread::scope(|scope| {
        let parts = all.chunks(all.len().div_ceil(threads).max(1));
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || count(part))).collect();
        let counts = threads
            .into_iter()
            .map(|thread| thread.join().expect("a thread that ends"));
        counts.sum()
    });
    assert!(count > 1000, "only {count} mutants could be read");
}

/// What is added to a line of a text.
#[derive(Clone, Copy, Debug)]
enum Added {
    Nothing,
    /// A comment above, so far to the right of the line or to the left of it.
    Above(usize),
    /// A comment at the end.
    Beside,
    /// A comment that silences a rule.
    Silencing,
    /// An empty line above.
    Empty,
}

fn added() -> impl Strategy<Value = Added> {
    prop_oneof![
        20 => Just(Added::Nothing),
        1 => (0..9usize).prop_map(Added::Above),
        1 => Just(Added::Beside),
        1 => Just(Added::Silencing),
        1 => Just(Added::Empty),
    ]
}

/// A text with something added to its lines.
fn with(text: &str, added: &[Added]) -> String {
    let mut result = String::new();
    for (number, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        match added.get(number % added.len().max(1)) {
            Some(Added::Above(column)) => {
                let spaces = " ".repeat((indent + column).saturating_sub(4));
                result += &format!("{spaces}# above {number}\n");
            }
            Some(Added::Empty) => result.push('\n'),
            _ => {}
        }
        result += line;
        match added.get(number % added.len().max(1)) {
            Some(Added::Beside) => result += &format!(" # beside {number}"),
            Some(Added::Silencing) => result += "  # mtp: allow(long-text)",
            _ => {}
        }
        result.push('\n');
    }
    result
}

/// 64 cases, or as many as `PROPTEST_CASES` says; nothing is written on a failure.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: cases.and_then(|cases| cases.parse().ok()).unwrap_or(64),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn comments_stay_wherever_they_stand(added in prop::collection::vec(added(), 1..90)) {
        for name in [
            "tests/format/anchors.yaml",
            "tests/format/key-order.yaml",
            "tests/convert/comments/spec.yaml",
            "specs/traffic-light.yaml",
            "specs/wonderland.yaml",
            "specs/wonderland.toml",
            "tests/format/numbers.toml",
            "tests/convert/editor-line-toml/spec.toml",
        ] {
            let text = std::fs::read_to_string(name).expect("UTF-8");
            // Not every place takes a comment: such as those within a text.
            check(name, &with(&text, &added));
        }
    }
}

const UNTIDY: &str = "inputs: 1\nname:   x # mine\n";
const TIDY: &str = "name: x # mine\ninputs: 1\n";

#[test]
fn files_are_written_over_and_counted() {
    let folder = folder_with(&[
        ("a.yaml", UNTIDY),
        ("b.yaml", TIDY),
        ("c.toml", "name = \"x\"\n"),
    ]);
    let at = |name: &str| folder.path().join(name);
    let mut command = mtp(&["fmt", "a.yaml", "b.yaml", "c.toml"]);
    let (code, out, err) = run(command.current_dir(folder.path()));
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (0, "", "Laid out 1 file. 2 files are as wanted.\n")
    );
    assert_eq!(std::fs::read_to_string(at("a.yaml")).expect("a file"), TIDY);
    assert_eq!(std::fs::read_to_string(at("b.yaml")).expect("a file"), TIDY);
}

#[test]
fn in_a_folder_only_specs_and_fragments_are_taken() {
    let fragment = "tokens:   {A: }\n";
    let other = "other:   [1]\n";
    let emitted = "{\"$schema\":   \"https://mtp.schemas.databiomes.com/x.json\"}\n";
    let folder = folder_with(&[
        ("spec.yaml", "tokens:   {A: }\nname: x\n"),
        ("parts/words.yaml", fragment),
        ("other.yaml", other),
        ("x_model.json", emitted),
        ("mtp.toml", "[build]\nout_dir   = \"out\"\n"),
    ]);
    let (code, _, err) = run(mtp(&["fmt"]).current_dir(folder.path()));
    assert_eq!((code, err.as_str()), (0, "Laid out 2 files.\n"));
    let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a file");
    assert_eq!(text("parts/words.yaml"), "tokens:\n  A:\n");
    assert_eq!(text("other.yaml"), other);
    assert_eq!(text("x_model.json"), emitted);
    let (code, _, err) = run(mtp(&["fmt", "x_model.json"]).current_dir(folder.path()));
    assert_eq!(code, 2);
    assert!(err.contains("not a spec"), "{err}");
}

#[test]
fn check_and_diff_change_nothing() {
    let folder = folder_with(&[("a.yaml", UNTIDY), ("b.yaml", TIDY)]);
    let fmt = |arguments: &[&str]| {
        let mut command = mtp(arguments);
        let told = run(command.current_dir(folder.path()));
        let left = std::fs::read_to_string(folder.path().join("a.yaml")).expect("a file");
        assert_eq!(left, UNTIDY);
        told
    };
    let (code, out, err) = fmt(&["fmt", "--check", "a.yaml", "b.yaml"]);
    assert_eq!((code, out.as_str()), (1, "a.yaml\n"));
    assert_eq!(err, "Would lay out 1 file. 1 file is as wanted.\n");
    let (code, out, _) = fmt(&["fmt", "--diff", "a.yaml"]);
    assert_eq!(code, 1);
    assert!(
        out.contains("-name:   x # mine\n") && out.contains("+name: x # mine\n"),
        "{out}"
    );
    let (code, out, err) = fmt(&["fmt", "--check", "b.yaml", "-q"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""));
}

#[test]
fn standard_input_goes_to_standard_output() {
    let (code, out, err) = run_with_input(&mut mtp(&["fmt", "-"]), UNTIDY.as_bytes());
    assert_eq!((code, out.as_str(), err.as_str()), (0, TIDY, ""));
    let (code, out, _) = run_with_input(&mut mtp(&["fmt", "-", "--check"]), UNTIDY.as_bytes());
    assert_eq!((code, out.as_str()), (1, "stdin.yaml\n"));
    let mut command = mtp(&["fmt", "-", "--stdin-filename", "x.toml"]);
    let (code, out, _) = run_with_input(&mut command, b"inputs=0x10\nname='x'\n");
    assert_eq!((code, out.as_str()), (0, "name = \"x\"\ninputs = 0x10\n"));
}

#[test]
fn a_broken_file_is_left_alone_and_told_of() {
    let broken = "name: [x\n";
    let folder = folder_with(&[("a.yaml", broken), ("b.yaml", UNTIDY)]);
    let (code, out, err) = run(mtp(&["fmt", "a.yaml", "b.yaml"]).current_dir(folder.path()));
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("syntax") && err.contains("a.yaml"), "{err}");
    assert!(
        err.ends_with("Laid out 1 file. 1 file cannot be read.\n"),
        "{err}"
    );
    let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a file");
    assert_eq!(
        (text("a.yaml").as_str(), text("b.yaml").as_str()),
        (broken, TIDY)
    );
    let bytes = b"name: \xff\n";
    std::fs::write(folder.path().join("a.yaml"), bytes).expect("a file");
    let (code, _, err) = run(mtp(&["fmt", "a.yaml"]).current_dir(folder.path()));
    assert_eq!(code, 1);
    assert!(err.contains("UTF-8"), "{err}");
}

#[test]
fn what_cannot_be_laid_out_is_told() {
    let folder = folder_with(&[("a.csv", "input,output\n")]);
    let fmt = |arguments: &[&str]| run(mtp(arguments).current_dir(folder.path()));
    let (code, _, err) = fmt(&["fmt", "a.csv"]);
    assert_eq!(code, 2);
    assert!(err.contains("only YAML, TOML and JSON"), "{err}");
    let (code, _, err) = fmt(&["fmt", "missing.yaml"]);
    assert_eq!(code, 2);
    assert!(err.contains("no such file"), "{err}");
    let (code, _, err) = fmt(&["fmt"]);
    assert_eq!(code, 2);
    assert!(err.contains("nothing to lay out"), "{err}");
    let (code, _, _) = fmt(&["fmt", "--allow-empty"]);
    assert_eq!(code, 0);
    assert!(!Path::new("stdin.yaml").exists());
}
