//! Nonsense, texts that are too large or gone, clients that leave: nothing ends the server.

use crate::client::{Client, range, rules, uri};
use crate::specs::{SPEC, at, project, read, spec_in_folder};
use serde_json::{Value, json};
use std::path::Path;

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
