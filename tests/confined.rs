//! A stranger's spec and project reach no file but their own: not by `..`, not by absolute
//! paths, not by links, not by devices, neither to read nor to write.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]
#![cfg(unix)]

mod common;

use common::command::{folder_with, run};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;
use tempfile::TempDir;

const SPEC: &str = "name: cat\ninputs: 1\ncontext: [a, b, c, d, e, f, g, h, i, j]\ntokens: {Talk: }\n\
instructions:\n  say:\n    input: [[Talk]]\n    output: [Talk]\n    samples:\n      \
- {input: [a], output: b}\n      - {input: [c], output: d}\n      - {input: [e], output: f}\n";

/// A folder with a project in `own`, and beside it what is not of the project.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = folder_with(&[("own/mtp.toml", ""), ("own/cat.yaml", SPEC)]);
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    files.iter().for_each(|(name, text)| write(name, text));
    folder
}

/// Runs in the project, and is stopped if it hangs.
fn in_project(folder: &TempDir, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new("timeout");
    command
        .arg("60")
        .arg(env!("CARGO_BIN_EXE_mtp"))
        .args(arguments);
    let (code, stdout, stderr) = run(command.current_dir(folder.path().join("own")));
    let all = [stdout, stderr].concat();
    assert!(!all.contains("panicked"), "{all}");
    (code, all)
}

fn read(folder: &TempDir, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).expect("a file")
}

#[test]
fn nothing_outside_of_the_project_is_read() {
    let secret = "tokens: {Secret: }\nTOPSECRET: 1\n";
    let folder = project(&[
        ("secret.yaml", secret),
        (
            "secret.jsonl",
            "{\"input\": [\"TOPSECRET\"], \"output\": \"x\"}\n",
        ),
        ("more/deep.yaml", secret),
    ]);
    let own = folder.path().join("own");
    symlink("../secret.yaml", own.join("link.yaml")).expect("a link");
    symlink("../secret.jsonl", own.join("link.jsonl")).expect("a link");
    symlink("../more", own.join("more")).expect("a link");
    symlink("link.yaml", own.join("twice.yaml")).expect("a link");
    symlink(folder.path().join("secret.yaml"), own.join("absolute.yaml")).expect("a link");
    let absolute = folder.path().join("secret.yaml");
    for path in [
        "../secret.yaml",
        "./x/../../secret.yaml",
        "link.yaml",
        "twice.yaml",
        "absolute.yaml",
        "more/deep.yaml",
        "more/*.yaml",
        "../*.yaml",
        "{..,.}/secret.yaml",
        absolute.to_str().expect("a path"),
        "/proc/self/environ",
        "~/secret.yaml",
    ] {
        let spec = format!("include: ['{path}']\n{SPEC}");
        std::fs::write(own.join("cat.yaml"), spec).expect("a file");
        let (code, all) = in_project(&folder, &["validate", "cat.yaml"]);
        assert_eq!(code, 1, "{path}: {all}");
        assert!(all.contains("[unreadable-file]"), "{path}: {all}");
        assert!(
            !all.contains("TOPSECRET") && !all.contains("Secret"),
            "{path}: {all}"
        );
    }
    for path in ["../secret.jsonl", "link.jsonl"] {
        let spec = SPEC.replace(
            "    samples:\n",
            &format!("    samples_from: '{path}'\n    samples:\n"),
        );
        std::fs::write(own.join("cat.yaml"), spec).expect("a file");
        let (code, all) = in_project(&folder, &["build", "cat.yaml", "--stdout"]);
        assert_eq!(code, 1, "{path}: {all}");
        assert!(all.contains("[unreadable-file]"), "{path}: {all}");
        assert!(!all.contains("TOPSECRET"), "{path}: {all}");
    }
}

