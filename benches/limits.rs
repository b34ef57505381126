//! The work that no program of this kind gets around, alone: reading a file with the bare parser, and printing a
//! model file. `benches/run.py` compares `mtp` with it.
//!
//! ```text
//! cargo bench --bench limits -- parser FILE…     parses the files, by their endings
//! cargo bench --bench limits -- print FILE OUT   prints the JSON of a file as model files are printed
//! ```
//!
//! Both print the seconds that this took. Reading the files counts, what `print` needs to know them does not.

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::PrettyFormatter;
use std::error::Error;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` adds this one.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let seconds = match *arguments.as_slice() {
        ["parser", ref files @ ..] if !files.is_empty() => parser(files)?,
        ["print", file, out] => print(file, out)?,
        _ => return Err("use it as `limits parser FILE…` or `limits print FILE OUT`".into()),
    };
    writeln!(io::stdout(), "{seconds:.6}")?;
    Ok(())
}

fn parser(files: &[&str]) -> Result<f64, Box<dyn Error>> {
    let started = Instant::now();
    let mut count = 0;
    for file in files {
        let text = String::from_utf8(fs::read(file)?)?;
        let ending = Path::new(file).extension().unwrap_or_default();
        count += match ending.to_string_lossy().as_ref() {
            "yaml" => yaml(&text)?,
            "toml" => toml(&text)?,
            "json" => {
                black_box(serde_json::from_str::<Value>(&text)?);
                1
            }
            "jsonl" => lines(&text)?,
            "csv" => cells(text.as_bytes()),
            other => return Err(format!("no parser for `.{other}`").into()),
        };
    }
    black_box(count);
    Ok(started.elapsed().as_secs_f64())
}

/// All events of YAML.
fn yaml(text: &str) -> Result<usize, Box<dyn Error>> {
    let mut count = 0;
    for event in granit_parser::Parser::new_from_str(text) {
        black_box(event?);
        count += 1;
    }
    Ok(count)
}

/// All events of TOML.
fn toml(text: &str) -> Result<usize, Box<dyn Error>> {
    let tokens = toml_parser::Source::new(text).lex().into_vec();
    let mut events: Vec<toml_parser::parser::Event> = Vec::new();
    let mut error = None;
    toml_parser::parser::parse_document(&tokens, &mut events, &mut error);
    match error {
        Some(error) => Err(format!("{error:?}").into()),
        None => Ok(black_box(events).len()),
    }
}

/// Every line as a value of JSON.
fn lines(text: &str) -> Result<usize, Box<dyn Error>> {
    let mut count = 0;
    for line in text.lines() {
        black_box(serde_json::from_str::<Value>(line)?);
        count += 1;
    }
    Ok(count)
}

/// All cells of CSV.
fn cells(mut rest: &[u8]) -> usize {
    let mut reader = csv_core::Reader::new();
    let mut cell = vec![0; 1 << 16];
    let mut count = 0;
    loop {
        let (result, read, _) = reader.read_field(rest, &mut cell);
        rest = rest.get(read..).unwrap_or_default();
        black_box(&cell);
        match result {
            csv_core::ReadFieldResult::End => return count,
            csv_core::ReadFieldResult::Field { .. } => count += 1,
            _ => {}
        }
    }
}

fn print(file: &str, out: &str) -> Result<f64, Box<dyn Error>> {
    let model: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
    let started = Instant::now();
    let mut out = BufWriter::with_capacity(1 << 20, File::create(out)?);
    let layout = PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, layout);
    model.serialize(&mut serializer)?;
    out.flush()?;
    Ok(started.elapsed().as_secs_f64())
}
