//! `mtp lsp` over its standard input and output, as an editor talks to it: the answers,
//! and that nothing a client sends or leaves out ends the server.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;
#[path = "lsp/client.rs"]
mod client;

use client::{Client, applied, range, rules, uri};
use common::command::folder_with;
use serde_json::{Value, json};
use std::path::Path;

/// A spec in which nothing is wrong.
const SPEC: &str = "\
name: garden
inputs: 1
context:
  - Ключ лежит под 🫥 порогом.
  - Two.
  - Three.
  - Four.
  - Five.
  - Six.
  - Seven.
  - Eight.
  - Nine.
  - Ten.
tokens:
  Visitor: Somebody who asks
  Keeper: { key: \"🐱\", desc: The keeper }
  Bye: { type: final }
token_sets:
  asks: [Visitor]
instructions:
  ask:
    input: [asks]
    output: [Keeper]
    final: Bye
    samples:
      - { input: [When?], output: Now. }
      - { input: [Where?], output: Here., final: Bye }
      - { input: [Why?], output: Because. }
";

/// The place of a text in another, as line and column of UTF-8, and the place behind it.
fn place(text: &str, part: &str) -> ((usize, usize), (usize, usize)) {
    let at = text.find(part).expect("the part");
    let position = |at: usize| {
        let line = text[..at].matches('\n').count();
        (line, at - text[..at].rfind('\n').map_or(0, |at| at + 1))
    };
    (position(at), position(at + part.len()))
}

fn at(path: &Path, text: &str, part: &str) -> Value {
    let ((line, column), _) = place(text, part);
    Client::at(path, line, column)
}

/// A change of one part of a text.
fn change(text: &str, part: &str, new: &str) -> Value {
    let (from, to) = place(text, part);
    json!([{ "range": range(from, to), "text": new }])
}

fn spec_in_folder() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = folder_with(&[("spec.yaml", SPEC), ("mtp.toml", "")]);
    let folder_path = folder.path().canonicalize().expect("a folder");
    (folder, folder_path.join("spec.yaml"))
}

#[test]
fn findings_follow_every_key_that_is_pressed() {
    let (_folder, path) = spec_in_folder();
    let mut client = Client::open(&["utf-8"]);
    client.did_open(&path, SPEC);
    assert_eq!(client.findings(&path), Vec::<Value>::new());
    client.did_change(&path, change(SPEC, "output: [Keeper]", "output: [Keper]"));
    let found = client.findings(&path);
    assert_eq!(rules(&found), ["undefined-token"]);
    let broken = SPEC.replace("output: [Keeper]", "output: [Keper]");
    let (from, to) = place(&broken, "Keper");
    assert_eq!(found[0]["range"], range(from, to));
    assert!(
        found[0]["message"]
            .as_str()
            .is_some_and(|text| text.contains("did you mean `Keeper`?"))
    );
    // Letter by letter, each edit on what the one before left.
    let (line, column) = from;
    client.did_change(
        &path,
        json!([
            { "range": range((line, column + 3), (line, column + 3)), "text": "e" },
            { "range": range((line, column), (line, column + 6)), "text": "Keep" },
            { "range": range((line, column + 4), (line, column + 4)), "text": "er" },
        ]),
    );
    assert_eq!(client.findings(&path), Vec::<Value>::new());
    // The whole text at once, which cannot be read.
    client.did_change(&path, json!([{ "text": "tokens: [x\n" }]));
    assert_eq!(rules(&client.findings(&path)), ["syntax"]);
    assert_eq!(client.end(), Some(0));
}

