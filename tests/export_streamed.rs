//! `mtp export` of files too large to be held: the rows are those of the same samples in files
//! that are held, with every option that looks at more than one row.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run};
use serde_json::{Value, json};
use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use tempfile::TempDir;

/// Files of at least so many bytes are read in pieces.
const LARGE: usize = 4 << 20;
/// The samples of a large file. They are long, so that there need not be many.
const SAMPLES: usize = 1500;
/// Those of them that a small file has.
const SMALL: usize = 500;

const START: &str = r#"
name: desk
inputs: 2
context: [The desk answers., two, three, four, five, six, seven, eight, nine, ten]
tokens: {Ask: {desc: A question}, Tell: {desc: An answer}, Done: {type: final}, Level: {type: final_num, min: 1, max: 90000}}
guardrails:
  desk_only: {good_prompt: a, bad_prompt: b, bad_output: no, samples: [x, y, z, "another, and `code`"]}
instructions:
"#;

const ANSWERS: &str = r#"  answer:
    input: [[Ask], [Tell]]
    output: [Tell]
    final: [Done, Level]
    guardrails: {1: desk_only}
    samples:
      - {input: [first, one], output: alpha, final: Done}
      - {input: [first, two], output: "```rust\nlet a = 1;\n```", final: Done}
    samples_from: [FILES]
"#;

const CHOICES: &str = r#"  choose:
    type: state_machine
    input: [[Ask], [Tell]]
    guardrails: {0: desk_only}
    samples_from: [FILES]
"#;

/// Sentences of which no two are equal.
fn long(number: usize) -> String {
    format!(
        "Number {number}, naïve “quotes”, {}.",
        "and more ".repeat(170)
    )
}

/// Samples with finals, as lines of JSON, and samples with states, as rows of CSV.
fn samples() -> (Vec<String>, Vec<String>) {
    let answers = (0..SAMPLES).map(|number| {
        let mut sample = json!({"input": ["q", long(number)], "output": long(number + 1)});
        match number % 3 {
            0 => sample["final"] = json!("Done"),
            _ => (sample["final"], sample["value"]) = (json!("Level"), json!(number + 1)),
        }
        if number % 100 == 7 {
            sample["output"] = json!("Take this:\n\n```python\nprint(1)\n```\n");
        }
        sample.to_string() + "\n"
    });
    let choices = (0..SAMPLES).map(|number| {
        let text = long(number);
        format!("\"{text}\",\"\n{}\",state {}\n", text, (number * 7) % 5)
    });
    (answers.collect(), choices.collect())
}

/// The same samples in one file each, and in several.
fn folders() -> (TempDir, TempDir) {
    let (answers, choices) = samples();
    let header = "input_0,input_1,output\n";
    let large = [
        ("answers.jsonl", answers.concat()),
        ("choices.csv", header.to_owned() + &choices.concat()),
    ];
    assert!(large.iter().all(|(_, text)| text.len() > LARGE));
    let mut held = Vec::new();
    for (number, (answers, choices)) in answers.chunks(SMALL).zip(choices.chunks(SMALL)).enumerate()
    {
        held.push((format!("answers-{number}.jsonl"), answers.concat()));
        held.push((
            format!("choices-{number}.csv"),
            header.to_owned() + &choices.concat(),
        ));
    }
    assert!(held.iter().all(|(_, text)| text.len() < LARGE));
    let folder = |answers: &str, choices: &str, files: Vec<(String, String)>| {
        let answers = START.to_owned() + &ANSWERS.replace("FILES", answers);
        let choices = START.to_owned() + &CHOICES.replace("FILES", choices);
        let finals = ", Done: {type: final}, Level: {type: final_num, min: 1, max: 90000}";
        let choices = choices.replace(finals, "");
        let folder = folder_with(&[("answers.yaml", &answers), ("choices.yaml", &choices)]);
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("a file");
        }
        folder
    };
    let large = large.map(|(name, text)| (name.to_owned(), text)).to_vec();
    (
        folder("answers.jsonl", "choices.csv", large),
        folder("answers-*.jsonl", "choices-*.csv", held),
    )
}

/// What an export writes into a folder of its own, and what it says.
fn exported(folder: &Path, arguments: &[&str]) -> Vec<(String, String)> {
    let mut command = mtp(&[&["export"], arguments].concat());
    let (code, out, err) = run(command.current_dir(folder));
    assert_eq!(code, 0, "{arguments:?}: {err}");
    let mut all = vec![("printed".to_owned(), out), ("told".to_owned(), err)];
    let rows = folder.join("rows");
    let written = match rows.exists() {
        true => common::entries(&rows),
        false => Vec::new(),
    };
    for path in written {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        all.push((name, std::fs::read_to_string(&path).expect("text")));
    }
    if rows.exists() {
        std::fs::remove_dir_all(rows).expect("an empty folder");
    }
    all
}

/// The samples that the lines of a map tell of, by the file that they are in with its samples
/// in it counted from 0: lines and files differ where files are divided.
fn places(map: &str) -> Vec<Value> {
    let lines = map
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines
        .map(|mut origin| {
            let number = |file: &str| -> Option<u64> {
                let (_, number) = file.split_once('-')?;
                number.split('.').next()?.parse().ok()
            };
            let file = origin["file"].as_str().expect("a file").to_owned();
            let line = origin["line"].as_u64().expect("a line");
            let lines = if file.contains("choices") { 2 } else { 1 };
            if let Some(number) = number(&file) {
                origin["file"] = json!(file.replace(&format!("-{number}"), ""));
                origin["line"] = json!(line + number * SMALL as u64 * lines);
            }
            origin
        })
        .collect()
}

