//! Large files of samples, read in pieces: what comes of them is what comes of files that
//! are held, to the byte, wherever the pieces end.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run};
use common::entries;
use mtp::load::{Limits, Streaming, Wanted};
use mtp::report::{self, Checked, Format, Report, Style};
use mtp::source::{Disk, SourceMap};
use mtp::{Options, Taken, emit};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// What comes of a spec: the findings in every format, and the files.
fn made(
    spec: &Path,
    streaming: Option<Streaming>,
    threads: usize,
    part: Option<&str>,
) -> (Vec<String>, usize) {
    let bytes = std::fs::read(spec).expect("a spec");
    let is_streaming = streaming.is_some();
    let options = Options {
        streaming,
        wanted: part.map_or(Wanted::All, |part| {
            Wanted::Part(part.parse().expect("a part"))
        }),
        limits: Limits {
            threads: NonZeroUsize::new(threads).expect("not 0"),
            ..Limits::default()
        },
        ..Options::default()
    };
    let sources = SourceMap::default();
    let outcome = mtp::check(&sources, &Disk, spec, bytes, Taken::AsSpec, &options);
    let mut all = Vec::new();
    let mut streams = 0;
    if let Some(protocol) = &outcome.protocol {
        let mut files = [Vec::new(), Vec::new()];
        match part {
            Some(part) => {
                let shard = part.parse().expect("a part");
                emit::part(protocol, shard, ("", ""), &mut files[0]).expect("a part");
            }
            None => {
                emit::model(protocol, &mut files[0]).expect("a model");
                emit::template(protocol, &mut files[1]).expect("a template");
            }
        }
        all.extend(files.map(|file| String::from_utf8(file).expect("text")));
        let instructions = protocol.instructions.iter();
        streams = instructions.map(|one| one.samples.streams().len()).sum();
        assert!(is_streaming || streams == 0);
    }
    let diagnostics = outcome.diagnostics;
    let checked = [Checked {
        sources,
        diagnostics,
    }];
    let report = Report::new(&checked, 1);
    for name in Format::NAMES {
        let mut text = Vec::new();
        let format = Format::parse(name).expect("a format");
        report::write(format, &report, &Style::default(), &mut text).expect("a report");
        all.push(String::from_utf8(text).expect("text"));
    }
    (all, streams)
}

/// Compares what comes of a spec read at once with what comes of it read in pieces of so many
/// bytes; whether some of it was.
fn compare(spec: &Path, pieces: &[usize]) -> bool {
    let whole = compare_part(spec, pieces, None);
    let middle = pieces.len() / 2;
    for part in ["1/3", "2/3"] {
        compare_part(spec, &pieces[middle..=middle], Some(part));
    }
    whole
}

/// The same of a part of the samples, if it can be written: of what is faulty in others, files
/// that are held tell more.
fn compare_part(spec: &Path, pieces: &[usize], part: Option<&str>) -> bool {
    let (held, _) = made(spec, None, 1, part);
    let mut streamed = 0;
    for &piece in pieces {
        let streaming = Streaming {
            from: 0,
            piece,
            spec: usize::MAX,
            aside: Some(std::env::temp_dir()),
            ..Streaming::default()
        };
        let (found, streams) = made(spec, Some(streaming), 2, part);
        let compared = match part {
            Some(_) if held.len() == Format::NAMES.len() => 0,
            Some(_) => 1,
            None => held.len(),
        };
        assert!(
            part.is_some() || held.len() == found.len(),
            "{}",
            spec.display()
        );
        for (held, found) in held.iter().zip(&found).take(compared) {
            let mut lines = held.lines().zip(found.lines()).enumerate();
            let other = lines.find(|(_, (held, found))| held != found);
            assert!(
                held == found,
                "{}, {part:?}, pieces of {piece} bytes: {other:?}",
                spec.display()
            );
        }
        streamed = streams;
    }
    streamed > 0
}

