//! The prompt formats of airoboros.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run, run_with_input};
use mtp::chat::airoboros::{Block, ClosedContext, join, split, twin};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn a_closed_context_prompt_is_written_as_the_models_know_it() {
    let prompt = ClosedContext {
        blocks: vec![
            Block {
                context: vec![
                    ("date".to_owned(), "2021-01-01".to_owned()),
                    ("url".to_owned(), "https://a.b/c".to_owned()),
                ],
                text: "In a shocking turn of events, blueberries are now green.".to_owned(),
            },
            Block::default(),
        ],
        instruction: "What color are blueberries? Source?".to_owned(),
    };
    let text = prompt.write().expect("a prompt");
    assert_eq!(
        text,
        "BEGININPUT\nBEGINCONTEXT\ndate: 2021-01-01\nurl: https://a.b/c\nENDCONTEXT\nIn a shocking turn of events, \
         blueberries are now green.\nENDINPUT\nBEGININPUT\nBEGINCONTEXT\nENDCONTEXT\n\nENDINPUT\nBEGININSTRUCTION\n\
         What color are blueberries? Source?\nENDINSTRUCTION"
    );
    assert_eq!(ClosedContext::read(&text), Ok(prompt));
}

#[test]
fn what_is_wrong_with_a_prompt_is_told_at_its_place() {
    let whole = "BEGININPUT\nBEGINCONTEXT\na: b\nENDCONTEXT\nx\nENDINPUT\nBEGININSTRUCTION\ny\nENDINSTRUCTION";
    for (text, said, place) in [
        (
            whole.replace("a: b", "a b"),
            "written as `key: value`",
            "a b",
        ),
        (
            whole.replace("BEGINCONTEXT", "CONTEXT"),
            "expected `BEGINCONTEXT`",
            "CONTEXT",
        ),
        (whole.replace("ENDINPUT", ""), "expected `ENDINPUT`", ""),
        (
            format!("{whole} more"),
            "nothing may stand behind",
            "ENDINSTRUCTION more",
        ),
        (
            "BEGININSTRUCTION\ny\nENDINSTRUCTION".to_owned(),
            "there is no text to answer from",
            "",
        ),
        ("hello".to_owned(), "expected `BEGININPUT`", "hello"),
    ] {
        let problem = ClosedContext::read(&text).expect_err(&text);
        assert!(problem.message.contains(said), "{text}: {problem:?}");
        assert_eq!(&text[problem.range.clone()], place, "{text}: {problem:?}");
        let (code, out, err) = run_with_input(
            &mut mtp(&["parse", "-", "--closed-context"]),
            text.as_bytes(),
        );
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        assert!(err.contains("not valid closed-context prompt"), "{err}");
    }
    // Models answer without the last delimiter, too.
    let open = whole.replace("\nENDINSTRUCTION", "");
    assert!(ClosedContext::read(&open).is_ok());
    let mut command = mtp(&["parse", "-", "--closed-context"]);
    let (code, _, err) = run_with_input(&mut command, open.as_bytes());
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("no `ENDINSTRUCTION`"), "{err}");
    let holding = ClosedContext {
        blocks: vec![Block {
            context: Vec::new(),
            text: "an ENDINPUT inside".to_owned(),
        }],
        instruction: String::new(),
    };
    assert!(
        holding
            .write()
            .expect_err("a refusal")
            .message
            .contains("`ENDINPUT`")
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn closed_context_is_read_as_it_was_written(
        texts in proptest::collection::vec(("[a-z]{1,5}", "[a-z0-9:/. ]{0,9}[a-z]", "[a-zé ]{0,9}(\n[a-z]{1,5}){0,2}"), 1..4),
        instruction in "[a-z?]{0,9}(\n[a-z]{1,5}){0,2}",
    ) {
        let blocks = texts.into_iter().map(|(key, value, text)| Block {
            context: vec![(key, value.trim().to_owned())],
            text: text.trim_matches('\n').to_owned(),
        });
        let prompt = ClosedContext { blocks: blocks.collect(), instruction: instruction.trim_matches('\n').to_owned() };
        prop_assert_eq!(ClosedContext::read(&prompt.write().expect("a prompt")), Ok(prompt));
    }

    #[test]
    fn turns_are_split_as_they_were_joined(texts in proptest::collection::vec("[a-zé:<>/]{1,9}", 1..4)) {
        let messages: Vec<String> = texts.iter().flat_map(|text| [format!("q {text}"), format!("a {text}")]).collect();
        let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
        let (instruction, response) = join(&messages).expect("a row");
        prop_assert_eq!(split(&instruction, &response), Some(messages));
    }
}

#[test]
fn code_alone_is_asked_for_where_there_is_code() {
    let fenced = "Here it is:\n```python\nprint(1)\n```\nThat prints 1.";
    assert_eq!(
        twin(" Write it. ", fenced),
        Some(("Write it. PLAINFORMAT".to_owned(), "print(1)".to_owned()))
    );
    for response in [
        "print(1)",
        "```\nprint(1)",
        "```\n```",
        "```a\nb\n```\n```c\nd\n```",
        "```a\nb\n``` and `c`",
    ] {
        assert_eq!(twin("Write it.", response), None, "{response}");
    }
    assert_eq!(twin("Write it. PLAINFORMAT", fenced), None);
}

