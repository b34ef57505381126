//! What commands do in a folder, from start to end: `tests/commands/CASE.txt`.
//!
//! A case is a script. Its lines are commands, run one after the other in a folder of
//! their own: `mtp …` (with `< FILE` at the end for standard input), `cd FOLDER` (from that
//! folder, not from where one is), `link FILE NEW`, `symlink TARGET NEW`, and `copy FILE NEW`
//! of a file of the project. Behind them stand the files that the folder holds, each below a
//! line `-- NAME --`; below `-- NAME (escaped) --`, `\r`, `\t`, `\\`, `\xHH` and `\c` (no
//! line break at the end) mean what they do in `printf`. Beside it stands
//! `CASE.txt.expected` (cases of a `workbook` need the feature `xlsx`): what every command printed, how it ended, and every file that is
//! new, changed or gone at the end. `MTP_BLESS=1 cargo test` rewrites it.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{mtp, run, run_with_input};
use common::{blessed, entries};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

#[test]
fn every_case_goes_as_expected() {
    let mut failures = Vec::new();
    let cases = entries(Path::new("tests/commands")).into_iter();
    let cases: Vec<PathBuf> = cases
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .filter(|path| {
            let is_of_workbooks = path.to_string_lossy().contains("workbook");
            cfg!(feature = "xlsx") || !is_of_workbooks
        })
        .collect();
    assert!(!cases.is_empty());
    for case in cases {
        let script = std::fs::read_to_string(&case).expect("a text");
        failures.extend(blessed(&case, "expected", &played(&script)));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Plays a script in a new folder; what came of it.
fn played(script: &str) -> String {
    let folder = TempDir::new().expect("a folder");
    let at = script.find("\n-- ").map_or(script.len(), |at| at + 1);
    let (commands, files) = script.split_at(at);
    for part in files.split_inclusive('\n').fold(Vec::new(), sections) {
        put(folder.path(), &part);
    }
    let before = contents(folder.path());
    let mut told = String::new();
    let mut here = folder.path().to_path_buf();
    for line in commands.lines().filter(|line| !line.is_empty()) {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let path = |name: &str| folder.path().join(name);
        match words.as_slice() {
            ["#", ..] => {}
            ["cd", inner] => {
                here = path(inner);
                let _ = writeln!(told, "$ {line}");
            }
            ["link", file, new] => {
                std::fs::hard_link(path(file), path(new)).expect("a link");
            }
            ["symlink", target, new] => {
                std::os::unix::fs::symlink(target, path(new)).expect("a link");
            }
            ["copy", file, new] => {
                std::fs::copy(file, path(new)).expect("a copy");
            }
            ["mtp", arguments @ ..] => {
                let (arguments, input) = match arguments {
                    [arguments @ .., "<", file] => (arguments, Some(path(file))),
                    _ => (arguments, None),
                };
                let mut command = mtp(arguments);
                command.current_dir(&here);
                let (code, stdout, stderr) = match input {
                    Some(file) => {
                        run_with_input(&mut command, &std::fs::read(file).expect("a file"))
                    }
                    None => run(&mut command),
                };
                let _ = writeln!(told, "$ {line}\n[exit {code}]");
                for (stream, text) in [("out", stdout), ("err", stderr)] {
                    for line in lasting(&text, folder.path()).split_inclusive('\n') {
                        let line = format!("{stream}| {}", visible(line));
                        let _ = writeln!(told, "{}", line.trim_end());
                    }
                }
            }
            _ => panic!("`{line}` is no command"),
        }
    }
    let after = contents(folder.path());
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for name in names {
        let change = match (before.get(name), after.get(name)) {
            (None, Some(_)) => "new",
            (Some(_), None) => "gone",
            (Some(old), Some(new)) if old != new => "changed",
            _ => continue,
        };
        let _ = writeln!(told, "-- {name} ({change}) --");
        let text = after.get(name).map(String::as_str).unwrap_or_default();
        for line in text.split_inclusive('\n') {
            let _ = writeln!(told, "{}", visible(line));
        }
    }
    told
}

/// Without what is another one in every run: the folder and times.
fn lasting(text: &str, folder: &Path) -> String {
    let text = text.replace(&*folder.to_string_lossy(), "FOLDER");
    match text.split_once(" Took ") {
        Some((before, after)) => {
            let rest = after.split_once(" s.").map_or("", |(_, rest)| rest);
            format!("{before}{rest}")
        }
        None => text,
    }
}

/// A line with what cannot be seen spelled out.
fn visible(line: &str) -> String {
    let (line, end) = match line.strip_suffix('\n') {
        Some(line) => (line, ""),
        None => (line, "\\c"),
    };
    let mut out = String::new();
    for c in line.chars() {
        match c {
            '\r' => out.push_str("\\r"),
            c if c.is_control() || matches!(c, '\u{a0}' | '\u{202e}' | '\u{feff}') => {
                out.extend(c.escape_unicode());
            }
            c => out.push(c),
        }
    }
    // Nothing in a committed file ends with white space.
    if out.ends_with(' ') {
        out.push_str("\\c");
        return out.replace(" \\c", "\\x20") + end;
    }
    out + end
}

/// The words of a command; `'…'` is one.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// Collects lines to sections, each with its header first.
fn sections(mut parts: Vec<String>, line: &str) -> Vec<String> {
    if line.starts_with("-- ") && line.trim_end().ends_with(" --") {
        parts.push(String::new());
    }
    if let Some(part) = parts.last_mut() {
        part.push_str(line);
    }
    parts
}

/// Writes the file of a section.
fn put(folder: &Path, section: &str) {
    let (header, text) = section.split_once('\n').expect("a header");
    let name = header.trim_start_matches("-- ").trim_end_matches(" --");
    let (name, bytes) = match name.strip_suffix(" (escaped)") {
        Some(name) => (name, unescaped(text)),
        None => (name, text.as_bytes().to_vec()),
    };
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, bytes).expect("a file");
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut parts = text.strip_suffix("\\c\n").unwrap_or(text).split('\\');
    bytes.extend(parts.next().unwrap_or_default().bytes());
    while let Some(part) = parts.next() {
        let (byte, length) = match part.bytes().next() {
            Some(b'r') => (b'\r', 1),
            Some(b't') => (b'\t', 1),
            Some(b'x') => (u8::from_str_radix(&part[1..3], 16).expect("two digits"), 3),
            None => {
                bytes.push(b'\\');
                bytes.extend(parts.next().unwrap_or_default().bytes());
                continue;
            }
            Some(other) => panic!("no escape: {}", char::from(other)),
        };
        bytes.push(byte);
        bytes.extend(part[length..].bytes());
    }
    bytes
}

/// All files below a folder with their text; a link with what it leads to.
fn contents(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(inner) = folders.pop() {
        for path in entries(&inner) {
            let name = path.strip_prefix(folder).expect("a path below");
            let name = name.to_string_lossy().into_owned();
            if path.is_symlink() {
                let target = std::fs::read_link(&path).expect("a link");
                found.insert(name, format!("-> {}\n", target.display()));
            } else if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).expect("a file");
                found.insert(name, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
    found
}
