//! Counting tokens: vocabularies of model files, what is refused, and samples that are too
//! many.

#![cfg(feature = "tokens")]
#![allow(clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod common;
#[path = "gguf/mod.rs"]
mod made;

use common::command::{folder_with, mtp, run, run_with_input};
use made::{ARRAY, Maker, U32};
use mtp::gguf::{Keep, read};
use mtp::tokenizer::{Special, Tokenizer};
use serde_json::Value;
use std::path::Path;

const F32: u32 = 6;

/// A model file with a vocabulary; `types` as in the file: 1 text, 2 unknown, 3 control, 4 whole,
/// 6 a byte.
fn vocabulary(
    model: &str,
    tokens: &[(&str, u32, f32)],
    more: impl Fn(&mut Maker) -> u64,
) -> Vec<u8> {
    let mut rest = Maker::new(3, false, 0, 0);
    rest.bytes.clear();
    let others = more(&mut rest);
    let mut maker = Maker::new(3, false, 0, others + 4);
    maker.key_text("tokenizer.ggml.model", model);
    let texts: Vec<&str> = tokens.iter().map(|(text, ..)| *text).collect();
    let types: Vec<u32> = tokens.iter().map(|(_, kind, _)| *kind).collect();
    maker.key_texts("tokenizer.ggml.tokens", &texts);
    maker.key_u32s("tokenizer.ggml.token_type", &types);
    maker.text("tokenizer.ggml.scores").u32(ARRAY).u32(F32);
    maker.u64(tokens.len() as u64);
    for (.., score) in tokens {
        maker.u32(score.to_bits());
    }
    maker.raw(&rest.bytes);
    maker.bytes
}

fn tokenizer(file: &[u8], special: Special) -> Result<Tokenizer, String> {
    let header = read(
        std::io::Cursor::new(file),
        file.len() as u64,
        Keep::VOCABULARY,
    )
    .expect("a header");
    Tokenizer::of_model(&header, special)
}

const PIECES: &[(&str, u32, f32)] = &[
    ("<unk>", 2, 0.0),
    ("<s>", 3, 0.0),
    ("<|end|>", 4, 0.0),
    ("<0xC3>", 6, 0.0),
    ("<0xA9>", 6, 0.0),
    ("▁", 1, -9.0),
    ("a", 1, -9.0),
    ("b", 1, -9.0),
    ("▁a", 1, -2.0),
    ("ab", 1, -1.0),
    ("▁ab", 1, -3.0),
];

#[test]
fn sentence_pieces_are_joined_by_their_scores() {
    let file = vocabulary("llama", PIECES, |maker| {
        maker
            .key_u32("tokenizer.ggml.unknown_token_id", 0)
            .key_text("general.name", "m");
        2
    });
    let plain = tokenizer(&file, Special::Text).expect("a tokenizer");
    let tokens = |text: &str| plain.tokens(text).expect("tokens");
    assert_eq!(tokens("ab"), [10]);
    assert_eq!(tokens("aab"), [8, 9]);
    assert_eq!(tokens(""), [0u32; 0]);
    assert_eq!(tokens("é"), [5, 3, 4], "what has no token is its bytes");
    assert_eq!(tokens("x"), [5, 0], "and what has no byte is unknown");
    assert_eq!(
        tokens("a<|end|>a"),
        [8, 2, 8],
        "a space begins the text behind a mark"
    );
    assert_eq!(
        tokens("<s>").len(),
        4,
        "the mark of a control token is text"
    );
    let marked = tokenizer(&file, Special::Tokens).expect("a tokenizer");
    assert_eq!(marked.tokens("<s>ab").expect("tokens"), [1, 10]);
}

/// A model file with these pieces.
fn small() -> Vec<u8> {
    vocabulary("llama", PIECES, |maker| {
        maker.key_u32("tokenizer.ggml.unknown_token_id", 0);
        1
    })
}

#[test]
fn byte_pairs_are_joined_in_the_order_of_the_list() {
    let tokens = &[
        ("a", 1, 0.0),
        ("b", 1, 0.0),
        ("Ġ", 1, 0.0),
        ("ab", 1, 0.0),
        ("Ġa", 1, 0.0),
        ("<e>", 3, 0.0),
    ];
    let file = vocabulary("gpt2", tokens, |maker| {
        maker.key_text("tokenizer.ggml.pre", "gpt-2");
        maker.key_texts("tokenizer.ggml.merges", &["Ġ a", "a b"]);
        2
    });
    let plain = tokenizer(&file, Special::Text).expect("a tokenizer");
    assert_eq!(plain.tokens("ab ab").expect("tokens"), [3, 4, 1]);
    let marked = tokenizer(&file, Special::Tokens).expect("a tokenizer");
    assert_eq!(marked.tokens("ab<e>").expect("tokens"), [3, 5]);
}

