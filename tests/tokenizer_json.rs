//! Vocabularies of a `tokenizer.json`, which is a small program: what it may do with a text, and
//! what it is refused for.

#![cfg(feature = "tokens")]
#![allow(clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod common;

use common::command::{folder_with, mtp, run};
use mtp::tokenizer::{Special, Tokenizer};
use serde_json::{Value, json};

/// A vocabulary of the bytes `a` to `d` and of what stands for a space.
fn file(normalizer: Value, pre_tokenizer: Value) -> Value {
    json!({
        "version": "1.0",
        "added_tokens": [],
        "normalizer": normalizer,
        "pre_tokenizer": pre_tokenizer,
        "model": {
            "type": "BPE",
            "vocab": {"a": 0, "b": 1, "c": 2, "d": 3, "▁": 4, "ab": 5},
            "merges": [["a", "b"]],
        },
    })
}

fn read(file: &Value) -> Result<Tokenizer, String> {
    Tokenizer::of_json(file.to_string().as_bytes(), Special::Tokens)
}

fn counted(file: &Value, text: &str) -> Result<Vec<u32>, String> {
    read(file).expect("a tokenizer").tokens(text)
}

fn replace(pattern: Value, content: &str) -> Value {
    json!({"type": "Replace", "pattern": pattern, "content": content})
}

fn sequence(normalizers: Vec<Value>) -> Value {
    json!({"type": "Sequence", "normalizers": normalizers})
}

fn split(expression: &str) -> Value {
    let pattern = json!({"Regex": expression});
    json!({"type": "Split", "pattern": pattern, "behavior": "Isolated", "invert": false})
}

const LONGER: &str = "its `normalizer` makes a text more than 16 times as long";

#[test]
fn steps_change_and_split_a_text() {
    let steps = sequence(vec![
        json!({"type": "Prepend", "prepend": "▁"}),
        replace(json!({"String": " "}), "▁"),
        replace(json!({"Regex": "[xy]+"}), "b"),
        json!({"type": "Lowercase"}),
    ]);
    let plain = file(steps.clone(), Value::Null);
    assert_eq!(counted(&plain, "A xyx"), Ok(vec![4, 0, 4, 1]));
    assert_eq!(counted(&plain, "Axyx"), Ok(vec![4, 5]));
    assert_eq!(counted(&plain, ""), Ok(vec![]));
    let parts = json!({"type": "Sequence", "pretokenizers": [split("b(?=c)|d"), split("a")]});
    assert_eq!(
        counted(&file(steps, parts), "abc ab"),
        Ok(vec![4, 0, 1, 2, 4, 0, 1])
    );
}

#[test]
fn a_word_is_what_it_is_where_files_are_made() {
    // Of numbers, those that are no digits, too; no joiners.
    let words = replace(json!({"Regex": r"[\w]+|\\w"}), "b");
    let others = replace(json!({"Regex": r"\W"}), "c");
    let file = file(sequence(vec![words, others]), Value::Null);
    assert_eq!(counted(&file, "4½é_"), Ok(vec![1]));
    assert_eq!(counted(&file, "4\u{200d}½"), Ok(vec![1, 2, 1]));
    assert_eq!(counted(&file, r"\w"), Ok(vec![1]));
}

#[test]
fn what_a_text_is_fed_with_does_not_count() {
    let mut fed = file(Value::Null, Value::Null);
    fed["added_tokens"] = json!([{
        "id": 6, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
        "normalized": false, "special": true,
    }]);
    let own = json!({"Sequence": {"id": "A", "type_id": 0}});
    let start = json!({"SpecialToken": {"id": "<s>", "type_id": 0}});
    fed["post_processor"] = json!({
        "type": "TemplateProcessing",
        "single": [start, own, own],
        "pair": [own, {"Sequence": {"id": "B", "type_id": 0}}],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [6], "tokens": ["<s>"]}},
    });
    assert_eq!(counted(&fed, "ab<s>c"), Ok(vec![5, 6, 2]));
}

/// A table that writes `text` for every `a`: a trie of 512 nodes, in which that is the only word.
fn table(text: &str) -> Value {
    let mut nodes = [0u32; 512];
    nodes[0] = 256 << 10;
    nodes[256 ^ 0x61] = 1 << 10 | 1 << 8 | 0x61;
    let mut bytes = (nodes.len() as u32 * 4).to_le_bytes().to_vec();
    bytes.extend(nodes.iter().flat_map(|node| node.to_le_bytes()));
    bytes.extend(text.bytes().chain([0]));
    bytes.resize(bytes.len().next_multiple_of(3), 0);
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letters = bytes.chunks_exact(3).flat_map(|three| {
        let bits = three
            .iter()
            .fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(LETTERS[bits >> shift & 63]))
    });
    json!({"type": "Precompiled", "precompiled_charsmap": letters.collect::<String>()})
}

