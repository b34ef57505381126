//! `mtp render`: where templates and messages come from, and what is said of bad ones.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run, run_with_input};
use serde_json::{Value, json};

const MESSAGES: &str =
    r#"[{"role": "user", "content": "Grüße"}, {"role": "assistant", "content": "Hallo"}]"#;

/// Renders messages from standard input.
fn rendered(messages: &str, arguments: &[&str]) -> (i32, String, String) {
    let all = [
        &["render", "-", "--stdin-filename", "messages.json"],
        arguments,
    ]
    .concat();
    run_with_input(&mut mtp(&all), messages.as_bytes())
}

fn text(messages: &str, arguments: &[&str]) -> String {
    let (code, out, err) = rendered(messages, arguments);
    assert_eq!(code, 0, "{arguments:?}: {err}");
    out
}

#[test]
fn templates_come_from_the_files_of_a_model() {
    let named = r#"{"bos_token": {"content": "<B>"}, "eos_token": "<E>", "chat_template": [
        {"name": "default", "template": "{{ bos_token }}default{{ eos_token }}"},
        {"name": "tool_use", "template": "{{ bos_token }}tools{{ tools[0].name }}"},
        {"name": "rag", "template": "rag{{ documents }}"}]}"#;
    let folder = folder_with(&[
        ("named/tokenizer_config.json", named),
        (
            "new/chat_template.jinja",
            "new {{ bos_token }}{{ messages[0].content }}",
        ),
        ("new/additional_chat_templates/rag.jinja", "additional"),
        ("new/tokenizer_config.json", named),
        (
            "old/chat_template.json",
            r#"{"chat_template": "old {{ pad_token }}"}"#,
        ),
        ("old/tokenizer_config.json", r#"{"pad_token": "<P>"}"#),
        ("none/tokenizer_config.json", "{}"),
        ("empty/readme.md", ""),
        (
            "plain.jinja",
            "{{ x + 1 }} {{ y }} {{ strftime_now('%Y-%m-%d %H') }}",
        ),
        ("tools.json", r#"[{"name": "T"}]"#),
        ("no-tools.json", r#"{"name": "T"}"#),
        ("broken.json", "{"),
    ]);
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (named, new, old, tools) = (path("named"), path("new"), path("old"), path("tools.json"));
    let (config, plain) = (path("named/tokenizer_config.json"), path("plain.jinja"));
    for (arguments, expected) in [
        (vec!["-t", &named], "<B>default<E>"),
        (vec!["-t", &config], "<B>default<E>"),
        (vec!["-t", &config, "--tools", &tools], "<B>toolsT"),
        (vec!["-t", &config, "--template-name", "rag"], "ragNone"),
        (
            vec!["-t", &config, "--var", "bos_token=<X>"],
            "<X>default<E>",
        ),
        (vec!["-t", &new], "new <B>Grüße"),
        (vec!["-t", &path("new/chat_template.jinja")], "new <B>Grüße"),
        (vec!["-t", &new, "--template-name", "rag"], "additional"),
        (vec!["-t", &old], "old <P>"),
        (vec!["-t", &path("old/chat_template.json")], "old <P>"),
        (
            vec![
                "-t",
                &plain,
                "--var",
                "x=1",
                "--var",
                "y=a=b",
                "--now",
                "2024-07-26T05:00:00",
            ],
            "2 a=b 2024-07-26 05",
        ),
    ] {
        assert_eq!(text(MESSAGES, &arguments), expected, "{arguments:?}");
    }
    for (arguments, said) in [
        (vec!["-t", &path("none")], "has no `chat_template`"),
        (vec!["-t", &path("empty")], "holds no chat template"),
        (
            vec!["-t", &config, "--template-name", "x"],
            "no template called `x`; it has `default`, `rag`, `tool_use`",
        ),
        (vec!["-t", &path("broken.json")], "it is no JSON"),
        (
            vec!["-t", "chatml", "--template-name", "x"],
            "is one template",
        ),
        (vec!["-t", "lama3"], "did you mean `llama3`?"),
        (
            vec!["-t", "nowhere/at/all"],
            "neither the name of a template nor a file or folder",
        ),
        (
            vec!["-t", "chatml", "--tools", &path("no-tools.json")],
            "they have to be a JSON list",
        ),
        (
            vec!["-t", "chatml", "--var", "x"],
            "write it like enable_thinking=false",
        ),
        (
            vec!["-t", "chatml", "--now", "soon"],
            "write it like 2024-07-26",
        ),
        (
            vec!["-t", "qwen2.5", "--style", "llm-templates"],
            "llm-templates does not know `qwen2.5`",
        ),
        (vec![], "--template"),
    ] {
        let (code, out, err) = rendered(MESSAGES, &arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}: {err}");
        assert!(err.contains(said), "{arguments:?}: {err}");
    }
}

#[test]
fn messages_come_in_several_forms() {
    let expected = "<|im_start|>user\nGrüße<|im_end|>\n<|im_start|>assistant\nHallo<|im_end|>\n";
    for messages in [
        MESSAGES.to_owned(),
        format!("{{\"messages\": {MESSAGES}}}"),
        format!("[{{\"messages\": {MESSAGES}}}]"),
        format!("[{MESSAGES}]"),
        r#"{"conversations": [{"from": "human", "value": "Grüße"}, {"from": "gpt", "value": "Hallo"}]}"#.to_owned(),
        r#"{"instruction": "Grüße", "response": "Hallo", "category": "general"}"#.to_owned(),
        r#"{"instruction": "Grüße", "input": "", "output": "Hallo"}"#.to_owned(),
    ] {
        assert_eq!(text(&messages, &["-t", "chatml"]), expected, "{messages}");
    }
    let several = text(
        &format!("[{{\"messages\": {MESSAGES}}}, {{\"messages\": {MESSAGES}}}]"),
        &["-t", "chatml", "--mask"],
    );
    let lines: Vec<Value> = several
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    // Characters, not bytes.
    assert_eq!(
        lines,
        [
            json!({ "text": expected, "mask": [[55, 70]] }),
            json!({ "text": expected, "mask": [[55, 70]] })
        ]
    );
    assert_eq!(
        text(MESSAGES, &["-t", "chatml", "--continue-final"]),
        "<|im_start|>user\nGrüße<|im_end|>\n<|im_start|>assistant\nHallo"
    );
    assert_eq!(
        text(
            r#"[{"role": "user", "content": "a"}]"#,
            &["-t", "chatml", "-g", "--json"]
        ),
        "{\"text\":\"<|im_start|>user\\na<|im_end|>\\n<|im_start|>assistant\\n\"}\n"
    );
    // A role that is asked for, and a file of lines.
    let folder = folder_with(&[
        (
            "any.jinja",
            "{% for m in messages %}{{ m.role }}:{{ m.content }};{% endfor %}",
        ),
        (
            "lines.jsonl",
            "\n{\"messages\": [{\"role\": \"critic\", \"content\": \"a\"}]}\n[{\"role\": \"user\", \"content\": \"b\"}]\n",
        ),
    ]);
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (code, out, err) = run(&mut mtp(&[
        "render",
        &path("lines.jsonl"),
        "-t",
        &path("any.jinja"),
        "--role",
        "critic",
    ]));
    assert_eq!(code, 0, "{err}");
    assert_eq!(out, "{\"text\":\"critic:a;\"}\n{\"text\":\"user:b;\"}\n");
}

#[test]
fn what_is_wrong_with_messages_is_shown_at_its_place() {
    for (messages, said, place) in [
        ("[]", "expected at least one message", ":1:1"),
        (
            r#"{"messages": []}"#,
            "expected at least one message",
            ":1:14",
        ),
        (
            r#"[{"role": "usr", "content": "a"}]"#,
            "unknown role `usr`",
            ":1:11",
        ),
        (r#"[{"content": "a"}]"#, "`role` is missing", ":1:2"),
        (
            r#"[{"role": "user", "content": 5}]"#,
            "expected text, or a list of parts",
            ":1:30",
        ),
        (
            r#"[{"role": "user", "content": "a"}, 7]"#,
            "expected a message",
            ":1:36",
        ),
        (r#"{"messages": 5}"#, "expected a list of messages", ":1:14"),
        (
            r#"{"conversations": [{"from": "humn", "value": "a"}]}"#,
            "unknown role `humn`",
            ":1:29",
        ),
        (
            r#"{"conversations": [{"from": "human"}]}"#,
            "`value` is missing",
            ":1:20",
        ),
        (
            r#"[{"role": "user", "content": "\ud800"}]"#,
            "not valid JSON",
            ":1:31",
        ),
        (
            r#"[{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]"#,
            "user and assistant take turns",
            ":1:1",
        ),
    ] {
        let (code, out, err) = rendered(messages, &["-t", "mistral"]);
        assert_eq!((code, out.as_str()), (1, ""), "{messages}: {err}");
        assert!(err.contains(said), "{messages}: {err}");
        assert!(err.contains(place), "{messages}: {err}");
    }
}

#[test]
fn what_is_wrong_with_a_template_is_shown_at_its_place() {
    let folder = folder_with(&[
        (
            "syntax.jinja",
            "line one\n{% if x %}\n{{ 1 + }}\n{% endif %}",
        ),
        (
            "raises.jinja",
            "{% for m in messages %}\n  {{ raise_exception('no ' ~ m.role) }}\n{% endfor %}",
        ),
        (
            "hangs.jinja",
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        ),
        (
            "grows.jinja",
            "{% set ns = namespace(s='x') %}{% for a in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        ),
        ("nothing.jinja", "{% if false %}x{% endif %}"),
        ("file.jinja", "{% include '/etc/passwd' %}"),
        (
            "os.jinja",
            "{{ cycler.__init__.__globals__.os.popen('true') }}",
        ),
    ]);
    let path = |name: &str| folder.path().join(name).display().to_string();
    for (name, said, place) in [
        ("syntax.jinja", "not valid chat template", "syntax.jinja:3:"),
        ("raises.jinja", "no user", "raises.jinja:2:"),
        ("hangs.jinja", "too many steps", "messages.json:1:1"),
        (
            "grows.jinja",
            "more than any prompt is long",
            "grows.jinja:1:",
        ),
        ("nothing.jinja", "as nothing", "messages.json:1:1"),
        ("file.jinja", "does not render this", "file.jinja:1:"),
        ("os.jinja", "does not render this", "os.jinja:1:"),
    ] {
        let (code, out, err) = rendered(MESSAGES, &["-t", &path(name)]);
        assert_eq!((code, out.as_str()), (1, ""), "{name}: {err}");
        let flat: String = err
            .replace('\n', " ")
            .split_whitespace()
            .filter(|word| *word != "│")
            .collect::<Vec<_>>()
            .join(" ");
        assert!(flat.contains(said), "{name}: {err}");
        assert!(err.contains(place), "{name}: {err}");
    }
}

#[test]
fn samples_of_a_spec_are_chosen_by_name_and_number() {
    let spec = "tests/export/talk.yaml";
    let one = |sample: &str| {
        let (code, out, err) = run(&mut mtp(&[
            "render", spec, "-t", "chatml", "--sample", sample,
        ]));
        assert_eq!(code, 0, "{err}");
        out
    };
    assert!(one("ponder:2").ends_with("<|im_start|>assistant\nHa.<|im_end|>\n"));
    assert_eq!(one("ponder").lines().count(), 3);
    let (_, out, _) = run(&mut mtp(&[
        "render", spec, "-t", "chatml", "--sample", "ponder:2", "-g",
    ]));
    assert!(
        out.ends_with("<|im_end|>\n<|im_start|>assistant\n"),
        "{out}"
    );
    for (sample, said) in [
        ("ponde", "did you mean `ponder`?"),
        ("ponder:0", "they count from 1"),
        ("ponder:x", "is no number of a sample"),
        ("ponder:9", "there is no sample `ponder:9`"),
    ] {
        let (code, _, err) = run(&mut mtp(&[
            "render", spec, "-t", "chatml", "--sample", sample,
        ]));
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(said), "{err}");
    }
}

#[test]
fn findings_are_shown_as_for_other_commands() {
    let spec = std::fs::read_to_string("specs/wonderland.yaml").expect("a spec");
    let folder = folder_with(&[
        ("w.yaml", &spec),
        ("raises.jinja", "{{ raise_exception('no cats') }}"),
        ("broken.yaml", "name: x\n"),
    ]);
    let run = |arguments: &[&str]| run(mtp(arguments).current_dir(folder.path()));
    let rules = |errors: &str| -> Vec<String> {
        let report: serde_json::Value = serde_json::from_str(errors).expect("JSON");
        let found = report["diagnostics"].as_array().expect("findings").iter();
        found.map(|own| own["rule"].to_string()).collect()
    };
    let render = ["render", "-t", "raises.jinja", "-q"];
    let export = ["export", "-t", "raises.jinja", "--to", "text", "-q"];
    let (as_json, to_rows) = (["--output-format", "json"], ["-o", "rows.jsonl"]);
    for command in [&render[..], &export[..]] {
        let (code, out, errors) = run(&[command, &as_json, &to_rows, &["w.yaml"]].concat());
        assert_eq!((code, out.as_str()), (1, ""));
        assert_eq!(rules(&errors)[0], "\"unrenderable-sample\"", "{errors}");
        let (code, _, errors) = run(&[command, &as_json, &to_rows, &["broken.yaml"]].concat());
        assert_eq!(code, 1);
        assert!(
            rules(&errors).contains(&"\"missing-key\"".to_owned()),
            "{errors}"
        );
        // What has made no row is an error, whatever level is set.
        let off = ["--rule", "unrenderable-sample=off"];
        let (code, ..) = run(&[command, &off, &to_rows, &["w.yaml"]].concat());
        assert_eq!(code, 1);
        let over = ["--output-format", "json=rows.jsonl"];
        let (code, _, errors) = run(&[command, &over, &to_rows, &["w.yaml"]].concat());
        assert_eq!(code, 2, "{errors}");
        assert!(!folder.path().join("rows.jsonl").exists());
    }
    let written = [
        "--output-format",
        "sarif=report.sarif",
        "-o",
        "chatml.jsonl",
    ];
    let export = ["export", "w.yaml", "-t", "chatml", "--to", "text", "-q"];
    let (code, ..) = run(&[&export[..], &written].concat());
    assert_eq!(code, 0);
    for name in ["report.sarif", "chatml.jsonl"] {
        assert!(folder.path().join(name).is_file(), "{name}");
    }
}
