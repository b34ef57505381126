//! Tables that become specs: `tests/import/tables/`.
//!
//! A folder holds `table.csv` and the model file that the reference makes of it
//! (`tests/reference/tables.py --bless`); every `twin*` beside them has to give the same.
//! Files `bad*` have to be refused; beside each stands `….expected` with its findings.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::{blessed, entries};
use mtp::diagnostics::{Diagnostics, Severity};
use mtp::import::table;
use mtp::source::SourceMap;
use mtp::{Imported, Options, emit, import_table, ir, validate};
use std::path::{Path, PathBuf};

const FOLDER: &str = "tests/import/tables";

/// The folders of cases, and the tables in them whose names begin with one of these.
fn tables(beginnings: &[&str]) -> Vec<(PathBuf, Vec<PathBuf>)> {
    let folder = std::env::var_os("MTP_TABLES").map_or(PathBuf::from(FOLDER), PathBuf::from);
    let is_wanted = |path: &PathBuf| {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_readable = cfg!(feature = "xlsx") || !name.contains(".xlsx");
        table::is_table(path)
            && is_readable
            && beginnings.iter().any(|start| name.starts_with(start))
    };
    entries(&folder)
        .into_iter()
        .map(|case| {
            let found = entries(&case).into_iter().filter(is_wanted).collect();
            (case, found)
        })
        .collect()
}

fn imported<'s>(sources: &'s SourceMap, path: &Path, name: &str) -> Imported<'s> {
    let bytes = std::fs::read(path).expect("a table");
    let wanted = table::Options {
        name: name.to_owned(),
        ..table::Options::default()
    };
    import_table(sources, path, bytes, &wanted, &Options::default())
}

/// The model file of what a table becomes.
fn model(path: &Path, name: &str) -> Result<String, String> {
    let sources = SourceMap::default();
    let imported = imported(&sources, path, name);
    let told = format!("{:#?}", imported.diagnostics);
    let spec = imported.spec.ok_or(told)?;
    let mut findings = Diagnostics::default();
    let (protocol, own) =
        ir::protocol(vec![spec], None, &mut findings).ok_or("no protocol".to_owned())?;
    let (_, valid) = validate::validate(
        protocol,
        &sources,
        &own,
        &mtp::load::Limits::default(),
        findings,
    );
    let mut out = Vec::new();
    emit::model(&valid.ok_or("not valid")?, &mut out).map_err(|error| error.to_string())?;
    String::from_utf8(out).map_err(|error| error.to_string())
}

#[test]
fn every_table_becomes_what_the_reference_makes_of_it() {
    let mut failures = Vec::new();
    let mut count = 0;
    for (case, tables) in tables(&["table", "twin"]) {
        let name = case.file_name().unwrap_or_default().to_string_lossy();
        for path in tables {
            count += 1;
            let expected = std::fs::read_to_string(case.join("model.json")).unwrap_or_default();
            match model(&path, &name) {
                Ok(found) if found == expected => {}
                Ok(found) => {
                    let lines = found.lines().zip(expected.lines());
                    let differs = lines
                        .into_iter()
                        .find(|(found, expected)| found != expected);
                    failures.push(format!("{}: {differs:?}", path.display()));
                }
                Err(told) => failures.push(format!("{}: {told}", path.display())),
            }
        }
    }
    assert!(count > 5, "only {count} tables were found");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_bad_table_is_refused_at_its_place() {
    let mut failures = Vec::new();
    for path in tables(&["bad"]).into_iter().flat_map(|(_, tables)| tables) {
        let sources = SourceMap::default();
        let imported = imported(&sources, &path, "bad");
        let shown: String = imported
            .diagnostics
            .iter()
            .map(|finding| common::shown(&sources, finding, Path::new("")))
            .collect();
        let is_error = |severity| severity == Severity::Error;
        if !imported
            .diagnostics
            .iter()
            .any(|finding| is_error(finding.severity))
        {
            failures.push(format!("{}: no error was found", path.display()));
        }
        if imported.spec.is_some() {
            failures.push(format!("{}: a spec was made", path.display()));
        }
        failures.extend(blessed(&path, "expected", &shown));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_is_given_beside_the_table_is_in_the_spec() {
    let text = "Reference;Input;Output\n;\"a;b\";yes\n;c;no\n".to_owned() + &"x;d;\n".repeat(8);
    let wanted = table::Options {
        delimiter: Some(b';'),
        name: "my name".to_owned(),
        context: (1..=10).map(|n| format!("Line {n}.")).collect(),
    };
    let sources = SourceMap::default();
    let path = Path::new("data.csv");
    let options = Options::default();
    let imported = import_table(&sources, path, text.clone().into_bytes(), &wanted, &options);
    let spec = imported
        .spec
        .unwrap_or_else(|| panic!("{:#?}", imported.diagnostics));
    let given = |given: Option<mtp::ast::Given<_>>| given?.value.map(|value| value.value);
    assert_eq!(given(spec.name).as_deref(), Some("my name"));
    let context = spec.context.and_then(|context| context.value);
    assert_eq!(context.map(|lines| lines.value.len()), Some(10));
    assert_eq!(spec.instructions[0].samples.len(), 10);
    assert_eq!(spec.instructions[0].context.len(), 8);

    // With another delimiter there is but one column.
    let wanted = table::Options {
        delimiter: Some(b'|'),
        ..wanted
    };
    let imported = import_table(&sources, path, text.into_bytes(), &wanted, &options);
    let rules: Vec<_> = imported
        .diagnostics
        .iter()
        .map(|finding| finding.rule.name)
        .collect();
    assert_eq!(rules, ["missing-key"]);
    assert!(imported.spec.is_none());
}

#[cfg(feature = "xlsx")]
#[test]
fn no_damage_to_a_workbook_is_worse_than_a_finding() {
    let whole = std::fs::read(Path::new(FOLDER).join("state-machine/twin.xlsx")).expect("a file");
    let wanted = table::Options::default();
    let read = |bytes: Vec<u8>| {
        let sources = SourceMap::default();
        let path = Path::new("table.xlsx");
        let found = import_table(&sources, path, bytes, &wanted, &Options::default());
        found.diagnostics.len()
    };
    for end in (0..whole.len()).step_by(whole.len() / 50) {
        assert_eq!(read(whole[..end].to_vec()), 1, "cut to {end}");
    }
    for at in (0..whole.len()).step_by(whole.len() / 300) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        read(bytes);
    }
    let mut options = Options::default();
    options.limits.bytes = whole.len() as u64;
    let sources = SourceMap::default();
    let found = import_table(&sources, Path::new("a.xlsx"), whole, &wanted, &options);
    let rules: Vec<_> = found
        .diagnostics
        .iter()
        .map(|finding| finding.rule.name)
        .collect();
    assert_eq!(rules, ["limit-exceeded"]);
}

#[test]
fn delimiters_are_single_signs() {
    for (text, wanted) in [
        (";", Some(b';')),
        ("tab", Some(b'\t')),
        ("\\t", Some(b'\t')),
        ("\t", Some(b'\t')),
        ("|", Some(b'|')),
        ("", None),
        ("\"", None),
        ("a", None),
        (";;", None),
        ("é", None),
    ] {
        assert_eq!(table::delimiter(text), wanted, "{text:?}");
    }
}