#[test]
fn a_table_writes_no_more_than_an_alphabet_needs() {
    assert_eq!(
        counted(&file(table("bcd"), Value::Null), "da"),
        Ok(vec![3, 1, 2, 3])
    );
    let hostile = file(table(&"b".repeat(1_000)), Value::Null);
    assert_eq!(counted(&hostile, "cd"), Ok(vec![2, 3]));
    assert_eq!(counted(&hostile, "da"), Err(LONGER.to_owned()));
}

#[test]
fn a_text_does_not_grow_without_end() {
    let text = "a ".repeat(500);
    let long = "a".repeat(1_000);
    for step in [
        replace(json!({"String": "a"}), &long),
        replace(json!({"Regex": "a"}), &long),
        // What is nothing is found everywhere.
        replace(json!({"String": ""}), &long),
        json!({"type": "Prepend", "prepend": "a".repeat(20_000)}),
        sequence(vec![replace(json!({"String": "a"}), "aaaa"); 20]),
        sequence(vec![
            sequence(vec![
                replace(json!({"String": "a"}), "aa");
                30
            ]);
            2
        ]),
    ] {
        let hostile = file(step, Value::Null);
        assert_eq!(counted(&hostile, &text), Err(LONGER.to_owned()));
        // What was said of one text is not said of the next.
        assert_eq!(counted(&hostile, ""), Ok(vec![]));
    }
    let byte_level = json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
        "use_regex": false});
    let hostile = json!({"type": "Sequence", "pretokenizers": vec![byte_level; 40]});
    assert_eq!(
        counted(&file(Value::Null, hostile), &text),
        Err("its `pre_tokenizer` makes a text more than 16 times as long".to_owned())
    );
}

#[test]
fn what_cannot_be_counted_is_told_at_its_place() {
    let spec = std::fs::read_to_string("specs/wonderland.yaml").expect("a spec");
    let step = replace(json!({"String": "a"}), &"a".repeat(9_000));
    let hostile = file(step, Value::Null).to_string();
    let folder = folder_with(&[("w.yaml", &spec), ("t.json", &hostile)]);
    let arguments = ["tokens", "w.yaml", "--tokenizer", "t.json"];
    let short = ["--output-format", "short", "-q"];
    let all = [&arguments[..], &short].concat();
    let (code, _, errors) = run(mtp(&all).current_dir(folder.path()));
    assert_eq!(code, 1);
    // Context has the letter, too.
    let line = spec.lines().position(|line| line.starts_with("context:"));
    let first = format!("w.yaml:{}:", line.expect("context") + 2);
    assert!(errors.starts_with(&first), "{errors}");
    assert!(errors.lines().count() > 20, "{errors}");
    let told = format!("error[too-many-tokens]: its tokens cannot be counted: {LONGER}");
    assert!(errors.lines().all(|line| line.contains(&told)), "{errors}");
}

#[test]
fn an_added_token_does_not_grow_without_end() {
    let steps = sequence(vec![replace(json!({"String": "a"}), &"a".repeat(100)); 5]);
    let mut hostile = file(steps, Value::Null);
    hostile["added_tokens"] = json!([{
        "id": 6, "content": "aa", "single_word": false, "lstrip": false, "rstrip": false,
        "normalized": true, "special": false,
    }]);
    assert_eq!(read(&hostile).map(|_| ()), Err(LONGER.to_owned()));
}

#[test]
fn a_pattern_that_gives_up_is_told() {
    let expression = "(?i)(a|b|ab)*(?=c)";
    let text = "ab".repeat(60);
    let told = format!("its pattern `{expression}` tries too many ways to match it");
    let hostile = file(Value::Null, split(expression));
    assert_eq!(counted(&hostile, &text), Err(told.clone()));
    let hostile = file(replace(json!({"Regex": expression}), "b"), Value::Null);
    assert_eq!(counted(&hostile, &text), Err(told));
}

#[test]
fn what_no_vocabulary_has_is_refused() {
    let refused = |file: &Value| read(file).map(|_| ()).expect_err("a refusal");
    let steps = |key: &str, step: Value| json!({"type": "Sequence", key: vec![step; 65]});
    let told = refused(&file(
        steps("normalizers", json!({"type": "Prepend", "prepend": ""})),
        Value::Null,
    ));
    assert!(
        told.starts_with("`normalizer` has more than 64 steps"),
        "{told}"
    );
    let told = refused(&file(Value::Null, steps("pretokenizers", split("a"))));
    assert!(
        told.starts_with("`pre_tokenizer` has more than 64 steps"),
        "{told}"
    );
    let mut random = file(Value::Null, Value::Null);
    random["model"]["dropout"] = json!(0.5);
    assert_eq!(
        refused(&random),
        "it leaves out merges at random (`dropout`)"
    );
    random["model"]["dropout"] = json!(0.0);
    assert!(read(&random).is_ok());
    let mut words = file(Value::Null, Value::Null);
    words["model"] = json!({
        "type": "WordPiece", "vocab": {"[UNK]": 0}, "unk_token": "[UNK]",
        "continuing_subword_prefix": "##", "max_input_chars_per_word": 1_000_000,
    });
    assert_eq!(
        refused(&words),
        "`max_input_chars_per_word` is 1000000; 1000 is the most"
    );
}
