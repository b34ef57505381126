//! Places as UTF-8, UTF-16 and UTF-32 count them.

use crate::client::{Client, range, rules, uri};
use crate::specs::{SPEC, spec_in_folder};
use serde_json::{Value, json};

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
        crate::client::position(line, self.units(&self.0[start..offset]))
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
            let end = crate::client::position(line, column + number(2));
            let start = crate::client::position(line, column);
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
