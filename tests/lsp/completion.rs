//! What is offered while people write.

use crate::client::Client;
use crate::specs::{SPEC, WORDS, labels_at, offered, project, spec, spec_in_folder};
use serde_json::json;

#[test]
fn keys_words_and_names_are_offered_with_what_they_mean() {
    let (_folder, path) = spec_in_folder();
    let mut client = Client::open(&["utf-8"]);
    client.did_open(&path, SPEC);
    let mut labels = |text: &str| {
        let offered = offered(&mut client, &path, text).into_iter();
        offered.map(|(label, _)| label).collect::<Vec<_>>()
    };
    assert!(labels(&format!("{SPEC}gu^")).contains(&"guardrails".to_owned()));
    assert_eq!(
        labels(&SPEC.replace("input: [asks]", "input: [^]")),
        ["asks"]
    );
    assert_eq!(
        labels(&SPEC.replace("output: [Keeper]", "output: [K^")),
        ["Keeper", "Visitor"]
    );
    assert_eq!(labels(&SPEC.replace("final: Bye\n", "final: ^\n")), ["Bye"]);
    assert!(
        labels(&SPEC.replace("{ type: final }", "{ type: ^ }")).contains(&"final_num".to_owned())
    );
    assert!(
        labels(&SPEC.replace("  Bye: { type: final }", "  Bye: { ^"))
            .contains(&"length".to_owned())
    );
    assert!(
        labels(&SPEC.replace("Somebody who asks", "x  # mtp: allow(un^"))
            .contains(&"unused-token".to_owned())
    );
    let all = offered(
        &mut client,
        &path,
        &SPEC.replace("output: [Keeper]", "output: [K^"),
    );
    let (_, keeper) = &all[0];
    assert_eq!(keeper["textEdit"]["newText"], "Keeper");
    assert_eq!(keeper["documentation"]["value"], "The keeper");
    let all = offered(&mut client, &path, &format!("{SPEC}gu^"));
    let (_, key) = all
        .iter()
        .find(|(label, _)| label == "guardrails")
        .expect("a key");
    assert_eq!(key["textEdit"]["newText"], "guardrails: ");
    assert!(
        key["documentation"]["value"]
            .as_str()
            .is_some_and(|text| text.contains("Guardrails by name"))
    );
    assert_eq!(client.end(), Some(0));
}

#[test]
fn keys_that_stand_already_are_not_offered() {
    let (_folder, folder) = project(&[("mtp.toml", "")]);
    let mut client = Client::open(&["utf-8"]);
    let yaml = folder.join("spec.yaml");
    client.did_open(&yaml, "");
    let (labels, _) = labels_at(
        &mut client,
        &yaml,
        "name: x\ntokens:\n  A: { type: num, m^ }\n",
    );
    assert_eq!(labels, ["desc", "key", "max", "min"]);
    let (labels, _) = labels_at(&mut client, &yaml, "name: x\n^\ntokens:\n  A:\nrules:\n");
    assert!(labels.contains(&"inputs".to_owned()), "{labels:?}");
    assert!(
        !labels
            .iter()
            .any(|label| ["name", "tokens", "rules"].contains(&label.as_str()))
    );
    // The one that is being changed is.
    let (labels, _) = labels_at(&mut client, &yaml, "name: x\ntok^ens:\n  A:\n");
    assert!(labels.contains(&"tokens".to_owned()), "{labels:?}");
    let json = folder.join("spec.json");
    client.did_open(&json, "{}");
    let (labels, _) = labels_at(&mut client, &json, "{\"name\": \"x\", \"^\"}");
    assert!(labels.contains(&"inputs".to_owned()) && !labels.contains(&"name".to_owned()));
    assert_eq!(client.end(), Some(0));
}

