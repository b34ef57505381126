//! Wording of `untrimmed-text`.

use super::{Diagnostic, Rule, Safety};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("untrimmed-text", include_str!("untrimmed_text.md"));

/// White space at `span`, the start or end of a text. `cure` is how certain it is that it
/// can go; `None` where it goes over lines, so that it belongs to the notation.
pub fn diagnostic(span: Span, at_start: bool, cure: Option<Safety>) -> Diagnostic {
    let side = if at_start { "begins" } else { "ends" };
    let finding = Diagnostic::new(&RULE, span, format!("the text {side} with white space")).help("remove it");
    match cure {
        Some(safety) => finding.fix(safety, "Remove the white space", span, ""),
        None => finding,
    }
}

/// The line breaks that a YAML block keeps at its end. `only` says that no blank stands
/// before a single one, `indicator` where `-` has to stand in the block's first line.
pub fn block_end(span: Span, only: bool, indicator: Span, safety: Safety) -> Diagnostic {
    let end = if only { "a line break" } else { "white space" };
    Diagnostic::new(&RULE, span, format!("the text ends with {end}"))
        .help("write `|-` or `>-` to leave out the last line break of the block")
        .fix(safety, "Leave out the last line break", indicator, "-")
}
