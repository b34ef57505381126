//! Wording of `limit-exceeded`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("limit-exceeded", include_str!("limit_exceeded.md"));

/// Nesting beyond `limit` at `span`.
pub fn nesting(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("lists and maps are nested more than {limit} deep"))
        .help("write it flatter; `mtp validate` and `mtp build` take another limit with `--limit nesting=N`")
}

/// The alias at `span` would copy more than the limit of nodes.
pub fn aliases(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("aliases stand for more than {limit} values in all"))
        .help("write the values out where they are needed; `mtp validate` and `mtp build` take another limit with `--limit aliases=N`")
}

/// The file has more than `limit` bytes.
pub fn bytes(span: Span, limit: u64) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the file has more than {limit} bytes"))
        .help("raise the limit with `--max-bytes`, or move samples to files for `samples_from`")
}

/// The file that a spec names at `span` has more than `limit` bytes.
pub fn named_bytes(span: Span, limit: u64) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the file has more than {limit} bytes"))
        .help("raise the limit with `--max-bytes`, or divide the file")
}

/// The file has more than `limit` bytes once it is unpacked.
pub fn unpacked(span: Span, limit: u64) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the file has more than {limit} bytes when it is unpacked"))
        .help("raise the limit with `--max-bytes`, or split the file")
}

/// A line or a row of the file that a spec names at `span` has more than `limit` bytes.
pub fn row(span: Span, limit: u64) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("a line of the file, or a row of the table, has more than {limit} bytes"))
        .help("no sample is so long: behind a quote that is not closed, the rest of a table is one row")
}

/// The file that a spec names at `span` has more than `limit` errors.
pub fn errors(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the file has more than {limit} errors, and was not read to its end"))
        .help("mend those that are shown first")
}

/// A spec names more than `limit` files.
pub fn files(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the spec names more than {limit} files"))
        .help("raise the limit with `--limit files=N`; a pattern counts as twenty files")
}

/// From `span` on, `count` findings of `rule` are left out. They would have been what the
/// others are, so this is a finding of that rule.
pub fn findings(rule: &'static Rule, span: Span, count: usize) -> Diagnostic {
    Diagnostic::new(rule, span, format!("from here on, {count} more findings of `{}` are left out", rule.name))
        .help("mend those that are shown first, or raise the limit with `--limit findings=N`")
}
