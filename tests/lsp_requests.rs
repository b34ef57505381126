//! What an editor asks of the language server, at its edges: names that several specs share,
//! keys that stand already, tables, requests that are taken back, lengths that are wrong.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;
#[allow(dead_code, reason = "an editor can do more than is needed here")]
#[path = "lsp/client.rs"]
mod client;

use client::{Client, uri};
use common::command::folder_with;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const WORDS: &str = "tokens:\n  Visitor:\n  Keeper:\n  Bye: { type: final }\n";

/// A spec that reads the words.
fn spec(name: &str, more: &str) -> String {
    format!(
        "name: {name}\ninputs: 1\ninclude: words.yaml\ncontext: [a, b, c, d, e, f, g, h, i, j]\n\
         instructions:\n  ask:\n    input: [[Visitor]]\n    output: [Keeper]\n    final: Bye\n{more}\
         \x20   samples:\n      - {{ input: [a], output: b }}\n      - {{ input: [c], output: d }}\n\
         \x20     - {{ input: [e], output: f }}\n"
    )
}

fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let folder = folder_with(files);
    let path = folder.path().canonicalize().expect("a folder");
    (folder, path)
}

/// The place of the `^` in a text.
fn at(path: &Path, text: &str) -> Value {
    let before = &text[..text.find('^').expect("a place")];
    let line = before.matches('\n').count();
    Client::at(
        path,
        line,
        before.len() - before.rfind('\n').map_or(0, |at| at + 1),
    )
}

/// The labels of what is offered at the `^` in a text, and what is written for the first.
fn offered(client: &mut Client, path: &Path, text: &str) -> (Vec<String>, Value) {
    client.did_change(path, json!([{ "text": text.replace('^', "") }]));
    let result = client.result("textDocument/completion", at(path, text));
    let items = result.as_array().expect("a list");
    let label = |item: &Value| item["label"].as_str().expect("a label").to_owned();
    let first = items
        .first()
        .map(|item| item["textEdit"]["newText"].clone());
    (items.iter().map(label).collect(), first.unwrap_or_default())
}

#[test]
fn hover_references_and_rename_look_at_the_same_specs() {
    let (first, second) = (
        spec("first", ""),
        spec("second", "    context: [Visitor]\n"),
    );
    let (_folder, folder) = project(&[
        ("mtp.toml", ""),
        ("words.yaml", WORDS),
        ("first.yaml", &first),
        ("second.yaml", &second),
    ]);
    let words = folder.join("words.yaml");
    let paths = ["first.yaml", "second.yaml", "words.yaml"].map(|name| uri(&folder.join(name)));
    for opened in ["words.yaml", "first.yaml", "second.yaml"] {
        let mut client = Client::open(&["utf-8"]);
        let path = folder.join(opened);
        let text = std::fs::read_to_string(&path).expect("a file");
        client.did_open(&path, &text);
        client.findings(&path);
        let place = at(&path, &text.replacen("Visitor", "Vis^itor", 1));
        let mut asked = place.clone();
        asked["context"] = json!({ "includeDeclaration": true });
        let found = client.result("textDocument/references", asked.clone());
        let mut found: Vec<&str> = found
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|place| place["uri"].as_str())
            .collect();
        found.sort_unstable();
        assert_eq!(found, paths, "{opened}");
        asked["newName"] = json!("Guest");
        let edits = client.result("textDocument/rename", asked);
        let changes = edits["changes"].as_object().expect("changes");
        let mut changed: Vec<&String> = changes.keys().collect();
        changed.sort();
        assert_eq!(changed, paths.iter().collect::<Vec<_>>(), "{opened}");
        let hover = client.result("textDocument/hover", place);
        let told = hover["contents"]["value"].as_str().expect("a text");
        assert!(
            told.contains("Used in 2 places in instructions."),
            "{opened}: {told}"
        );
        assert_eq!(client.end(), Some(0));
    }
    assert_eq!(std::fs::read_to_string(&words).expect("a file"), WORDS);
}

