//! Files of samples that a stranger made to fill memory, a disk or an afternoon: small ones that
//! unpack to gigabytes, rows without an end, mistakes without number.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run};
use mtp::load::{Limits, Streaming};
use mtp::source::{Disk, SourceMap};
use mtp::{Options, Taken};
use std::io::Write;
use std::num::NonZeroUsize;

fn spec(file: &str) -> String {
    format!(
        "name: b\ninputs: 1\ncontext: [a, b, c, d, e, f, g, h, i, j]\ntokens: {{Talk: }}\n\
instructions:\n  say:\n    input: [[Talk]]\n    output: [Talk]\n    samples_from: [{file}]\n"
    )
}

/// The one finding of a spec whose samples stand in a file with these bytes, as `short` has it.
fn told(file: &str, bytes: &[u8], arguments: &[&str]) -> String {
    let folder = folder_with(&[("b.yaml", &spec(file))]);
    std::fs::write(folder.path().join(file), bytes).expect("a file");
    let mut command = mtp(&["validate", "b.yaml", "--output-format", "short"]);
    let (code, out, errors) = run(command.args(arguments).current_dir(folder.path()));
    assert_eq!(code, 1, "{out}{errors}");
    assert_eq!(
        out.lines().filter(|line| line.contains(" error[")).count(),
        1,
        "{out}"
    );
    out
}

#[test]
fn a_small_file_does_not_unpack_to_a_disk_full() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let blanks = [b' '; 1 << 16];
    for _ in 0..(66 << 20) / blanks.len() {
        packed.write_all(&blanks).expect("memory");
    }
    let packed = packed.finish().expect("memory");
    let out = told("a.jsonl.gz", &packed, &[]);
    assert!(out.contains("b.yaml:9:20: error[limit-exceeded]"), "{out}");
    assert!(
        out.contains("more than 67108864 bytes when it is unpacked"),
        "{out}"
    );
    // Who knows the file may have it read.
    let out = told("a.jsonl.gz", &packed, &["--max-bytes", "1073741823"]);
    assert!(!out.contains("unpacked"), "{out}");
}

#[test]
fn a_row_without_an_end_is_told_and_not_held() {
    let row = |start: &str| [start.as_bytes(), &vec![b'x'; 17 << 20]].concat();
    for (file, bytes) in [
        ("a.jsonl", row("{\"input\": [\"")),
        ("a.csv", row("input,output\n\"")),
    ] {
        let out = told(file, &bytes, &[]);
        assert!(out.contains("b.yaml:9:20: error[limit-exceeded]"), "{out}");
        assert!(out.contains("more than 16777216 bytes"), "{out}");
    }
}

#[test]
fn a_file_of_mistakes_is_not_read_to_its_end() {
    let folder = folder_with(&[("b.yaml", &spec("a.jsonl"))]);
    std::fs::write(folder.path().join("a.jsonl"), "{}\n".repeat(120_000)).expect("a file");
    let path = folder.path().join("b.yaml");
    let findings = |threads: usize| {
        let options = Options {
            streaming: Some(Streaming {
                from: 0,
                piece: 1 << 13,
                ..Streaming::default()
            }),
            limits: Limits {
                threads: NonZeroUsize::new(threads).expect("not 0"),
                ..Limits::default()
            },
            ..Options::default()
        };
        let sources = SourceMap::default();
        let bytes = std::fs::read(&path).expect("a spec");
        let outcome = mtp::check(&sources, &Disk, &path, bytes, Taken::AsSpec, &options);
        assert!(outcome.protocol.is_none());
        let all = outcome.diagnostics.into_iter();
        let all = all.map(|finding| (finding.rule.name, finding.span.start, finding.message));
        all.collect::<Vec<_>>()
    };
    let one = findings(1);
    let limits: Vec<_> = one
        .iter()
        .filter(|(rule, ..)| *rule == "limit-exceeded")
        .collect();
    let [(_, _, message)] = limits[..] else {
        panic!("{limits:?}");
    };
    assert!(message.contains("more than 100000 errors"), "{message}");
    // How many threads read it changes nothing.
    assert_eq!(one, findings(3));
}
