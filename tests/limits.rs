//! The limits of what is read: each has a flag, is told with that flag where it is reached, and
//! cannot be set so that the program does not end well.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run};

/// Checks one file of this name and text with a command: exit code and all that is told.
fn told(command: &str, name: &str, text: &str, flags: &[&str]) -> (i32, String) {
    let folder = folder_with(&[(name, text)]);
    let mut command = mtp(&[command]);
    let command = command.arg(name).args(flags).current_dir(folder.path());
    let (code, stdout, stderr) = run(command);
    assert!(!stderr.contains("panicked"), "{stderr}");
    // Lines are broken where the width ends.
    let words: Vec<&str> = stdout
        .split_whitespace()
        .chain(stderr.split_whitespace())
        .collect();
    (code, words.join(" "))
}

/// A map of maps, so deep.
fn nested(name: &str, depth: usize) -> String {
    let keys = vec!["a"; depth].join(".");
    match name {
        "a.yaml" => format!("zz: {}1{}\n", "[".repeat(depth - 1), "]".repeat(depth - 1)),
        "a.json" => format!("{}1{}\n", "{\"a\":".repeat(depth), "}".repeat(depth)),
        _ => format!("{keys} = 1\n"),
    }
}

#[test]
fn every_limit_is_told_with_its_flag_and_can_be_set() {
    let nested = nested("a.yaml", 20);
    let aliases = "a: &a [1, 2, 3, 4]\nb: [*a, *a, *a]\n";
    let files = "name: x\ninclude: [a1.yaml, a2.yaml, a3.yaml]\n";
    let keys = "a: 1\nb: 1\nc: 1\nd: 1\ne: 1\n";
    let name = "name: abcdefghij\n";
    for (text, limit, least, says) in [
        (nested.as_str(), "nesting", 20, "nested more than 19 deep"),
        (aliases, "aliases", 15, "stand for more than 14 values"),
        (files, "files", 3, "names more than 2 files"),
        (keys, "findings", 5, "1 more findings of `unknown-key`"),
        (name, "name-bytes", 10, "more than 9 bytes"),
    ] {
        for command in ["validate", "build", "stats"] {
            let with = |most: usize| {
                let flag = format!("{limit}={most}");
                told(command, "a.yaml", text, &["--limit", &flag])
            };
            let (code, less) = with(least - 1);
            assert!(code == 1 && less.contains(says), "{limit}: {less}");
            let is_named = less.contains(&format!("--limit {limit}=N"));
            assert!(is_named || limit == "name-bytes", "{limit}: {less}");
            let (_, enough) = with(least);
            assert!(!enough.contains("more than"), "{limit}: {enough}");
            assert!(!enough.contains("left out"), "{limit}: {enough}");
        }
    }
}

#[test]
fn the_deepest_nesting_that_can_be_asked_for_ends_well() {
    for name in ["a.yaml", "a.json", "a.toml"] {
        for command in ["validate", "build", "stats"] {
            let flags = ["--limit", "nesting=256"];
            let (code, deep) = told(command, name, &nested(name, 256), &flags);
            assert!(code == 1 && !deep.contains("limit-exceeded"), "{deep}");
            let (code, deeper) = told(command, name, &nested(name, 257), &flags);
            assert!(
                code == 1 && deeper.contains("nested more than 256 deep"),
                "{deeper}"
            );
        }
    }
}

#[test]
fn limits_that_are_none_are_refused() {
    for (flag, says) in [
        ("nesting=257", "`nesting` goes from 1 to 256"),
        ("findings=0", "`findings` goes from 1 to 1000000"),
        ("name-bytes=201", "`name-bytes` goes from 1 to 200"),
        ("nestin=3", "did you mean `nesting`?"),
        ("nesting=all", "write a whole number"),
        ("nesting", "write it like findings=100"),
    ] {
        let (code, told) = told("validate", "a.yaml", "a: 1\n", &["--limit", flag]);
        assert!(code == 2 && told.contains(says), "{flag}: {told}");
    }
}
