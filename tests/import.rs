//! Model files read back: what is built from the spec that comes of one is the file
//! again.
//!
//! `tests/import/models/` holds model files of unusual shape; beside each stands the
//! spec that comes of it, `….yaml`, and what is told, `….told`. `MTP_BLESS=1 cargo test`
//! rewrites both.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run, run_with_input};
use common::{blessed, entries};
use mtp::source::{Disk, SourceMap};
use mtp::syntax::tree::Notation;
use mtp::{Options, Taken, emit, print};
use std::path::{Path, PathBuf};

const NOTATIONS: [(Notation, &str); 3] = [
    (Notation::Yaml, "spec.yaml"),
    (Notation::Toml, "spec.toml"),
    (Notation::Json, "spec.json"),
];

/// Every file called `model.json` below a folder.
fn models(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in entries(folder) {
        if path.is_dir() {
            models(&path, found);
        } else if path.file_name().is_some_and(|name| name == "model.json") {
            found.push(path);
        }
    }
}

/// The model file that is built from a spec, and what is found in the spec.
fn built(name: &str, text: &str) -> (Option<Vec<u8>>, Vec<String>) {
    let sources = SourceMap::default();
    let bytes = text.as_bytes().to_vec();
    let (path, options) = (Path::new(name), Options::default());
    let outcome = mtp::check(&sources, &Disk, path, bytes, Taken::AsSpec, &options);
    let told = outcome.diagnostics.iter();
    let told = told.map(|found| format!("{}: {}", found.rule.name, found.message));
    let model = outcome.protocol.map(|protocol| {
        let mut bytes = Vec::new();
        emit::model(&protocol, &mut bytes).expect("a vector takes all");
        bytes
    });
    (model, told.collect())
}

