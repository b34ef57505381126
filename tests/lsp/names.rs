//! Names: what they are, where they stand, how they are changed.

use crate::client::{Client, applied, range, uri};
use crate::specs::{SPEC, WORDS, at, at_mark, harbour, place, project, read, spec, spec_in_folder};
use serde_json::{Value, json};
use std::path::Path;

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
        keeper.contains("The keeper") && keeper.contains("Used in instruction `ask`."),
        "{keeper}"
    );
    let bye = hover("Bye }\n      - { input: [Why");
    assert!(
        bye.contains("Used in instruction `ask`, 1 sample."),
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
    let mut command =
        crate::common::command::mtp(&["validate", "-q", "harbour.yaml", "other.yaml"]);
    let (code, _, err) = crate::common::command::run(command.current_dir(&root));
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
        let place = at_mark(&path, &text.replacen("Visitor", "Vis^itor", 1));
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
            told.contains("Used in instruction `ask`."),
            "{opened}: {told}"
        );
        assert_eq!(client.end(), Some(0));
    }
    assert_eq!(std::fs::read_to_string(&words).expect("a file"), WORDS);
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
            crate::client::position(from.0, from.1),
            "{alias}"
        );
        assert_eq!(defined[0]["range"]["end"]["line"], line);
    }
    assert_eq!(client.end(), Some(0));
}

#[test]
fn keys_of_toml_get_quotes_where_they_need_them() {
    let (_folder, folder) = project(&[("mtp.toml", "")]);
    let path = folder.join("spec.toml");
    let text = "name = \"x\"\ninputs = 1\n[tokens]\nStaff = \"Somebody\"\nAnswer = \"x\"\n\
                [instructions.x]\ninput = [[\"Staff\"]]\noutput = [\"Answer\"]\n";
    let mut client = Client::open(&["utf-8"]);
    client.did_open(&path, text);
    client.findings(&path);
    for (new, wanted) in [
        ("Né", ["\"Né\" = \"Some", "[\"Né\"]"]),
        ("Team_2", ["Team_2 = \"Some", "[\"Team_2\"]"]),
    ] {
        let mut asked = at(&path, text, "Staff =");
        asked["newName"] = json!(new);
        let edit = client.result("textDocument/rename", asked);
        let text = applied(text, &edit["changes"][uri(&path)]);
        assert!(wanted.iter().all(|part| text.contains(part)), "{text}");
    }
    assert_eq!(client.end(), Some(0));
}

#[test]
fn a_text_with_a_mistake_shows_what_it_last_held() {
    let (_folder, path) = spec_in_folder();
    let mut client = Client::open(&["utf-8"]);
    client.did_open(&path, SPEC);
    client.findings(&path);
    let of_file = json!({ "textDocument": { "uri": uri(&path) } });
    let mut asked = |method: &str| client.result(method, of_file.clone());
    let whole = asked("textDocument/documentSymbol");
    let folds = asked("textDocument/foldingRange");
    let tokens = asked("textDocument/semanticTokens/full");
    // A line that cannot be read moves what stands behind it.
    let text = SPEC.replace("tokens:\n", "x: \"\ntokens:\n");
    client.did_change(&path, json!([{ "text": text }]));
    let mut asked = |method: &str| client.result(method, of_file.clone());
    let now = asked("textDocument/documentSymbol");
    let line = |symbols: &Value, at: usize| symbols[at]["selectionRange"]["start"]["line"].clone();
    let count = whole.as_array().expect("symbols").len();
    assert_eq!(now.as_array().expect("symbols").len(), count);
    assert_eq!(line(&now, 0), line(&whole, 0));
    let last = line(&whole, count - 1).as_u64().expect("a line");
    assert_eq!(line(&now, count - 1), last + 1);
    let lines = |folds: &Value| folds.as_array().expect("folds").len();
    assert_eq!(lines(&asked("textDocument/foldingRange")), lines(&folds));
    let data = |tokens: &Value| tokens["data"].as_array().expect("numbers").len();
    assert_eq!(
        data(&asked("textDocument/semanticTokens/full")),
        data(&tokens)
    );
    let hover = client.result("textDocument/hover", at(&path, &text, "Keeper]"));
    let told = hover["contents"]["value"].as_str().expect("a text");
    assert!(told.contains("token **Keeper**"), "{told}");
    let mut asked = at(&path, &text, "Keeper]");
    asked["newName"] = json!("Guard");
    let answer = client.request("textDocument/rename", asked);
    let told = answer["error"]["message"].as_str().expect("a reason");
    assert!(told.contains("mend its syntax first"), "{told}");
    assert_eq!(client.end(), Some(0));
}
