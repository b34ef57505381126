//! Reading GGUF files: what is in them, and that no damage does harm.

#![allow(clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod common;
#[path = "gguf/mod.rs"]
mod made;

use made::{ARRAY, Maker, STRING, U32, model};
use mtp::gguf::{
    Agreement, FILE_TYPES, Fault, Header, Keep, Kind, Model, Summary, TENSOR_TYPES, Value,
    ValueType, read,
};
use std::path::Path;

fn header(file: &[u8]) -> Result<Header, Fault> {
    read(file, file.len() as u64, Keep::All)
}

#[test]
fn every_version_and_order_of_bytes_reads_the_same() {
    let first = header(&model(3, false)).expect("a header");
    assert_eq!(first.keys.len(), 9);
    assert_eq!(first.tensors.len(), 3);
    assert_eq!(first.alignment, 64);
    assert_eq!(first.expected_bytes(), first.file_bytes);
    assert_eq!(
        first.get("general.odd").and_then(Value::whole),
        Some(u64::MAX)
    );
    let names = Model::new(&first);
    assert_eq!(names.architecture(), Some("llama"));
    assert_eq!(names.context_length(), Some(2048));
    assert_eq!(names.chat_templates().len(), 1);
    let tensors: Vec<_> = first.tensors.iter().collect();
    let summary = Summary::of(&first, &tensors);
    assert_eq!(summary.agreement, Agreement::Agrees);
    assert_eq!(summary.kind, Kind::Of(mtp::gguf::Family::KQuant));
    for version in 1..=3 {
        for is_big_endian in [false, true] {
            let other = header(&model(version, is_big_endian)).expect("a header");
            assert_eq!(
                (other.version, other.is_big_endian),
                (version, is_big_endian)
            );
            assert_eq!(
                (other.keys, other.tensors),
                (first.keys.clone(), first.tensors.clone())
            );
        }
    }
}

#[test]
fn arrays_are_kept_as_far_as_is_asked() {
    let file = model(3, false);
    let header = read(&file[..], file.len() as u64, Keep::First(2)).expect("a header");
    let tokens = header.get("tokenizer.ggml.tokens").and_then(Value::array);
    let tokens = tokens.expect("an array");
    assert_eq!(tokens.value_type, ValueType::String);
    assert_eq!((tokens.count, tokens.values.len()), (5, 2));
    assert!(!tokens.is_whole());
    assert_eq!(Model::new(&header).vocabulary(), Some(5));
}

/// What a file is refused with.
fn refused(file: &[u8]) -> String {
    header(file).expect_err("a fault").to_string()
}

fn keys(count: u64) -> Maker {
    Maker::new(3, false, 0, count)
}

fn one_tensor(dimensions: &[u64], kind: u32, offset: u64) -> Vec<u8> {
    let mut maker = Maker::new(3, false, 1, 0);
    maker.tensor("t", dimensions, kind, offset);
    maker.bytes
}

