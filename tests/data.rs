//! Files with samples that are not text themselves: compressed ones and Parquet.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use mtp::diagnostics::Diagnostic;
use mtp::load::Limits;
use mtp::source::{Disk, SourceMap};
use mtp::{Options, Taken};
use std::io::Write;
use std::path::Path;

const SPEC: &str = "\
name: tour
inputs: 1
context: [One., Two., Three., Four., Five., Six., Seven., Eight., Nine., Ten.]
tokens: { Visitor: , Guide: }
instructions:
  answer:
    input: [[Visitor]]
    output: [Guide]
    samples_from: FILE
";

/// The findings for a spec that names a file with these bytes, no file being larger than
/// `limit`, and whether the file is told to be named in the spec.
fn findings(name: &str, bytes: &[u8], limit: u64) -> (Vec<Diagnostic>, bool) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(name), bytes).expect("a file");
    let options = Options {
        limits: Limits {
            bytes: limit,
            ..Limits::default()
        },
        ..Options::default()
    };
    let sources = SourceMap::default();
    let outcome = mtp::check(
        &sources,
        &Disk,
        &folder.path().join("spec.yaml"),
        SPEC.replace("FILE", name).into_bytes(),
        Taken::AsSpec,
        &options,
    );
    let mut data = sources.files().skip(1);
    let is_named = data.all(|file| {
        let named_at = file.named_at.map(|span| sources.text(span));
        named_at == Some(name) && !file.is_verbatim
    });
    (outcome.diagnostics, is_named)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).expect("memory");
    out.finish().expect("memory")
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn a_bomb_ends_at_the_limit() {
    let zeros = vec![b' '; 1 << 22];
    for (name, bytes) in [
        ("a.jsonl.gz", gzip(&zeros)),
        ("a.csv.zst", zstandard(&zeros)),
    ] {
        assert!(bytes.len() < 1 << 18, "{name}: {} bytes", bytes.len());
        let (found, _) = findings(name, &bytes, 1 << 20);
        let told: Vec<_> = found
            .iter()
            .map(|finding| (finding.rule.name, finding.message.as_str()))
            .collect();
        let message = "the file has more than 1048576 bytes when it is unpacked";
        assert_eq!(told, [("limit-exceeded", message)], "{name}");
    }
}

#[test]
fn nothing_in_an_archive_is_offered_to_be_changed() {
    let lines = "{\"input\": [\"a\"], \"outputt\": \"b\"}\n".repeat(3);
    let (found, is_named) = findings("a.jsonl.gz", &gzip(lines.as_bytes()), 1 << 20);
    assert_eq!(found.len(), 5, "{found:#?}");
    assert!(found.iter().all(|finding| finding.fix.is_none()));
    assert!(is_named);
}

#[test]
fn people_are_told_once_where_the_file_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = "{\"input\": [\"a\"], \"output\": \"\"}\n".repeat(3);
    std::fs::write(folder.path().join("a.jsonl.gz"), gzip(lines.as_bytes())).expect("a file");
    let spec = folder.path().join("spec.yaml");
    let sources = SourceMap::default();
    let text = SPEC.replace("FILE", "a.jsonl.gz").into_bytes();
    let options = Options::default();
    let diagnostics = mtp::check(&sources, &Disk, &spec, text, Taken::AsSpec, &options).diagnostics;
    let checked = [mtp::report::Checked {
        sources,
        diagnostics,
    }];
    let report = mtp::report::Report::new(&checked, 1);
    let written = |format| {
        let mut out = Vec::new();
        let style = mtp::report::Style::default();
        mtp::report::write(format, &report, &style, &mut out).expect("memory");
        String::from_utf8(out).expect("text")
    };
    let data = folder.path().join("a.jsonl.gz");
    let line = format!("{} is named at {}:9:19\n", data.display(), spec.display());
    let human = written(mtp::report::Format::Human);
    assert_eq!(human.matches(&line).count(), 1, "{human}");
    // Programs get the places that belong to a finding, and no others.
    let json = written(mtp::report::Format::Json);
    assert!(!json.contains("spec.yaml"), "{json}");
}

#[test]
fn an_archive_of_no_text_is_told_once() {
    let (found, _) = findings("a.csv.gz", &gzip(b"input,output\n\xff,b\n"), 1 << 20);
    let rules: Vec<_> = found.iter().map(|finding| finding.rule.name).collect();
    assert_eq!(rules, ["syntax"]);
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_is_refused_with_a_way_out() {
    let found = common::findings(Path::new("tests/data/parquet/numbers.yaml"));
    let told: Vec<_> = found.iter().map(|finding| finding.shown.as_str()).collect();
    assert_eq!(
        told,
        [
            "15:19 \"numbers.parquet\": error[unreadable-file]: cannot read `numbers.parquet`: \
             this `mtp` was built without `parquet`\n  help: install it with `cargo install \
             --path . --features parquet`, or write the samples as JSON Lines\n"
        ]
    );
}

#[cfg(feature = "parquet")]
mod parquet {
    use super::*;
    use mtp::load::Streaming;

    /// The model file of a spec.
    fn model(path: &Path, text: String, streaming: Option<Streaming>) -> Vec<u8> {
        let sources = SourceMap::default();
        let options = Options {
            streaming,
            ..Options::default()
        };
        let outcome = mtp::check(
            &sources,
            &Disk,
            path,
            text.into_bytes(),
            Taken::AsSpec,
            &options,
        );
        let mut model = Vec::new();
        let protocol = outcome.protocol.unwrap_or_else(|| {
            panic!("{}: {:#?}", path.display(), outcome.diagnostics);
        });
        mtp::emit::model(&protocol, &mut model).expect("memory");
        model
    }

    #[test]
    fn a_table_is_the_same_in_csv() {
        for name in ["numbers", "labels"] {
            let path = format!("tests/data/parquet/{name}.yaml");
            let path = Path::new(&path);
            let text = std::fs::read_to_string(path).expect("a spec");
            let twin = text.replace(".parquet", ".csv");
            assert_ne!(text, twin);
            let streaming = Streaming {
                from: 0,
                piece: 50,
                aside: Some(std::env::temp_dir()),
                ..Streaming::default()
            };
            let in_pieces = model(path, text.clone(), Some(streaming));
            let held = model(path, text, None);
            assert_eq!(held, model(path, twin, None), "{name}");
            assert_eq!(held, in_pieces, "{name}");
        }
    }

    #[test]
    fn lists_of_texts_are_refused() {
        let found = common::findings(Path::new("tests/data/parquet/lists.yaml"));
        assert_eq!(found.len(), 1);
        assert!(found[0].shown.contains("its column `input` holds lists"));
    }

    #[test]
    fn no_damage_is_worse_than_a_finding() {
        for name in ["numbers", "labels", "lists"] {
            let path = format!("tests/data/parquet/{name}.parquet");
            let whole = std::fs::read(path).expect("a file");
            for end in (0..whole.len()).step_by(13) {
                let (found, _) = findings("a.parquet", &whole[..end], 1 << 20);
                assert!(!found.is_empty(), "{name} cut to {end} was read");
            }
            for at in (0..whole.len()).step_by(7) {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << (at % 8);
                let _ = findings("a.parquet", &bytes, 1 << 20);
            }
        }
    }
}