#[test]
fn keys_are_those_that_the_map_lacks_and_its_type_takes() {
    let (_folder, folder) = project(&[("mtp.toml", "")]);
    let mut client = Client::open(&["utf-8"]);
    let start = "name: x\ntokens:\n  A:\ninstructions:\n  x:\n    type: state_machine\n";
    let cases = [
        // A map that is closed, one that is not, and one that other lines follow.
        ("a.yaml", "tokens: { A: { type: final, ^ } }", "desc key"),
        ("a.yaml", "tokens:\n  A: { type: final, ^", "desc key"),
        (
            "a.yaml",
            "tokens:\n  A: { type: final, d^\n  B: { key: B }\n",
            "desc key",
        ),
        (
            "a.yaml",
            "tokens:\n  A: { type: final_num, desc: x, ^",
            "key max min",
        ),
        (
            "a.yaml",
            "tokens:\n  A: { desc: \"}\", ^\n  B:\n",
            "key length max min type",
        ),
        (
            "a.yaml",
            "tokens:\n  A:\n    type: num_list\n    ^\n",
            "desc key length max min",
        ),
        // The type of what the map stands in counts, too.
        ("b.yaml", "    samples: [{ input: [x], ^", "output"),
        (
            "b.yaml",
            "    samples:\n      - input: [x]\n        ^\n",
            "output",
        ),
        (
            "b.yaml",
            "    ^\n",
            "context guardrails input samples samples_from states",
        ),
        (
            "c.yaml",
            "instructions:\n  x: { type: basic, input: [a], samples: [{ input: [b] }], ^",
            "context final guardrails output samples_from",
        ),
        (
            "c.yaml",
            "instructions:\n  x: { input: [a], samples: [{ ^",
            "final input output value",
        ),
        ("a.toml", "[tokens]\nA = { type = \"final\", ^", "desc key"),
        (
            "a.toml",
            "[tokens]\nA = { type = \"num\", ^ }\n",
            "desc key max min",
        ),
        (
            "a.json",
            "{\"tokens\": {\"A\": {\"type\": \"final\", \"^",
            "desc key",
        ),
        (
            "a.json",
            "{\"tokens\": {\"A\": {\"type\": \"final\", ^",
            "desc key",
        ),
    ];
    for (name, text, wanted) in cases {
        let path = folder.join(name);
        let text = if name == "b.yaml" {
            format!("{start}{text}")
        } else {
            text.to_owned()
        };
        client.did_open(&path, "");
        let (mut labels, _) = labels_at(&mut client, &path, &text);
        labels.sort_unstable();
        assert_eq!(labels.join(" "), wanted, "{text}");
    }
    assert_eq!(client.end(), Some(0));
}

#[test]
fn headers_of_tables_are_offered() {
    let (_folder, folder) = project(&[
        ("mtp.toml", ""),
        ("words.yaml", WORDS),
        ("spec.yaml", &spec("x", "    samples_from: more.csv\n")),
        ("more.csv", "input,output,final\nx,y,Bye\n"),
    ]);
    let mut client = Client::open(&["utf-8"]);
    let toml = folder.join("other.toml");
    client.did_open(&toml, "");
    let (labels, written) = labels_at(&mut client, &toml, "name = \"x\"\n[gu^");
    let sections = [
        "guardrails",
        "instructions",
        "rules",
        "token_sets",
        "tokens",
    ];
    assert_eq!(labels, sections);
    assert_eq!(written, "guardrails");
    let (labels, _) = labels_at(&mut client, &toml, "[instructions.x.^");
    assert_eq!(labels, ["guardrails", "states"]);
    let (labels, _) = labels_at(&mut client, &toml, "[[instructions.x.^");
    assert_eq!(labels, ["samples"]);
    let table = folder.join("more.csv");
    client.did_open(&table, "");
    client.findings(&table);
    let (labels, written) = labels_at(&mut client, &table, "input,output,fi^\nx,y,Bye\n");
    assert_eq!(labels.last().map(String::as_str), Some("value"));
    assert!(!labels.contains(&"output".to_owned()), "{labels:?}");
    assert_eq!(written, "input_0.numbers");
    let (labels, _) = labels_at(&mut client, &table, "input,output,final\nx,y,^\n");
    assert_eq!(labels, ["Bye"]);
    assert_eq!(client.end(), Some(0));
}