#[test]
fn columns_are_counted_as_agreed() {
    let (_folder, path) = spec_in_folder();
    let text = SPEC.replace("- Ключ лежит под 🫥 порогом.", "- \"Ключ 🫥 <EOS>\"");
    for (encoding, column) in [("utf-8", 19), ("utf-16", 13), ("utf-32", 12)] {
        let mut client = Client::open(&[encoding]);
        client.did_open(&path, &text.replace("context", "кontext"));
        let found = client.findings(&path);
        let key = found
            .iter()
            .find(|found| found["code"] == "unknown-key")
            .expect("a finding");
        assert_eq!(key["range"]["start"], json!({ "line": 2, "character": 0 }));
        let length = if encoding == "utf-8" { 8 } else { 7 };
        assert_eq!(key["range"]["end"]["character"], length);
        // Behind the emoji.
        let behind = range((3, column), (3, column));
        client.did_change(
            &path,
            json!([
                { "range": range((2, 0), (2, length)), "text": "context" },
                { "range": behind, "text": "[[[" },
            ]),
        );
        assert_eq!(client.findings(&path), Vec::<Value>::new(), "{encoding}");
        client.did_change(
            &path,
            json!([{ "range": range((3, 0), (3, column)), "text": "" }]),
        );
        let found = client.findings(&path);
        assert_eq!(rules(&found), ["syntax"], "{encoding}");
        assert_eq!(client.end(), Some(0));
    }
}

#[test]
fn the_first_encoding_that_is_known_is_taken() {
    let client = Client::open(&[]);
    assert_eq!(client.end(), Some(0));
}

