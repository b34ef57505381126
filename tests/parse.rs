//! `mtp parse`: texts back to messages, and answers judged by a spec.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run, run_with_input};
use serde_json::{Value, json};

const SPEC: &str = "tests/export/talk.yaml";

/// What `mtp parse -` makes of a text: exit code, what is printed, what is said.
fn parsed(text: &str, arguments: &[&str]) -> (i32, String, String) {
    run_with_input(
        &mut mtp(&[&["parse", "-"], arguments].concat()),
        text.as_bytes(),
    )
}

fn answer(text: &str, arguments: &[&str]) -> Value {
    let (code, out, err) = parsed(text, &[&["--protocol", SPEC], arguments].concat());
    assert_eq!(code, 0, "{text:?}: {err}");
    serde_json::from_str(&out).expect("JSON")
}

#[test]
fn rendered_samples_come_back_as_their_messages() {
    for template in mtp::chat::template::BUILTINS
        .iter()
        .map(|builtin| builtin.name)
    {
        let folder = folder_with(&[]);
        let texts = folder.path().join("texts.jsonl").display().to_string();
        let (code, _, err) = run(&mut mtp(&["render", SPEC, "-t", template, "-o", &texts]));
        assert_eq!(code, 0, "{err}");
        let (code, out, err) = run(&mut mtp(&["parse", &texts, "-t", template]));
        assert_eq!(code, 0, "{err}");
        let (_, expected, _) = run(&mut mtp(&["export", SPEC, "--to", "openai"]));
        let lines = |text: &str| -> Vec<Value> {
            text.lines()
                .map(|line| serde_json::from_str(line).expect("JSON"))
                .collect()
        };
        assert_eq!(lines(&out), lines(&expected), "{template}");
        // Every row is judged good by the spec that it is from; its system message tells which
        // instruction it answers.
        let (code, out, err) = run(&mut mtp(&[
            "parse",
            &texts,
            "-t",
            template,
            "--protocol",
            SPEC,
        ]));
        assert_eq!(code, 0, "{template}: {err}");
        assert_eq!(
            out.lines()
                .filter(|line| line.contains("\"refused\":true"))
                .count(),
            3
        );
        assert_eq!(
            out.lines()
                .filter(|line| line.contains("\"ponder\""))
                .count(),
            3
        );
    }
}

#[test]
fn rendered_calls_come_back_as_the_final_tokens_that_they_stand_for() {
    let folder = folder_with(&[]);
    let texts = folder.path().join("texts.jsonl").display().to_string();
    let finals = ["-t", "qwen2.5", "--final", "tool"];
    let rendering = ["render", SPEC, "-o", &texts];
    let (code, _, err) = run(&mut mtp(&[&rendering, &finals[..]].concat()));
    assert_eq!(code, 0, "{err}");
    let lines = |text: &str| -> Vec<Value> {
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    };
    let (code, out, err) = run(&mut mtp(&["parse", &texts, "-t", "qwen2.5"]));
    assert_eq!(code, 0, "{err}");
    let exporting = ["export", SPEC, "--to", "openai", "--final", "tool"];
    let (_, expected, _) = run(&mut mtp(&exporting));
    assert_eq!(lines(&out), lines(&expected));
    let judging = ["parse", &texts, "--protocol", SPEC];
    let (code, judged, err) = run(&mut mtp(&[&judging, &finals[..]].concat()));
    assert_eq!(code, 0, "{err}");
    let calls = lines(&expected);
    let calls = calls.iter().map(|row| {
        let last = row["messages"].as_array()?.last()?;
        last["tool_calls"][0]["function"]["name"]
            .as_str()
            .map(str::to_owned)
    });
    let judged = lines(&judged);
    let judged = judged
        .iter()
        .map(|row| row["final"].as_str().map(str::to_owned));
    assert_eq!(judged.collect::<Vec<_>>(), calls.collect::<Vec<_>>());
}