#[test]
fn what_is_not_known_is_refused() {
    let refused = |file: &[u8]| tokenizer(file, Special::Text).expect_err("a refusal");
    let tokens = &[("a", 1, 0.0)];
    let none = |_: &mut Maker| 0;
    assert!(
        refused(&vocabulary("rwkv", tokens, none))
            .starts_with("its tokenizer `rwkv` is not supported")
    );
    assert_eq!(
        refused(&vocabulary("gpt2", tokens, none)),
        "it does not say how texts are split (`tokenizer.ggml.pre`); --tokenizer takes the model's \
         tokenizer.json instead"
    );
    let pre = |name: &'static str| {
        move |maker: &mut Maker| {
            maker.key_text("tokenizer.ggml.pre", name);
            1
        }
    };
    assert_eq!(
        refused(&vocabulary("gpt2", tokens, pre("llama-bpf"))),
        "how `llama-bpf` splits texts (`tokenizer.ggml.pre`) is not known; the nearest one is `llama-bpe`; \
         --tokenizer takes the model's tokenizer.json instead"
    );
    assert_eq!(
        refused(&vocabulary("gpt2", tokens, pre("default"))),
        "how `default` splits texts (`tokenizer.ggml.pre`) is not known; --tokenizer takes the \
         model's tokenizer.json instead"
    );
    assert_eq!(
        refused(&vocabulary("gpt2", tokens, pre("gpt-2"))),
        "it has no `tokenizer.ggml.merges`"
    );
    assert_eq!(
        refused(&vocabulary("llama", &[], none)),
        "`tokenizer.ggml.tokens` is empty"
    );
    let mut bare = Maker::new(3, false, 0, 0);
    assert_eq!(refused(&bare.bytes), "it names no tokenizer");
    bare = Maker::new(3, false, 0, 2);
    bare.key_text("tokenizer.ggml.model", "llama")
        .text("tokenizer.ggml.tokens")
        .u32(U32)
        .u32(7);
    assert_eq!(
        refused(&bare.bytes),
        "`tokenizer.ggml.tokens` is of type u32 and not array of string"
    );
}

