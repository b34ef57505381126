//! Wording of `unexpected-value`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::error("unexpected-value", include_str!("unexpected_value.md"));

/// A sample gives a number and ends in `name`, which takes none.
pub fn diagnostic(value: Span, name: &str, declared: Option<Span>) -> Diagnostic {
    Diagnostic::new(&RULE, value, format!("`value` is given, but `{name}` takes no number"))
        .also(declared, "not a `final_num` token")
        .help("remove `value`: only a sample that ends in a `final_num` token has one")
}
