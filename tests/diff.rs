//! `--diff` is a patch: what `git apply` makes of it is what `--fix` makes.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{mtp, run, run_with_input};
use common::{Case, cases};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A folder with nothing but this file.
fn folder_with(name: &str, bytes: &[u8]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join(name), bytes).expect("a file");
    folder
}

fn bytes(folder: &TempDir, name: &str) -> Vec<u8> {
    std::fs::read(folder.path().join(name)).expect("a file")
}

/// Compares what the patch and what the fixes make of a file; whether there was anything
/// to do.
fn is_patched_as_fixed(name: &str, text: &[u8]) -> bool {
    let options = ["validate", "-q", "--unsafe-fixes"];
    let fixed = folder_with(name, text);
    run(mtp(&options)
        .args(["--fix", name])
        .current_dir(fixed.path()));
    let patched = folder_with(name, text);
    let mut command = mtp(&options);
    let command = command.args(["--diff", name]).current_dir(patched.path());
    let diff = command.output().expect("a command that runs").stdout;
    assert_eq!(bytes(&patched, name), text, "a diff changes nothing");
    if diff.is_empty() {
        assert_eq!(bytes(&fixed, name), text, "{name}");
        return false;
    }
    let mut git = Command::new("git");
    git.args([
        "-c",
        "core.autocrlf=false",
        "apply",
        "-p0",
        "--whitespace=nowarn",
    ]);
    git.current_dir(patched.path())
        .env("GIT_CEILING_DIRECTORIES", patched.path());
    let (code, _, stderr) = run_with_input(&mut git, &diff);
    let shown = String::from_utf8_lossy(&diff);
    assert_eq!(code, 0, "{name}: {stderr}\n{shown}");
    assert_eq!(
        bytes(&patched, name),
        bytes(&fixed, name),
        "{name}: {shown}"
    );
    true
}

#[test]
fn a_diff_is_a_patch() {
    let mut count = 0;
    for Case { path, .. } in cases("tests/diagnostics") {
        let is_fixable = Path::new(&format!("{}.fixed", path.display())).is_file();
        if is_fixable {
            let text = std::fs::read(&path).expect("a file");
            let name = path.file_name().expect("a name").to_string_lossy();
            count += usize::from(is_patched_as_fixed(&name, &text));
        }
    }
    assert!(count > 30, "only {count} files were patched");
}

#[test]
fn nothing_is_lost_on_the_way() {
    let text = "name: x\ninputs: 1\ncontext: [\"\u{202e}a \", b]\ninstructions: {}\n";
    for (name, text) in [
        ("windows.yaml", text.replace('\n', "\r\n")),
        ("unended.yaml", text.trim_end().to_owned()),
        ("marked.yaml", format!("\u{feff}{text}")),
        ("with blanks.yaml", text.to_owned()),
        ("é.yaml", text.to_owned()),
        (
            "old.yaml",
            text.replace("inputs", "# a\rinputs").replace('\n', "\r\n"),
        ),
    ] {
        assert!(is_patched_as_fixed(name, text.as_bytes()), "{name}");
    }
}