#[test]
fn broken_vocabularies_are_refused() {
    let refused = |file: &[u8]| tokenizer(file, Special::Text).expect_err("a refusal");
    let gpt2 = |tokens: &[(&str, u32, f32)], merges: &[&str]| {
        vocabulary("gpt2", tokens, |maker| {
            maker.key_text("tokenizer.ggml.pre", "gpt-2");
            maker.key_texts("tokenizer.ggml.merges", merges);
            2
        })
    };
    let tokens = [("a", 1, 0.0), ("b", 1, 0.0), ("ab", 1, 0.0)];
    for (merges, told) in [
        (
            ["a b", "a x"],
            "number 1 of `tokenizer.ggml.merges`, `a x`, joins what is no token, or to none",
        ),
        (
            ["b a", "a b"],
            "number 0 of `tokenizer.ggml.merges`, `b a`, joins what is no token, or to none",
        ),
        (
            ["a b", "ab"],
            "number 1 of `tokenizer.ggml.merges`, `ab`, is no pair",
        ),
        (
            ["a b", ""],
            "number 1 of `tokenizer.ggml.merges`, ``, is no pair",
        ),
    ] {
        assert_eq!(refused(&gpt2(&tokens, &merges)), told);
    }
    let twice = [
        ("a", 1, 0.0),
        ("b", 1, 0.0),
        ("", 1, 0.0),
        ("", 1, 0.0),
        ("a", 1, 0.0),
    ];
    assert_eq!(
        refused(&gpt2(&twice, &[])),
        "`tokenizer.ggml.tokens` holds `a` twice, as token 0 and as token 4"
    );
    let more = |key: &'static str, number: u32| {
        vocabulary("llama", PIECES, move |maker| {
            maker.key_u32(key, number);
            1
        })
    };
    for key in [
        "tokenizer.ggml.bos_token_id",
        "tokenizer.ggml.unknown_token_id",
        "tokenizer.ggml.eot_token_id",
    ] {
        assert_eq!(
            refused(&more(key, 11)),
            format!("`{key}` is 11, and there are 11 tokens")
        );
        assert!(tokenizer(&more(key, 10), Special::Text).is_ok());
    }
    let bare = |more: &dyn Fn(&mut Maker)| {
        let mut maker = Maker::new(3, false, 0, 3);
        maker.key_text("tokenizer.ggml.model", "llama");
        maker.key_texts("tokenizer.ggml.tokens", &["a", "b"]);
        more(&mut maker);
        refused(&maker.bytes)
    };
    assert_eq!(
        bare(&|maker| {
            maker.key_u32s("tokenizer.ggml.token_type", &[1, 1, 1]);
        }),
        "`tokenizer.ggml.token_type` has 3 values, and there are 2 tokens"
    );
    assert_eq!(
        bare(&|maker| {
            maker.key_text("tokenizer.ggml.token_type", "text");
        }),
        "`tokenizer.ggml.token_type` is of type string and not array of i32"
    );
    assert_eq!(
        bare(&|maker| {
            maker.key_u32s("tokenizer.ggml.scores", &[1, 1]);
        }),
        "`tokenizer.ggml.scores` is of type array of u32 and not array of f32"
    );
    assert_eq!(
        bare(&|maker| {
            maker
                .text("tokenizer.ggml.scores")
                .u32(ARRAY)
                .u32(F32)
                .u64(1)
                .u32(0);
        }),
        "`tokenizer.ggml.scores` has 1 values, and there are 2 tokens"
    );
    assert_eq!(
        bare(&|maker| {
            maker.key_u32s("tokenizer.ggml.token_type", &[1, 9]);
        }),
        "`tokenizer.ggml.token_type` is 9 for token 1; the types are 0 to 6"
    );
    let spaced = vocabulary("llama", PIECES, |maker| {
        maker.key_text("tokenizer.ggml.add_space_prefix", "no");
        1
    });
    assert_eq!(
        refused(&spaced),
        "`tokenizer.ggml.add_space_prefix` is of type string and not bool"
    );
}

#[test]
fn what_has_no_token_is_told_and_not_left_out() {
    let pairs = vocabulary("gpt2", &PAIRS, |maker| {
        maker.key_text("tokenizer.ggml.pre", "gpt-2");
        maker.key_texts("tokenizer.ggml.merges", &["a b"]);
        2
    });
    let pieces = vocabulary("llama", PIECES, |_| 0);
    let counted = |file: &[u8], text: &str| {
        let tokenizer = tokenizer(file, Special::Text).expect("a tokenizer");
        tokenizer.tokens(text)
    };
    let told = |told: &str| Err(format!("the vocabulary has no token for the byte {told}"));
    assert_eq!(counted(&pairs, "ab"), Ok(vec![2]));
    assert_eq!(counted(&pairs, "abc"), told("0x63, in `abc`"));
    assert_eq!(counted(&pairs, "ab ab"), told("0x20, in ` ab`"));
    assert_eq!(
        counted(&pairs, &"x".repeat(30)),
        told("0x78, in `xxxxxxxxxxxxxxxxxxxx…`")
    );
    assert_eq!(counted(&pieces, "ab"), Ok(vec![10]));
    assert_eq!(counted(&pieces, "abc"), told("0x63, in `c`"));
    let folder = folder_with(&[("abc.txt", "abc")]);
    std::fs::write(folder.path().join("m.gguf"), pairs).expect("a file");
    let arguments = ["tokens", "--text", "abc.txt", "--gguf", "m.gguf"];
    assert_eq!(
        run(mtp(&arguments).current_dir(folder.path())),
        (
            2,
            String::new(),
            "mtp: cannot count `abc.txt`: the vocabulary has no token for the byte 0x63, in `abc`\n"
                .to_owned()
        )
    );
}

const PAIRS: [(&str, u32, f32); 3] = [("a", 1, 0.0), ("b", 1, 0.0), ("ab", 1, 0.0)];

#[test]
fn the_names_of_splittings_on_the_page_are_those_of_the_program() {
    let page = std::fs::read_to_string("docs/gguf.md").expect("a page");
    let (_, list) = page
        .split_once("The names that are known:\n\n")
        .expect("a list");
    let (list, _) = list.split_once("\n\n").expect("its end");
    let told: Vec<&str> = list
        .split([',', '\n'])
        .map(|name| name.trim().trim_matches('.').trim_matches('`'))
        .filter(|name| !name.is_empty())
        .collect();
    let known: std::collections::BTreeSet<&str> = mtp::tokenizer::splittings().collect();
    assert_eq!(told, Vec::from_iter(known));
}