#[test]
fn hover_says_what_a_name_a_key_and_a_finding_mean() {
    let (_folder, path) = spec_in_folder();
    let mut client = Client::open(&["utf-8"]);
    client.did_open(&path, SPEC);
    let mut hover = |part: &str| {
        let result = client.result("textDocument/hover", at(&path, SPEC, part));
        result["contents"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let keeper = hover("Keeper]");
    assert!(
        keeper.contains("token **Keeper**: token, key `🐱`"),
        "{keeper}"
    );
    assert!(
        keeper.contains("The keeper") && keeper.contains("1 place in instructions"),
        "{keeper}"
    );
    let bye = hover("Bye }\n      - { input: [Why");
    assert!(
        bye.contains("Used in 1 place in instructions, 1 sample."),
        "{bye}"
    );
    assert!(hover("asks: [").contains("token set **asks**: [Visitor]"));
    assert!(hover("ask:").contains("instruction **ask**: basic, 3 samples"));
    assert!(hover("inputs").contains("Number of input lines"));
    assert_eq!(hover("garden"), "");
    let text = SPEC.replace("[asks]", "[askes]");
    client.did_change(&path, json!([{ "text": text }]));
    client.findings(&path);
    let result = client.result("textDocument/hover", at(&path, &text, "askes"));
    let page = result["contents"]["value"]
        .as_str()
        .expect("a text")
        .to_owned();
    assert!(page.contains("**undefined-token-set**"), "{page}");
    assert_eq!(client.end(), Some(0));
}

/// A spec over several files.
fn harbour() -> (tempfile::TempDir, std::path::PathBuf) {
    let files = [
        "harbour.yaml",
        "parts/words.yaml",
        "parts/customs-desk.yaml",
        "data/berths.jsonl",
        "data/duties.csv",
    ];
    let texts = files
        .map(|name| std::fs::read_to_string(Path::new("specs/split").join(name)).expect("a file"));
    let pairs: Vec<(&str, &str)> = files
        .iter()
        .copied()
        .zip(texts.iter().map(String::as_str))
        .collect();
    let folder = folder_with(&pairs);
    std::fs::write(folder.path().join("mtp.toml"), "").expect("a file");
    let path = folder.path().canonicalize().expect("a folder");
    (folder, path)
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}

#[test]
fn a_name_is_found_and_changed_in_every_file() {
    let (_folder, root) = harbour();
    let (words, spec) = (root.join("parts/words.yaml"), root.join("harbour.yaml"));
    // Another spec with the same words, which nobody has opened.
    let other = root.join("other.yaml");
    std::fs::write(&other, read(&spec).replace("name: harbour", "name: other")).expect("a file");
    let (words_text, spec_text) = (read(&words), read(&spec));
    let mut client = Client::open(&["utf-8"]);
    // Only a part is open; the spec is looked for.
    client.did_open(&words, &words_text);
    assert_eq!(client.findings(&words), Vec::<Value>::new());
    client.did_open(&spec, &spec_text);
    client.findings(&spec);
    let wait = at(&spec, &spec_text, "Wait]");
    let defined = client.result("textDocument/definition", wait.clone());
    assert_eq!(defined[0]["uri"], uri(&words));
    let (from, to) = place(&words_text, "Wait");
    assert_eq!(defined[0]["range"], range(from, to));
    let mut asked = wait.clone();
    asked["context"] = json!({ "includeDeclaration": true });
    let used = client.result("textDocument/references", asked);
    let places: Vec<&str> = used
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|place| place["uri"].as_str())
        .collect();
    assert!(
        places.iter().any(|uri| uri.ends_with("berths.jsonl")),
        "{places:?}"
    );
    let prepared = client.result("textDocument/prepareRename", wait.clone());
    assert_eq!(prepared["placeholder"], "Wait");
    let mut asked = wait.clone();
    asked["newName"] = json!("Stay");
    let edit = client.result("textDocument/rename", asked);
    for (uri, edits) in edit["changes"].as_object().expect("files") {
        let path = Path::new(uri.strip_prefix("file://").expect("a file"));
        let text = applied(&read(path), edits);
        std::fs::write(path, &text).expect("a file");
        client.did_change(path, json!([{ "text": text }]));
    }
    let mut command = common::command::mtp(&["validate", "-q", "harbour.yaml", "other.yaml"]);
    let (code, _, err) = common::command::run(command.current_dir(&root));
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(read(&other).contains("final: [Berth, Stay]"));
    assert!(read(&spec).contains("final: [Berth, Stay]") && read(&words).contains("Stay:"));
    assert!(read(&root.join("data/berths.jsonl")).contains("\"final\": \"Stay\""));
    // A name that is taken, and one that cannot be a token, are refused with the reason.
    for (new, reason) in [("Berth", "Berth"), ("a b", "space"), ("", "")] {
        let mut asked = at(&spec, &read(&spec), "Stay]");
        asked["newName"] = json!(new);
        let answer = client.request("textDocument/rename", asked);
        let told = answer["error"]["message"]
            .as_str()
            .unwrap_or_else(|| panic!("{new}: {answer}"));
        assert!(told.contains(reason), "{new}: {told}");
    }
    assert_eq!(client.end(), Some(0));
}

#[test]
fn findings_in_parts_come_from_the_text_that_is_not_saved() {
    let (_folder, root) = harbour();
    let data = root.join("data/berths.jsonl");
    let text = read(&data);
    let mut client = Client::open(&["utf-8"]);
    client.did_open(&data, &text);
    assert_eq!(client.findings(&data), Vec::<Value>::new());
    let broken = text.replacen("\"Wait\"", "\"Wate\"", 1);
    client.did_change(&data, json!([{ "text": broken }]));
    let found = client.findings(&data);
    assert!(
        rules(&found).contains(&"final-not-allowed") || rules(&found).contains(&"undefined-token"),
        "{found:?}"
    );
    let (from, to) = place(&broken, "\"Wate\"");
    assert_eq!(found[0]["range"], range(from, to));
    client.did_close(&data);
    let closed = client.findings_of(&data, |message| message["params"]["version"].is_null());
    assert_eq!(closed, Vec::<Value>::new());
    assert_eq!(client.end(), Some(0));
}

/// What is offered at the `^` in a text.
fn offered(client: &mut Client, path: &Path, text: &str) -> Vec<(String, Value)> {
    let plain = text.replace('^', "");
    client.did_change(path, json!([{ "text": plain }]));
    let result = client.result("textDocument/completion", at(path, text, "^"));
    let items = result.as_array().expect("a list").iter();
    items
        .map(|item| {
            (
                item["label"].as_str().expect("a label").to_owned(),
                item.clone(),
            )
        })
        .collect()
}

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
fn every_action_cures_what_it_is_offered_for() {
    let (_folder, path) = spec_in_folder();
    let text = SPEC
        .replace("output: [Keeper]", "output: [Keeper, Keeper]")
        .replace("[When?]", "[\"When? \"]")
        .replace(
            "Visitor: Somebody who asks",
            "Visitor: Somebody who asks\n  Gost: nobody",
        );
    let mut client = Client::open(&["utf-8"]);
    client.did_open(&path, &text);
    let found = client.findings(&path);
    assert_eq!(
        rules(&found),
        ["unused-token", "repeated-token", "untrimmed-text"]
    );
    for one in &found {
        let params = json!({
            "textDocument": { "uri": uri(&path) },
            "range": one["range"],
            "context": { "diagnostics": [one] },
        });
        let actions = client.result("textDocument/codeAction", params);
        let actions = actions.as_array().expect("a list").clone();
        let titles: Vec<&str> = actions
            .iter()
            .filter_map(|action| action["title"].as_str())
            .collect();
        let allow = format!("Allow `{}` here", one["code"].as_str().expect("a rule"));
        assert!(titles.contains(&allow.as_str()), "{titles:?}");
        for action in &actions {
            let edited = applied(&text, &action["edit"]["changes"][uri(&path)]);
            client.did_change(&path, json!([{ "text": edited }]));
            let left = client.findings(&path);
            assert_eq!(
                left.len(),
                found.len() - 1,
                "{}:\n{edited}\n{left:?}",
                action["title"]
            );
            assert!(!rules(&left).contains(&one["code"].as_str().expect("a rule")));
        }
        client.did_change(&path, json!([{ "text": text }]));
        client.findings(&path);
    }
    let all = json!({
        "textDocument": { "uri": uri(&path) },
        "range": range((0, 0), (0, 0)),
        "context": { "diagnostics": [], "only": ["source.fixAll"] },
    });
    let actions = client.result("textDocument/codeAction", all);
    let edited = applied(&text, &actions[0]["edit"]["changes"][uri(&path)]);
    client.did_change(&path, json!([{ "text": edited }]));
    assert!(client.findings(&path).len() < found.len(), "{edited}");
    assert_eq!(client.end(), Some(0));
}

#[test]
fn files_of_others_are_left_alone() {
    let (folder, _) = spec_in_folder();
    let mut client = Client::open(&["utf-8"]);
    let others = [
        (
            "Cargo.toml",
            "[dependencies]\nserde   = { version = \"1\", features = [\"derive\"] }\n",
        ),
        (
            "chart.yaml",
            "{{- if .Values.on }}\nkind:   Service\n{{- end }}\n",
        ),
        ("tsconfig.json", "{ // a comment\n  \"files\":   [] }\n"),
        (
            "action.yml",
            "name: other\ninputs:\n    token:   { required: true }\n",
        ),
    ];
    for (name, text) in others {
        let path = folder.path().join(name);
        client.did_open(&path, text);
        assert!(client.findings(&path).is_empty(), "{name}");
        let wanted = json!({ "textDocument": { "uri": uri(&path) }, "options": { "tabSize": 2, "insertSpaces": true } });
        let edits = client.result("textDocument/formatting", wanted);
        assert!(edits.is_null(), "{name}: {edits}");
    }
    assert_eq!(client.end(), Some(0));
}

#[test]
fn a_text_is_laid_out_and_its_parts_are_named() {
    let (_folder, path) = spec_in_folder();
    let text = SPEC.replace("inputs: 1", "inputs:   1 # one");
    let mut client = Client::open(&["utf-8"]);
    client.did_open(&path, &text);
    let of_file = json!({ "textDocument": { "uri": uri(&path) }, "options": { "tabSize": 2, "insertSpaces": true } });
    let edits = client.result("textDocument/formatting", of_file.clone());
    let edited = applied(&text, &edits);
    assert!(edited.contains("inputs: 1 # one\ncontext: ["), "{edited}");
    let symbols = client.result("textDocument/documentSymbol", of_file.clone());
    let names: Vec<&str> = symbols
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|symbol| symbol["name"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "name",
            "inputs",
            "context",
            "tokens",
            "token_sets",
            "instructions"
        ]
    );
    assert_eq!(symbols[3]["children"][1]["name"], "Keeper");
    let folds = client.result("textDocument/foldingRange", of_file.clone());
    let (from, to) = (place(&text, "tokens:").0.0, place(&text, "Bye:").0.0);
    let folds = folds.as_array().expect("a list");
    assert!(
        folds
            .iter()
            .any(|fold| fold["startLine"] == from && fold["endLine"] == to),
        "{folds:?}"
    );
    let tokens = client.result("textDocument/semanticTokens/full", of_file.clone());
    assert_eq!(
        tokens["data"].as_array().map(Vec::len),
        Some(5 * 10),
        "{tokens}"
    );
    client.did_change(&path, json!([{ "text": edited }]));
    let edits = client.result("textDocument/formatting", of_file.clone());
    assert_eq!(edits, json!([]));
    client.did_change(&path, json!([{ "text": "tokens: [" }]));
    let answer = client.request("textDocument/formatting", of_file);
    assert!(
        answer["error"]["message"]
            .as_str()
            .is_some_and(|why| why.contains("not laid out"))
    );
    assert_eq!(client.end(), Some(0));
}