#[test]
fn conversations_come_back_whoever_speaks_last() {
    let said = [
        ("system", "Be terse."),
        ("user", "Which way?"),
        ("assistant", "That depends."),
        ("user", "On what?"),
        ("assistant", "On you."),
    ];
    let message = |(role, content): &(&str, &str)| json!({ "role": role, "content": content });
    let folder = folder_with(&[]);
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (messages, text) = (path("messages.json"), path("text"));
    for template in mtp::chat::template::BUILTINS {
        for (from, to) in [
            (0, 2),
            (0, 3),
            (0, 4),
            (0, 5),
            (1, 2),
            (1, 3),
            (1, 4),
            (1, 5),
        ] {
            for prompt in [false, true] {
                if prompt && said[to - 1].0 == "assistant" {
                    continue;
                }
                let talk: Vec<Value> = said[from..to].iter().map(message).collect();
                std::fs::write(&messages, json!(talk).to_string()).expect("a file");
                let rendering = ["render", &messages, "-t", template.name, "-o", &text];
                let prompt = if prompt { &["-g"][..] } else { &[] };
                let (code, _, err) = run(&mut mtp(&[&rendering, prompt].concat()));
                assert_eq!(code, 0, "{}: {err}", template.name);
                let (code, out, err) = run(&mut mtp(&["parse", &text, "-t", template.name]));
                assert_eq!(code, 0, "{}: {err}", template.name);
                let read: Value = serde_json::from_str(&out).expect("JSON");
                assert_eq!(
                    read["messages"],
                    json!(talk),
                    "{} {prompt:?}",
                    template.name
                );
            }
        }
    }
}

#[test]
fn an_answer_is_taken_apart() {
    let to = |name: &'static str| ["--instruction", name];
    assert_eq!(
        answer("That depends.\nOn you.\nMadness=2.5\n", &to("answer")),
        json!({ "instruction": "answer", "output": "That depends.\nOn you.", "final": "Madness", "value": 2.5 })
    );
    assert_eq!(
        answer("Well.\nVanish", &to("answer")),
        json!({ "instruction": "answer", "output": "Well.", "final": "Vanish" })
    );
    assert_eq!(
        answer("Ask somebody else.", &to("answer")),
        json!({ "instruction": "answer", "refused": true, "output": "Ask somebody else." })
    );
    assert_eq!(
        answer("Hm.\nHm.", &to("ponder")),
        json!({ "instruction": "ponder", "output": "Hm.\nHm." })
    );
    // What models put around answers.
    assert_eq!(
        answer("The grin.\r\nIt stays.\r\nMadness=4 \r\n", &to("answer")),
        json!({ "instruction": "answer", "output": "The grin.\nIt stays.", "final": "Madness", "value": 4 })
    );
    let generated = [&to("answer")[..], &["-t", "vicuna-1.1", "--generated"]].concat();
    assert_eq!(
        answer(" Well.\nVanish</s>USER: More?", &generated),
        json!({ "instruction": "answer", "output": "Well.", "final": "Vanish" })
    );
    let as_json = [&to("answer")[..], &["--final", "json"]].concat();
    assert_eq!(
        answer(
            "{\"text\": \"Well.\", \"final\": \"Madness\", \"value\": 7}",
            &as_json
        ),
        json!({ "instruction": "answer", "output": "Well.", "final": "Madness", "value": 7 })
    );
    assert_eq!(
        answer(
            "```json\n{\"text\": \"Well.\", \"final\": \"Vanish\"}\n```\n",
            &as_json
        ),
        json!({ "instruction": "answer", "output": "Well.", "final": "Vanish" })
    );
    let light = ["--protocol", "specs/traffic-light.yaml"];
    for text in ["flashing", "flashing\n", " flashing"] {
        // It is also what a guardrail answers.
        let (code, out, err) = parsed(text, &light);
        assert_eq!(code, 0, "{err}");
        let expected = json!({ "instruction": "next_light", "output": "flashing" });
        assert_eq!(serde_json::from_str::<Value>(&out).expect("JSON"), expected);
    }
    let tickets = ["--protocol", "tests/export/tickets.yaml"];
    for text in [
        "```\n{\"area\": \"web\", \"urgent\": \"no\"}\n```",
        "{\"area\": \"web\", \"urgent\": \"no\"}",
        "{'area': 'web', 'urgent': 'no'}",
    ] {
        let (code, out, err) = parsed(text, &tickets);
        assert_eq!(code, 0, "{err}");
        let expected =
            json!({ "instruction": "sort", "output": { "area": "web", "urgent": "no" } });
        assert_eq!(serde_json::from_str::<Value>(&out).expect("JSON"), expected);
    }
}

