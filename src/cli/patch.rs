//! What would change in files, as a unified diff: for `patch -p0` and `git apply -p0` where
//! a program reads it, and harmless where people do.

use super::fix::Fixed;
use super::shared::Failure;
use crate::source::{Disk, Files};
use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

/// Prints what fixes would change.
pub(super) fn show(fixed: &Fixed) -> Result<(), Failure> {
    for path in fixed.cured.keys() {
        let bytes = Disk.read(Path::new(path), u64::MAX);
        let old = bytes.map_err(|error| Failure::of(format!("cannot read `{path}`"), error))?;
        let old = String::from_utf8_lossy(&old);
        let new = fixed.texts.get(Path::new(path)).unwrap_or_default();
        show_file(path, &old, new)?;
    }
    Ok(())
}

/// Prints how `new` differs from `old`, the content of the file at `path`; to a terminal
/// without anything that it would obey.
pub(super) fn show_file(path: &str, old: &str, new: &str) -> Result<(), Failure> {
    let text = unified(path, old, new);
    let text: Cow<'_, str> = match io::stdout().is_terminal() {
        true => Cow::Owned(text.split_inclusive('\n').map(escaped_line).collect()),
        false => Cow::Borrowed(&text),
    };
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::stream(&error))
}

/// The changes from `old` to `new`. Only `\n` ends a line, as `patch` has it.
fn unified(path: &str, old: &str, new: &str) -> String {
    let lines =
        |text: &'_ str| -> Vec<String> { text.split_inclusive('\n').map(str::to_owned).collect() };
    let (old, new) = (lines(old), lines(new));
    let old: Vec<&str> = old.iter().map(String::as_str).collect();
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    let mut config = similar::TextDiff::configure();
    let diff = config.newline_terminated(true).diff_slices(&old, &new);
    let name = header(path);
    diff.unified_diff().header(&name, &name).to_string()
}

/// A path as the head of a diff has it: in quotes if it holds what would end it early,
/// and with a tab behind it if it holds a blank.
fn header(path: &str) -> String {
    if path.contains(|c: char| c.is_control() || c == '"' || c == '\\') {
        let mut quoted = String::from("\"");
        for byte in path.bytes() {
            match byte {
                b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
                b' '..=b'~' => quoted.push(char::from(byte)),
                _ => quoted.push_str(&format!("\\{byte:03o}")),
            }
        }
        return quoted + "\"";
    }
    match path.contains(' ') {
        true => format!("{path}\t"),
        false => path.to_owned(),
    }
}

/// A line of a diff without anything that a terminal would obey.
fn escaped_line(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(line) => format!("{}\n", crate::report::escaped(line)),
        None => crate::report::escaped(line).into_owned(),
    }
}
