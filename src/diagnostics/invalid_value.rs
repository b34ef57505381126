//! Wording of `invalid-value`.

use super::{Diagnostic, Rule, nearest, quoted_list, suggest};
use crate::source::Span;
use crate::source::Text;

/// The rule.
pub static RULE: Rule = Rule::locked("invalid-value", include_str!("invalid_value.md"));

/// `text` is none of the values that `what` ("token type") can have.
pub fn unknown(text: &Text<'_>, what: &str, known: &[&'static str]) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, text.span, format!("unknown {what} `{}`", text.value));
    match nearest(&text.value, known.iter().copied()) {
        Some(near) if suggest::is_certain(&text.value, known.iter().copied()) => finding
            .help(format!("did you mean `{near}`?"))
            .fix_scalar(format!("Replace by `{near}`"), text.span, near),
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None if known.len() <= 8 => {
            finding.help(format!("one of {}", quoted_list(known.iter().copied(), 8)))
        }
        None => finding.help("`mtp explain` lists them all"),
    }
}

/// A whole number below its least value.
pub fn too_small(span: Span, what: &str, least: i128) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("{what} has to be {least} or more"))
}

/// A whole number above its largest value.
pub fn too_large(span: Span, what: &str, most: i128) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("{what} has to be {most} or less"))
}

/// A number that is infinite, no number, or too large to be held.
pub fn number_size(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the number is infinite, no number, or too large to be kept exactly")
}

/// The level of a rule that has to stay what it is.
pub fn locked_rule(span: Span, rule: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the rule `{rule}` is always an error"))
        .help("without it nothing can be built: remove the entry")
}

/// A pattern of file names that cannot be used.
pub fn pattern(span: Span, reason: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("not a pattern of file names: {reason}"))
}
