//! Wording of `control-text`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::warning("control-text", include_str!("control_text.md"));

/// A text holds `control`, which the wire format uses itself.
pub fn diagnostic(span: Span, control: &str) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, span, match control {
        "\n" | "\r" | "\r\n" => "the text holds a line break, which the wire format uses itself".to_owned(),
        _ => format!("the text holds `{control}`, which the wire format uses itself"),
    });
    finding.help("take it out: the model would take it for the end of a line or for a command")
}
