//! The same input gives the same bytes, whatever is around it: threads, the order of files,
//! the language, the time zone, the home, the time of the files.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run};
use std::path::Path;
use std::time::{Duration, SystemTime};

const HEAD: &str = "inputs: 1\ncontext: [a, b, c, d, e, f, g, h, i, j]\ninclude: ['words/*.yaml']\n\
instructions:\n  say:\n    input: [[Talk]]\n    output: [Tell]\n    samples_from: ['samples/*.jsonl']\n";

/// A specs with fragments, files of samples, and findings in all of them.
fn files() -> Vec<(String, String)> {
    let mut files = vec![(
        "mtp.toml".to_owned(),
        "[rules]\nunused-token = \"warn\"\n".to_owned(),
    )];
    for name in ["ärger", "Zoo", "abc", "猫"] {
        files.push((format!("{name}.yaml"), format!("name: {name}\n{HEAD}")));
    }
    for (at, token) in ["Talk", "Tell", "Ünused", "Æther"].iter().enumerate() {
        files.push((
            format!("words/{at}.yaml"),
            format!("tokens:\n  {token}: It's {token} \n"),
        ));
    }
    for part in 0..4 {
        let lines = (0..60).map(|n| {
            let blank = if n == 7 { " " } else { "" };
            format!(
                "{{\"input\": [\"frage {part} {n}{blank}\"], \"output\": \"antwort {part} {n}\"}}\n"
            )
        });
        files.push((format!("samples/{part}.jsonl"), lines.collect()));
    }
    files
}

/// What is around a run.
struct Around {
    jobs: &'static str,
    /// The files are written, and named, in the other order.
    is_reversed: bool,
    variables: &'static [(&'static str, &'static str)],
    /// How old the files are, in days.
    age: u64,
}

const AROUND: [Around; 20] = {
    const fn around(
        jobs: &'static str,
        is_reversed: bool,
        variables: &'static [(&'static str, &'static str)],
        age: u64,
    ) -> Around {
        Around {
            jobs,
            is_reversed,
            variables,
            age,
        }
    }
    [
        around("1", false, &[], 0),
        around("1", true, &[], 0),
        around("2", false, &[], 1),
        around("3", true, &[], 9000),
        around("64", false, &[], 0),
        around("64", true, &[("RAYON_NUM_THREADS", "1")], 0),
        around("2", false, &[("LANG", "C"), ("LC_ALL", "C")], 0),
        around(
            "2",
            true,
            &[("LANG", "de_DE.UTF-8"), ("LC_ALL", "de_DE.UTF-8")],
            0,
        ),
        around(
            "2",
            false,
            &[("LC_ALL", "tr_TR.UTF-8"), ("LANGUAGE", "tr")],
            0,
        ),
        around("2", true, &[("LC_NUMERIC", "fr_FR.UTF-8")], 0),
        around("2", false, &[("TZ", "Pacific/Kiritimati")], 0),
        around("2", true, &[("TZ", "Etc/GMT+12")], 400),
        around("2", false, &[("TZ", "no such zone")], 0),
        around("2", true, &[("HOME", "/nonexistent")], 0),
        around("2", false, &[("HOME", ""), ("XDG_CONFIG_HOME", "")], 0),
        around("2", true, &[("USER", "root"), ("LOGNAME", "somebody")], 0),
        around("2", false, &[("SOURCE_DATE_EPOCH", "1")], 3),
        around("2", true, &[("TMPDIR", "/tmp/../tmp")], 0),
        around(
            "2",
            false,
            &[
                ("RUST_BACKTRACE", "full"),
                ("RUST_LOG", "trace"),
                ("CARGO_TERM_COLOR", "always"),
            ],
            0,
        ),
        around(
            "2",
            true,
            &[
                ("GITHUB_ACTIONS", "true"),
                ("CI", "1"),
                ("TERM", "dumb"),
                ("PWD", "/elsewhere"),
            ],
            0,
        ),
    ]
};

/// All that a run writes and says.
fn result(around: &Around) -> Vec<(String, Vec<u8>)> {
    let folder = folder_with(&[]);
    let mut all = files();
    let mut names: Vec<String> = all
        .iter()
        .map(|(name, _)| name.clone())
        .filter(|name| !name.contains('/') && name.ends_with(".yaml"))
        .collect();
    if around.is_reversed {
        all.reverse();
        names.reverse();
    }
    let when = SystemTime::now() - Duration::from_secs(around.age * 86_400);
    for (name, text) in &all {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        let file = std::fs::File::options()
            .write(true)
            .open(&path)
            .expect("a file");
        file.set_modified(when).expect("a time");
    }
    let command = |arguments: &[&str]| {
        let mut command = mtp(arguments);
        command
            .envs(around.variables.iter().copied())
            .current_dir(folder.path());
        command
    };
    let mut result = Vec::new();
    let mut build = command(&["build", "-o", "out", "--jobs", around.jobs]);
    let (code, stdout, told) = run(build.args(&names));
    assert_eq!(code, 0, "{told}");
    result.push(("build".to_owned(), [stdout, told].concat().into_bytes()));
    for format in ["human", "short", "sarif", "junit", "gitlab"] {
        let mut validate = command(&[
            "validate",
            "-q",
            "--output-format",
            format,
            "--jobs",
            around.jobs,
        ]);
        let (_, stdout, told) = run(validate.args(&names));
        result.push((format.to_owned(), [stdout, told].concat().into_bytes()));
    }
    for arguments in [
        ["export", "abc.yaml", "--to", "openai"].as_slice(),
        &["stats", "abc.yaml"],
        &["render", "abc.yaml", "--template", "llama3"],
        &["fmt", "--check", "--diff", "words"],
    ] {
        let (_, stdout, told) = run(&mut command(arguments));
        result.push((arguments.join(" "), [stdout, told].concat().into_bytes()));
    }
    result.extend(written(&folder.path().join("out")));
    result
}

fn written(folder: &Path) -> impl Iterator<Item = (String, Vec<u8>)> {
    common::entries(folder).into_iter().map(|path| {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        (name, std::fs::read(&path).expect("a file"))
    })
}

#[test]
fn nothing_around_a_run_changes_a_byte() {
    let first = result(&AROUND[0]);
    assert_eq!(
        first
            .iter()
            .filter(|(name, _)| name.ends_with(".json"))
            .count(),
        8
    );
    for around in &AROUND[1..] {
        let other = result(around);
        assert_eq!(other.len(), first.len());
        for ((name, wanted), (_, found)) in first.iter().zip(&other) {
            assert!(
                wanted == found,
                "{name} is another with --jobs {}, reversed: {}, {:?}:\n{}\nand\n{}",
                around.jobs,
                around.is_reversed,
                around.variables,
                String::from_utf8_lossy(wanted),
                String::from_utf8_lossy(found),
            );
        }
    }
}