#[test]
fn names_are_offered_while_a_bracket_or_a_quote_is_open() {
    let (_folder, path) = spec_in_folder();
    let mut client = Client::open(&["utf-8"]);
    client.did_open(&path, SPEC);
    // Nothing was asked for while the text could be read.
    client.findings(&path);
    let cases = [
        ("[Visitor]", "[Visitor, ^", "Keeper Visitor"),
        ("[asks]", "[as^", "asks"),
        ("[asks]", "[\"^", "asks"),
        ("final: Bye\n", "final: [\"B^\n", "Bye"),
        ("final: Bye }", "final: B^", "Bye"),
    ];
    for (part, new, wanted) in cases {
        let text = SPEC.replacen(part, new, 1);
        let (labels, _) = labels_at(&mut client, &path, &text);
        assert_eq!(labels.join(" "), wanted, "{new}");
    }
    // What was readable last counts, and not what was opened.
    let text = SPEC.replace("  Bye:", "  Door:\n  Bye:");
    client.did_change(&path, json!([{ "text": text }]));
    client.findings(&path);
    let (labels, _) = labels_at(&mut client, &path, &text.replace("[Visitor]", "[^"));
    assert_eq!(labels.join(" "), "Door Keeper Visitor");
    assert_eq!(client.end(), Some(0));
}

#[test]
fn files_of_samples_have_the_keys_of_samples() {
    let named = "    samples_from: [more.jsonl, more.yaml, more.json]\n";
    let (_folder, folder) = project(&[
        ("mtp.toml", ""),
        ("words.yaml", WORDS),
        ("spec.yaml", &spec("x", named)),
        ("more.jsonl", "{\"input\": [\"x\"], \"output\": \"y\"}\n"),
        ("more.yaml", "- { input: [x], output: y }\n"),
        ("more.json", "[{\"input\": [\"x\"], \"output\": \"y\"}]"),
    ]);
    let mut client = Client::open(&["utf-8"]);
    let before = "{\"input\": [\"x\"], \"output\": \"y\"}\n";
    let cases = [
        ("more.jsonl", "{\"^", "final input output value"),
        ("more.jsonl", "{^", "final input output value"),
        (
            "more.jsonl",
            "{\"input\": [\"x\"], \"^\": 1}",
            "final output value",
        ),
        (
            "more.jsonl",
            "{\"input\": [{\"^",
            "number_lists numbers string",
        ),
        ("more.jsonl", "{\"input\": [\"x\"], \"final\": \"^", "Bye"),
        (
            "more.jsonl",
            "{\"input\": [\"x\"], \"final\": \"^\"}\n{\"input\": []}",
            "Bye",
        ),
        ("more.yaml", "- input: [x]\n  ^\n", "final output value"),
        ("more.yaml", "- { input: [x], final: ^ }\n", "Bye"),
        (
            "more.yaml",
            "samples:\n  - { input: [x], ^",
            "final output value",
        ),
        (
            "more.json",
            "[{\"input\": [\"x\"], \"^\"}]",
            "final output value",
        ),
        (
            "more.json",
            "[{\"input\": [\"x\"], \"final\": \"^\"}]",
            "Bye",
        ),
    ];
    for name in ["more.jsonl", "more.yaml", "more.json"] {
        let path = folder.join(name);
        client.did_open(&path, &std::fs::read_to_string(&path).expect("a file"));
        client.findings(&path);
    }
    for (name, text, wanted) in cases {
        let text = match name {
            "more.jsonl" => format!("{before}{text}"),
            _ => text.to_owned(),
        };
        let (mut labels, _) = labels_at(&mut client, &folder.join(name), &text);
        labels.sort_unstable();
        assert_eq!(labels.join(" "), wanted, "{name}: {text}");
    }
    assert_eq!(client.end(), Some(0));
}

#[test]
fn nothing_is_offered_in_files_that_are_not_ours() {
    let (_folder, folder) = project(&[("mtp.toml", "")]);
    let mut client = Client::open(&["utf-8"]);
    for (name, text) in [
        (
            "docker-compose.yaml",
            "version: 3\nservices:\n  web:\n    image: x\n^",
        ),
        (
            "package.json",
            "{ \"name\": \"x\", \"version\": \"1\", \"^\" }",
        ),
        ("Cargo.toml", "[package]\nname = \"x\"\n[^"),
        ("Cargo.toml", "^\n[package]\nname = \"x\"\n"),
    ] {
        let path = folder.join(name);
        client.did_open(&path, "");
        let (labels, _) = labels_at(&mut client, &path, text);
        assert_eq!(labels, Vec::<String>::new(), "{name}");
        let (labels, _) = labels_at(&mut client, &path, "^");
        assert!(labels.contains(&"tokens".to_owned()), "{name}");
    }
    assert_eq!(client.end(), Some(0));
}
