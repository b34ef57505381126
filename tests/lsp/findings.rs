//! What is wrong in a text, while it is typed and wherever it stands.

use crate::client::{Client, range, rules, uri};
use crate::specs::{SPEC, at, change, harbour, offered, place, read, spec_in_folder};
use serde_json::{Value, json};

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
