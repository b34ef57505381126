//! The change of a file as a unified diff on standard output.

use super::shared::Failure;
use crate::report::escaped;
use std::io::{self, Write};

/// Prints how `new` differs from `old`, the content of the file at `path`.
pub(super) fn show(path: &str, old: &str, new: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let diff = similar::TextDiff::from_lines(old, new);
    let text = diff.unified_diff().header(path, path).to_string();
    let text: String = text.split_inclusive('\n').map(escaped_line).collect();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::stream(&error))
}

/// A line of a diff without anything that a terminal would obey.
fn escaped_line(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(line) => format!("{}\n", escaped(line)),
        None => escaped(line).into_owned(),
    }
}
