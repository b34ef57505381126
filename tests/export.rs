//! `mtp export`: every format, every kind of file, and that nothing is half written.
//!
//! `tests/export/SPEC.yaml` becomes `SPEC.FORMAT.jsonl` beside it, one file for every format;
//! `MTP_BLESS=1 cargo test --test export` rewrites them.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{mtp, run};
use common::entries;
use mtp::chat::export::Format;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use tempfile::TempDir;

/// What `mtp export` prints.
fn exported(arguments: &[&str]) -> String {
    let (code, out, err) = run(&mut mtp(&[&["export"], arguments].concat()));
    assert_eq!(code, 0, "{arguments:?}: {err}");
    out
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn every_spec_becomes_the_rows_of_every_format() {
    let mut failures = Vec::new();
    let mut count = 0;
    for spec in entries(Path::new("tests/export")) {
        if spec.extension().is_none_or(|ending| ending != "yaml") {
            continue;
        }
        for format in Format::ALL {
            let path = spec.display().to_string();
            let mut arguments = vec![path.as_str(), "--to", format.name()];
            if format.needs_template() {
                arguments.extend(["--template", "chatml"]);
            }
            let rows = exported(&arguments);
            lines(&rows);
            let name = format!("{}.jsonl", format.name());
            failures.extend(common::blessed(&spec.with_extension(""), &name, &rows));
            count += 1;
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(count, 3 * Format::ALL.len());
}

#[test]
fn finals_become_tools_or_fields() {
    let mut failures = Vec::new();
    let spec = "tests/export/talk.yaml";
    for (format, finals, template) in [
        ("openai", "tool", None),
        ("openai", "json", None),
        ("dpo-openai", "tool", None),
        ("prompt-completion", "tool", None),
        ("prompt-completion", "line", Some("mistral")),
        ("dpo-trl", "line", Some("mistral")),
        ("kto", "line", Some("mistral")),
        ("text", "tool", Some("qwen2.5")),
        ("segments", "tool", Some("qwen2.5")),
    ] {
        let mut arguments = vec![
            spec, "--to", format, "--final", finals, "--legend", "--header", "keys",
        ];
        let mut name = format!("{format}.{finals}");
        if let Some(template) = template {
            arguments.extend(["--template", template]);
            name += &format!(".{template}");
        }
        let rows = exported(&arguments);
        failures.extend(common::blessed(
            Path::new("tests/export/talk"),
            &format!("{name}.jsonl"),
            &rows,
        ));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_prompt_and_its_completion_are_the_whole_text() {
    let spec = "tests/export/talk.yaml";
    for template in mtp::chat::template::BUILTINS
        .iter()
        .map(|builtin| builtin.name)
    {
        let whole = lines(&exported(&[spec, "--to", "text", "--template", template]));
        let pairs = lines(&exported(&[
            spec,
            "--to",
            "prompt-completion",
            "--template",
            template,
        ]));
        let segments = lines(&exported(&[
            spec,
            "--to",
            "segments",
            "--template",
            template,
        ]));
        assert_eq!(whole.len(), 12);
        for ((whole, pair), segments) in whole.iter().zip(&pairs).zip(&segments) {
            let text = |value: &Value| value.as_str().expect("text").to_owned();
            assert_eq!(
                text(&whole["text"]),
                text(&pair["prompt"]) + &text(&pair["completion"]),
                "{template}"
            );
            let pieces = segments["segments"].as_array().expect("a list");
            let joined: String = pieces.iter().map(|piece| text(&piece["text"])).collect();
            assert_eq!(text(&whole["text"]), joined, "{template}");
            let trained: String = pieces
                .iter()
                .filter(|piece| piece["label"] == true)
                .map(|piece| text(&piece["text"]))
                .collect();
            // Some formats write something behind the end of an answer, which is not trained on.
            assert!(
                text(&pair["completion"]).starts_with(&trained),
                "{template}: {trained:?}"
            );
            assert!(!trained.is_empty(), "{template}");
        }
    }
}

#[test]
fn a_list_holds_what_the_lines_hold() {
    let folder = TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    for spec in ["tests/export/talk.yaml", "tests/export/light.yaml"] {
        let (list, rows) = (path("rows.json"), path("rows.jsonl"));
        exported(&[spec, "--to", "kto", "-o", &list, "--force"]);
        exported(&[spec, "--to", "kto", "-o", &rows, "--force"]);
        let read = |path: &str| std::fs::read_to_string(path).expect("a file");
        let list: Vec<Value> = serde_json::from_str(&read(&list)).expect("JSON");
        assert_eq!(list, lines(&read(&rows)));
        assert_eq!(read(&rows), exported(&[spec, "--to", "kto"]));
    }
}

#[test]
fn halves_and_parts_hold_every_row_once() {
    let folder = TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let spec = "tests/export/talk.yaml";
    let all: Vec<String> = exported(&[spec, "--to", "openai"])
        .lines()
        .map(str::to_owned)
        .collect();
    let read = |name: &str| -> Vec<String> {
        let text = std::fs::read_to_string(folder.path().join(name)).expect("a file");
        text.lines().map(str::to_owned).collect()
    };
    let mut divisions = BTreeSet::new();
    for seed in ["0", "1", "2", "3"] {
        exported(&[
            spec,
            "--to",
            "openai",
            "-o",
            &path("rows.jsonl"),
            "--map",
            &path("map.jsonl"),
            "--split",
            "0.3",
            "--seed",
            seed,
            "--force",
        ]);
        let (train, eval) = (read("rows.train.jsonl"), read("rows.eval.jsonl"));
        // A third of 6 samples, of 3 samples and of 3 bad prompts, each rounded.
        assert_eq!((train.len(), eval.len()), (8, 4));
        assert_eq!(read("map.train.jsonl").len(), 8);
        let mut both: Vec<&String> = train.iter().chain(&eval).collect();
        both.sort();
        let mut expected: Vec<&String> = all.iter().collect();
        expected.sort();
        assert_eq!(both, expected);
        divisions.insert(eval);
    }
    assert!(divisions.len() > 1, "every seed gives the same division");
    let mut parts: Vec<Vec<String>> = Vec::new();
    for part in ["1/5", "2/5", "3/5", "4/5", "5/5"] {
        let rows = exported(&[spec, "--to", "openai", "--shard", part]);
        parts.push(rows.lines().map(str::to_owned).collect());
    }
    let dealt: Vec<String> = (0..all.len())
        .map(|at| parts[at % 5][at / 5].clone())
        .collect();
    assert_eq!(dealt, all);
}

#[test]
fn the_map_leads_to_the_line_of_every_row() {
    let folder = TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let spec = "tests/export/talk.yaml";
    exported(&[
        spec,
        "--to",
        "alpaca",
        "-o",
        &path("rows.jsonl"),
        "--map",
        &path("map.jsonl"),
    ]);
    let read =
        |name: &str| lines(&std::fs::read_to_string(folder.path().join(name)).expect("a file"));
    let written = std::fs::read_to_string(spec).expect("a file");
    let (rows, map) = (read("rows.jsonl"), read("map.jsonl"));
    assert_eq!(rows.len(), map.len());
    for (at, (row, origin)) in rows.iter().zip(&map).enumerate() {
        assert_eq!(origin["row"], at);
        assert_eq!(origin["file"], spec);
        let number =
            |key: &str| usize::try_from(origin[key].as_u64().expect("a number")).expect("a number");
        let line = written.lines().nth(number("line") - 1).expect("a line");
        let place: String = line.chars().skip(number("column") - 1).collect();
        let output = row["output"].as_str().expect("text");
        let said = output
            .lines()
            .next()
            .expect("a line")
            .split('\\')
            .next()
            .expect("text");
        let is_refusal = origin.get("guardrail").is_some();
        assert!(is_refusal || place.contains(said), "{place}: {output}");
        assert!(!is_refusal || place.starts_with(['W', 'I']), "{place}");
    }
}

#[test]
fn what_trainers_are_told_names_the_file_and_its_columns() {
    let folder = TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let spec = "tests/export/talk.yaml";
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a file");
    for (format, of_llama_factory, of_axolotl) in [
        ("openai", true, true),
        ("sharegpt", true, true),
        ("alpaca", true, true),
        ("airoboros", true, true),
        ("text", true, true),
        ("segments", false, true),
        ("dpo-llamafactory", true, false),
        ("dpo-trl", false, false),
        ("dpo-openai", false, false),
        ("kto", false, false),
        ("kto-llamafactory", true, false),
    ] {
        for (option, is_known) in [
            ("--dataset-info", of_llama_factory),
            ("--axolotl", of_axolotl),
        ] {
            let (rows, told) = (path("talk.jsonl"), path("told"));
            let mut arguments = vec!["export", spec, "--to", format, "-o", &rows, option, &told];
            if ["text", "segments"].contains(&format) {
                arguments.extend(["--template", "chatml"]);
            }
            let (code, _, err) = run(&mut mtp(&arguments));
            assert_eq!(
                code,
                if is_known { 0 } else { 2 },
                "{format} {option}: {err}"
            );
            if !is_known {
                assert!(err.contains("does not read the format"), "{err}");
                assert_eq!(entries(folder.path()).len(), 0, "{format}");
                continue;
            }
            let text = read("told");
            assert!(text.contains("talk.jsonl"), "{text}");
            let row = &lines(&read("talk.jsonl"))[0];
            if option == "--dataset-info" {
                let info: Value = serde_json::from_str(&text).expect("JSON");
                for (_, column) in info["talk"]["columns"].as_object().expect("columns") {
                    assert!(
                        row.get(column.as_str().expect("text")).is_some(),
                        "{format}: {column}"
                    );
                }
            } else {
                let block: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
                assert!(
                    block["datasets"][0]["type"] != serde_yaml::Value::Null,
                    "{text}"
                );
            }
            std::fs::remove_file(told).expect("a file");
            std::fs::remove_file(rows).expect("a file");
        }
    }
}

#[test]
fn what_cannot_be_written_leaves_nothing() {
    let folder = common::command::folder_with(&[
        ("there.jsonl", "mine\n"),
        (
            "picky.jinja",
            "{% for m in messages %}{{ m.content }}\n{% if 'Where' in m.content %}{{ raise_exception('no questions') }}{% endif %}{% endfor %}",
        ),
        (
            "endless.jinja",
            "{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}",
        ),
        ("broken.jinja", "{% if %}"),
        ("bad.yaml", "name: x\ninputs: 1\n"),
    ]);
    let path = |name: &str| folder.path().join(name).display().to_string();
    let before = entries(folder.path());
    let out = path("out/rows.jsonl");
    let spec = "tests/export/talk.yaml";
    for (arguments, expected, said) in [
        (
            vec![spec, "--to", "openai", "-o", &path("there.jsonl")],
            2,
            "is there already; --force replaces it",
        ),
        (
            vec![spec, "--to", "text", "-o", &out],
            2,
            "--template says how messages become text",
        ),
        (
            vec![spec, "--to", "openai", "--template", "chatml", "-o", &out],
            2,
            "it takes no template",
        ),
        (
            vec![spec, "--to", "sharegpt", "--final", "tool", "-o", &out],
            2,
            "has no place for an answer that calls a tool",
        ),
        (
            vec![
                spec, "--to", "text", "-t", "llama3.1", "--final", "tool", "-o", &out,
            ],
            2,
            "`llama3.1` has no place for an answer that calls a tool",
        ),
        (
            vec![
                "src/cli/init/basic.yaml",
                "--to",
                "openai",
                "--platform",
                "openai",
                "-o",
                &out,
            ],
            1,
            "OpenAI takes 10 or more",
        ),
        (
            vec![spec, "--to", "openai", "--platform", "opnai", "-o", &out],
            2,
            "did you mean `openai`?",
        ),
        (
            vec![spec, "--to", "opena", "-o", &out],
            2,
            "did you mean `openai`?",
        ),
        (
            vec![spec, "--to", "openai", "-o", &path("rows.csv")],
            2,
            "end it in .jsonl, .json or .parquet",
        ),
        (
            vec![spec, "--to", "openai", "--shard", "5/4", "-o", &out],
            2,
            "write it as I/N, such as 1/8 to 8/8",
        ),
        (
            vec![spec, "--to", "openai", "--split", "0.5"],
            2,
            "--output",
        ),
        (
            vec![spec, "--to", "openai", "-o", &out, "--map", &out],
            2,
            "two files cannot be written to",
        ),
        (
            vec![
                spec,
                "--to",
                "text",
                "--template",
                &path("picky.jinja"),
                "-o",
                &out,
            ],
            1,
            "no questions",
        ),
        (
            vec![spec, "--to", "text", "--template", &path("picky.jinja")],
            1,
            "no questions",
        ),
        (
            vec![
                spec,
                "--to",
                "text",
                "--template",
                &path("endless.jinja"),
                "-o",
                &out,
            ],
            1,
            "too many steps",
        ),
        (
            vec![
                spec,
                "--to",
                "text",
                "--template",
                &path("broken.jinja"),
                "-o",
                &out,
            ],
            1,
            "not valid chat template",
        ),
        (
            vec![spec, "--to", "text", "--template", "chatm1", "-o", &out],
            2,
            "did you mean `chatml`?",
        ),
        (
            vec![path("bad.yaml").as_str(), "--to", "openai", "-o", &out],
            1,
            "no-instructions",
        ),
    ] {
        let (code, printed, err) = run(&mut mtp(&[&["export"], arguments.as_slice()].concat()));
        assert_eq!(code, expected, "{arguments:?}: {err}");
        assert!(err.contains(said), "{arguments:?}: {err}");
        assert_eq!(printed, "", "{arguments:?}");
        let _ = std::fs::remove_dir(folder.path().join("out"));
        assert_eq!(entries(folder.path()), before, "{arguments:?}");
    }
    assert_eq!(
        std::fs::read_to_string(path("there.jsonl")).expect("a file"),
        "mine\n"
    );
}

/// Parquet, read again by the reader of samples.
#[cfg(feature = "parquet")]
#[test]
fn parquet_holds_what_the_lines_hold() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("rows.parquet").display().to_string();
    let spec = "tests/export/talk.yaml";
    exported(&[spec, "--to", "alpaca", "-o", &path]);
    let bytes = std::fs::read(&path).expect("a file");
    let table = mtp::data::parquet(bytes, 1 << 20).expect("a table");
    let table = String::from_utf8(table).expect("UTF-8");
    let rows = lines(&exported(&[spec, "--to", "alpaca"]));
    assert!(
        table.starts_with("instruction,input,output,system"),
        "{table}"
    );
    for row in rows {
        let output = row["output"].as_str().expect("text");
        assert!(table.contains(&output.replace('"', "\"\"")), "{output}");
    }
}