/// The model files below a folder.
fn models(folder: &Path) -> Vec<PathBuf> {
    let (folders, files): (Vec<_>, Vec<_>) =
        entries(folder).into_iter().partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| models(folder));
    let own = files.into_iter();
    let own = own.filter(|path| path.file_name().is_some_and(|name| name == "model.json"));
    own.chain(below).collect()
}

#[test]
fn what_is_built_is_built_in_pieces() {
    let mut count = 0;
    for model in models(Path::new("tests/compile")) {
        let folder = folder_with(&[]);
        let mut import = mtp(&["import", "--samples-to"]);
        import.arg(folder.path().join("samples")).arg("-o");
        let (code, _, _) = run(import.arg(folder.path().join("spec.yaml")).arg(&model));
        // Some models cannot be said by a spec whole.
        if code == 0 {
            count += usize::from(compare(&folder.path().join("spec.yaml"), &[200]));
        }
    }
    assert!(count > 50, "only {count} specs were read in pieces");
}

#[test]
fn cases_of_rules_are_told_in_pieces() {
    let rules = entries(Path::new("tests/diagnostics"));
    let folders = rules.iter().flat_map(|rule| entries(rule));
    let folders = folders.filter(|folder| folder.is_dir());
    let specs: Vec<PathBuf> = folders.map(|folder| folder.join("spec.yaml")).collect();
    let specs: Vec<_> = specs.iter().filter(|spec| spec.is_file()).collect();
    for spec in &specs {
        compare(spec, &[100]);
    }
    assert!(specs.len() > 10, "only {} cases were found", specs.len());
}

const HEAD: &str = "name: large\ninputs: 1\nrules: { guardrail-digits: warn }\n\
context: [a, b, c, d, e, f, g, h, i, j]\n\
tokens:\n  Talk:\n  Walk:\n  Depth: { type: num, min: 0, max: 9 }\n  End: { type: final }\n  \
Stop: { type: final }\n  Rare: { type: final }\n  Score: { type: final_num, min: 0, max: 5 }\n\
guardrails:\n  manners:\n    good_prompt: polite\n    bad_prompt: rude\n    bad_output: \"No.\"\n    \
samples: [rude one, rude two, question 33]\ninstructions:\n";

/// Lines of JSON, most of them good.
fn lines(count: usize, faults: &[&str], sample: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for number in 0..count {
        match faults
            .get(number.wrapping_sub(5) / 7)
            .filter(|_| number % 7 == 5)
        {
            Some(fault) => text.push_str(fault),
            None => text.push_str(&sample(number)),
        }
        text.push_str(if number % 11 == 3 { "\r\n\n" } else { "\n" });
    }
    text
}

