//! A command that is interrupted, or finds the disk full, leaves the old file whole, and
//! nothing beside it.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]
#![cfg(unix)]

mod common;

use common::command::{folder_with, mtp, run};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A spec whose build takes long enough to be interrupted.
fn spec(samples: usize, answer: &str) -> String {
    let head = "name: slow\ninputs: 1\ncontext: [a, b, c, d, e, f, g, h, i, j]\ntokens: {Talk: }\n\
instructions:\n  say:\n    input: [[Talk]]\n    output: [Talk]\n    samples:\n";
    let samples = (0..samples).map(|n| {
        format!("      - {{input: [question number {n}], output: {answer} number {n}}}\n")
    });
    samples.fold(head.to_owned(), |all, sample| all + &sample)
}

#[test]
fn an_interrupted_build_leaves_the_old_files_and_no_others() {
    let folder = folder_with(&[("slow.yaml", &spec(3_000, "answer"))]);
    let build = || {
        let mut command = mtp(&["build", "slow.yaml", "-q"]);
        command.current_dir(folder.path());
        command
    };
    let names = || {
        let entries = common::entries(folder.path()).into_iter();
        let names: Vec<String> = entries
            .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
            .collect();
        names
    };
    let model = || std::fs::read(folder.path().join("slow_model.json")).expect("a model file");
    let started = std::time::Instant::now();
    assert_eq!(run(&mut build()).0, 0);
    let took = started.elapsed().max(Duration::from_millis(40));
    let old = model();
    std::fs::write(folder.path().join("slow.yaml"), spec(3_000, "reply")).expect("a file");
    let (mut interrupted, mut finished) = (0, 0);
    // From the start of the command to well behind its end; the last is left alone, however slow it is.
    for part in 0..=40 {
        let mut child = build().stderr(Stdio::null()).spawn().expect("a command");
        if part < 40 {
            std::thread::sleep(took * part / 30);
            let id = child.id().to_string();
            let _ = Command::new("kill")
                .args(["-INT", &id])
                .stderr(Stdio::null())
                .status();
        }
        let status = child.wait().expect("an end");
        match status.success() {
            true => finished += 1,
            false => interrupted += 1,
        }
        assert_eq!(
            names(),
            ["slow.yaml", "slow_model.json", "slow_template.json"]
        );
        let now = model();
        if status.success() {
            assert_ne!(now, old, "a build that ended has written");
            std::fs::write(folder.path().join("slow_model.json"), &old).expect("a file");
        } else {
            let is_new = String::from_utf8_lossy(&now).contains("reply number 2999");
            assert!(now == old || is_new, "neither the old file nor the new one");
            std::fs::write(folder.path().join("slow_model.json"), &old).expect("a file");
        }
    }
    assert!(
        interrupted > 0 && finished > 0,
        "{interrupted} interrupted, {finished} finished"
    );
}

#[test]
fn a_full_disk_leaves_the_old_files_and_no_others() {
    let head = spec(0, "").replace("samples:\n", "samples_from: rows.jsonl\n");
    // More than 4 MB are read in pieces, and samples are put aside on the disk.
    let row = |answer: &str, n: usize| {
        let length = " and so on".repeat(10);
        format!("{{\"input\": [\"question {n}{length}\"], \"output\": \"{answer} {n}\"}}\n")
    };
    let rows = |answer: &str| (0..35_000).map(|n| row(answer, n)).collect::<String>();
    let few = "\n      - {input: [a], output: b}\n      - {input: [c], output: d}\n      - {input: [e], output: f}\n";
    let held = head.replace("samples_from: rows.jsonl", &format!("samples:{few}"));
    for (spec, rows, blocks) in [(&held, String::new(), 1), (&head, rows("answer"), 8)] {
        let folder = folder_with(&[("spec.yaml", spec), ("rows.jsonl", &rows)]);
        for name in ["slow_model.json", "slow_template.json"] {
            std::fs::write(folder.path().join(name), "old").expect("a file");
        }
        let before = common::entries(folder.path());
        // A file may have so many blocks of 512 or 1024 bytes, which fails as a full disk does.
        let script = format!("ulimit -f {blocks}; exec \"$0\" build spec.yaml");
        let mut command = Command::new("bash");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_mtp")]);
        let (code, _, told) = run(command.current_dir(folder.path()));
        assert_eq!(code, 2, "{told}");
        assert!(
            told.contains("cannot write") && !told.contains("panicked"),
            "{told}"
        );
        assert_eq!(common::entries(folder.path()), before);
        for name in ["slow_model.json", "slow_template.json"] {
            let now = std::fs::read(folder.path().join(name)).expect("a file");
            assert_eq!(now, b"old");
        }
    }
}
