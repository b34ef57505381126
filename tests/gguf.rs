//! Reading GGUF files: what is in them, and that no damage does harm.

#![allow(clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod common;
#[path = "gguf/mod.rs"]
mod made;

use made::{ARRAY, Maker, STRING, Sparse, U32, model};
use mtp::gguf::{
    Agreement, FILE_TYPES, Fault, Header, Keep, Kind, Model, Summary, TENSOR_TYPES, Value,
    ValueType, read,
};
use std::io::Cursor;
use std::path::Path;

fn header(file: &[u8]) -> Result<Header, Fault> {
    read(Cursor::new(file), file.len() as u64, Keep::ALL)
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
    let header = read(
        Cursor::new(&file),
        file.len() as u64,
        Keep {
            values: 2,
            ..Keep::BEGINNINGS
        },
    )
    .expect("a header");
    let tokens = header.get("tokenizer.ggml.tokens").and_then(Value::array);
    let tokens = tokens.expect("an array");
    assert_eq!(tokens.value_type, ValueType::String);
    assert_eq!((tokens.count, tokens.kept), (5, 2));
    assert!(!tokens.is_whole());
    assert_eq!(Model::new(&header).vocabulary(), Some(5));
}

/// What a file is refused with.
fn refused(file: &[u8]) -> String {
    match header(file) {
        Ok(_) => panic!("no fault was found"),
        Err(fault) => fault.to_string(),
    }
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
        "at byte 37: `k` claims 1099511627776 bytes, and 5 bytes are left"
    );
    file = keys(1);
    file.u64(u64::MAX).raw(&[0; 16]);
    assert_eq!(
        refused(&file.bytes),
        format!(
            "at byte 24: a key claims {} bytes, and 16 bytes are left",
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

/// Reads the beginning of a file of 40 GB, behind which nothing was ever written. How many
/// bytes were read for it comes with it.
fn sparse(bytes: &[u8], keep: Keep) -> (Result<Header, String>, u64) {
    let mut file = Sparse::new(bytes.to_vec());
    let header = read(&mut file, 40 << 30, keep);
    (header.map_err(|fault| fault.to_string()), file.taken)
}

#[test]
fn what_a_sparse_file_claims_is_passed_over_or_refused() {
    for (count, value_type) in [(1 << 29, 0), (1 << 26, 10)] {
        let mut file = keys(1);
        file.text("k").u32(ARRAY).u32(value_type).u64(count);
        let (header, taken) = sparse(&file.bytes, Keep::BEGINNINGS);
        assert_eq!(header.expect("a header").keys.len(), 1);
        assert!(taken < 200, "{taken} bytes were read");
    }
    let mut file = keys(1);
    file.text("k").u32(STRING).u64(1 << 29);
    let (header, taken) = sparse(&file.bytes, Keep::BEGINNINGS);
    let header = header.expect("a header");
    let text = header.get("k").and_then(Value::text).expect("a text");
    assert_eq!(
        (text.length, text.bytes.len(), text.exact()),
        (1 << 29, 1 << 16, None)
    );
    assert!(taken < 1 << 17, "{taken} bytes were read");
    let refused = |file: &Maker, keep: Keep| {
        let (header, taken) = sparse(&file.bytes, keep);
        assert!(taken < 200, "{taken} bytes were read");
        header.map(|_| ()).expect_err("a fault")
    };
    assert_eq!(
        refused(&file, Keep::ALL),
        "at byte 37: what is to be kept of it has more than 67108864 bytes"
    );
    file = keys(1);
    file.text("k").u32(ARRAY).u32(0).u64(1 << 29);
    assert_eq!(
        refused(&file, Keep::ALL),
        "at byte 41: `k` has 536870912 values; no more than 2097152 are kept"
    );
    file = keys(1);
    file.text("k").u32(ARRAY).u32(STRING).u64(1 << 26);
    assert_eq!(
        refused(&file, Keep::BEGINNINGS),
        "at byte 41: its arrays have more than 2097152 texts"
    );
    file = keys(1);
    file.text("k").u32(ARRAY).u32(0).u64(1 << 34);
    assert_eq!(
        refused(&file, Keep::BEGINNINGS),
        "at byte 41: it claims 17179869184 values of `k`, for which 1073741775 of the 1073741824 \
         bytes of a header are left"
    );
    file = keys(1);
    file.text("k").u32(STRING).u64(1 << 34);
    assert_eq!(
        refused(&file, Keep::BEGINNINGS),
        "at byte 37: `k` claims 17179869184 bytes, and 1073741779 of the 1073741824 bytes of a \
         header are left"
    );
    file = Maker::new(3, false, 1 << 28, 0);
    assert_eq!(
        refused(&file, Keep::BEGINNINGS),
        "at byte 8: it claims 268435456 tensors, for which 1073741808 of the 1073741824 bytes of \
         a header are left"
    );
    // What was never written are keys and tensors without names.
    file = keys(1 << 24);
    assert_eq!(
        refused(&file, Keep::BEGINNINGS),
        "at byte 37: the key `` stands twice"
    );
    file = Maker::new(3, false, 1 << 24, 0);
    assert_eq!(
        refused(&file, Keep::BEGINNINGS),
        "at byte 48: the tensor `` stands twice"
    );
}

#[test]
fn a_byte_that_is_another_one_does_no_harm() {
    for version in 1..=3 {
        let file = model(version, version == 2);
        let length = file.len() as u64;
        let header_bytes = header(&file).expect("a header").bytes as usize;
        for at in 0..header_bytes {
            for byte in [0, 1, 9, 0x7f, 0x80, 0xff, file[at] ^ 1, file[at] ^ 0x20] {
                let mut file = file.clone();
                file[at] = byte;
                for keep in [Keep::ALL, Keep::BEGINNINGS] {
                    match read(Cursor::new(&file), length, keep) {
                        Ok(header) => assert!(header.bytes <= length, "{at}: {byte}"),
                        Err(fault) => assert!(fault.offset <= length, "{at}: {byte}: {fault}"),
                    }
                }
            }
        }
    }
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
            let shorter = read(Cursor::new(&file[..length]), file.len() as u64, Keep::ALL);
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
            Value::String(text) => text.bytes.len(),
            Value::Array(array) => {
                array.values().map(|value| held(&value)).sum::<usize>() + array.kept
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

/// The file of a part, with one tensor.
fn part(number: u32, count: u32, tensors: u32, name: &str) -> Vec<u8> {
    let mut maker = Maker::new(3, false, 1, 4);
    maker.key_text("general.architecture", "llama");
    maker
        .key_u32("split.no", number)
        .key_u32("split.count", count);
    maker.key_u32("split.tensors.count", tensors);
    maker.tensor(name, &[256, 2], 12, 0);
    maker.with_data(32, 288)
}

#[test]
fn parts_that_do_not_belong_together_are_told() {
    let found = |files: &[(&str, &[u8])], code: i32, told: &[&str]| {
        let (real, _, errors) = info(files, &[files[0].0]);
        let told: String = told.iter().map(|line| format!("mtp: {line}\n")).collect();
        assert_eq!((real, errors), (code, told));
    };
    let (first, second) = (part(0, 2, 2, "a"), part(1, 2, 2, "b"));
    let names = ["m-00001-of-00002.gguf", "m-00002-of-00002.gguf"];
    found(&[(names[0], &first), (names[1], &second)], 0, &[]);
    found(
        &[(names[0], &first), (names[1], &part(1, 2, 2, "a"))],
        1,
        &["the tensor `a` stands in `m-00001-of-00002.gguf` and in `m-00002-of-00002.gguf`"],
    );
    found(
        &[(names[0], &first), (names[1], &part(1, 2, 7, "b"))],
        1,
        &["`m-00002-of-00002.gguf` says that the model has 7 tensors, and there are 2"],
    );
    found(
        &[(names[0], &first), (names[1], &part(0, 2, 2, "b"))],
        1,
        &["`m-00002-of-00002.gguf` is part 1 of 2, as its header says"],
    );
    found(
        &[(names[0], &first), (names[1], &part(1, 3, 2, "b"))],
        1,
        &["`m-00002-of-00002.gguf` is part 2 of 3, as its header says"],
    );
    let whole = model(3, false);
    found(
        &[(names[0], &whole)],
        1,
        &["`m-00001-of-00002.gguf` is no part of a model, as its header says"],
    );
    found(
        &[("m.gguf", &part(1, 4, 4, "b"))],
        2,
        &[
            "`m.gguf` is part 2 of 4, but is not called `NAME-00002-of-00004.gguf`",
            "part 1 of the model was not found",
            "parts 3 to 4 of the model were not found",
        ],
    );
    found(
        &[("m-00002-of-65535.gguf", &part(1, 65535, 70000, "b"))],
        2,
        &[
            "there is no file `m-00001-of-65535.gguf`, a part of the model",
            "there are no files `m-00003-of-65535.gguf` to `m-65535-of-65535.gguf`, parts of the model",
        ],
    );
    let (_, told, _) = info(
        &[("m-00002-of-65535.gguf", &part(1, 65535, 9, "b"))],
        &["m-00002-of-65535.gguf", "--json"],
    );
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(
        told["missing_parts"],
        serde_json::json!([{"from": 1, "to": 1}, {"from": 3, "to": 65535}])
    );
}

#[test]
fn a_value_of_the_wrong_type_is_shown_as_it_is() {
    let mut maker = keys(4);
    maker
        .key_u32("general.name", 7)
        .key_text("general.architecture", "llama")
        .key_text("llama.context_length", "long")
        .key_u32s("tokenizer.ggml.tokens", &[1, 2]);
    let (code, told, errors) = info(&[("m.gguf", &maker.bytes)], &["m.gguf"]);
    assert_eq!(code, 1);
    assert!(
        told.contains("  name             7 (of type u32)\n"),
        "{told}"
    );
    assert!(
        told.contains("  context length   \"long\" (of type string)\n"),
        "{told}"
    );
    assert_eq!(
        errors,
        "mtp: `m.gguf`: `general.name` is of type u32 and not string\n\
         mtp: `m.gguf`: `llama.context_length` is of type string and not a whole number\n\
         mtp: `m.gguf`: `tokenizer.ggml.tokens` is of type array of u32 and not array of string\n"
    );
}

#[test]
fn tensors_that_could_not_have_the_type_of_the_file_are_listed() {
    // The number of the recipe, that of the type of the tensor, the length of its rows.
    for (recipe, kind, row, told) in [
        (
            15,
            6,
            896,
            "1 without Q4_K, since their rows do not divide by 256:",
        ),
        (
            2,
            1,
            48,
            "1 without Q4_0, since their rows do not divide by 32:",
        ),
        (
            30,
            20,
            96,
            "1 without IQ4_XS, since their rows do not divide by 256:",
        ),
        (
            36,
            2,
            96,
            "1 without TQ1_0, since their rows do not divide by 256:",
        ),
        (15, 8, 256, ""),
        (7, 8, 96, ""),
        (1, 1, 7, ""),
    ] {
        let mut maker = Maker::new(3, false, 1, 1);
        maker.key_u32("general.file_type", recipe);
        maker.tensor("w", &[row, 2], kind, 0);
        let file = maker.with_data(32, row as usize * 8);
        let (_, text, _) = info(&[("m.gguf", &file)], &["m.gguf"]);
        assert_eq!(text.contains(" without "), !told.is_empty(), "{text}");
        assert!(text.contains(told), "{text}");
        let (_, text, _) = info(&[("m.gguf", &file)], &["m.gguf", "--json"]);
        let text: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let fallbacks = text["weights"]["fallbacks"].as_array().map(Vec::len);
        assert_eq!(fallbacks, Some(usize::from(!told.is_empty())));
    }
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
    let header = read(Cursor::new(&maker.bytes), length, Keep::BEGINNINGS).expect("a header");
    assert_eq!(header.expected_bytes(), length);
    let (code, told, _) = common::command::run(common::command::mtp(&["gguf", "info"]).arg(&path));
    assert_eq!(code, 0, "{told}");
}

#[test]
fn a_template_whose_tokens_are_not_there_is_refused() {
    let mut maker = keys(3);
    maker
        .key_text("tokenizer.chat_template", "{{ bos_token }}")
        .key_texts("tokenizer.ggml.tokens", &["<unk>", "<s>"])
        .key_u32("tokenizer.ggml.bos_token_id", 2);
    let folder =
        common::command::folder_with(&[("talk.json", r#"[{"role": "user", "content": "Hi"}]"#)]);
    std::fs::write(folder.path().join("m.gguf"), &maker.bytes).expect("a file");
    let mut command = common::command::mtp(&["render", "talk.json", "-t", "m.gguf"]);
    let (code, _, errors) = common::command::run(command.current_dir(folder.path()));
    assert_eq!(
        (code, errors.as_str()),
        (
            2,
            "mtp: cannot use `m.gguf`: `tokenizer.ggml.bos_token_id` is 2, and there are 2 tokens\n"
        )
    );
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
