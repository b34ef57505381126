//! The texts of a JSON Lines file, one a line.

use super::{Text, add};
use crate::diagnostics::{Diagnostics, invalid_value, syntax};
use crate::source::{SourceMap, Span};

/// The texts of `whole`, which is called `name`. Lines that hold none are reported at their
/// places.
pub(super) fn texts(
    whole: &str,
    name: &str,
    sources: &SourceMap,
    findings: &mut Diagnostics,
) -> Vec<Text> {
    let mut texts = Vec::new();
    let mut origin = None;
    let mut start = 0;
    for (at, line) in whole.split_inclusive('\n').enumerate() {
        let from = start;
        start += line.len();
        let line = line.trim_end();
        if line.trim().is_empty() {
            continue;
        }
        let value = serde_json::from_str::<serde_json::Value>(line);
        let text = value.as_ref().ok();
        let text = text.and_then(|value| value.as_str().or_else(|| value.get("text")?.as_str()));
        if let Some(text) = text {
            let place = format!("{name}, line {}", at + 1);
            texts.push(add(sources, place, text.to_owned()));
            continue;
        }
        // Only a file with faults is kept, to show them.
        let origin = *origin.get_or_insert_with(|| sources.add(name.to_owned(), whole.to_owned()));
        findings.push(match value {
            Ok(_) => {
                let span = Span::new(origin, from, from + line.len());
                invalid_value::expected(span, "a text, or an object with `text`")
            }
            Err(error) => {
                let at = error.column().saturating_sub(1).min(line.len());
                let at = from + line.floor_char_boundary(at);
                let said = error.to_string();
                let reason = said.split(" at line ").next().unwrap_or(&said);
                syntax::not_valid(Span::new(origin, at, at), "JSON", reason)
            }
        });
    }
    texts
}