#[test]
fn what_is_no_regular_file_is_not_read() {
    let folder = project(&[]);
    let own = folder.path().join("own");
    let made = Command::new("mkfifo").arg(own.join("pipe.yaml")).status();
    assert!(made.expect("mkfifo").success());
    symlink("/dev/zero", own.join("zero.yaml")).expect("a link");
    let fifo = |name: &str| Command::new("mkfifo").arg(own.join(name)).status();
    assert!(fifo("pipe.jsonl").expect("mkfifo").success());
    for name in ["pipe.yaml", "zero.yaml", "{pipe,zero}.yaml"] {
        let spec = format!("include: ['{name}']\n{SPEC}");
        std::fs::write(own.join("cat.yaml"), spec).expect("a file");
        let (code, all) = in_project(&folder, &["validate", "cat.yaml"]);
        assert_eq!(code, 1, "{name}: {all}");
        assert!(all.contains("[unreadable-file]"), "{name}: {all}");
    }
    let spec = SPEC.replace(
        "    samples:\n",
        "    samples_from: pipe.jsonl\n    samples:\n",
    );
    std::fs::write(own.join("cat.yaml"), spec).expect("a file");
    let (code, all) = in_project(&folder, &["validate", "cat.yaml"]);
    assert_eq!(code, 1, "{all}");
    // Named, they are refused; come across, they are passed over.
    for name in ["pipe.yaml", "zero.yaml"] {
        for arguments in [
            &["validate", name][..],
            &["validate", "cat.yaml", "--baseline", name],
            &["build", "cat.yaml", "--check", "--baseline", name],
            &["merge", "cat.yaml", name],
        ] {
            let (code, all) = in_project(&folder, arguments);
            assert_eq!(code, 2, "{arguments:?}: {all}");
            assert!(
                all.contains("it is not a regular file"),
                "{arguments:?}: {all}"
            );
        }
    }
    std::fs::write(own.join("cat.yaml"), SPEC).expect("a file");
    let (code, all) = in_project(&folder, &["validate"]);
    assert!(code != 124, "{all}");
    // A project's own file, too.
    std::fs::remove_file(own.join("mtp.toml")).expect("a file");
    assert!(fifo("mtp.toml").expect("mkfifo").success());
    let (code, all) = in_project(&folder, &["validate", "cat.yaml"]);
    assert_eq!(code, 2, "{all}");
}

#[test]
fn the_output_folder_of_a_project_is_in_it() {
    let folder = project(&[("other/cat_model.json", "theirs")]);
    let own = folder.path().join("own");
    for out_dir in ["../other", "/tmp", "a/../../other", ".."] {
        std::fs::write(
            own.join("mtp.toml"),
            format!("[build]\nout_dir = '{out_dir}'\n"),
        )
        .expect("a file");
        let (code, all) = in_project(&folder, &["build", "cat.yaml"]);
        assert_eq!(code, 2, "{out_dir}: {all}");
        assert!(all.contains("leads out of the project"), "{out_dir}: {all}");
    }
    symlink("../other", own.join("out")).expect("a link");
    for out_dir in ["out", "out/below", "./out"] {
        std::fs::write(
            own.join("mtp.toml"),
            format!("[build]\nout_dir = '{out_dir}'\n"),
        )
        .expect("a file");
        let (code, all) = in_project(&folder, &["build", "cat.yaml"]);
        assert_eq!(code, 2, "{out_dir}: {all}");
        assert!(all.contains("leads out of the project"), "{out_dir}: {all}");
    }
    assert_eq!(read(&folder, "other/cat_model.json"), "theirs");
    assert_eq!(common::entries(&folder.path().join("other")).len(), 1);
    // Who names it means it.
    let (code, all) = in_project(&folder, &["build", "cat.yaml", "-o", "out"]);
    assert_eq!(code, 0, "{all}");
    assert_eq!(common::entries(&folder.path().join("other")).len(), 2);
}

#[test]
fn links_that_are_come_across_lead_nowhere_outside() {
    let theirs = SPEC.replace("inputs: 1", "inputs:   1") + "TOPSECRET: 1\n";
    let folder = project(&[("theirs.yaml", &theirs)]);
    let own = folder.path().join("own");
    symlink("../theirs.yaml", own.join("out.yaml")).expect("a link");
    symlink("../theirs.yaml", own.join("out.mtp.yaml")).expect("a link");
    symlink("cat.yaml", own.join("in.yaml")).expect("a link");
    for arguments in [
        &["validate", "."][..],
        &["validate", "*.yaml"],
        &["validate", "--fix", "."],
        &["validate", "--fix", "out.*"],
        &["fmt", "."],
        &["fmt", "*.yaml"],
        &["stats", "*.yaml"],
        &["build", "*.yaml"],
    ] {
        let (_, all) = in_project(&folder, arguments);
        assert!(!all.contains("TOPSECRET"), "{arguments:?}: {all}");
        assert_eq!(read(&folder, "theirs.yaml"), theirs, "{arguments:?}");
    }
    let (code, all) = in_project(&folder, &["validate", ".", "--deny-warnings"]);
    assert_eq!(code, 0, "{all}");
    assert!(all.contains("Did not follow 2 links."), "{all}");
    let (code, all) = in_project(&folder, &["build", "*.yaml"]);
    assert_eq!(code, 2, "{all}");
    assert!(
        all.contains("is a link that leads out of the project"),
        "{all}"
    );
    // Who names a link means what it leads to.
    let (code, all) = in_project(&folder, &["validate", "out.yaml"]);
    assert_eq!((code, all.contains("TOPSECRET")), (1, true), "{all}");
}