#[test]
fn what_an_answer_may_not_be_is_shown_at_its_place() {
    let (talk, light, tickets) = (SPEC, "tests/export/light.yaml", "tests/export/tickets.yaml");
    for (spec, text, options, said, place) in [
        (
            talk,
            "Well.\nContinue",
            vec!["--instruction", "answer"],
            "ends in `Continue`, which is not allowed",
            ":2:1",
        ),
        (
            talk,
            "Well.",
            vec!["--instruction", "answer"],
            "ends in no final token",
            ":1:1",
        ),
        (
            talk,
            "é\nMadness=11",
            vec!["--instruction", "answer"],
            "11 is no number that `Madness` takes",
            ":2:1",
        ),
        (
            talk,
            "Well.\nMadness",
            vec!["--instruction", "answer"],
            "`Madness` stands without its number",
            ":2:1",
        ),
        (
            talk,
            "Well.\nVanish=1",
            vec!["--instruction", "answer"],
            "`Vanish` stands with a number",
            ":2:1",
        ),
        (
            talk,
            "Well.",
            vec!["--instruction", "answer", "--final", "json"],
            "no such JSON object",
            ":1:1",
        ),
        (light, "gren", vec![], "is `green` meant?", ":1:1"),
        (
            tickets,
            "{\"area\": \"web\"}",
            vec![],
            "the label `urgent` has no value",
            ":1:1",
        ),
        (
            tickets,
            "{\"area\": \"sea\", \"urgent\": \"no\", \"x\": \"y\"}",
            vec![],
            "`sea` is no value of the label `area`",
            ":1:11",
        ),
        (
            tickets,
            "{'area': 'web', 'urgent': 'no', 'area': 'app'}",
            vec![],
            "the label `area` has two values",
            ":1:3",
        ),
        (tickets, "web", vec![], "no JSON object of texts", ":1:1"),
    ] {
        let mut arguments = vec!["--protocol", spec];
        arguments.extend(options);
        let (code, out, err) = parsed(text, &arguments);
        assert_eq!((code, out.as_str()), (1, ""), "{text}: {err}");
        assert!(err.contains("[answer-mismatch]"), "{text}: {err}");
        assert!(err.contains(said), "{text}: {err}");
        assert!(err.contains(&format!("[-{place}]")), "{text}: {err}");
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    let folder = folder_with(&[
        (
            "steady.jinja",
            "{% for m in messages %}{{ m.content }}{% endfor %}",
        ),
        ("bad.jsonl", "{\"text\": 1}\n"),
        ("broken.jsonl", "\"a\nb\"\n"),
    ]);
    let path = |name: &str| folder.path().join(name).display().to_string();
    for (arguments, expected, said) in [
        (
            vec!["-", "-t", "llama3"],
            1,
            "a text that begins as `llama3` begins one",
        ),
        (
            vec!["-", "-t", &path("steady.jinja")],
            2,
            "cannot read back what",
        ),
        (vec!["-"], 2, "--template"),
        (
            vec![&path("bad.jsonl"), "-t", "chatml"],
            1,
            "expected a text, or an object with `text`",
        ),
        (
            vec![&path("broken.jsonl"), "-t", "chatml"],
            1,
            "not valid JSON: EOF while parsing a string",
        ),
        (
            vec!["nowhere.txt", "-t", "chatml"],
            2,
            "cannot read `nowhere.txt`",
        ),
        (
            vec!["-", "--protocol", SPEC],
            2,
            "which instruction is answered?",
        ),
        (
            vec!["-", "--protocol", SPEC, "--instruction", "ponde"],
            2,
            "did you mean `ponder`?",
        ),
    ] {
        let (code, out, err) = run_with_input(
            &mut mtp(&[&["parse"], arguments.as_slice()].concat()),
            b"hello",
        );
        assert_eq!((code, out.as_str()), (expected, ""), "{arguments:?}: {err}");
        assert!(err.contains(said), "{arguments:?}: {err}");
    }
}
