//! A process that is killed leaves every file as it was or as it was to be; what it leaves
//! beside them, the next one takes away. Two that build into one folder do not mix.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]
#![cfg(unix)]

mod common;

use common::command::{folder_with, mtp, run};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

/// How often a process is killed.
const TIMES: u32 = 200;

fn spec(answer: &str) -> String {
    let head = "name: cat\ninputs: 1\ncontext: [a, b, c, d, e, f, g, h, i, j]\ntokens:\n  Talk: ANSWER\n\
instructions:\n  say:\n    input: [[Talk]]\n    output: [Talk]\n    samples:\n";
    let samples =
        (0..150).map(|n| format!("      - {{input: [question {n}], output: {answer} {n}}}\n"));
    samples.fold(head.replace("ANSWER", answer), |all, sample| all + &sample)
}

/// The files of a folder that are no outputs and no specs.
fn left_behind(folder: &Path) -> Vec<PathBuf> {
    let entries = common::entries(folder).into_iter();
    let is_hidden = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'))
    };
    entries.filter(is_hidden).collect()
}

#[test]
fn a_build_that_is_killed_leaves_the_old_bytes_or_the_new() {
    let folder = folder_with(&[("old.yaml", &spec("old")), ("new.yaml", &spec("new"))]);
    let build = |name: &str, out: &str| {
        let mut command = mtp(&["build", "-q", name, "-o", out]);
        command.current_dir(folder.path());
        command
    };
    let read = |out: &str| {
        let read = |name: &str| std::fs::read(folder.path().join(out).join(name)).expect("a file");
        [read("cat_model.json"), read("cat_template.json")]
    };
    assert_eq!(run(&mut build("old.yaml", "old")).0, 0);
    let started = Instant::now();
    assert_eq!(run(&mut build("new.yaml", "new")).0, 0);
    let took = started.elapsed().max(Duration::from_millis(5));
    assert_eq!(run(&mut build("old.yaml", "out")).0, 0);
    let (old, new) = (read("old"), read("new"));
    let mut seed = 1u64;
    let (mut killed, mut kept, mut replaced) = (0, 0, 0);
    for time in 0..TIMES {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let part = (seed >> 33) as u32 % 1000;
        let mut child = build("new.yaml", "out")
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        std::thread::sleep(took * part / 900);
        let _ = child.kill();
        killed += u32::from(!child.wait().expect("an end").success());
        let found = read("out");
        for ((found, old), new) in found.iter().zip(&old).zip(&new) {
            assert!(found == old || found == new, "time {time}: other bytes");
            match found == new {
                true => replaced += 1,
                false => kept += 1,
            }
        }
        // So that there is something to lose again.
        let names = ["cat_model.json", "cat_template.json"];
        for ((name, found), old) in names.iter().zip(&found).zip(&old) {
            if found != old {
                std::fs::write(folder.path().join("out").join(name), old).expect("a file");
            }
        }
    }
    assert!(killed > TIMES / 10, "{killed} were killed");
    assert!(
        kept > 0,
        "none of {killed} was killed in time, {replaced} were replaced"
    );
    // What was left is old by now.
    let out = folder.path().join("out");
    for path in left_behind(&out) {
        aged(&path);
    }
    assert_eq!(run(&mut build("new.yaml", "out")).0, 0);
    assert_eq!(left_behind(&out), Vec::<PathBuf>::new());
    assert!(read("out") == new);
}

/// Makes a file an hour old.
fn aged(path: &Path) {
    let file = std::fs::File::options()
        .write(true)
        .open(path)
        .expect("a file");
    file.set_modified(SystemTime::now() - Duration::from_secs(3600))
        .expect("a time");
}

#[test]
fn only_what_was_left_behind_is_taken_away() {
    let folder = folder_with(&[
        ("cat.yaml", &spec("new")),
        (".mtp-a1B2c3.tmp", "left"),
        (".mtp-D4e5F6.tmp", "being written"),
        (".mtp-g7H8i9.tmp", "of this minute"),
        (".mtp-notes.tmp", "of somebody"),
        (".mtp-longer1.tmp", "of somebody"),
        ("mtp-a1B2c3.tmp", "of somebody"),
        (".mtp-j1K2l3.tmp/file", "a folder"),
    ]);
    for name in [
        ".mtp-a1B2c3.tmp",
        ".mtp-D4e5F6.tmp",
        ".mtp-notes.tmp",
        ".mtp-longer1.tmp",
        "mtp-a1B2c3.tmp",
    ] {
        aged(&folder.path().join(name));
    }
    let written = std::fs::File::open(folder.path().join(".mtp-D4e5F6.tmp")).expect("a file");
    written.try_lock().expect("a lock");
    let (code, _, told) = run(mtp(&["build", "-q", "cat.yaml"]).current_dir(folder.path()));
    assert_eq!(code, 0, "{told}");
    let there = common::entries(folder.path()).into_iter();
    let there: Vec<String> = there
        .map(|path| {
            path.file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let wanted = [
        ".mtp-D4e5F6.tmp",
        ".mtp-g7H8i9.tmp",
        ".mtp-j1K2l3.tmp",
        ".mtp-longer1.tmp",
        ".mtp-notes.tmp",
        "cat.yaml",
        "cat_model.json",
        "cat_template.json",
        "mtp-a1B2c3.tmp",
    ];
    assert_eq!(there, wanted);
    drop(written);
}

#[test]
fn two_builds_into_one_folder_do_not_mix() {
    let folder = folder_with(&[("old.yaml", &spec("old")), ("new.yaml", &spec("new"))]);
    let spawn = |name: &str| {
        let mut command = mtp(&["build", "-q", name, "-o", "out"]);
        command
            .current_dir(folder.path())
            .spawn()
            .expect("a process")
    };
    for time in 0..8 {
        let together = ["old.yaml", "new.yaml", "old.yaml", "new.yaml"].map(spawn);
        for mut child in together {
            assert!(child.wait().expect("an end").success());
        }
        let read = |name: &str| {
            std::fs::read_to_string(folder.path().join("out").join(name)).expect("a file")
        };
        let (model, template) = (read("cat_model.json"), read("cat_template.json"));
        let is_new = model.contains("new 149");
        assert!(is_new || model.contains("old 149"));
        // The template file holds an example of the samples.
        let said = if is_new { "new 0" } else { "old 0" };
        assert!(template.contains(said), "time {time}: {template}");
        assert_eq!(
            left_behind(&folder.path().join("out")),
            Vec::<PathBuf>::new()
        );
    }
}
