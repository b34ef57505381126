//! `mtp init`: what it writes is right at once, and nothing is ever overwritten.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const KINDS: [(&str, &str); 3] = [
    ("basic", "library"),
    ("state-machine", "parcel"),
    ("multi-classifier", "reviews"),
];

fn mtp(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_mtp"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("a command that runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

/// All files below a folder, relative to it, sorted.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for path in common::entries(&next) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let path = path.strip_prefix(folder).expect("a path below the folder");
                found.push(path.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_kind_is_right_at_once() {
    for (kind, name) in KINDS {
        let folder = TempDir::new().expect("a folder");
        let (code, stdout, stderr) = mtp(folder.path(), &["init", "--kind", kind]);
        assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
        let spec = format!("{name}.yaml");
        let mut expected = [".mtp/spec.schema.json", &spec, "mtp.toml"];
        expected.sort_unstable();
        assert_eq!(files(folder.path()), expected);
        // Its layout is that of `mtp fmt`.
        let (code, out, _) = mtp(folder.path(), &["fmt", "--check"]);
        assert_eq!((code, out.as_str()), (0, ""));
        // What is to be run next, is run.
        let commands: Vec<&str> = stderr
            .lines()
            .filter_map(|line| line.strip_prefix("  mtp ")?.split("  ").next())
            .collect();
        assert_eq!(commands.len(), 3, "{stderr}");
        for command in commands {
            let words: Vec<&str> = command.split_whitespace().collect();
            let (code, _, told) = mtp(folder.path(), &words);
            assert_eq!(code, 0, "{command}: {told}");
            assert!(!told.contains("warning"), "{command}: {told}");
        }
        let strict = ["validate", "--deny-warnings"];
        let (code, stdout, stderr) = mtp(folder.path(), &strict);
        assert_eq!((code, stdout.as_str()), (0, ""), "{kind}: {stderr}");
        assert!(
            stderr.starts_with("Checked 1 spec: no problems."),
            "{kind}: {stderr}"
        );
        for built in ["model", "template"] {
            let expected = format!("tests/compile/_init/{kind}/{built}.json");
            let written = folder.path().join(format!("out/{name}_{built}.json"));
            let read = |path: PathBuf| std::fs::read(path).expect("a file");
            assert!(read(expected.into()) == read(written), "{kind}: {built}");
        }
    }
}

#[test]
fn editors_find_the_schema_beside_the_spec() {
    for (kind, name) in KINDS {
        let folder = TempDir::new().expect("a folder");
        assert_eq!(mtp(folder.path(), &["init", "--kind", kind]).0, 0);
        let spec = std::fs::read_to_string(folder.path().join(format!("{name}.yaml")));
        let spec = spec.expect("a file");
        let first = spec.lines().next().unwrap_or_default();
        let schema = first
            .strip_prefix("# yaml-language-server: $schema=")
            .expect("the line that editors look for");
        let schema = std::fs::read(folder.path().join(schema)).expect("the schema");
        assert!(schema == std::fs::read("schemas/spec-yaml.json").expect("a file"));
        let schema: serde_json::Value = serde_json::from_slice(&schema).expect("JSON");
        let spec: serde_json::Value = serde_yaml::from_str(&spec).expect("YAML");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let errors: Vec<String> = validator
            .iter_errors(&spec)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{kind}: {errors:?}");
    }
}

#[test]
fn a_folder_is_made_and_named_in_what_to_run_next() {
    let folder = TempDir::new().expect("a folder");
    let (code, _, stderr) = mtp(folder.path(), &["init", "my models/first"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stderr.contains("mtp build 'my models/first/library.yaml'"),
        "{stderr}"
    );
    let spec = "my models/first/library.yaml";
    assert_eq!(mtp(folder.path(), &["build", spec]).0, 0);
    assert!(
        folder
            .path()
            .join("my models/first/out/library_model.json")
            .is_file()
    );
}

#[test]
fn nothing_is_written_where_anything_stands() {
    for there in ["library.yaml", "mtp.toml", ".mtp/spec.schema.json"] {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join(there);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(&path, "mine").expect("a file");
        let (code, _, stderr) = mtp(folder.path(), &["init"]);
        assert_eq!(code, 2, "{stderr}");
        assert!(
            stderr.contains(&format!("`{there}` is there already")),
            "{stderr}"
        );
        assert_eq!(files(folder.path()), [there]);
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), "mine");
    }
}

#[test]
fn what_fails_half_way_leaves_nothing() {
    let folder = TempDir::new().expect("a folder");
    // A file stands where a folder has to be.
    std::fs::write(folder.path().join("new"), "mine").expect("a file");
    let (code, _, stderr) = mtp(folder.path(), &["init", "new/deeper"]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("cannot make"), "{stderr}");
    std::fs::create_dir(folder.path().join("other")).expect("a folder");
    std::fs::write(folder.path().join("other/.mtp"), "mine").expect("a file");
    let (code, _, stderr) = mtp(folder.path(), &["init", "other"]);
    assert_eq!(code, 2, "{stderr}");
    assert_eq!(files(folder.path()), ["new", "other/.mtp"]);
}

#[test]
fn an_unknown_kind_is_answered_with_the_nearest() {
    let folder = TempDir::new().expect("a folder");
    for (kind, near) in [
        ("state-machin", "did you mean `state-machine`?"),
        ("multi_classifer", "did you mean `multi-classifier`?"),
        (
            "chat",
            "use one of `basic`, `state-machine` or `multi-classifier`",
        ),
    ] {
        let (code, _, stderr) = mtp(folder.path(), &["init", "--kind", kind]);
        assert_eq!(code, 2, "{stderr}");
        assert!(stderr.contains(near), "{stderr}");
    }
    // As specs write it.
    assert_eq!(
        mtp(folder.path(), &["init", "--kind", "state_machine"]).0,
        0
    );
}

#[test]
fn without_a_command_the_groups_are_shown() {
    let folder = TempDir::new().expect("a folder");
    let (code, stdout, stderr) = mtp(folder.path(), &[]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    let (code, help, _) = mtp(folder.path(), &["--help"]);
    assert_eq!(code, 0);
    assert_eq!(stderr, help);
    for heading in ["Start:", "Check:", "Build:", "Understand:"] {
        assert!(help.lines().any(|line| line == heading), "{help}");
    }
}

#[test]
fn a_spec_in_toml_is_right_and_names_the_schema_as_its_editors_know_it() {
    for (kind, name) in KINDS {
        let folder = TempDir::new().expect("a folder");
        let (code, _, stderr) = mtp(folder.path(), &["init", "--kind", kind, "--to", "toml"]);
        assert_eq!(code, 0, "{stderr}");
        let spec = format!("{name}.toml");
        let text = std::fs::read_to_string(folder.path().join(&spec)).expect("a spec");
        assert!(
            text.starts_with("#:schema .mtp/spec.schema.json\n"),
            "{text}"
        );
        let schema = std::fs::read(folder.path().join(".mtp/spec.schema.json"));
        assert!(schema.expect("a file") == std::fs::read("schemas/spec.json").expect("a file"));
        let (code, _, told) = mtp(folder.path(), &["validate", "-q", "--deny-warnings"]);
        assert_eq!((code, told.as_str()), (0, ""));
        let (code, out, _) = mtp(folder.path(), &["fmt", "--check"]);
        assert_eq!((code, out.as_str()), (0, ""));
    }
}