#[test]
fn nonsense_gets_an_error_and_the_next_request_its_answer() {
    let (_folder, path) = spec_in_folder();
    let mut client = Client::start();
    let early = client.request("textDocument/hover", Client::at(&path, 0, 0));
    assert_eq!(early["error"]["code"], -32002);
    client.raw(b"Content-Length: 3\r\n\r\n{x}");
    let answer = client.wait(|message| message["id"].is_null());
    assert_eq!(answer["error"]["code"], -32700);
    client.raw(b"hello, is anybody there?\r\n\r\n");
    let answer = client.wait(|message| message["id"].is_null());
    assert_eq!(answer["error"]["code"], -32700);
    client.send(&json!([1, 2, 3]));
    let answer = client.wait(|message| message["id"].is_null());
    assert_eq!(answer["error"]["code"], -32600);
    client.result("initialize", json!({ "capabilities": {} }));
    client.did_open(&path, SPEC);
    client.findings(&path);
    let requests = [
        ("textDocument/hover", json!({ "textDocument": 5 }), -32602),
        ("textDocument/hover", json!(null), -32602),
        ("textDocument/rename", at(&path, SPEC, "name"), -32602),
        ("no/such/thing", json!({}), -32601),
        ("initialize", json!({ "capabilities": {} }), -32600),
    ];
    for (method, params, code) in requests {
        let answer = client.request(method, params);
        assert_eq!(answer["error"]["code"], code, "{method}: {answer}");
    }
    // Changes of texts that are not open, and places that are in no text.
    client.did_change(Path::new("/nowhere.yaml"), json!([{ "text": "x" }]));
    client.notify("textDocument/didChange", json!([]));
    client.notify("$/setTrace", json!({ "value": "off" }));
    client.did_change(
        &path,
        json!([{ "range": range((99, 99), (0, 0)), "text": "" }]),
    );
    let hover = client.result("textDocument/hover", Client::at(&path, 4_000_000_000, 7));
    assert_eq!(hover, Value::Null);
    let elsewhere = client.result(
        "textDocument/hover",
        Client::at(Path::new("/nowhere.yaml"), 0, 0),
    );
    assert_eq!(elsewhere, Value::Null);
    assert_eq!(client.end(), Some(0));
}