#[test]
fn what_is_wrong_is_told_with_its_byte() {
    let mut huge = keys(1);
    huge.text("k").u32(ARRAY).u32(0).u64(1 << 62).raw(&[0; 0]);
    let claims = |noun: &str, left: usize| {
        format!(
            "it claims {} {noun}, for which {left} bytes are left",
            1u64 << 62
        )
    };
    assert_eq!(
        refused(&huge.bytes),
        format!("at byte 41: {}", claims("values of `k`", 0))
    );
    // The file of 49 bytes, texts instead of bytes.
    let mut texts = keys(1);
    texts.text("k").u32(ARRAY).u32(STRING).u64(1 << 62);
    assert_eq!(texts.bytes.len(), 49);
    assert_eq!(
        refused(&texts.bytes),
        format!("at byte 41: {}", claims("values of `k`", 0))
    );
    let mut file = Maker::new(3, false, 1 << 62, 0);
    assert_eq!(
        refused(&file.bytes),
        format!("at byte 8: {}", claims("tensors", 8))
    );
    file = Maker::new(3, false, 0, 1 << 62);
    assert_eq!(
        refused(&file.bytes),
        format!("at byte 16: {}", claims("keys", 0))
    );
    file = keys(1);
    file.text("k").u32(STRING).u64(1 << 40).raw(b"short");
    assert_eq!(
        refused(&file.bytes),
        "at byte 37: `k` claims 1099511627776 bytes, and 5 are left"
    );
    file = keys(1);
    file.u64(u64::MAX).raw(&[0; 16]);
    assert_eq!(
        refused(&file.bytes),
        format!(
            "at byte 24: a key claims {} bytes, and 16 are left",
            u64::MAX
        )
    );
    file = keys(1);
    file.text("k").u32(13).u32(0);
    assert_eq!(
        refused(&file.bytes),
        "at byte 33: `k` has the type 13, which does not exist"
    );
    file = keys(1);
    file.text("k").u32(ARRAY).u32(77).u64(0);
    assert_eq!(
        refused(&file.bytes),
        "at byte 37: `k` has the type 77, which does not exist"
    );
    file = keys(1);
    file.text("k")
        .u32(ARRAY)
        .u32(ARRAY)
        .u64(1)
        .u32(U32)
        .u64(1)
        .u32(7);
    assert_eq!(
        refused(&file.bytes),
        "at byte 37: `k` is an array of arrays"
    );
    file = keys(2);
    file.key_u32("twice", 1).key_u32("twice", 1);
    assert_eq!(
        refused(&file.bytes),
        "at byte 45: the key `twice` stands twice"
    );
    file = keys(1);
    file.u64(2).raw(&[0xff, 0xfe]).u32(U32).u32(1);
    assert_eq!(refused(&file.bytes), "at byte 24: a key is no UTF-8");
    for (alignment, told) in [(0, "0"), (3, "3")] {
        file = keys(1);
        file.key_u32("general.alignment", alignment);
        assert_eq!(
            refused(&file.bytes),
            format!("at byte 49: `general.alignment` is {told}, which is no power of two")
        );
    }
    file = keys(1);
    file.key_text("general.alignment", "32");
    assert_eq!(
        refused(&file.bytes),
        "at byte 49: `general.alignment` is of type string and not u32"
    );
}

#[test]
fn what_would_take_much_more_memory_than_the_file_is_not_kept() {
    let mut file = keys(2);
    for key in ["a", "b"] {
        let count = 5 << 20;
        file.text(key)
            .u32(ARRAY)
            .u32(0)
            .u64(count)
            .raw(&vec![7; count as usize]);
    }
    let at = file.bytes.len() - (5 << 20) - 8;
    assert_eq!(
        refused(&file.bytes),
        format!(
            "at byte {at}: its arrays have more than 8388608 values, which are too many to keep"
        )
    );
    let few = read(&file.bytes[..], file.bytes.len() as u64, Keep::First(6));
    assert_eq!(few.expect("a header").keys.len(), 2);
}

#[test]
fn tensors_that_cannot_be_are_refused() {
    for (file, told) in [
        (
            one_tensor(&[1 << 33, 1 << 33], 0, 0),
            "at byte 37: tensor `t` has too many weights to count",
        ),
        (
            one_tensor(&[1 << 33, 1 << 33, 0], 0, 0),
            "at byte 37: tensor `t` has too many weights to count",
        ),
        (
            one_tensor(&[1 << 61, 2], 0, 0),
            "at byte 37: tensor `t` has too many weights to count",
        ),
        (
            one_tensor(&[4; 5], 0, 0),
            "at byte 33: tensor `t` claims 5 dimensions; there are 4 at most",
        ),
        (
            one_tensor(&[4], 4, 0),
            "at byte 45: tensor `t` has the type 4, which does not exist",
        ),
        (
            one_tensor(&[255], 12, 0),
            "at byte 37: tensor `t` has rows of 255 weights, which are no blocks of 256 (Q4_K)",
        ),
        (
            one_tensor(&[4], 0, 7),
            "at byte 49: tensor `t` begins at 7, no multiple of 32",
        ),
        (
            one_tensor(&[4], 0, u64::MAX - 31),
            "at byte 49: tensor `t` ends behind any file",
        ),
    ] {
        let at = told.split(": ").next().expect("a place");
        let found = refused(&file);
        // A tensor of two dimensions has its type eight bytes later.
        assert_eq!(found, told, "{at}");
    }
    let mut twice = Maker::new(3, false, 2, 0);
    twice.tensor("t", &[4], 0, 0).tensor("t", &[4], 0, 32);
    assert_eq!(
        refused(&twice.bytes),
        "at byte 57: the tensor `t` stands twice"
    );
    assert_eq!(
        refused(b"GGML\x03\0\0\0"),
        "at byte 0: it does not begin with `GGUF`"
    );
    assert_eq!(refused(b""), "at byte 0: it does not begin with `GGUF`");
    assert_eq!(
        refused(b"GGUF\x09\0\0\0"),
        "at byte 4: it is of version 9; versions 1 to 3 are known"
    );
    assert_eq!(
        refused(b"GGUF\0\0\0\0"),
        "at byte 4: it is of version 0; versions 1 to 3 are known"
    );
}