#[test]
fn rows_of_samples_that_are_not_held_are_those_of_samples_that_are() {
    let (large, held) = folders();
    for arguments in [
        &["answers.yaml", "--to", "openai"][..],
        &["choices.yaml", "--to", "openai"],
        &[
            "answers.yaml",
            "--to",
            "sharegpt",
            "-o",
            "rows/a.json",
            "--split",
            "0.1",
            "--map",
            "rows/map.jsonl",
        ],
        &[
            "answers.yaml",
            "--to",
            "airoboros",
            "--plainformat",
            "--shard",
            "2/3",
        ],
        &[
            "choices.yaml",
            "--to",
            "kto",
            "-t",
            "chatml",
            "--shard",
            "3/7",
            "-o",
            "rows/a.jsonl",
            "--map",
            "rows/map.jsonl",
        ],
        &[
            "choices.yaml",
            "--to",
            "dpo-trl",
            "--seed",
            "3",
            "--split",
            "0.5",
            "-o",
            "rows/a.jsonl",
        ],
    ] {
        let found = exported(large.path(), arguments);
        let wanted = exported(held.path(), arguments);
        for ((name, found), (other, wanted)) in found.iter().zip(&wanted) {
            assert_eq!(name, other, "{arguments:?}");
            if name.starts_with("map") {
                assert_eq!(places(found), places(wanted), "{arguments:?}: {name}");
                continue;
            }
            let mut lines = found.lines().zip(wanted.lines()).enumerate();
            let differs = lines.find(|(_, (found, wanted))| found != wanted);
            assert!(found == wanted, "{arguments:?}: {name}: {differs:?}");
        }
    }
}

#[test]
fn rows_of_a_file_that_is_changed_meanwhile_are_refused() {
    let (large, _) = folders();
    let mut export = mtp(&["export", "answers.yaml", "--to", "openai"]);
    export.current_dir(large.path());
    export.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = export.spawn().expect("a process");
    // What is judged is printed; the process waits until more of it is read.
    let mut out = child.stdout.take().expect("a pipe");
    out.read_exact(&mut [0; 10]).expect("rows");
    let file = large.path().join("answers.jsonl");
    let text = std::fs::read_to_string(&file).expect("text");
    std::fs::write(&file, text.replace("Done", "Dune")).expect("a file");
    std::io::copy(&mut out, &mut std::io::sink()).expect("rows");
    let output = child.wait_with_output().expect("an end");
    let told = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(2), "{told}");
    let wanted = "mtp: `answers.jsonl` was changed while it was read; run again";
    assert!(told.starts_with(wanted), "{told}");
}

#[test]
fn what_cannot_be_rendered_is_told_at_its_place_in_a_large_file() {
    let (large, _) = folders();
    let template = "{% for m in messages %}{% if 'Number 1321,' in m.content %}\
                    {{ raise_exception('no') }}{% endif %}{{ m.content }}{% endfor %}";
    std::fs::write(large.path().join("t.jinja"), template).expect("a file");
    for (spec, places) in [
        (
            "answers.yaml",
            ["answers.jsonl:1321:1", "answers.jsonl:1322:1"],
        ),
        ("choices.yaml", ["choices.csv:2644:1", "t.jinja:1:63"]),
    ] {
        let arguments = [
            "export",
            spec,
            "--to",
            "text",
            "-t",
            "t.jinja",
            "-o",
            "rows.jsonl",
        ];
        let (code, _, err) = run(mtp(&arguments).current_dir(large.path()));
        assert_eq!(code, 1, "{err}");
        for place in places {
            assert!(err.contains(place), "{place} is missing in {err}");
        }
        assert!(!large.path().join("rows.jsonl").exists());
    }
}

#[test]
fn marks_in_texts_are_told_in_a_large_file_as_in_one_that_is_held() {
    let (large, _) = folders();
    let run = |arguments: &[&str]| run(mtp(arguments).current_dir(large.path()));
    let template = ["-t", "chatml", "--var", "eos_token=Number 132"];
    let told = |report: &str| -> Vec<Value> {
        let report: Value = serde_json::from_str(report).expect("JSON");
        let found = report["diagnostics"].as_array().expect("findings").iter();
        let found = found.filter(|own| own["rule"] == "delimiter-in-text");
        found.cloned().collect()
    };
    for spec in ["answers.yaml", "choices.yaml"] {
        let json = ["--output-format", "json"];
        let (_, held, _) = run(&[&["validate", spec], &template[..], &json].concat());
        let export = [
            "export",
            spec,
            "--to",
            "text",
            "-o",
            "marks.jsonl",
            "--force",
        ];
        let (code, _, streamed) = run(&[&export[..], &template, &json, &["-q"]].concat());
        assert_eq!(code, 0, "{streamed}");
        assert!(!told(&held).is_empty(), "{held}");
        assert_eq!(told(&streamed), told(&held));
        std::fs::remove_file(large.path().join("marks.jsonl")).expect("a file");
        let strict = ["--rule", "delimiter-in-text=error"];
        let (code, ..) = run(&[&export[..], &template, &strict].concat());
        assert_eq!(code, 1);
        assert!(!large.path().join("marks.jsonl").exists());
    }
}