#[test]
fn a_client_that_leaves_or_is_killed_leaves_nothing_behind() {
    let (_folder, path) = spec_in_folder();
    let mut client = Client::open(&["utf-8"]);
    client.did_open(&path, SPEC);
    assert_eq!(client.hang_up(), Some(1), "it said nothing");
    let mut client = Client::open(&["utf-8"]);
    client.did_open(&path, SPEC);
    client.findings(&path);
    client.kill();
    // An editor starts it anew and opens what it has.
    let mut client = Client::open(&["utf-8"]);
    client.did_open(&path, &SPEC.replace("[asks]", "[askes]"));
    assert!(rules(&client.findings(&path)).contains(&"undefined-token-set"));
    assert_eq!(client.end(), Some(0));
    assert_eq!(read(&path), SPEC, "the server writes no file");
}

#[test]
fn an_alias_leads_to_its_anchor() {
    let (_folder, path) = spec_in_folder();
    let text = "a: &ключ 1\nb: [&x 2, *x, *ключ]\nc: &x 3\nd: *x\n";
    let mut client = Client::open(&["utf-8"]);
    client.did_open(&path, text);
    for (alias, anchor) in [("*ключ", "&ключ"), ("*x, ", "&x 2"), ("*x\n", "&x 3")] {
        let defined = client.result("textDocument/definition", at(&path, text, alias));
        let (from, (line, _)) = place(text, anchor);
        assert_eq!(
            defined[0]["range"]["start"],
            client::position(from.0, from.1),
            "{alias}"
        );
        assert_eq!(defined[0]["range"]["end"]["line"], line);
    }
    assert_eq!(client.end(), Some(0));
}

