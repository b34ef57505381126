//! Wording of `wrong-type`.

use super::{Diagnostic, Rule};
use crate::source::{Span, Text};

/// The rule.
pub static RULE: Rule = Rule::locked("wrong-type", include_str!("wrong_type.md"));

/// What stands where something else is expected.
#[derive(Clone, Copy, Debug)]
pub enum Found<'v> {
    /// No value at all.
    Nothing,
    /// `true` or `false` of TOML and JSON.
    Boolean,
    /// A number of TOML and JSON.
    Number,
    /// Quoted text.
    Text(&'v str),
    /// A plain YAML scalar: what it looks like, and what is written.
    Plain(&'static str, &'v str),
    /// Anything else, by its name with an article.
    Named(&'static str),
}

/// Something else than `expected` ("text", "a whole number", "a list of ...") is
/// written at `span`.
pub fn diagnostic(span: Span, expected: &str, found: Found<'_>) -> Diagnostic {
    let name = match found {
        Found::Nothing => "nothing",
        Found::Boolean => "true or false",
        Found::Number | Found::Plain("a number", _) if expected == "a whole number" => "a decimal number",
        Found::Number => "a number",
        Found::Text(_) => "text",
        Found::Plain(name, _) | Found::Named(name) => name,
    };
    let finding = Diagnostic::new(&RULE, span, format!("expected {expected}, found {name}"));
    let wants_list = expected.starts_with("a list");
    let wants_text = expected.starts_with("text") || expected.contains("name") && !wants_list;
    let wants_boolean = expected.contains("`true`");
    let wants_number = expected.ends_with("number");
    if expected.starts_with("a sample") {
        return finding.help(
            "write `{\"input\": [\"…\"], \"output\": \"…\"}`, with one text for each input",
        );
    }
    match found {
        Found::Number | Found::Boolean if wants_text => {
            finding.help("put it in quotes")
        }
        Found::Text(text) if wants_number && text.parse::<f64>().is_ok() => {
            finding.help("remove the quotes")
        }
        Found::Text("true" | "false") if wants_boolean => finding.help("remove the quotes"),
        Found::Plain(_, "yes" | "on" | "y") if wants_boolean => finding.help("write `true`"),
        Found::Plain(_, "no" | "off" | "n") if wants_boolean => finding.help("write `false`"),
        Found::Text(_) | Found::Plain(..) if wants_list => {
            finding.help("put it in brackets: a list of one")
        }
        _ => finding,
    }
}

/// A file that holds `found` ("a table") was named as a spec.
pub fn no_spec(span: Span, found: &str, help: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("expected a spec, found {found}")).help(help)
}

/// The columns of a table are not those that the type of the instruction needs.
pub fn output_column(name: &Text<'_>, wants_labels: bool) -> Diagnostic {
    let written = &name.value;
    let (message, help) = if wants_labels {
        (
            format!("expected a column `output.LABEL` for each label, found `{written}`"),
            "a multi classifier gives one value for each label",
        )
    } else {
        (
            format!("expected the column `output`, found `{written}`"),
            "only a multi classifier has columns `output.LABEL`",
        )
    };
    Diagnostic::new(&RULE, name.span, message).help(help)
}

/// A cell of a workbook holds `found` ("a date or time").
pub fn cell(span: Span, found: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("expected text, found {found}"))
        .help("give the cell the format Text and write what is to be read")
}
