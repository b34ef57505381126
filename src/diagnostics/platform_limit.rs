//! Wording of `platform-limit`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::error("platform-limit", include_str!("platform_limit.md")).on_request();

/// There are `count` rows, fewer than `platform` takes.
pub fn too_few_rows(span: Span, platform: &str, count: usize, least: usize) -> Diagnostic {
    let rows = if count == 1 { "row" } else { "rows" };
    Diagnostic::new(&RULE, span, format!("{count} {rows}, and {platform} takes {least} or more"))
}

/// The file `file` would have `count` rows, fewer than `platform` takes.
pub fn too_few_rows_in(span: Span, platform: &str, file: &str, count: usize, least: usize) -> Diagnostic {
    let rows = if count == 1 { "row" } else { "rows" };
    Diagnostic::new(&RULE, span, format!("`{file}` would have {count} {rows}, and {platform} takes {least} or more"))
}

/// The tool at `span` has a name that `platform` does not take.
pub fn tool_name(span: Span, platform: &str, name: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("`{name}` is no name of a tool that {platform} takes"))
        .help("letters from a to z, digits, `_` and `-`, 64 at most; or use --final line")
}

/// The message at `span` is of a role that `platform` does not take there.
pub fn order(span: Span, platform: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("{platform} takes user and assistant in turn only, the user first"))
}
