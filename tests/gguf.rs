//! Reading GGUF files: what is in them, and that no damage does harm.

#![allow(clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod common;
#[path = "gguf/mod.rs"]
mod made;
#[path = "gguf/parts.rs"]
mod parts;
#[path = "gguf/refused.rs"]
mod refused;
#[path = "gguf/templates.rs"]
mod templates;
#[path = "gguf/told.rs"]
mod told;

use made::{Maker, model};
use mtp::gguf::{
    Agreement, FILE_TYPES, Fault, Header, Keep, Kind, Model, Summary, TENSOR_TYPES, Value,
    ValueType, read,
};
use std::io::Cursor;

fn header(file: &[u8]) -> Result<Header, Fault> {
    read(Cursor::new(file), file.len() as u64, Keep::ALL)
}

fn keys(count: u64) -> Maker {
    Maker::new(3, false, 0, count)
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