#[test]
fn faults_in_rows_are_told_in_pieces() {
    let basic = format!(
        "{HEAD}  say:\n    input: [[Talk]]\n    output: [Walk]\n    final: [End, Stop, Rare, Score]\n    \
guardrails: {{ 0: manners }}\n    samples:\n      - {{ input: [question 8], output: inline, final: End }}\n    \
samples_from: [a.jsonl, b.jsonl]\n"
    );
    let sample = |number: usize| {
        let last = if number.is_multiple_of(3) {
            "End"
        } else {
            "Stop"
        };
        let last = if number == 70 { "Rare" } else { last };
        format!(
            "{{\"input\": [\"question {number}\"], \"output\": \"ärgerlich {number}\", \"final\": \"{last}\"}}"
        )
    };
    let faults = [
        r#"{"input": ["question 12"], "output": "other", "final": "End"}"#,
        r#"{"input": ["question 3"], "output": "ärgerlich 3", "final": "End"}"#,
        r#"{"input": ["x1"], "output": "ends ", "final": "Stop"}"#,
        r#"{"input": ["x2"], "output": "wrong", "final": "Sotp"}"#,
        r#"{"input": ["x3"], "output": "none"}"#,
        r#"{"input": ["x4"], "output": "value", "final": "Score", "value": 77}"#,
        r#"{"input": ["x5"], "output": "no value", "final": "Score"}"#,
        r#"{"input": ["x6", "y"], "output": "many", "final": "End"}"#,
        r#"{"input": "x7", "output": 5, "final": "End"}"#,
        r#"{"input": ["x8"], "output": "broken", "final": "#,
        r#"{"inptu": ["x9"], "output": "<EOS>", "final": "End"}"#,
        r#"[1, 2]"#,
        r#"{"input": [{"text": "x10", "numbers": 3}], "output": "numbers", "final": "End"}"#,
        r#"{"input": ["x11"], "input": ["x11"], "output": "", "final": "Talk"}"#,
    ];
    let machine = format!(
        "{HEAD}  turn:\n    type: state_machine\n    input: [[Talk]]\n    states: [on, off, never]\n    \
samples_from: [a.jsonl]\n"
    );
    let state = |number: usize| {
        let state = ["on", "on", "off"][number % 3];
        let state = if number % 40 == 39 { "onn" } else { state };
        format!("{{\"input\": [\"question {number}\"], \"output\": \"{state}\"}}")
    };
    let classifier = format!(
        "{HEAD}  sort:\n    type: multi_classifier\n    input: [[Talk]]\n    samples_from: [a.jsonl]\n    \
states: {{ mood: [good, bad], size: [s, l] }}\n"
    );
    let labels = |number: usize| {
        let mood = ["good", "bad", "good "][number % 3];
        let size = if number == 50 { "xl" } else { "s" };
        format!(
            "{{\"input\": [\"question {number}\"], \"output\": {{\"mood\": \"{mood}\", \"size\": \"{size}\"}}}}"
        )
    };
    let few = lines(2, &[], sample);
    let good = lines(200, &[], sample);
    let other = lines(30, &[], |number| sample(number + 1_000));
    let cases: Vec<(&str, String, String)> = vec![
        (&basic, lines(120, &faults, sample), other.clone()),
        (&basic, good.clone(), good.clone()),
        (&basic, format!("\u{feff}{good}"), other.clone()),
        (&basic, good.trim_end().to_owned(), other.clone()),
        (&basic, few.clone(), String::new()),
        (&basic, "\n\n".to_owned(), "\u{feff}".to_owned()),
        (&basic, good.clone() + "{\"input\": [", other),
        (&machine, lines(100, &[], state), String::new()),
        (&machine, lines(6, &[], state), String::new()),
        (&classifier, lines(100, &faults, labels), String::new()),
        (&classifier, lines(100, &[], labels), String::new()),
    ];
    for (spec, a, b) in &cases {
        let files = [("spec.yaml", *spec), ("a.jsonl", a), ("b.jsonl", b)];
        let folder = folder_with(&files);
        compare(&folder.path().join("spec.yaml"), &[1, 400, 1 << 20]);
        std::fs::write(folder.path().join("a.jsonl.gz"), gzip(a.as_bytes())).expect("a file");
        let spec = spec.replace("a.jsonl", "a.jsonl.gz");
        std::fs::write(folder.path().join("packed.yaml"), spec).expect("a file");
        compare(&folder.path().join("packed.yaml"), &[400]);
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut out, bytes).expect("memory");
    out.finish().expect("memory")
}

#[test]
fn packed_files_that_are_damaged_are_told_in_pieces() {
    let spec = format!(
        "{HEAD}  say:\n    input: [[Talk]]\n    output: [Walk]\n    samples_from: [FILE]\n"
    );
    let sample = |number: usize| format!("input {number},output\n");
    let text = "input,output\n".to_owned() + &(0..90).map(sample).collect::<String>();
    let zstandard = |text: &str| {
        ruzstd::encoding::compress_to_vec(
            text.as_bytes(),
            ruzstd::encoding::CompressionLevel::Fastest,
        )
    };
    for (name, bytes) in [
        ("a.csv.gz", gzip(text.as_bytes())),
        ("a.csv.zst", zstandard(&text)),
    ] {
        for bytes in [
            &bytes,
            &bytes[..bytes.len() - 9],
            &bytes[3..],
            text.as_bytes(),
            b"",
        ] {
            let folder = folder_with(&[("spec.yaml", &spec.replace("FILE", name))]);
            std::fs::write(folder.path().join(name), bytes).expect("a file");
            compare(&folder.path().join("spec.yaml"), &[300]);
        }
    }
}

