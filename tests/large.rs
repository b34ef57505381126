//! Files that several threads work on: what comes of them does not depend on their number,
//! nor on where in an instruction its samples stand.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run};

const HEAD: &str = "name: large\ninputs: 1\ncontext: [a, b, c, d, e, f, g, h, i, j]\n\
tokens: {Talk: , End: {type: final}, Stop: {type: final}}\ninstructions:\n  say:\n    input: [[Talk]]\n";

/// More than a megabyte of samples, some of which are faulty if `faulty`.
fn samples(count: usize, faulty: bool) -> Vec<String> {
    let sample = |number: usize| {
        let (input, output, last) = match number % 997 {
            3 if faulty => ("twice".to_owned(), format!("answer {number}"), "End"),
            5 if faulty => (
                format!("question {number}"),
                "\" trailing \"".into(),
                "Stop",
            ),
            7 if faulty => (format!("question {number}"), format!("a {number}"), "Ende"),
            _ => (
                format!("a question of some length and the number of which is {number}"),
                format!("é answer {number}"),
                if number.is_multiple_of(3) {
                    "End"
                } else {
                    "Stop"
                },
            ),
        };
        format!("{{input: [{input}], output: {output}, final: {last}}}")
    };
    (0..count).map(sample).collect()
}

fn inline(samples: &[String]) -> String {
    let mut spec = format!("{HEAD}    output: [Talk]\n    final: [End, Stop]\n    samples:\n");
    samples
        .iter()
        .for_each(|sample| spec.push_str(&format!("      - {sample}\n")));
    spec
}

/// The samples as lines of JSON, by way of what a YAML parser makes of them.
fn lines(samples: &[String]) -> String {
    let line = |sample: &String| {
        let value: serde_json::Value = serde_yaml::from_str(sample).expect("a sample");
        format!("{value}\n")
    };
    samples.iter().map(line).collect()
}

/// What a command does in a folder with these files: exit code, and all that it printed.
fn does(files: &[(&str, &str)], arguments: &[&str]) -> (i32, String, String) {
    let folder = folder_with(files);
    run(mtp(arguments).current_dir(folder.path()))
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let outside =
        format!("{HEAD}    output: [Talk]\n    final: [End, Stop]\n    samples_from: s.jsonl\n");
    for faulty in [false, true] {
        let samples = samples(20_000, faulty);
        let (inline, lines) = (inline(&samples), lines(&samples));
        assert!(inline.len() > 1 << 20 && lines.len() > 2 << 20);
        let specs: [&[(&str, &str)]; 2] = [
            &[("spec.yaml", &inline)],
            &[("spec.yaml", &outside), ("s.jsonl", &lines)],
        ];
        for files in specs {
            let arguments = |jobs| {
                let format = ["--output-format", "json", "--jobs", jobs];
                [&["build", "spec.yaml", "--stdout"], &format[..]].concat()
            };
            let alone = does(files, &arguments("1"));
            assert_eq!(alone.0, i32::from(faulty), "{}", alone.2);
            for jobs in ["2", "5"] {
                let together = does(files, &arguments(jobs));
                assert_eq!(together.0, alone.0);
                assert!(together.1 == alone.1, "another model with {jobs} threads");
                assert_eq!(untimed(&together.2), untimed(&alone.2));
            }
        }
    }
}

/// A report without what changes from run to run.
fn untimed(report: &str) -> String {
    let lines = report.lines().filter(|line| !line.contains("\"seconds\""));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn an_instruction_may_tell_its_type_behind_its_samples() {
    let states = ["go", "stop", "wait"];
    let samples: String = (0..30)
        .map(|at| {
            format!(
                "      - {{input: [when {at}], output: {}}}\n",
                states[at % 3]
            )
        })
        .collect();
    let samples = format!("    samples:\n{samples}");
    let head = HEAD.replace(
        "tokens: {Talk: , End: {type: final}, Stop: {type: final}}",
        "tokens: {Talk: }",
    );
    let kind = "    type: state_machine\n";
    for states in [
        "",
        "    states: [go, stop, wait]\n",
        "    states: [go, stop]\n",
    ] {
        let before = format!("{head}{kind}{states}{samples}");
        let behind = format!("{head}{states}{samples}{kind}");
        let arguments = ["build", "spec.yaml", "--stdout", "--output-format", "json"];
        let first = does(&[("spec.yaml", &before)], &arguments);
        let second = does(&[("spec.yaml", &behind)], &arguments);
        assert_eq!(first.0, second.0);
        assert_eq!(first.1, second.1);
        let count = |report: &str| report.matches("\"rule\"").count();
        assert_eq!(count(&first.2), count(&second.2));
        assert_eq!(count(&first.2) > 0, states.ends_with("stop]\n"));
    }
}