#[test]
fn a_file_that_is_cut_off_is_refused_at_every_byte_of_its_header() {
    for version in 1..=3 {
        let file = model(version, false);
        let whole = header(&file).expect("a header");
        for length in 0..file.len() {
            match header(&file[..length]) {
                Ok(cut) => {
                    assert!(length as u64 >= whole.bytes, "cut at {length}");
                    assert!(cut.expected_bytes() > length as u64, "cut at {length}");
                }
                Err(fault) => {
                    assert!((length as u64) < whole.bytes, "cut at {length}: {fault}");
                    assert!(fault.offset <= length as u64, "cut at {length}: {fault}");
                }
            }
            // The file may also be shorter than it was when it was opened.
            let shorter = read(&file[..length], file.len() as u64, Keep::All);
            assert_eq!(
                shorter.is_ok(),
                length as u64 >= whole.bytes,
                "cut at {length}"
            );
        }
    }
}

#[test]
fn every_type_of_tensors_is_read_with_its_bytes() {
    for known in TENSOR_TYPES {
        let mut maker = Maker::new(3, false, 2, 1);
        maker.key_u32("general.file_type", 0);
        maker.tensor("a", &[known.weights * 2, 3], known.number, 0);
        let bytes = known.bytes * 6;
        maker.tensor("b", &[], 0, bytes.next_multiple_of(32));
        let file = maker.with_data(32, (bytes.next_multiple_of(32) + 4) as usize);
        let header = header(&file).expect(known.name);
        assert_eq!(header.tensors[0].tensor_type, known);
        assert_eq!(header.tensors[0].bytes, bytes, "{}", known.name);
        assert_eq!(header.tensors[1].weights, 1, "a number is one weight");
        assert_eq!(header.expected_bytes(), file.len() as u64, "{}", known.name);
    }
}

mod damaged {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        /// What is read is never more than a few times what is there.
        #[test]
        fn no_damage_does_harm(
            version in 1u32..=3,
            is_big_endian: bool,
            edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u64>(), 1usize..9), 1..6),
            cut in any::<prop::sample::Index>(),
            is_cut: bool,
        ) {
            let mut file = model(version, is_big_endian);
            for (at, number, count) in edits {
                let at = at.index(file.len());
                for (byte, new) in file[at..].iter_mut().zip(&number.to_le_bytes()[..count]) {
                    *byte = *new;
                }
            }
            if is_cut {
                file.truncate(cut.index(file.len()));
            }
            let length = file.len();
            match header(&file) {
                Ok(header) => {
                    let held = header.keys.iter().map(|(key, value)| key.len() + held(value));
                    prop_assert!(held.sum::<usize>() <= length);
                    prop_assert!(header.tensors.len() * 16 <= length);
                    prop_assert!(header.bytes <= length as u64);
                }
                Err(fault) => prop_assert!(fault.offset <= length as u64, "{fault}"),
            }
        }
    }

    /// The bytes that a value holds.
    fn held(value: &Value) -> usize {
        match value {
            Value::String(text) => text.0.len(),
            Value::Array(array) => {
                array.values.iter().map(held).sum::<usize>() + array.values.len()
            }
            _ => 1,
        }
    }
}

#[test]
fn the_tables_of_the_page_are_those_of_the_program() {
    let page = std::fs::read_to_string("docs/gguf.md").expect("a page");
    for known in TENSOR_TYPES {
        let row = format!(
            "\n| `{}` | {} | {} | {} | {} | {} | ",
            known.name,
            known.number,
            known.weights,
            known.bytes,
            known.bits(),
            known.family.name()
        );
        assert!(page.contains(&row), "docs/gguf.md lacks {row}");
    }
    for known in FILE_TYPES {
        let row = format!(
            "\n| `{}` | {} | `{}` |\n",
            known.name, known.number, known.most
        );
        assert!(page.contains(&row), "docs/gguf.md lacks {row}");
        assert!(
            known.tensor_type().is_some(),
            "{} names no type",
            known.name
        );
    }
    let (_, tables) = page.split_once("\n## Quantisations\n").expect("the tables");
    let rows = tables
        .lines()
        .filter(|line| line.starts_with("| `"))
        .count();
    assert_eq!(rows, TENSOR_TYPES.len() + FILE_TYPES.len());
}