#[test]
fn what_changes_on_the_disk_is_seen_where_the_client_tells_of_it() {
    let (_folder, root) = harbour();
    let (spec, words) = (root.join("harbour.yaml"), root.join("parts/words.yaml"));
    let mut client = Client::start();
    let watching = json!({ "didChangeWatchedFiles": { "dynamicRegistration": true } });
    let params = json!({ "capabilities": { "workspace": watching } });
    client.result("initialize", params);
    client.notify("initialized", json!({}));
    let asked = client.wait(|message| message["method"] == "client/registerCapability");
    client.send(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": null }));
    client.did_open(&spec, &read(&spec));
    assert_eq!(client.findings(&spec), Vec::<Value>::new());
    std::fs::write(&words, read(&words).replace("  Wait:", "  Weit:")).expect("a file");
    let changes = json!({ "changes": [{ "uri": uri(&words), "type": 2 }] });
    client.notify("workspace/didChangeWatchedFiles", changes);
    let found = client.findings(&spec);
    assert!(rules(&found).contains(&"undefined-token"), "{found:?}");
    assert_eq!(client.end(), Some(0));
}

#[test]
fn a_text_may_be_closed_while_it_is_checked_and_be_too_large() {
    let (_folder, path) = spec_in_folder();
    let sample = "      - { input: [Once?], output: More. }\n";
    let large = format!("{SPEC}{}", sample.repeat(5_000));
    let mut client = Client::open(&["utf-8"]);
    for _ in 0..3 {
        client.did_open(&path, &large);
        client.did_change(&path, json!([{ "text": format!("{large}      - x: 1\n") }]));
        client.did_close(&path);
    }
    client.did_open(&path, SPEC);
    assert_eq!(client.findings(&path), Vec::<Value>::new());
    let too_large = format!("{SPEC}# {}\n", "x".repeat(33 << 20));
    client.did_change(&path, json!([{ "text": too_large }]));
    let found = client.findings(&path);
    assert_eq!(rules(&found), ["limit-exceeded"]);
    let message = found[0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("`mtp validate` checks it"), "{message}");
    // What is on the disk is another text.
    let hover = client.result("textDocument/hover", at(&path, SPEC, "Keeper]"));
    assert_eq!(hover, Value::Null);
    let of_file = json!({ "textDocument": { "uri": uri(&path) } });
    assert_eq!(
        client.result("textDocument/documentSymbol", of_file),
        Value::Null
    );
    client.did_change(&path, json!([{ "text": SPEC }]));
    assert_eq!(client.findings(&path), Vec::<Value>::new());
    assert_eq!(client.end(), Some(0));
}

#[test]
fn a_project_is_checked_and_its_levels_hold_as_they_are_typed() {
    let (_folder, path) = spec_in_folder();
    let project = path.with_file_name("mtp.toml");
    let text = SPEC.replace("Visitor: Some", "Гость: nobody\n  Visitor: Some");
    let mut client = Client::open(&["utf-8"]);
    client.did_open(&path, &text);
    assert_eq!(rules(&client.findings(&path)), ["unused-token"]);
    let has = |count: usize| {
        move |message: &Value| {
            let found = message["params"]["diagnostics"].as_array();
            found.is_some_and(|found| found.len() == count)
        }
    };
    // Neither text is saved.
    let quiet = "# «тихо»\n[rules]\nunused-token = \"off\"\n";
    client.did_open(&project, quiet);
    client.findings_of(&path, has(0));
    assert_eq!(client.findings(&project), Vec::<Value>::new());
    let slip = quiet.replace("unused-token", "unused-tokn");
    client.did_change(&project, json!([{ "text": slip }]));
    let found = client.findings(&project);
    assert_eq!(rules(&found), ["invalid-value"]);
    let (from, to) = place(&slip, "unused-tokn");
    assert_eq!(found[0]["range"], range(from, to));
    client.findings_of(&path, has(1));
    // Keys, rules and levels are offered and explained.
    let labels = |client: &mut Client, text: &str| {
        let all = offered(client, &project, text).into_iter();
        all.map(|(label, _)| label).collect::<Vec<_>>()
    };
    let keys = labels(&mut client, "^");
    assert_eq!(keys, ["build", "format", "rules", "validate"]);
    assert_eq!(labels(&mut client, "[build]\n^"), ["out_dir"]);
    assert!(labels(&mut client, "[rules]\nunused-t^").contains(&"unused-token".to_owned()));
    let levels = labels(&mut client, "[rules]\nunused-token = \"^\"");
    assert_eq!(levels, ["error", "warn", "off"]);
    client.did_change(&project, json!([{ "text": quiet }]));
    client.findings_of(&path, has(0));
    let hover = client.result("textDocument/hover", at(&project, quiet, "unused-token"));
    let about = hover["contents"]["value"].as_str().unwrap_or_default();
    assert!(about.contains("A token that nothing uses"), "{about}");
    // What is on the disk counts again, and a mistake in it is told though nobody opened it.
    client.did_close(&project);
    client.findings_of(&path, has(1));
    std::fs::write(&project, "formt = \"2.0.1\"\n").expect("a file");
    let changes = json!({ "changes": [{ "uri": uri(&project), "type": 2 }] });
    client.notify("workspace/didChangeWatchedFiles", changes);
    let is_of_disk = |message: &Value| message["params"]["version"].is_null();
    let found = client.findings_of(&project, |message| is_of_disk(message) && has(1)(message));
    assert_eq!(rules(&found), ["unknown-key"]);
    assert_eq!(client.end(), Some(0));
}

/// A spec whose names and lines are not ASCII: everything that is asked about stands
/// behind such characters.
const WIDE: &str = "\
name: сад
inputs: 1
context: [One., Two., Three., Four., Five., Six., Seven., Eight., Nine., 🫥 Ten.]
tokens: { Гость: \"🫥 кто\", Дом: { key: \"🐱\" }, Пока: { type: final }, Лишний: }
token_sets: { \"вопрос\": [Гость] }
instructions:
  ответ:
    input: [вопрос]
    output: [Дом]
    final: Пока
    samples:
      - { input: [\"🫥 Когда?\"], output: \"🫥 Сейчас\", final: Пока }
      - { input: [\"🫥 Где?\"], output: \"🫥 Здесь \", final: Пока }
      - { input: [\"🫥 Зачем?\"],   output: \"🫥 Затем\", final: Пока }
";

/// Places of a text as one encoding counts them.
struct Counted<'t>(&'t str, &'static str);

impl Counted<'_> {
    fn units(&self, text: &str) -> usize {
        match self.1 {
            "utf-8" => text.len(),
            "utf-16" => text.encode_utf16().count(),
            _ => text.chars().count(),
        }
    }

    /// The place of a byte.
    fn at(&self, offset: usize) -> Value {
        let line = self.0[..offset].matches('\n').count();
        let start = self.0[..offset].rfind('\n').map_or(0, |at| at + 1);
        client::position(line, self.units(&self.0[start..offset]))
    }

    fn offset(&self, position: &Value) -> usize {
        let number = |key: &str| position[key].as_u64().expect("a number") as usize;
        let lines = self.0.split_inclusive('\n').take(number("line"));
        let start: usize = lines.map(str::len).sum();
        let rest = self.0[start..].char_indices().map(|(at, _)| start + at);
        rest.chain([self.0.len()])
            .find(|at| self.units(&self.0[start..*at]) == number("character"))
            .unwrap_or_else(|| panic!("{position} is within a character"))
    }

    /// The text that a range covers.
    fn text(&self, range: &Value) -> &str {
        &self.0[self.offset(&range["start"])..self.offset(&range["end"])]
    }

    fn applied(&self, edits: &Value) -> String {
        let edits = edits.as_array().expect("a list").iter().map(|edit| {
            let range = &edit["range"];
            let new = edit["newText"].as_str().expect("a text");
            (
                self.offset(&range["start"]),
                self.offset(&range["end"]),
                new,
            )
        });
        let mut edits: Vec<_> = edits.collect();
        edits.sort_unstable();
        let mut text = self.0.to_owned();
        for (start, end, new) in edits.into_iter().rev() {
            text.replace_range(start..end, new);
        }
        text
    }
}

#[test]
fn every_answer_counts_as_agreed_behind_characters_of_any_width() {
    for encoding in ["utf-8", "utf-16", "utf-32"] {
        let (_folder, path) = spec_in_folder();
        let mut client = Client::open(&[encoding]);
        let counted = Counted(WIDE, encoding);
        client.did_open(&path, WIDE);
        let document = json!({ "textDocument": { "uri": uri(&path) } });
        let found = client.findings(&path);
        let texts: Vec<&str> = found
            .iter()
            .map(|one| counted.text(&one["range"]))
            .collect();
        assert_eq!(
            rules(&found),
            ["unused-token", "untrimmed-text"],
            "{encoding}"
        );
        assert_eq!(texts, ["Лишний", " "], "{encoding}");
        // The last final of all, behind two emoji.
        let last = WIDE.rfind("Пока").expect("a name");
        let mut asked = document.clone();
        asked["position"] = counted.at(last);
        let hover = client.result("textDocument/hover", asked.clone());
        assert_eq!(counted.text(&hover["range"]), "Пока");
        let defined = client.result("textDocument/definition", asked.clone());
        assert_eq!(counted.text(&defined[0]["range"]), "Пока");
        asked["context"] = json!({ "includeDeclaration": true });
        let used = client.result("textDocument/references", asked.clone());
        let used = used.as_array().expect("a list");
        assert_eq!(used.len(), 5, "{used:?}");
        assert!(used.iter().all(|one| counted.text(&one["range"]) == "Пока"));
        asked["newName"] = json!("Конец");
        let edit = client.result("textDocument/rename", asked.clone());
        let renamed = counted.applied(&edit["changes"][uri(&path)]);
        assert_eq!(renamed, WIDE.replace("Пока", "Конец"));
        let mut asked = document.clone();
        asked["position"] = counted.at(last + "По".len());
        let offered = client.result("textDocument/completion", asked);
        let offered = offered.as_array().expect("a list");
        let name = offered
            .iter()
            .find(|item| item["label"] == "Пока")
            .expect("a name");
        assert_eq!(counted.text(&name["textEdit"]["range"]), "По");
        let mut cure = document.clone();
        cure["range"] = found[1]["range"].clone();
        cure["context"] = json!({ "diagnostics": [found[1]] });
        let actions = client.result("textDocument/codeAction", cure);
        let cured = counted.applied(&actions[0]["edit"]["changes"][uri(&path)]);
        assert_eq!(cured, WIDE.replace("Здесь ", "Здесь"), "{actions}");
        let symbols = client.result("textDocument/documentSymbol", document.clone());
        let names = symbols[3]["children"].as_array().expect("a list").iter();
        let names: Vec<&str> = names
            .map(|one| counted.text(&one["selectionRange"]))
            .collect();
        assert_eq!(names, ["Гость", "Дом", "Пока", "Лишний"]);
        let folds = client.result("textDocument/foldingRange", document.clone());
        let first = WIDE.find("instructions").expect("a key");
        assert_eq!(folds[0]["startLine"], counted.at(first)["line"]);
        let tokens = client.result("textDocument/semanticTokens/full", document.clone());
        let numbers = tokens["data"].as_array().expect("a list").chunks(5);
        let (mut line, mut column) = (0, 0);
        let coloured = numbers.map(|one| {
            let number = |at: usize| one[at].as_u64().expect("a number") as usize;
            column = if number(0) == 0 {
                column + number(1)
            } else {
                number(1)
            };
            line += number(0);
            let end = client::position(line, column + number(2));
            let start = client::position(line, column);
            counted.text(&json!({ "start": start, "end": end }))
        });
        let coloured: Vec<&str> = coloured.collect();
        assert_eq!(
            coloured.iter().filter(|name| **name == "Пока").count(),
            5,
            "{coloured:?}"
        );
        let is_name = |name: &&&str| name.trim_matches('"').chars().all(char::is_alphabetic);
        let names = coloured.iter().filter(is_name);
        assert_eq!(names.count(), coloured.len(), "{coloured:?}");
        let mut wanted = document.clone();
        wanted["options"] = json!({ "tabSize": 2, "insertSpaces": true });
        let edits = client.result("textDocument/formatting", wanted);
        let laid_out = counted.applied(&edits);
        assert!(
            laid_out.contains("Зачем?\"], output: 🫥 Затем, final: Пока }"),
            "{laid_out}"
        );
        assert!(
            laid_out.ends_with("}\n") && !laid_out.contains("],   output"),
            "{laid_out}"
        );
        assert_eq!(client.end(), Some(0));
    }
}
