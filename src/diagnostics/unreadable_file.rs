//! Wording of `unreadable-file`.

use super::{Diagnostic, Rule, quoted_list};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::locked("unreadable-file", include_str!("unreadable_file.md"));

/// Longer paths are not repeated in messages.
const LONG: usize = 1000;

/// The file of this path cannot be read; `reason` says why.
pub fn unreadable(path: &Text<'_>, reason: &str) -> Diagnostic {
    if path.value.is_empty() {
        return Diagnostic::new(&RULE, path.span, reason.to_owned()).help("name a file, or remove the entry");
    }
    let shown = match path.value.len() {
        ..=LONG => format!("`{}`", path.value),
        _ => "the file".to_owned(),
    };
    Diagnostic::new(&RULE, path.span, format!("cannot read {shown}: {reason}"))
        .help("a path is relative to the file that names it")
}

/// The file of this path was another one when it was read again.
pub fn changed(path: &Text<'_>) -> Diagnostic {
    let message = format!("cannot read `{}`: it was changed while it was read", path.value);
    Diagnostic::new(&RULE, path.span, message).help("run again once nothing writes to it")
}

/// The file of this path is not what its ending says, or damaged; `reason` says more.
pub fn damaged(path: &Text<'_>, reason: &str) -> Diagnostic {
    Diagnostic::new(&RULE, path.span, format!("cannot read `{}`: {reason}", path.value))
        .help("make the file anew")
}

/// What the packed file of this path holds cannot be written to the disk; `reason` says why.
pub fn not_unpacked(path: &Text<'_>, reason: &str) -> Diagnostic {
    let message = format!("cannot read `{}`: there is no place for what it holds: {reason}", path.value);
    Diagnostic::new(&RULE, path.span, message).help("make room on the disk, or set `TMPDIR` to a folder on another one")
}

/// The path is absolute.
pub fn absolute(path: &Text<'_>) -> Diagnostic {
    Diagnostic::new(&RULE, path.span, format!("the path `{}` is absolute", path.value))
        .help("write it relative to this file, inside the project")
}

/// The path leads out of the project.
pub fn outside(path: &Text<'_>) -> Diagnostic {
    Diagnostic::new(&RULE, path.span, format!("the path `{}` leads out of the project", path.value))
        .help("move the file into the project: the folder with `mtp.toml` or `.git`, else that of the spec")
}

/// The file's ending tells no format that can be read.
pub fn unknown_ending(path: &Text<'_>, known: &[&str]) -> Diagnostic {
    Diagnostic::new(&RULE, path.span, format!("the ending of `{}` is not known", path.value))
        .help(format!("use {}", with_dots(known)))
}

/// The same of a file with samples, which may be compressed.
pub fn unknown_data_ending(path: &Text<'_>, known: &[&str]) -> Diagnostic {
    let lines = "JSON Lines, CSV and TSV may be compressed: `.jsonl.gz`, `.csv.zst`";
    Diagnostic::new(&RULE, path.span, format!("the ending of `{}` is not known", path.value))
        .help(format!("use {}; {lines}", with_dots(known)))
}

fn with_dots(endings: &[&str]) -> String {
    let endings: Vec<String> = endings.iter().map(|ending| format!(".{ending}")).collect();
    quoted_list(endings.iter().map(String::as_str), endings.len())
}

/// The file needs a part of the program that was left out when it was built.
pub fn left_out(path: &Text<'_>, feature: &str) -> Diagnostic {
    Diagnostic::new(&RULE, path.span, format!("cannot read `{}`: this `mtp` was built without `{feature}`", path.value))
        .help(format!(
            "install it with `cargo install --path . --features {feature}`, or write the samples as JSON Lines"
        ))
}

/// The file includes itself, directly or through others.
pub fn cycle(path: &Text<'_>) -> Diagnostic {
    Diagnostic::new(&RULE, path.span, format!("including `{}` here goes round in a circle", path.value))
        .help("move what both files need into a third one")
}

/// The pattern matches no file.
pub fn no_match(path: &Text<'_>) -> Diagnostic {
    Diagnostic::new(&RULE, path.span, format!("no file matches `{}`", path.value))
        .help("a pattern is relative to the file that names it")
}

/// Workbooks are read by a part of the program that was left out when it was built.
pub fn workbooks_left_out(span: Span, feature: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("cannot read a workbook: this `mtp` was built without `{feature}`"))
        .help(format!("install it with `cargo install --path . --features {feature}`, or save the sheet as CSV"))
}