#[test]
fn words_are_told_in_their_longest_pieces() {
    let tokens = [
        ("[UNK]", 3, 0.0),
        ("▁un", 1, 0.0),
        ("▁u", 1, 0.0),
        ("able", 1, 0.0),
        ("a", 1, 0.0),
        ("▁,", 1, 0.0),
        ("[SEP]", 3, 0.0),
    ];
    let file = vocabulary("bert", &tokens, |maker| {
        maker.key_u32("tokenizer.ggml.unknown_token_id", 0);
        1
    });
    let plain = tokenizer(&file, Special::Text).expect("a tokenizer");
    let counted = |text: &str| plain.tokens(text).expect("tokens");
    assert_eq!(counted("Ünable,  uaa"), [1, 3, 5, 2, 4, 4]);
    assert_eq!(counted("unx u"), [0, 2]);
    // A long word takes no longer than many short ones.
    assert_eq!(counted(&format!("u{}", "a".repeat(200_000))).len(), 200_001);
    let marked = tokenizer(&file, Special::Tokens).expect("a tokenizer");
    assert_eq!(marked.tokens("u[SEP]u").expect("tokens"), [2, 6, 2]);
}

#[test]
fn white_space_without_end_is_split_as_little_is() {
    // What looks ahead by going back gives up behind a million.
    const SPACES: usize = 1_000_100;
    let encoding = Tokenizer::of_encoding("o200k_base", Special::Text).expect("an encoding");
    let long = encoding.tokens(&format!("{}word", " ".repeat(SPACES)));
    let word = encoding.tokens(" word").expect("tokens");
    // The last space belongs to the word.
    assert_eq!(long.expect("tokens").last(), word.last());
    let tokens = [("Ġ", 1, 0.0), ("Ċ", 1, 0.0), ("b", 1, 0.0), ("Ġb", 1, 0.0)];
    let file = vocabulary("gpt2", &tokens, |maker| {
        maker.key_text("tokenizer.ggml.pre", "llama-bpe");
        maker.key_texts("tokenizer.ggml.merges", &["Ġ b"]);
        2
    });
    let pairs = tokenizer(&file, Special::Text).expect("a tokenizer");
    let found = pairs.tokens(&format!("{}b", " ".repeat(SPACES)));
    let found = found.expect("tokens");
    assert_eq!((found.len(), found.last()), (SPACES, Some(&3)));
}

#[test]
fn encodings_are_those_of_tiktoken() {
    for (name, expected) in [
        ("cl100k_base", [15339, 1917]),
        ("o200k_base", [24912, 2375]),
    ] {
        let encoding = Tokenizer::of_encoding(name, Special::Text).expect("an encoding");
        assert_eq!(encoding.tokens("hello world").expect("tokens"), expected);
        assert!(encoding.tokens("<|endoftext|>").expect("tokens").len() > 1);
        let encoding = Tokenizer::of_encoding(name, Special::Tokens).expect("an encoding");
        assert_eq!(encoding.tokens("<|endoftext|>").expect("tokens").len(), 1);
    }
}

/// The tokens of samples, as JSON.
fn told(folder: &Path, arguments: &[&str]) -> (i32, Value, String) {
    let (code, told, errors) =
        run(mtp(&[&["tokens", "--json"], arguments].concat()).current_dir(folder));
    (
        code,
        serde_json::from_str(&told).unwrap_or_default(),
        errors,
    )
}

