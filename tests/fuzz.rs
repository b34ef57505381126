//! What the fuzz targets have found, run again: `tests/fuzz/found/TARGET/` holds an input a
//! file. `tests/fuzz/run.py` looks for more.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;
#[allow(unreachable_pub, reason = "it is a crate of its own for the fuzzer")]
#[path = "fuzz/src/lib.rs"]
mod targets;

use std::path::Path;

#[test]
fn nothing_that_was_found_fails_again() {
    type Target = fn(&[u8]);
    let all: [(&str, Target); 11] = [
        ("answer", targets::answer),
        ("compile", targets::compile),
        ("findings", targets::findings),
        ("fmt", targets::fmt),
        ("gguf", targets::gguf),
        ("import", targets::import),
        ("json", targets::json),
        ("lsp", targets::lsp),
        ("template", targets::template),
        ("toml", targets::toml),
        ("yaml", targets::yaml),
    ];
    let found = common::entries(Path::new("tests/fuzz/found"));
    for folder in &found {
        let name = folder.file_name().expect("a name").to_string_lossy();
        let target = all.iter().find(|(known, _)| *known == name);
        let (_, target) = target.unwrap_or_else(|| panic!("no target is called {name}"));
        for path in common::entries(folder) {
            let bytes = std::fs::read(&path).expect("a file");
            let result = std::panic::catch_unwind(|| target(&bytes));
            assert!(result.is_ok(), "{} fails again", path.display());
        }
    }
    // An input for each, so that the targets stay true.
    let spec = std::fs::read("specs/wonderland.yaml").expect("a spec");
    let marked = [b"y".as_slice(), &spec].concat();
    let edited = [b"y\x02\x01\x03\x02\x09\x81\x04\x04\x00".as_slice(), &spec].concat();
    for (name, target) in all {
        let bytes: &[u8] = match name {
            "compile" | "findings" | "fmt" | "import" => &marked,
            "lsp" => &edited,
            _ => &spec,
        };
        target(bytes);
    }
}

/// What `run.py --record` wrote stands in the table of the page on reliability.
#[test]
fn the_page_tells_how_long_each_target_has_run() {
    let ledger = std::fs::read_to_string("tests/fuzz/ran.json").expect("a ledger");
    let ledger: serde_json::Value = serde_json::from_str(&ledger).expect("JSON");
    let page = std::fs::read_to_string("docs/reliability.md").expect("a page");
    let targets = common::entries(Path::new("tests/fuzz/fuzz_targets"));
    assert_eq!(
        ledger.as_object().map(serde_json::Map::len),
        Some(targets.len())
    );
    for target in targets {
        let name = target.file_stem().expect("a name").to_string_lossy();
        let number = |key: &str| ledger[&*name][key].as_u64().expect("a number");
        let end = format!("| {} s | {} |", number("seconds"), number("executions"));
        let row = page
            .lines()
            .find(|row| row.starts_with(&format!("| `{name}` |")));
        let row = row.unwrap_or_else(|| panic!("no row for {name}"));
        assert!(row.ends_with(&end), "{row}\nhas to end with {end}");
    }
}