#[test]
fn every_output_comes_back_byte_by_byte() {
    let mut all = Vec::new();
    models(Path::new("tests/compile"), &mut all);
    assert!(all.len() > 100, "only {} model files", all.len());
    let mut failures = Vec::new();
    for path in all {
        let bytes = std::fs::read(&path).expect("a file");
        let sources = SourceMap::default();
        let options = Options::default();
        let imported = mtp::import_model(&sources, &path, bytes.clone(), &options);
        let told = imported
            .diagnostics
            .iter()
            .map(|found| found.message.clone());
        let told: Vec<String> = told.collect();
        let Some(spec) = imported.spec else {
            failures.push(format!("{}: no spec: {told:?}", path.display()));
            continue;
        };
        if !told.is_empty() {
            failures.push(format!("{}: {told:?}", path.display()));
        }
        for (notation, name) in NOTATIONS {
            let text = print::text(&print::from_ast(&spec, notation), notation);
            let (model, found) = built(name, &text);
            if model.as_deref() != Some(&bytes) {
                failures.push(format!("{} as {name}: {found:?}\n{text}", path.display()));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn unusual_model_files_become_specs() {
    let mut failures = Vec::new();
    let mut count = 0;
    for path in entries(Path::new("tests/import/models")) {
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        count += 1;
        let (code, spec, told) = run(mtp(&["import"]).arg(&path));
        failures.extend(blessed(&path, "told", &format!("exit code {code}\n{told}")));
        failures.extend(blessed(&path, "yaml", &spec));
        if code == 0 {
            let (model, found) = built("spec.yaml", &spec);
            if model.is_none() {
                failures.push(format!("{}: does not build: {found:?}", path.display()));
            }
        } else if !spec.is_empty() {
            failures.push(format!("{}: printed, and refused", path.display()));
        }
    }
    assert!(count > 10, "only {count} cases");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

const MODEL: &str = "tests/compile/_specs/wonderland/model.json";

#[test]
fn samples_go_to_files_of_their_own() {
    let folder = folder_with(&[]);
    for ending in ["yaml", "toml", "json"] {
        let spec = folder.path().join(format!("{ending}/wonderland.{ending}"));
        let data = folder.path().join(ending).join("data/samples");
        let mut command = mtp(&["import", MODEL, "-o"]);
        command.arg(&spec).arg("--samples-to").arg(&data);
        let (code, stdout, stderr) = run(&mut command);
        assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
        assert!(entries(&data).len() > 1, "a file for each instruction");
        let out = folder.path().join("out");
        let (code, _, stderr) = run(mtp(&["build", "-o"]).arg(&out).arg(&spec));
        assert_eq!(code, 0, "{stderr}");
        let model = std::fs::read(out.join("wonderland_model.json")).expect("a file");
        assert!(model == std::fs::read(MODEL).expect("a file"), "{ending}");
    }
    let elsewhere = folder.path().join("elsewhere");
    let mut command = mtp(&["import", MODEL, "-o"]);
    let spec = folder.path().join("inner/a.yaml");
    command.arg(&spec).arg("--samples-to").arg(&elsewhere);
    let (code, _, stderr) = run(&mut command);
    assert_eq!(code, 2);
    assert!(stderr.contains("below its own folder"), "{stderr}");
    assert!(!spec.exists() && !elsewhere.exists());
}

#[test]
fn nothing_is_replaced_unless_asked_for() {
    let folder = folder_with(&[("a.yaml", "mine\n")]);
    let path = folder.path().join("a.yaml");
    let (code, _, stderr) = run(mtp(&["import", MODEL, "-o"]).arg(&path));
    assert_eq!(code, 2);
    assert!(stderr.contains("is there already"), "{stderr}");
    assert_eq!(std::fs::read_to_string(&path).expect("a file"), "mine\n");
    let (code, _, stderr) = run(mtp(&["import", MODEL, "--force", "-o"]).arg(&path));
    assert_eq!(code, 0, "{stderr}");
    assert_ne!(std::fs::read_to_string(&path).expect("a file"), "mine\n");
    let (code, _, stderr) = run(mtp(&["import", MODEL, "-o"]).arg(folder.path().join("a.txt")));
    assert_eq!(code, 2);
    assert!(stderr.contains(".yaml, .toml or .json"), "{stderr}");
}

#[test]
fn standard_input_is_a_model_file_too() {
    let bytes = std::fs::read(MODEL).expect("a file");
    let (code, from_input, stderr) = run_with_input(&mut mtp(&["import", "-"]), &bytes);
    assert_eq!(code, 0, "{stderr}");
    let (_, from_file, _) = run(&mut mtp(&["import", MODEL]));
    assert_eq!(from_input, from_file);
}

#[test]
fn a_file_that_is_cut_off_anywhere_gives_a_place_and_no_spec() {
    let text = std::fs::read_to_string(MODEL).expect("a file");
    let folder = folder_with(&[]);
    let out = folder.path().join("spec.yaml");
    let step = text.len() / 23;
    for at in (0..text.len()).step_by(step) {
        let cut = text.floor_char_boundary(at);
        let mut command = mtp(&["import", "-", "-o"]);
        let (code, _, stderr) = run_with_input(command.arg(&out), &text.as_bytes()[..cut]);
        assert_eq!(code, 1, "cut at {cut}: {stderr}");
        assert!(stderr.contains("stdin.json:"), "cut at {cut}: {stderr}");
        assert!(!out.exists());
    }
}

#[test]
fn no_command_writes_over_what_it_reads_or_what_is_there() {
    let spec = std::fs::read_to_string("tests/split/bakery.yaml").expect("a spec");
    let folder = folder_with(&[("a.yaml", &spec), ("a.eval.yaml", "mine\n")]);
    std::fs::copy(MODEL, folder.path().join("m.json")).expect("a copy");
    let in_folder = |arguments: &[&str]| run(mtp(arguments).current_dir(folder.path()));
    let read = |name: &str| std::fs::read(folder.path().join(name)).expect("a file");
    let (code, _, stderr) = in_folder(&["import", "m.json", "-o", "m.json", "--force"]);
    assert!(
        code == 2 && stderr.contains("the file that is read"),
        "{stderr}"
    );
    assert!(read("m.json") == std::fs::read(MODEL).expect("a file"));
    let (code, _, stderr) = in_folder(&["split", "a.yaml", "--eval", "0.3"]);
    assert!(
        code == 2 && stderr.contains("--force replaces it"),
        "{stderr}"
    );
    assert_eq!(read("a.eval.yaml"), b"mine\n");
    assert!(!folder.path().join("a.train.yaml").exists());
    for name in ["a/b", "..", "", "a\nb"] {
        let (code, _, stderr) = in_folder(&["import", "m.json", "-o", "n.yaml", "--name", name]);
        assert!(
            code == 2 && stderr.contains("the name of a protocol"),
            "{stderr}"
        );
        assert!(!folder.path().join("n.yaml").exists());
    }
}

#[test]
fn another_folder_changes_no_meaning() {
    let spec = std::fs::read_to_string("specs/wonderland.yaml").expect("a spec");
    let folder = folder_with(&[
        ("a.yaml", &spec),
        ("b.yaml", &format!("{spec}include: words.yaml\n")),
        ("words.yaml", "tokens: {More: }\n"),
        ("old/mtp.toml", "format = \"1.2.1\"\n"),
    ]);
    std::fs::copy(MODEL, folder.path().join("m.json")).expect("a copy");
    let in_folder = |arguments: &[&str]| run(mtp(arguments).current_dir(folder.path()));
    let (code, _, stderr) = in_folder(&["convert", "b.yaml", "-o", "old/b.toml"]);
    assert!(code == 2 && stderr.contains("`include`"), "{stderr}");
    let (code, _, stderr) = in_folder(&["convert", "a.yaml", "-o", "old/a.toml"]);
    assert!(code == 2 && stderr.contains("another format"), "{stderr}");
    assert_eq!(in_folder(&["convert", "b.yaml", "-o", "b.toml"]).0, 0);
    let (code, _, stderr) = in_folder(&["import", "m.json", "-o", "old/m.yaml"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(in_folder(&["build", "old/m.yaml", "-o", "out"]).0, 0);
    let built = std::fs::read(folder.path().join("out/wonderland_model.json")).expect("a file");
    assert!(
        built == std::fs::read(MODEL).expect("a file"),
        "the format is that of the file"
    );
}