/// Runs `mtp gguf info` on files in a folder of their own.
fn info(files: &[(&str, &[u8])], arguments: &[&str]) -> (i32, String, String) {
    let folder = tempfile::TempDir::new().expect("a folder");
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("a file");
    }
    let arguments = [&["gguf", "info"], arguments].concat();
    common::command::run(common::command::mtp(&arguments).current_dir(folder.path()))
}

#[test]
fn a_file_is_told_to_people() {
    let (code, told, errors) = info(
        &[("m.gguf", &model(3, true))],
        &["m.gguf", "--kv", "--tensors"],
    );
    assert_eq!((code, errors.as_str()), (0, ""));
    let expected = Path::new("tests/gguf/info.txt");
    if std::env::var_os("MTP_BLESS").is_some() {
        std::fs::write(expected, &told).expect("a file");
    }
    assert_eq!(told, std::fs::read_to_string(expected).expect("a file"));
}

#[test]
fn a_file_is_told_to_programs() {
    let (code, told, _) = info(
        &[("m.gguf", &model(2, false))],
        &["m.gguf", "--kv", "--tensors", "--json"],
    );
    assert_eq!(code, 0);
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(told["keys"]["general.odd"]["value"], u64::MAX);
    assert_eq!(told["keys"]["tokenizer.ggml.tokens"]["value"][3], "▁cat");
    assert_eq!(told["weights"]["file_type"]["agrees"], true);
    assert_eq!(told["weights"]["types"][0]["type"], "Q4_K");
    assert_eq!(
        told["tensors"][1]["dimensions"],
        serde_json::json!([256, 8])
    );
}

#[test]
fn a_file_that_ends_too_early_and_what_is_no_gguf_are_told() {
    let file = model(3, false);
    let (code, told, errors) = info(&[("m.gguf", &file[..file.len() - 7])], &["m.gguf"]);
    assert_eq!(
        (code, errors.as_str()),
        (1, "mtp: `m.gguf` ends too early: 7 bytes are missing\n")
    );
    assert!(
        told.contains("7 are missing: the file ends too early"),
        "{told}"
    );
    let (code, told, errors) = info(&[("m.gguf", b"GGUF\x03\0\0\0\x01")], &["m.gguf"]);
    assert_eq!((code, told.as_str()), (2, ""));
    assert_eq!(
        errors,
        "mtp: cannot read `m.gguf` as GGUF: at byte 8: the file ends within the number of tensors\n"
    );
    let (code, _, errors) = info(&[], &["none.gguf"]);
    assert_eq!(
        (code, errors.as_str()),
        (2, "mtp: cannot read `none.gguf`: there is no such file\n")
    );
    let (code, _, errors) = info(&[], &["."]);
    assert_eq!(
        (code, errors.as_str()),
        (2, "mtp: cannot read `.`: it is not a regular file\n")
    );
}

#[test]
fn parts_of_a_model_are_read_together() {
    let part = |number: u32| {
        let mut maker = Maker::new(3, false, 1, 3);
        maker.key_text("general.architecture", "llama");
        maker.key_u32("split.no", number).key_u32("split.count", 3);
        maker.tensor(&format!("blk.{number}.w"), &[256, 2], 12, 0);
        maker.with_data(32, 288)
    };
    let parts = [part(0), part(1), part(2)];
    let names = [
        "m-00001-of-00003.gguf",
        "m-00002-of-00003.gguf",
        "m-00003-of-00003.gguf",
    ];
    let all: Vec<(&str, &[u8])> = names
        .iter()
        .copied()
        .zip(parts.iter().map(Vec::as_slice))
        .collect();
    for name in names {
        let (code, told, errors) = info(&all, &[name, "--json"]);
        assert_eq!((code, errors.as_str()), (0, ""));
        let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
        assert_eq!(told["weights"]["tensors"], 3);
        assert_eq!(told["files"][0]["file"], names[0]);
    }
    let (code, told, errors) = info(&all[..2], &[names[1]]);
    assert_eq!(code, 2);
    assert_eq!(
        errors,
        "mtp: there is no file `m-00003-of-00003.gguf`, a part of the model\n"
    );
    assert!(told.contains("3 parts, of which 2 are there"), "{told}");
}

