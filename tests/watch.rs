//! `mtp watch`: it builds at once and after every change, shows what is wrong, and outlives
//! files that vanish.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const SPEC: &str = "\
name: garden
inputs: 1
include: [parts/words.yaml]
context: [a, b, c, d, e, f, g, h, i, j]
instructions:
  ask:
    input: [[Visitor]]
    output: [Keeper]
    samples:
      - { input: [When?], output: Now. }
      - { input: [Where?], output: Here. }
      - { input: [Why?], output: Because. }
";
const WORDS: &str = "tokens:\n  Visitor:\n  Keeper:\n";

struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(folder: &Path) -> Watching {
        let mut child = mtp(&["watch", "spec.yaml", "-o", "out"])
            .current_dir(folder)
            .stderr(Stdio::piped())
            .spawn()
            .expect("a command that starts");
        let (sender, lines) = channel();
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Watching { child, lines }
    }

    /// What is told until it waits again.
    fn told(&self) -> String {
        let mut told = String::new();
        loop {
            let line = self
                .lines
                .recv_timeout(Duration::from_secs(60))
                .expect("a line");
            if line.starts_with("Watching ") {
                return told;
            }
            told += &line;
            told.push('\n');
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn description(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("out/garden_model.json")).expect("a model file")
}

#[test]
fn every_change_is_built_and_every_mistake_is_shown() {
    let folder = folder_with(&[("spec.yaml", SPEC), ("parts/words.yaml", WORDS)]);
    let folder = folder.path();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file");
    let watching = Watching::start(folder);
    assert_eq!(watching.told(), "Checked 1 spec: no problems.\n");
    assert!(!description(folder).contains("Soon."));
    write("spec.yaml", &SPEC.replace("Now.", "Soon."));
    assert_eq!(watching.told(), "Checked 1 spec: no problems.\n");
    assert!(description(folder).contains("Soon."));
    // A part of the spec; the files of before stay.
    write("parts/words.yaml", &WORDS.replace("Keeper", "Kepper"));
    let told = watching.told();
    assert!(told.contains("undefined-token"), "{told}");
    assert!(description(folder).contains("Soon."));
    // It vanishes and comes back.
    std::fs::remove_file(folder.join("parts/words.yaml")).expect("a file");
    let told = watching.told();
    assert!(told.contains("unreadable-file"), "{told}");
    write("parts/words.yaml", WORDS);
    assert_eq!(watching.told(), "Checked 1 spec: no problems.\n");
    std::fs::rename(folder.join("spec.yaml"), folder.join("away")).expect("a file");
    let told = watching.told();
    assert!(told.contains("no such file"), "{told}");
    write("spec.yaml", &SPEC.replace("Now.", "Later."));
    assert_eq!(watching.told(), "Checked 1 spec: no problems.\n");
    assert!(description(folder).contains("Later."));
    // So does what the project says.
    write("mtp.toml", "format = \"1.2.1\"\n");
    assert_eq!(watching.told(), "Checked 1 spec: no problems.\n");
    assert!(description(folder).contains("bloom_1_2_1"));
}

#[test]
fn what_cannot_change_cannot_be_watched() {
    let (code, _, err) = run(&mut mtp(&["watch", "-"]));
    assert_eq!(code, 2);
    assert!(err.contains("standard input does not change"), "{err}");
}

#[test]
fn what_is_not_there_at_the_start_ends_it_at_once() {
    let folder = folder_with(&[("specs/spec.yaml", SPEC)]);
    for (named, told) in [
        ("specs", "`specs` is a folder; name its specs"),
        ("missing.yaml", "there is no such file"),
        ("no*.yaml", "`no*.yaml` matches no spec"),
        ("[x", "cannot use the pattern"),
    ] {
        let mut command = mtp(&["watch", "specs/spec.yaml", named]);
        let (code, _, err) = run(command.current_dir(folder.path()));
        assert_eq!(code, 2, "{named}");
        assert!(err.contains(told) && !err.contains("Watching"), "{err}");
    }
}

#[test]
fn the_version_names_the_formats() {
    let (code, out, _) = run(&mut mtp(&["--version"]));
    let version = env!("CARGO_PKG_VERSION");
    // A release also names its commit.
    let lines: Vec<&str> = out
        .lines()
        .filter(|line| !line.starts_with("commit: "))
        .collect();
    let expected = [
        &format!("mtp {version}"),
        "formats: 2.0.1, 2.0.0, 1.2.1, 1.2.0",
    ];
    assert_eq!((code, lines.as_slice()), (0, expected.as_slice()));
    let (code, out, _) = run(&mut mtp(&["-V"]));
    assert_eq!((code, out), (0, format!("mtp {version}\n")));
}
