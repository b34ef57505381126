//! `mtp convert`: cases in `tests/convert/CASE/`, each a source and what becomes of it in
//! every notation, and what holds for any spec: it means the same, it builds to the same
//! bytes, no comment is lost, and what is printed once is printed the same again.
//!
//! `MTP_BLESS=1 cargo test --test convert` rewrites the expectations.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::entries;
use mtp::diagnostics::Diagnostics;
use mtp::print::{self, from_document, is_same};
use mtp::source::{Disk, SourceMap};
use mtp::syntax::tree::Notation;
use mtp::syntax::{Limits, read};
use mtp::{Options, Taken, emit};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const NOTATIONS: [(Notation, &str); 3] = [
    (Notation::Yaml, "yaml"),
    (Notation::Toml, "toml"),
    (Notation::Json, "json"),
];

/// A text in another notation, and how many comments it has; or what was found.
fn convert(text: &str, from: Notation, to: Notation) -> Result<(String, usize), Vec<String>> {
    let sources = SourceMap::default();
    let origin = sources.add("case", text.to_owned());
    let mut findings = Diagnostics::default();
    let document = read(&sources, origin, from, &Limits::default(), &mut findings);
    let told = |findings: &Diagnostics| {
        let told = findings.iter().map(|finding| finding.message.to_string());
        told.collect::<Vec<_>>()
    };
    if findings.iter().next().is_some() {
        return Err(told(&findings));
    }
    let node = from_document(&document, &sources, origin, (from, to), &mut findings);
    let Some(node) = node else {
        return Err(told(&findings));
    };
    assert_eq!(
        node.comments(),
        document.comments.len(),
        "comments of\n{text}"
    );
    if print::is_empty(&node, to) {
        return Err(vec!["nothing would be left".to_owned()]);
    }
    let printed = print::text(&node, to);
    check_reread(&printed, to, &node);
    Ok((printed, document.comments.len()))
}

/// Checks that `printed` is read as `node`, and is printed the same again.
fn check_reread(printed: &str, notation: Notation, node: &print::Node<'_>) {
    let sources = SourceMap::default();
    let origin = sources.add("printed", printed.to_owned());
    let mut findings = Diagnostics::default();
    let document = read(
        &sources,
        origin,
        notation,
        &Limits::default(),
        &mut findings,
    );
    let notations = (notation, notation);
    let again = from_document(&document, &sources, origin, notations, &mut findings);
    let found: Vec<&str> = findings.iter().map(|finding| &*finding.message).collect();
    assert!(found.is_empty(), "{found:?} in\n{printed}");
    let again = again.unwrap_or_else(|| panic!("nothing in\n{printed}"));
    assert!(
        is_same(node, &again, notation),
        "another meaning:\n{printed}"
    );
    let comments = match notation {
        Notation::Json => 0,
        _ => node.comments(),
    };
    assert_eq!(document.comments.len(), comments, "comments of\n{printed}");
    let twice = print::text(&again, notation);
    assert!(
        printed == twice,
        "printed:\n{printed}\nand again:\n{twice}\n{}",
        difference(printed, &twice)
    );
}

fn difference(one: &str, other: &str) -> String {
    let mut lines = one.lines().zip(other.lines());
    match lines.find(|(one, other)| one != other) {
        Some((one, other)) => format!("{one:?} and {other:?}"),
        None => "one is longer".to_owned(),
    }
}

/// What a spec at `path` builds to, and its findings, if it held `text`.
fn build(path: &Path, text: &str) -> (Option<[Vec<u8>; 2]>, Vec<&'static str>) {
    let sources = SourceMap::default();
    let bytes = text.as_bytes().to_vec();
    let options = Options::default();
    let outcome = mtp::check(&sources, &Disk, path, bytes, Taken::AsSpec, &options);
    let built = outcome.protocol.as_ref().map(|protocol| {
        let (mut model, mut template) = (Vec::new(), Vec::new());
        emit::model(protocol, &mut model).expect("a model");
        emit::template(protocol, &mut template).expect("a template");
        [model, template]
    });
    let found = outcome.diagnostics.iter();
    // What an alias brings is told at the anchor alone, without it everywhere; and what is
    // said may depend on the notation.
    let mut found: Vec<_> = found.map(|one| one.rule.name).collect();
    found.sort();
    found.dedup();
    (built, found)
}

/// Every file below a folder that is YAML, TOML or JSON.
fn files(folder: &str) -> Vec<(PathBuf, Notation)> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if let Some(notation) = Notation::of_path(&path.to_string_lossy()) {
                found.push((path, notation));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn text_of(path: &Path) -> Option<String> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    String::from_utf8(bytes).ok()
}

