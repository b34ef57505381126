//! Specs and the files they become: `tests/compile/CASE/`, the examples in `specs/` and
//! what `mtp init` writes.
//!
//! What is expected was written by the reference (`tests/reference/bless.py`), so that
//! these tests need no Python. A case's `spec.yaml`, `spec.toml` and `spec.json` all
//! have to give the same bytes, in every run.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::entries;
use mtp::source::{Disk, SourceMap};
use mtp::{Options, Taken, emit};
use std::path::{Path, PathBuf};

/// A spec and the folder with its expected files.
fn all() -> Vec<(PathBuf, PathBuf)> {
    let mut all = Vec::new();
    for case in entries(Path::new("tests/compile")) {
        let specs = entries(&case).into_iter();
        let specs = specs.filter(|path| path.file_stem().is_some_and(|stem| stem == "spec"));
        all.extend(specs.map(|spec| (spec, case.clone())));
    }
    for spec in entries(Path::new("src/cli/init")) {
        if spec.extension().is_some_and(|ending| ending == "yaml") {
            let stem = spec.file_stem().unwrap_or_default();
            let expected = Path::new("tests/compile/_init").join(stem);
            all.push((spec, expected));
        }
    }
    let expected = Path::new("tests/compile/_specs");
    for folder in ["specs", "specs/split"] {
        for spec in entries(Path::new(folder)) {
            let below = folder
                .strip_prefix("specs")
                .unwrap_or_default()
                .trim_start_matches('/');
            let stem = spec.file_stem().unwrap_or_default();
            let expected = expected.join(below).join(stem);
            if spec.is_file() && expected.is_dir() {
                all.push((spec, expected));
            }
        }
    }
    all
}

/// The model and the template file of a spec, or what stands in their way.
fn build(spec: &Path) -> Result<[Vec<u8>; 2], String> {
    let sources = SourceMap::default();
    let bytes = std::fs::read(spec).map_err(|error| error.to_string())?;
    let outcome = mtp::check(
        &sources,
        &Disk,
        spec,
        bytes,
        Taken::AsSpec,
        &Options::default(),
    );
    let told = || {
        outcome
            .diagnostics
            .iter()
            .map(|finding| format!("{}: {}\n", finding.rule.name, finding.message))
    };
    let protocol = outcome
        .protocol
        .as_ref()
        .ok_or_else(|| told().collect::<String>())?;
    let (mut model, mut template) = (Vec::new(), Vec::new());
    emit::model(protocol, &mut model).map_err(|error| error.to_string())?;
    emit::template(protocol, &mut template).map_err(|error| error.to_string())?;
    Ok([model, template])
}

#[test]
fn every_spec_becomes_what_the_reference_writes() {
    let all = all();
    assert!(all.len() > 200, "only {} specs were found", all.len());
    let mut failures = Vec::new();
    for (spec, expected) in all {
        let read = |name| std::fs::read(expected.join(name)).map_err(|error| error.to_string());
        match (build(&spec), read("model.json"), read("template.json")) {
            (Ok([model, template]), Ok(wanted_model), Ok(wanted_template)) => {
                for (name, found, wanted) in [
                    ("model", model, wanted_model),
                    ("template", template, wanted_template),
                ] {
                    if found != wanted {
                        failures.push(format!(
                            "{}: {name}: {}",
                            spec.display(),
                            difference(&found, &wanted)
                        ));
                    }
                }
            }
            (Err(told), _, _) => failures.push(format!("{}: refused:\n{told}", spec.display())),
            (_, Err(error), _) | (_, _, Err(error)) => {
                failures.push(format!("{}: {error}", expected.display()))
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The first line that differs.
fn difference(found: &[u8], wanted: &[u8]) -> String {
    let (found, wanted) = (
        String::from_utf8_lossy(found),
        String::from_utf8_lossy(wanted),
    );
    let mut lines = found.lines().zip(wanted.lines()).enumerate();
    match lines.find(|(_, (found, wanted))| found != wanted) {
        Some((at, (found, wanted))) => {
            format!("line {}: found {found:?}, expected {wanted:?}", at + 1)
        }
        None => "one has more lines, or another end, than the other".to_owned(),
    }
}

#[test]
fn the_examples_have_nothing_to_report() {
    for (spec, _) in all()
        .into_iter()
        .filter(|(spec, _)| spec.starts_with("specs") || spec.starts_with("src"))
    {
        let found: Vec<String> = common::findings(&spec)
            .into_iter()
            .map(|finding| finding.shown)
            .collect();
        assert!(found.is_empty(), "{}: {}", spec.display(), found.concat());
    }
}