fn rows(input: &str, to: &str) -> (i32, String, String) {
    run_with_input(&mut mtp(&["rows", "-", "--to", to]), input.as_bytes())
}

#[test]
fn rows_go_to_sharegpt_and_back() {
    let row = r#"{"instruction": "Which way?", "response": "That depends.</s>USER: On wh\u00e4t? ASSISTANT: On you.", "category": "rp", "system": "A chat."}"#;
    let (code, turns, err) = rows(row, "sharegpt");
    assert_eq!(code, 0, "{err}");
    let expected = json!({ "conversations": [
        { "from": "human", "value": "Which way?" }, { "from": "gpt", "value": "That depends." },
        { "from": "human", "value": "On whät?" }, { "from": "gpt", "value": "On you." },
    ], "system": "A chat.", "category": "rp" });
    assert_eq!(
        serde_json::from_str::<Value>(&turns).expect("JSON"),
        expected
    );
    let (code, back, err) = rows(&turns, "airoboros");
    assert_eq!(code, 0, "{err}");
    assert_eq!(back.trim_end(), row);
    // A prompt that is complete stays one.
    let complete = row.replace('}', ", \"skip_prompt_formatting\": true}");
    assert_eq!(rows(&complete, "airoboros").1.trim_end(), complete);
    assert_eq!(
        rows(&rows(&complete, "sharegpt").1, "airoboros")
            .1
            .trim_end(),
        complete
    );
    let (code, _, err) = rows(&complete, "openai");
    assert_eq!(code, 1);
    assert!(err.contains("`skip_prompt_formatting`"), "{err}");
    let (code, messages, err) = rows(row, "openai");
    assert_eq!(code, 0, "{err}");
    assert_eq!(
        rows(&messages, "sharegpt").1,
        turns.replace(", \"category\": \"rp\"", "")
    );
    for (input, to, said) in [
        (
            r#"{"instruction": "a", "response": "b</s>USER: c"}"#,
            "sharegpt",
            "an answer behind every `USER:`",
        ),
        (
            r#"{"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]}"#,
            "airoboros",
            "user and assistant in turn",
        ),
        (
            r#"{"messages": [{"role": "tool", "content": "a"}]}"#,
            "sharegpt",
            "the format holds no other",
        ),
        (
            r#"{"messages": [{"role": "usr", "content": "a"}]}"#,
            "sharegpt",
            "unknown role `usr`",
        ),
        (r#"{"messages": []}"#, "sharegpt", "at least one message"),
        (
            r#"{"messages": [{"role": "user", "content": "\ud800"}]}"#,
            "sharegpt",
            "not valid JSON",
        ),
    ] {
        let (code, out, err) = rows(input, to);
        assert_eq!((code, out.as_str()), (1, ""), "{input}: {err}");
        assert!(err.contains(said), "{input}: {err}");
    }
}

#[test]
fn a_spec_becomes_closed_context_prompts_and_twins() {
    let spec = "tests/export/talk.yaml";
    let (code, out, err) = run(&mut mtp(&[
        "export",
        spec,
        "--to",
        "airoboros",
        "--closed-context",
    ]));
    assert_eq!(code, 0, "{err}");
    let folder = folder_with(&[]);
    for line in out.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(row.get("system"), None);
        let instruction = row["instruction"].as_str().expect("text");
        let prompt = ClosedContext::read(instruction)
            .unwrap_or_else(|problem| panic!("{instruction}: {problem:?}"));
        assert_eq!(prompt.blocks.len(), 1);
        assert!(
            prompt.blocks[0]
                .text
                .starts_with("Alice is lost in a wood.\n")
        );
        let path = folder.path().join("prompt.txt");
        std::fs::write(&path, instruction).expect("a file");
        let (code, out, err) = run(&mut mtp(&[
            "parse",
            &path.display().to_string(),
            "--closed-context",
        ]));
        assert_eq!(code, 0, "{err}");
        let parsed: Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!(parsed["inputs"][0]["context"]["protocol"], "talk");
        assert_eq!(
            parsed["instruction"].as_str(),
            Some(prompt.instruction.as_str())
        );
    }
    let text = std::fs::read_to_string(spec).expect("a file");
    let code = "\"Look:\\n```c\\nputs();\\n```\"";
    let text = text.replace("output: Hm. }", &format!("output: {code} }}"));
    let folder = folder_with(&[("code.yaml", &text)]);
    let path = folder.path().join("code.yaml").display().to_string();
    let (code, out, err) = run(&mut mtp(&[
        "export",
        &path,
        "--to",
        "airoboros",
        "--plainformat",
    ]));
    assert_eq!(code, 0, "{err}");
    let twins: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let twins: Vec<&Value> = twins
        .iter()
        .filter(|row| {
            row["instruction"]
                .as_str()
                .is_some_and(|text| text.ends_with(" PLAINFORMAT"))
        })
        .collect();
    assert_eq!(twins.len(), 1);
    assert_eq!(twins[0]["response"], "puts();");
    let system = |row: &Value| {
        row["system"]
            .as_str()
            .unwrap_or_default()
            .contains("End with")
    };
    assert!(!system(twins[0]), "{}", twins[0]);
}