#[test]
fn samples_over_the_budget_are_shown_at_their_place() {
    let spec = std::fs::read_to_string("specs/wonderland.yaml").expect("a spec");
    let folder = folder_with(&[("w.yaml", &spec)]);
    std::fs::write(folder.path().join("m.gguf"), small()).expect("a file");
    let arguments = ["w.yaml", "--gguf", "m.gguf"];
    let (code, all, errors) = told(folder.path(), &arguments);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert_eq!(all["samples"]["count"], 20);
    assert_eq!(all["limit"], Value::Null);
    let most = all["samples"]["max"].as_u64().expect("a number");
    let least = all["samples"]["min"].as_u64().expect("a number");
    let budget = |most: u64| {
        let most = most.to_string();
        told(
            folder.path(),
            &[&arguments[..], &["--budget", &most]].concat(),
        )
    };
    let (code, counted, _) = budget(most);
    assert_eq!((code, &counted["over_limit"]), (0, &Value::from(0)));
    let (code, counted, errors) = budget(most - 1);
    assert_eq!(code, 1);
    let over = counted["over_limit"].as_u64().expect("a number");
    assert!(over >= 1 && counted["limit_of"] == "budget", "{counted}");
    assert!(
        errors.contains("error[too-many-tokens]") && errors.contains("w.yaml:"),
        "{errors}"
    );
    assert_eq!(budget(least - 1).1["over_limit"], 20);
    // As for any rule, a project sets the level.
    std::fs::write(
        folder.path().join("mtp.toml"),
        "[rules]\ntoo-many-tokens = \"warn\"\n",
    )
    .expect("a file");
    let (code, _, errors) = budget(most - 1);
    assert_eq!(code, 0);
    assert!(errors.contains("warning[too-many-tokens]"), "{errors}");
}

#[test]
fn the_limit_of_a_model_counts_and_conversations_are_longer() {
    let spec = std::fs::read_to_string("specs/wonderland.yaml").expect("a spec");
    let folder = folder_with(&[("w.yaml", &spec)]);
    let file = vocabulary("llama", PIECES, |maker| {
        maker.key_u32("tokenizer.ggml.unknown_token_id", 0);
        maker
            .key_text("general.architecture", "llama")
            .key_u32("llama.context_length", 10);
        maker.key_text(
            "tokenizer.chat_template",
            "{% for m in messages %}{{ m['content'] }}{% endfor %}",
        );
        4
    });
    std::fs::write(folder.path().join("m.gguf"), file).expect("a file");
    let (code, plain, errors) = told(folder.path(), &["w.yaml", "--gguf", "m.gguf"]);
    assert_eq!(
        (code, &plain["limit"], &plain["limit_of"]),
        (1, &Value::from(10), &Value::from("model"))
    );
    assert!(errors.contains("and the model takes 10"), "{errors}");
    let (_, talks, _) = told(
        folder.path(),
        &[
            "w.yaml",
            "--gguf",
            "m.gguf",
            "--template",
            "m.gguf",
            "--budget",
            "9999",
        ],
    );
    let number = |told: &Value| told["samples"]["min"].as_u64().expect("a number");
    assert!(number(&talks) > number(&plain), "{talks}");
    assert!(
        talks["samples"]["count"].as_u64() > plain["samples"]["count"].as_u64(),
        "refused prompts are rows"
    );
}

#[test]
fn a_limit_that_cannot_be_known_is_told() {
    let spec = std::fs::read_to_string("specs/wonderland.yaml").expect("a spec");
    let folder = folder_with(&[("w.yaml", &spec), ("ab.txt", "ab")]);
    let file = vocabulary("llama", PIECES, |maker| {
        maker.key_u32("tokenizer.ggml.unknown_token_id", 0);
        maker
            .key_text("general.architecture", "llama")
            .key_i32("llama.context_length", -1);
        3
    });
    std::fs::write(folder.path().join("m.gguf"), file).expect("a file");
    let run = |arguments: &[&str]| {
        let all = [&["tokens", "--gguf", "m.gguf"], arguments].concat();
        run(mtp(&all).current_dir(folder.path()))
    };
    assert_eq!(
        run(&["w.yaml"]),
        (
            2,
            String::new(),
            "mtp: cannot tell what the model of `m.gguf` takes: `llama.context_length` is of type \
             i32 (-1) and not a whole number from 0 on; --budget N says it instead\n"
                .to_owned()
        )
    );
    assert_eq!(run(&["w.yaml", "--budget", "9999"]).0, 0);
    assert_eq!(run(&["--text", "ab.txt"]).0, 0, "texts have no limit");
}

