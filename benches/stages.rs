//! What each stage takes of a compile, through the library:
//!
//! ```text
//! cargo bench                            a spec of 10,000 samples that is made here
//! cargo bench --bench stages -- FILE     a spec of yours, without what it names
//! ```

use mtp::diagnostics::{Diagnostics, Levels};
use mtp::source::SourceMap;
use mtp::syntax::tree::Notation;
use mtp::{ast, emit, ir, load, syntax, validate};
use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

const SAMPLES: usize = 10_000;
const ROUNDS: usize = 15;
const STAGES: [&str; 7] = [
    "syntax::read",
    "ast::spec",
    "ir::protocol",
    "validate",
    "emit::model",
    "emit::template",
    "all",
];

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` adds an option.
    let file = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"));
    let (name, text) = match file {
        Some(file) => (file.clone(), std::fs::read_to_string(file)?),
        None => ("spec.yaml".to_owned(), spec()),
    };
    let mut times: [Vec<Duration>; STAGES.len()] = Default::default();
    for _ in 0..ROUNDS {
        let round = compile(&name, &text)?;
        for (times, time) in times.iter_mut().zip(round) {
            times.push(time);
        }
    }
    let megabytes = text.len() as f64 / 1e6;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{name}, {megabytes:.1} MB, the median of {ROUNDS} rounds:\n"
    )?;
    writeln!(out, "| stage | ms | MB/s |\n| --- | ---: | ---: |")?;
    for (stage, mut times) in STAGES.into_iter().zip(times) {
        times.sort();
        let median = times.get(ROUNDS / 2).copied().unwrap_or_default();
        let seconds = median.as_secs_f64();
        writeln!(
            out,
            "| {stage} | {:.2} | {:.0} |",
            seconds * 1e3,
            megabytes / seconds
        )?;
    }
    Ok(())
}

/// The times of the stages, and of all of them.
fn compile(name: &str, text: &str) -> Result<[Duration; STAGES.len()], Box<dyn Error>> {
    let sources = SourceMap::default();
    let origin = sources.add(name, text.to_owned());
    let notation = Notation::of_path(name).unwrap_or(Notation::Yaml);
    let limits = syntax::Limits::default();
    let mut findings = Diagnostics::default();
    let started = Instant::now();
    let mut taken = ast::Taken::default();
    let document = syntax::read_taking(
        &sources,
        origin,
        notation,
        &limits,
        &mut taken,
        &mut findings,
    );
    let read = Instant::now();
    let spec = document
        .root
        .and_then(|root| ast::spec(root, &mut taken, &mut findings));
    let decoded = Instant::now();
    let made = spec.and_then(|spec| ir::protocol(vec![spec], None, &mut findings));
    let resolved = Instant::now();
    let (protocol, levels) = made.ok_or("it is no spec")?;
    let levels = Levels::default().under(&levels);
    let (_, valid) = validate::validate(
        protocol,
        &sources,
        &levels,
        &load::Limits::default(),
        findings,
    );
    let validated = Instant::now();
    let valid = valid.ok_or("it has errors; `mtp validate` shows them")?;
    let mut model = Vec::new();
    emit::model(&valid, &mut model)?;
    let modelled = Instant::now();
    let mut template = Vec::new();
    emit::template(&valid, &mut template)?;
    let ended = Instant::now();
    black_box((model, template));
    let times = [started, read, decoded, resolved, validated, modelled, ended];
    let mut taken = [Duration::ZERO; STAGES.len()];
    for (taken, pair) in taken.iter_mut().zip(times.windows(2)) {
        if let [from, to] = pair {
            *taken = to.duration_since(*from);
        }
    }
    if let Some(all) = taken.last_mut() {
        *all = ended.duration_since(started);
    }
    Ok(taken)
}

/// A spec with texts of many lengths.
fn spec() -> String {
    let mut text = String::from("name: desk\ninputs: 2\ncontext:\n");
    for line in 0..12 {
        let _ = writeln!(text, "  - Line {line} of what the desk knows.");
    }
    text += "tokens: { Customer: , Matter: , Reply: , Close: { type: final }, Forward: { type: final } }\n\
        instructions:\n  answer:\n    input: [[Customer], [Matter]]\n    output: [Reply]\n    \
        final: [Close, Forward]\n    samples:\n";
    for sample in 0..SAMPLES {
        let long = "and the parcel is still on its way ".repeat(sample % 4);
        let end = if sample % 3 == 0 { "Forward" } else { "Close" };
        let _ = write!(
            text,
            "      - input: [\"Where is order {sample}, please?\", \"Paid on day {}, {long}shipped.\"]\n        \
             output: Dear customer, {long}it will be with you on day {}.\n        final: {end}\n",
            sample % 365,
            sample % 31
        );
    }
    text
}
