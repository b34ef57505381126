//! Wording of `missing-value`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("missing-value", include_str!("missing_value.md"));

/// A sample ends in the `final_num` token `name` and gives no number.
pub fn diagnostic(sample: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(&RULE, sample, format!("the sample ends in `{name}` and gives no `value`"))
        .also(declared, "a `final_num` token")
        .help("add `value` with a number")
}