#[test]
#[cfg(unix)]
fn forty_gigabytes_of_weights_are_not_read() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("big.gguf");
    let mut maker = Maker::new(3, false, 1, 0);
    let rows = 40 * (1 << 30) / 144;
    maker.tensor("w", &[256, rows], 12, 0);
    let file = std::fs::File::create(&path).expect("a file");
    std::os::unix::fs::FileExt::write_all_at(&file, &maker.bytes, 0).expect("a header");
    let length = (maker.bytes.len() as u64).next_multiple_of(32) + rows * 144;
    // Most file systems keep what is not written as a hole.
    if file.set_len(length).is_err() {
        return;
    }
    // Whatever would be read behind the header is missing here.
    let header = read(&maker.bytes[..], length, Keep::First(6)).expect("a header");
    assert_eq!(header.expected_bytes(), length);
    let (code, told, _) = common::command::run(common::command::mtp(&["gguf", "info"]).arg(&path));
    assert_eq!(code, 0, "{told}");
}

/// A model file with two templates and the tokens they name.
fn with_templates() -> Vec<u8> {
    let mut maker = keys(6);
    maker
        .key_text(
            "tokenizer.chat_template",
            "{{ bos_token }}{{ messages[-1]['content'] }}{{ eos_token }}",
        )
        .key_text(
            "tokenizer.chat_template.tool_use",
            "tools:{{ messages[-1]['content'] }}",
        )
        .key_texts("tokenizer.chat_templates", &["tool_use"])
        .key_texts("tokenizer.ggml.tokens", &["<unk>", "<s>", "</s>"])
        .key_u32("tokenizer.ggml.bos_token_id", 1)
        .key_u32("tokenizer.ggml.eos_token_id", 2);
    maker.bytes.clone()
}

#[test]
fn the_templates_of_a_model_file_render() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let put =
        |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("a file");
    put("model.gguf", &with_templates());
    put("without-ending", &with_templates());
    put("bare.gguf", &keys(0).bytes);
    put("talk.json", br#"[{"role": "user", "content": "Hi"}]"#);
    put("tools.json", b"[]");
    let mtp = |arguments: &[&str]| {
        common::command::run(common::command::mtp(arguments).current_dir(folder.path()))
    };
    let render =
        |model: &str, more: &[&str]| mtp(&[&["render", "talk.json", "-t", model], more].concat());
    for model in ["model.gguf", "without-ending"] {
        assert_eq!(
            render(model, &[]),
            (0, "<s>Hi</s>".to_owned(), String::new())
        );
    }
    assert_eq!(
        render("model.gguf", &["--template-name", "tool_use"]).1,
        "tools:Hi"
    );
    assert_eq!(
        render("model.gguf", &["--tools", "tools.json"]).1,
        "tools:Hi"
    );
    assert_eq!(
        render("model.gguf", &["--template-name", "default"]).1,
        "<s>Hi</s>"
    );
    let (code, _, errors) = render("model.gguf", &["--template-name", "rag"]);
    assert_eq!(code, 2);
    assert_eq!(
        errors,
        "mtp: cannot use `model.gguf`: it has no template called `rag`; it has `default`, `tool_use`\n"
    );
    let (code, _, errors) = render("bare.gguf", &[]);
    assert_eq!(
        (code, errors.as_str()),
        (2, "mtp: `bare.gguf` has no chat template\n")
    );
    let spec = std::fs::canonicalize("specs/wonderland.yaml").expect("a path");
    let spec = spec.to_string_lossy();
    let (code, told, errors) = mtp(&[
        "export",
        &spec,
        "--to",
        "text",
        "--template",
        "model.gguf",
        "-o",
        "rows.jsonl",
    ]);
    assert_eq!(code, 0, "{told}{errors}");
    let rows = std::fs::read_to_string(folder.path().join("rows.jsonl")).expect("rows");
    assert!(
        rows.starts_with("{\"text\":") && rows.contains("<s>"),
        "{rows}"
    );
    let (code, told, _) = mtp(&["validate", &spec, "--template", "model.gguf"]);
    assert_eq!(code, 0, "{told}");
}
