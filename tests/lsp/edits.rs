//! Edits of a whole text: actions, and its layout; what its parts are.

use crate::client::{Client, applied, range, rules, uri};
use crate::specs::{SPEC, place, spec_in_folder};
use serde_json::json;

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