#[test]
fn no_output_is_written_through_a_link_or_a_device() {
    let folder = project(&[("theirs.json", "theirs")]);
    let own = folder.path().join("own");
    symlink("../theirs.json", own.join("cat_model.json")).expect("a link");
    let (code, all) = in_project(&folder, &["build", "cat.yaml"]);
    assert_eq!(code, 2, "{all}");
    assert!(all.contains("a link that leads out"), "{all}");
    assert_eq!(read(&folder, "theirs.json"), "theirs");
    assert!(!own.join("cat_template.json").exists());
    // A link to nothing is replaced, and what it names is not made.
    std::fs::remove_file(own.join("cat_model.json")).expect("a link");
    symlink("../nothing.json", own.join("cat_model.json")).expect("a link");
    let (code, all) = in_project(&folder, &["build", "cat.yaml"]);
    assert_eq!(code, 0, "{all}");
    assert!(!folder.path().join("nothing.json").exists());
    // A link inside of the folder leads to the file that is written.
    std::fs::rename(own.join("cat_model.json"), own.join("real.json")).expect("a file");
    symlink("real.json", own.join("cat_model.json")).expect("a link");
    assert_eq!(in_project(&folder, &["build", "cat.yaml"]).0, 0);
    assert!(own.join("cat_model.json").is_symlink());
    // What is no file stays what it is.
    std::fs::remove_file(own.join("cat_model.json")).expect("a link");
    let made = Command::new("mkfifo")
        .arg(own.join("cat_model.json"))
        .status();
    assert!(made.expect("mkfifo").success());
    let (code, all) = in_project(&folder, &["build", "cat.yaml"]);
    assert_eq!(code, 2, "{all}");
    assert!(all.contains("it is no regular file"), "{all}");
    assert!(
        !std::fs::metadata(own.join("cat_model.json"))
            .expect("a fifo")
            .is_file()
    );
    let (code, all) = in_project(
        &folder,
        &["convert", "cat.yaml", "-o", "cat_model.json", "--force"],
    );
    assert_eq!(code, 2, "{all}");
}

#[test]
fn a_folder_that_cannot_be_written_to_keeps_its_files() {
    let folder = project(&[]);
    let own = folder.path().join("own");
    assert_eq!(
        in_project(&folder, &["build", "cat.yaml", "-o", "out"]).0,
        0
    );
    let old = read(&folder, "own/out/cat_model.json");
    std::fs::write(own.join("cat.yaml"), SPEC.replace("output: f", "output: g")).expect("a file");
    let mode = |mode| std::fs::set_permissions(own.join("out"), PermissionsExt::from_mode(mode));
    mode(0o555).expect("a folder");
    if std::fs::write(own.join("out/probe"), "").is_ok() {
        mode(0o755).expect("a folder");
        // This user may write everywhere, which is nothing to test.
        return;
    }
    let (code, all) = in_project(&folder, &["build", "cat.yaml", "-o", "out"]);
    mode(0o755).expect("a folder");
    assert_eq!(code, 2, "{all}");
    assert!(
        all.contains("cannot write") && all.contains("ermission denied"),
        "{all}"
    );
    assert_eq!(read(&folder, "own/out/cat_model.json"), old);
    assert_eq!(common::entries(&own.join("out")).len(), 2);
}

#[test]
fn the_mode_of_a_file_is_kept_and_that_of_a_new_one_is_as_usual() {
    let folder = project(&[]);
    let own = folder.path().join("own");
    let mode = |name: &str| {
        std::fs::metadata(own.join(name))
            .expect("a file")
            .permissions()
            .mode()
            & 0o7777
    };
    assert_eq!(in_project(&folder, &["build", "cat.yaml"]).0, 0);
    std::fs::write(own.join("usual"), "").expect("a file");
    assert_eq!(mode("cat_model.json"), mode("usual"));
    for wanted in [0o600, 0o640, 0o664, 0o444] {
        let permissions = std::fs::Permissions::from_mode(wanted);
        std::fs::set_permissions(own.join("cat_model.json"), permissions).expect("a file");
        assert_eq!(in_project(&folder, &["build", "cat.yaml"]).0, 0);
        assert_eq!(mode("cat_model.json"), wanted);
    }
}

#[test]
fn a_name_becomes_no_path() {
    let folder = project(&[]);
    let own = folder.path().join("own");
    let long = "x".repeat(300);
    for name in ["../x", "/tmp/x", "a/b", "a\\\\b", "..", "\\0", &long] {
        let spec = SPEC.replace("name: cat", &format!("name: \"{name}\""));
        std::fs::write(own.join("cat.yaml"), spec).expect("a file");
        let (code, all) = in_project(&folder, &["build", "cat.yaml", "-o", "out"]);
        assert_eq!(code, 1, "{name}: {all}");
        assert!(
            all.contains("[unsafe-name]") || all.contains("[syntax]"),
            "{name}: {all}"
        );
        assert!(!own.join("out").exists(), "{name}");
    }
}