#[test]
fn keys_that_stand_already_are_not_offered() {
    let (_folder, folder) = project(&[("mtp.toml", "")]);
    let mut client = Client::open(&["utf-8"]);
    let yaml = folder.join("spec.yaml");
    client.did_open(&yaml, "");
    let (labels, _) = offered(
        &mut client,
        &yaml,
        "name: x\ntokens:\n  A: { type: num, m^ }\n",
    );
    assert_eq!(labels, ["desc", "key", "length", "max", "min"]);
    let (labels, _) = offered(&mut client, &yaml, "name: x\n^\ntokens:\n  A:\nrules:\n");
    assert!(labels.contains(&"inputs".to_owned()), "{labels:?}");
    assert!(
        !labels
            .iter()
            .any(|label| ["name", "tokens", "rules"].contains(&label.as_str()))
    );
    // The one that is being changed is.
    let (labels, _) = offered(&mut client, &yaml, "name: x\ntok^ens:\n  A:\n");
    assert!(labels.contains(&"tokens".to_owned()), "{labels:?}");
    let json = folder.join("spec.json");
    client.did_open(&json, "{}");
    let (labels, _) = offered(&mut client, &json, "{\"name\": \"x\", \"^\"}");
    assert!(labels.contains(&"inputs".to_owned()) && !labels.contains(&"name".to_owned()));
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
    let (labels, written) = offered(&mut client, &toml, "name = \"x\"\n[gu^");
    let sections = [
        "guardrails",
        "instructions",
        "rules",
        "token_sets",
        "tokens",
    ];
    assert_eq!(labels, sections);
    assert_eq!(written, "guardrails");
    let (labels, _) = offered(&mut client, &toml, "[instructions.x.^");
    assert_eq!(labels, ["guardrails", "states"]);
    let (labels, _) = offered(&mut client, &toml, "[[instructions.x.^");
    assert_eq!(labels, ["samples"]);
    let table = folder.join("more.csv");
    client.did_open(&table, "");
    client.findings(&table);
    let (labels, written) = offered(&mut client, &table, "input,output,fi^\nx,y,Bye\n");
    assert_eq!(labels.last().map(String::as_str), Some("value"));
    assert!(!labels.contains(&"output".to_owned()), "{labels:?}");
    assert_eq!(written, "input_0.numbers");
    let (labels, _) = offered(&mut client, &table, "input,output,final\nx,y,^\n");
    assert_eq!(labels, ["Bye"]);
    assert_eq!(client.end(), Some(0));
}

#[test]
fn a_request_that_is_taken_back_before_it_is_begun_is_not_answered() {
    let (_folder, folder) = project(&[("mtp.toml", "")]);
    let path = folder.join("spec.yaml");
    let mut client = Client::open(&["utf-8"]);
    // Long enough that what follows is read while it is answered.
    let long = "context:\n".to_owned() + &"  - A line of text.\n".repeat(50_000);
    client.did_open(&path, &long);
    let mut sent = String::new();
    let mut add = |message: Value| {
        let body = message.to_string();
        sent += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
    };
    let document = json!({ "textDocument": { "uri": uri(&path) }, "options": {} });
    let method = "textDocument/documentSymbol";
    for id in ["first", "second", "third"] {
        add(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": document }));
    }
    add(json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": "third" } }));
    add(json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": "never" } }));
    add(json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": 7 }));
    client.raw(sent.as_bytes());
    assert!(client.wait(|message| message["id"] == "first")["error"].is_null());
    assert!(client.wait(|message| message["id"] == "second")["error"].is_null());
    let answer = client.wait(|message| message["id"] == "third");
    assert_eq!(answer["error"]["code"], -32800, "{answer}");
    assert_eq!(client.end(), Some(0));
}

#[test]
fn a_length_that_is_wrong_is_told_and_what_follows_is_answered() {
    let mut client = Client::open(&["utf-8"]);
    client.raw(b"Content-Length: 99999999999999\r\n\r\n{}");
    let answer = client.wait(|message| message["id"].is_null() && !message["error"].is_null());
    assert_eq!(answer["error"]["code"], -32700);
    let answer = client.request("no/such/thing", json!({}));
    assert_eq!(answer["error"]["code"], -32601);
    client.raw(b"Content-Length: 500\r\n\r\n{}");
    let answer = client.request("no/such/thing", json!({}));
    assert_eq!(answer["error"]["code"], -32601);
    assert_eq!(client.end(), Some(0));
}