#[test]
fn a_file_of_two_instructions_is_told_once() {
    let spec = format!(
        "{HEAD}  say:\n    input: [[Talk]]\n    output: [Walk]\n    samples_from: [a.jsonl, b.jsonl]\n  \
tell:\n    input: [[Walk]]\n    output: [Walk]\n    samples_from: [c.jsonl, a.jsonl]\n"
    );
    let sample = |number: usize| {
        let blank = if number == 40 { " " } else { "" };
        format!("{{\"input\": [\"question {number}\"], \"output\": \"fine{blank}\"}}")
    };
    let files = [
        ("spec.yaml", spec.as_str()),
        (
            "a.jsonl",
            &lines(90, &["[1, 2]", "{\"inptu\": []}"], sample),
        ),
        ("b.jsonl", &sample(20)),
        ("c.jsonl", &sample(70)),
    ];
    let folder = folder_with(&files);
    compare(&folder.path().join("spec.yaml"), &[1, 400]);
}

#[test]
fn bytes_that_are_no_text_are_told_in_pieces() {
    let spec = format!(
        "{HEAD}  say:\n    input: [[Talk]]\n    output: [Walk]\n    samples_from: [a.jsonl]\n"
    );
    let sample = |number: usize| format!("{{\"input\": [\"ü {number}\"], \"output\": \"b\"}}");
    let good = lines(50, &[], sample);
    for at in [0, 1, 700, good.len()] {
        let folder = folder_with(&[("spec.yaml", &spec)]);
        let mut bytes = good.clone().into_bytes();
        bytes.insert(at, 0xff);
        std::fs::write(folder.path().join("a.jsonl"), bytes).expect("a file");
        compare(&folder.path().join("spec.yaml"), &[1, 400, 1 << 20]);
    }
}

#[test]
fn rows_of_tables_are_told_in_pieces() {
    let spec = format!(
        "{HEAD}  say:\n    input: [[Talk]]\n    output: [Walk]\n    final: [End, Stop, Score]\n    \
guardrails: {{ 0: manners }}\n    samples:\n      - {{ input: [question 8], output: inline, final: End }}\n    \
samples_from: a.csv\n"
    );
    let sample = |number: usize| {
        let last = ["End", "Stop", "\"End\""][number % 3];
        let text = ["plain", "\"two\r\nlines, \"\"quoted\"\"\"", "\"ö\n\n\nö\""][number % 4 % 3];
        format!("question {number},{text},{last},")
    };
    let faults = [
        "question 12,plain,End,",
        "question 3,other,Stop,",
        "question 4,plain,Sotp,",
        "too,few",
        "x1,ends ,End,",
        "x2,value,Score,77",
        "\"x3\" y,quotes,End,",
        ",empty,End,",
        "question 33,rude,Stop,5",
        "   ",
        "x4,\"more, cells\",End,,,",
    ];
    let head = "input,output,final,value\n";
    let all = lines(120, &faults, sample);
    let good = lines(90, &[], sample);
    let semicolons = |text: &str| {
        text.replace(", ", "\u{1}")
            .replace(',', ";")
            .replace('\u{1}', ", ")
    };
    let cases = [
        format!("{head}{all}"),
        format!("{head}{good}"),
        format!("\u{feff}\n\n{head}\n{good}"),
        format!("{head}{}", good.trim_end()),
        format!("sep=;\r\n{}{}", semicolons(head), semicolons(&good)),
        format!("{head}{good}last,\"never closed,End,\n{good}"),
        format!("input,otput,final,value\n{good}"),
        format!("input,nothing,final,value\n{good}"),
        format!("input,output,final,value,\"x\n{good}"),
        good.clone(),
        head.to_owned(),
        String::new(),
    ];
    for text in &cases {
        let folder = folder_with(&[("spec.yaml", &spec), ("a.csv", text)]);
        compare(&folder.path().join("spec.yaml"), &[40, 700, 1 << 20]);
    }
}