#[test]
fn every_case_becomes_what_is_expected() {
    let mut failures = Vec::new();
    let cases = entries(Path::new("tests/convert"));
    assert!(cases.len() > 5, "only {} cases were found", cases.len());
    for case in cases {
        let source = common::spec_of(&case);
        let from = Notation::of_path(&source.to_string_lossy()).expect("a notation");
        let text = text_of(&source).expect("UTF-8");
        for (to, ending) in NOTATIONS {
            let (converted, _) = convert(&text, from, to)
                .unwrap_or_else(|told| panic!("{}: {told:?}", source.display()));
            failures.extend(common::blessed(&case.join("as"), ending, &converted));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_spec_builds_to_the_same_bytes_in_every_notation() {
    let mut count = 0;
    for folder in ["specs", "tests/compile"] {
        for (path, from) in files(folder) {
            let text = text_of(&path).expect("UTF-8");
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name == "model.json" || name == "template.json" {
                continue;
            }
            let (built, found) = build(&path, &text);
            for (to, ending) in NOTATIONS {
                let (converted, _) = convert(&text, from, to)
                    .unwrap_or_else(|told| panic!("{}: {told:?}", path.display()));
                if built.is_none() {
                    // A fragment, or a file of samples.
                    continue;
                }
                let beside = path.with_extension(ending);
                let (again, found_again) = build(&beside, &converted);
                assert!(
                    again == built,
                    "{} as {ending}:\n{converted}",
                    path.display()
                );
                let is_kept = to != Notation::Json || !text.contains("mtp: allow");
                if is_kept {
                    assert_eq!(found, found_again, "{} as {ending}", path.display());
                }
                count += 1;
            }
        }
    }
    assert!(count > 300, "only {count} conversions were compared");
}

#[test]
fn whatever_can_be_read_means_the_same_in_every_notation() {
    let mut count = 0;
    for folder in [
        "tests/diagnostics",
        "tests/syntax",
        "tests/emitted",
        "tests/report",
        "schemas",
    ] {
        for (path, from) in files(folder) {
            let Some(text) = text_of(&path) else { continue };
            for (to, _) in NOTATIONS {
                count += usize::from(convert(&text, from, to).is_ok());
            }
        }
    }
    assert!(count > 500, "only {count} conversions were made");
}

/// A comment that silences a finding silences it in the other notation, too.
#[test]
fn suppressions_stay_where_they_are_of_use() {
    let mut count = 0;
    for folder in ["tests/diagnostics", "tests/compile", "tests/convert"] {
        for (path, from) in files(folder) {
            let Some(text) = text_of(&path).filter(|text| text.contains("mtp: allow")) else {
                continue;
            };
            let (_, found) = build(&path, &text);
            for (to, ending) in NOTATIONS {
                if to == Notation::Json {
                    continue;
                }
                let Ok((converted, _)) = convert(&text, from, to) else {
                    continue;
                };
                let (_, again) = build(&path.with_extension(ending), &converted);
                assert_eq!(found, again, "{} as {ending}:\n{converted}", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 5, "only {count} conversions were compared");
}

#[test]
fn what_a_notation_cannot_say_is_refused() {
    let refused = |text: &str, from, to| convert(text, from, to).expect_err("a refusal");
    let null = refused("{\"context\": [null]}", Notation::Json, Notation::Toml);
    assert_eq!(null, ["expected a value that TOML can write, found null"]);
    let date = refused("name = 2026-11-01", Notation::Toml, Notation::Yaml);
    assert_eq!(date, ["expected text, found a date"]);
    let number = refused("{\"name\": 5}", Notation::Json, Notation::Yaml);
    assert_eq!(number, ["expected text, found a number"]);
    let infinite = refused("tokens: {A: {min: .inf}}", Notation::Yaml, Notation::Json);
    assert_eq!(infinite.len(), 1, "{infinite:?}");
    let scalar = refused("just a word", Notation::Yaml, Notation::Json);
    assert_eq!(scalar, ["expected a map or a list, found text"]);
    assert!(refused("# nothing", Notation::Yaml, Notation::Toml).is_empty());
}

/// What a line of a spec gets.
#[derive(Clone, Debug)]
enum Added {
    /// Nothing.
    No,
    /// A comment at its end.
    Beside,
    /// A comment before it, so many spaces in.
    Above(usize),
    /// An empty line before it.
    Empty,
}

fn added() -> impl Strategy<Value = Added> {
    prop_oneof![
        12 => Just(Added::No),
        1 => Just(Added::Beside),
        1 => (0..14usize).prop_map(Added::Above),
        1 => Just(Added::Empty),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn comments_are_kept_wherever_they_stand(
        added in prop::collection::vec(added(), 40..300),
        allows in any::<bool>(),
    ) {
        let word = if allows { "mtp: allow(long-text)" } else { "a comment" };
        let sources = [
            "specs/wonderland.yaml",
            "specs/wonderland.toml",
            "specs/traffic-light.yaml",
            "specs/support-tickets.yaml",
            "tests/convert/comments/spec.yaml",
            "tests/convert/order/spec.yaml",
            "tests/convert/editor-line-toml/spec.toml",
            "tests/compile/yaml-anchors-and-merge-keys/spec.yaml",
            "tests/compile/yaml-flow-only/spec.yaml",
        ];
        for path in sources {
            let from = Notation::of_path(path).expect("a notation");
            let text = text_of(Path::new(path)).expect("UTF-8");
            let mut changed = String::new();
            let mut number = 0;
            // How far what a text in a block belongs to is indented.
            let mut block = None;
            for (line, added) in text.lines().zip(added.iter().cycle()) {
                number += 1;
                let indent = line.len() - line.trim_start().len();
                let is_text = block.is_some_and(|owner| indent > owner || line.is_empty());
                if !is_text {
                    let line = line.split(" #").next().unwrap_or_default().trim_end();
                    let key = line.trim_start_matches([' ', '-']);
                    let owner = if key.contains(':') { line.len() - key.len() } else { indent };
                    block = [">-", "|-", ">", "|"]
                        .iter()
                        .any(|mark| line.ends_with(mark))
                        .then_some(owner);
                }
                let added = if is_text { &Added::No } else { added };
                match added {
                    Added::Above(indent) => {
                        changed += &format!("{:indent$}# {word} {number}\n", "");
                    }
                    Added::Empty => changed.push('\n'),
                    _ => {}
                }
                changed += line;
                if matches!(added, Added::Beside) {
                    changed += &format!(" # {word} {number}");
                }
                changed.push('\n');
            }
            for (to, _) in NOTATIONS {
                let converted = convert(&changed, from, to);
                prop_assert!(converted.is_ok(), "{path}: {converted:?}\n{changed}");
            }
        }
    }
}

// The command.

fn mtp(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mtp"));
    command
        .args(arguments)
        .env_remove("NO_COLOR")
        .stdin(Stdio::null());
    command
}

fn run(command: &mut Command) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("a command that runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

#[test]
fn the_notation_is_said_or_seen() {
    let (code, stdout, stderr) = run(&mut mtp(&[
        "convert",
        "specs/traffic-light.yaml",
        "--to",
        "toml",
    ]));
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.contains("name = \"traffic-light\"\n"), "{stdout}");
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("light.toml");
    let arguments = ["convert", "specs/traffic-light.yaml", "-o"];
    let (code, out, _) = run(mtp(&arguments).arg(&target));
    assert_eq!((code, out.as_str()), (0, ""));
    assert_eq!(text_of(&target).expect("UTF-8"), stdout);
    let (code, _, stderr) = run(mtp(&arguments).arg(&target).args(["--to", "json"]));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("do not go together"), "{stderr}");
    let (code, _, stderr) = run(&mut mtp(&["convert", "specs/traffic-light.yaml"]));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("--to toml"), "{stderr}");
}

#[test]
fn a_file_is_replaced_only_if_that_is_wanted_and_never_the_source() {
    let folder = TempDir::new().expect("a folder");
    let spec = folder.path().join("spec.yaml");
    let target = folder.path().join("spec.json");
    std::fs::copy("specs/traffic-light.yaml", &spec).expect("a copy");
    std::fs::write(&target, "mine").expect("a file");
    let convert = |target: &Path, more: &[&str]| {
        run(mtp(&["convert"])
            .arg(&spec)
            .arg("-o")
            .arg(target)
            .args(more))
    };
    let (code, _, stderr) = convert(&target, &[]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("--force"), "{stderr}");
    assert_eq!(text_of(&target).expect("UTF-8"), "mine");
    let (code, _, stderr) = convert(&target, &["--force"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("2 comments are left out"), "{stderr}");
    assert!(text_of(&target).expect("UTF-8").starts_with("{\n"));
    let before = text_of(&spec);
    let (code, _, stderr) = convert(&spec, &["--force"]);
    assert_eq!(code, 2, "{stderr}");
    assert_eq!(text_of(&spec), before);
}

#[test]
fn a_file_with_mistakes_is_not_converted() {
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("out.toml");
    for (name, text, rule) in [
        ("twice.yaml", "name: a\nname: b\n", "duplicate-key"),
        ("open.yaml", "name: [a\n", "syntax"),
        ("empty.yaml", "# nothing\n", "missing-key"),
        ("latin.yaml", "name: caf\u{e9}\n", "syntax"),
    ] {
        let spec = folder.path().join(name);
        let mut bytes = text.as_bytes().to_vec();
        if name == "latin.yaml" {
            bytes.retain(|byte| *byte != 0xc3);
        }
        std::fs::write(&spec, bytes).expect("a file");
        let (code, stdout, stderr) = run(mtp(&["convert"]).arg(&spec).arg("-o").arg(&target));
        assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
        assert!(stderr.contains(rule), "{stderr}");
        assert!(!target.exists(), "{name}");
    }
    for (path, reason) in [
        ("tests/compile/format-2/model.json", "not a spec"),
        ("specs/split/data/duties.csv", ".csv"),
        ("specs", "not one file"),
        ("nowhere.yaml", "no such file"),
    ] {
        let (code, _, stderr) = run(&mut mtp(&["convert", path, "--to", "toml"]));
        assert_eq!(code, 2, "{stderr}");
        assert!(stderr.contains(reason), "{stderr}");
    }
}

#[test]
fn standard_input_is_read_as_what_it_is_called() {
    use std::io::Write;
    let mut command = mtp(&["convert", "-", "--stdin-filename", "x.toml", "--to", "yaml"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a command");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"name = 'yes'\n").expect("a reader");
    drop(stdin);
    let output = child.wait_with_output().expect("an end");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "name: \"yes\"\n");
}