#[test]
fn what_cannot_be_counted_is_told() {
    let folder = folder_with(&[
        ("bad.yaml", "name: x\n"),
        ("talk.json", r#"[{"role": "user", "content": "Hi"}]"#),
        ("broken.json", "{"),
        ("a.txt", "hello world"),
        ("b.txt", ""),
    ]);
    std::fs::write(folder.path().join("c.txt"), [0xff]).expect("a file");
    std::fs::write(folder.path().join("m.gguf"), small()).expect("a file");
    let run = |arguments: &[&str]| {
        run(mtp(&[&["tokens"], arguments].concat()).current_dir(folder.path()))
    };
    let encoding = ["--gguf", "m.gguf"];
    let (code, told, errors) = run(&[&["bad.yaml"], &encoding[..]].concat());
    assert_eq!((code, told.as_str()), (1, ""));
    assert!(errors.contains("missing-key"), "{errors}");
    let (code, _, errors) = run(&[&["talk.json"], &encoding[..]].concat());
    assert_eq!(
        (code, errors.as_str()),
        (
            2,
            "mtp: `talk.json` holds messages; only specs are counted\n"
        )
    );
    let (code, _, errors) = run(&["bad.yaml", "--tokenizer", "broken.json"]);
    assert_eq!(code, 2);
    assert!(
        errors.starts_with("mtp: cannot count with `broken.json`: EOF"),
        "{errors}"
    );
    let (code, _, errors) = run(&["bad.yaml", "--tokenizer", "bad.yaml"]);
    assert_eq!(code, 2);
    assert!(
        errors.starts_with("mtp: cannot count with `bad.yaml`: it is no tokenizer.json: "),
        "{errors}"
    );
    let (code, _, errors) = run(&["bad.yaml", "--encoding", "p50k_base"]);
    assert_eq!(code, 2);
    assert!(
        errors.contains("the known ones are o200k_base and cl100k_base"),
        "{errors}"
    );
    let (code, told, _) = run(&[&encoding[..], &["--text", "a.txt", "b.txt"]].concat());
    assert_eq!(
        (code, told.as_str()),
        (0, "       12  a.txt\n        0  b.txt\n")
    );
    let (code, _, errors) = run(&[&encoding[..], &["--text", "c.txt"]].concat());
    assert_eq!(
        (code, errors.as_str()),
        (2, "mtp: cannot count `c.txt`: it is no UTF-8\n")
    );
}

#[test]
fn findings_are_shown_as_for_other_commands() {
    let spec = std::fs::read_to_string("specs/wonderland.yaml").expect("a spec");
    let folder = folder_with(&[("w.yaml", &spec)]);
    std::fs::write(folder.path().join("m.gguf"), small()).expect("a file");
    let run = |arguments: &[&str]| {
        let common = ["tokens", "w.yaml", "--gguf", "m.gguf", "--budget", "60"];
        run(mtp(&[&common, arguments].concat()).current_dir(folder.path()))
    };
    let (code, told, errors) = run(&["--output-format", "json", "-q"]);
    assert_eq!(code, 1);
    assert!(
        told.contains("samples as the trained model meets them"),
        "{told}"
    );
    let report: Value = serde_json::from_str(&errors).expect("JSON");
    assert_eq!(report["diagnostics"][0]["rule"], "too-many-tokens");
    let (code, _, errors) = run(&["--output-format", "short", "-q"]);
    assert_eq!(code, 1);
    assert!(
        errors
            .lines()
            .all(|line| line.contains("[too-many-tokens]")),
        "{errors}"
    );
    let (code, _, errors) = run(&["--rule", "too-many-tokens=warn"]);
    assert_eq!(code, 0);
    assert!(errors.contains("warning[too-many-tokens]"), "{errors}");
    let (code, _, _) = run(&["--rule", "too-many-tokens=warn", "--deny-warnings"]);
    assert_eq!(code, 1);
    let (code, _, errors) = run(&["--rule", "too-many-tokens=off"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let (code, _, errors) = run(&["--output-format", "sarif=out/report.sarif", "-q"]);
    assert_eq!((code, errors.as_str()), (1, ""));
    assert!(folder.path().join("out/report.sarif").is_file());
    let (code, _, errors) = run(&["--output-format", "json", "--budget", "99999"]);
    assert_eq!(code, 2, "{errors}");
}

#[test]
fn standard_input_is_counted_as_text() {
    let folder = folder_with(&[("b.txt", "ab")]);
    std::fs::write(folder.path().join("m.gguf"), small()).expect("a file");
    let arguments = ["tokens", "--gguf", "m.gguf", "--text", "-", "b.txt"];
    let told = run_with_input(mtp(&arguments).current_dir(folder.path()), b"aab");
    assert_eq!(
        told,
        (
            0,
            "        2  -\n        1  b.txt\n".to_owned(),
            String::new()
        )
    );
    let limited = [&arguments[..], &["--max-bytes", "2"]].concat();
    let (code, _, errors) = run_with_input(mtp(&limited).current_dir(folder.path()), b"aab");
    assert_eq!(
        (code, errors.as_str()),
        (2, "mtp: cannot count `-`: it has more than 2 bytes\n")
    );
}
