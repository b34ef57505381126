//! Work that takes long says on a terminal what it is busy with and how far it is; in a pipe it
//! says nothing.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]
#![cfg(target_os = "linux")]

mod common;

use common::command::{folder_with, mtp, run};
use regex::Regex;
use std::process::{Command, Stdio};

fn spec(samples: usize) -> String {
    let head = "name: slow\ninputs: 1\ncontext: [a, b, c, d, e, f, g, h, i, j]\ntokens: {Talk: }\n\
instructions:\n  say:\n    input: [[Talk]]\n    output: [Talk]\n    samples:\n";
    let samples = (0..samples)
        .map(|n| format!("      - {{input: [question number {n}], output: answer number {n}}}\n"));
    samples.fold(head.to_owned(), |all, sample| all + &sample)
}

/// What a terminal is given by a command, in which no blank stands.
fn on_a_terminal(folder: &std::path::Path, arguments: &[&str]) -> String {
    // `script` of util-linux gives it a terminal.
    let words: Vec<&str> = [env!("CARGO_BIN_EXE_mtp")]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    let command = words.join(" ");
    let done = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("`script` of util-linux");
    String::from_utf8_lossy(&done.stdout).into_owned()
}

#[test]
fn long_work_is_told_with_bytes_samples_and_rate() {
    let told = Regex::new(r"checking slow\.yaml, \d+ (k|M)B, [\d,]+ samples, \d+ (k|M)B/s")
        .expect("a pattern");
    // How much work takes a second is the machine's business.
    let sizes = (0..8).map(|power| 20_000 << power);
    let shown = sizes.into_iter().any(|samples| {
        let folder = folder_with(&[("slow.yaml", &spec(samples))]);
        let shown = told.is_match(&on_a_terminal(folder.path(), &["validate", "slow.yaml"]));
        if shown {
            let mut piped = mtp(&["validate", "slow.yaml"]);
            let (_, out, errors) = run(piped.current_dir(folder.path()));
            assert!(!told.is_match(&(out + &errors)), "a pipe is told it");
        }
        shown
    });
    assert!(shown, "nothing is told of minutes of work");
}
