//! What `mtp gguf info` tells of a file.

use super::made::{Maker, model};
use super::{common, info, keys};
use mtp::gguf::{Keep, read};
use std::io::Cursor;
use std::path::Path;

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
fn a_value_of_the_wrong_type_is_shown_as_it_is() {
    let mut maker = keys(5);
    maker
        .key_u32("general.name", 7)
        .key_text("general.architecture", "llama")
        .key_text("llama.context_length", "long")
        .key_i32("general.file_type", -5)
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
         mtp: `m.gguf`: `llama.context_length` is of type string and not a whole number from 0 on\n\
         mtp: `m.gguf`: `general.file_type` is of type i32 (-5) and not a whole number from 0 on\n\
         mtp: `m.gguf`: `tokenizer.ggml.tokens` is of type array of u32 and not array of string\n"
    );
}

#[test]
fn flags_arrays_and_special_tokens_of_the_wrong_type_are_told() {
    let mut maker = keys(5);
    maker
        .key_text("tokenizer.ggml.add_space_prefix", "no")
        .key_u32s("tokenizer.ggml.merges", &[1])
        .key_u32s("tokenizer.ggml.scores", &[1])
        .key_i32("tokenizer.ggml.eos_token_id", -1)
        .key_text("tokenizer.ggml.bos_token_id", "<s>");
    let (code, _, errors) = info(&[("m.gguf", &maker.bytes)], &["m.gguf"]);
    assert_eq!(code, 1);
    assert_eq!(
        errors,
        "mtp: `m.gguf`: `tokenizer.ggml.add_space_prefix` is of type string and not bool\n\
         mtp: `m.gguf`: `tokenizer.ggml.merges` is of type array of u32 and not array of string\n\
         mtp: `m.gguf`: `tokenizer.ggml.scores` is of type array of u32 and not array of f32\n\
         mtp: `m.gguf`: `tokenizer.ggml.bos_token_id` is of type string and not a whole number\n"
    );
}

#[test]
fn tensors_that_overlap_or_leave_gaps_are_told() {
    let found = |places: &[u64], told: &str| {
        let mut maker = Maker::new(3, false, places.len() as u64, 0);
        for (name, place) in ["a", "b", "c"].iter().zip(places) {
            maker.tensor(name, &[33], 0, *place);
        }
        let file = maker.with_data(32, 2048);
        let (code, _, errors) = info(&[("m.gguf", &file)], &["m.gguf"]);
        let told = match told {
            "" => String::new(),
            told => format!("mtp: `m.gguf`: the tensor {told}\n"),
        };
        assert_eq!((code, errors), (i32::from(!told.is_empty()), told));
    };
    found(&[0, 160, 320], "");
    found(
        &[0, 0],
        "`b` begins at 0 of the data and not at 160, where those before it end",
    );
    found(
        &[1024, 1184, 320],
        "`a` begins at 1024 of the data and not at 0, where those before it end; \
         1 more is out of place",
    );
    found(
        &[160, 0, 352],
        "`a` begins at 160 of the data and not at 0, where those before it end; \
         2 more are out of place",
    );
}

#[test]
fn one_of_something_and_small_numbers_are_told_as_people_do() {
    let mut maker = Maker::new(3, false, 1, 2);
    for (key, bits) in [("small", 1), ("large", 10_000.0_f32.to_bits())] {
        maker.text(key).u32(6).u32(bits);
    }
    maker.tensor("w", &[0], 0, 0);
    let file = maker.with_data(32, 0);
    let (code, told, _) = info(&[("m.gguf", &file)], &["m.gguf", "--kv"]);
    assert_eq!(code, 0);
    assert!(told.contains("0 in 1 tensor\n"), "{told}");
    assert!(told.contains("small (f32) = 1e-45\n"), "{told}");
    assert!(told.contains("large (f32) = 10000\n"), "{told}");
    let (_, _, errors) = info(&[("m.gguf", &keys(1).bytes)], &["m.gguf"]);
    assert_eq!(
        errors,
        "mtp: cannot read `m.gguf` as GGUF: at byte 16: it claims 1 key, for which 0 bytes are left\n"
    );
    let mut part = keys(2);
    part.key_u32("split.no", 0).key_u32("split.count", 2);
    let name = "m-00001-of-00002.gguf";
    let (code, told, _) = info(&[(name, &part.bytes)], &[name]);
    assert_eq!(code, 2);
    assert!(told.contains("2 parts, of which 1 is there\n"), "{told}");
}

#[test]
fn without_tensors_there_is_no_quantisation() {
    let (code, told, _) = info(&[("m.gguf", &keys(0).bytes)], &["m.gguf", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(
        (code, &told["weights"]["quantisation"]),
        (0, &serde_json::Value::Null)
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
