//! The assistant's message of a sample: the answer, and the final token that ends it.

use super::lines;
use super::message::{Message, Role, ToolCall};
use super::options::FinalForm;
use crate::ast::Output;
use crate::ir::{Ending, InstructionType, Number, Protocol, Sample};
use std::borrow::Cow;
use std::fmt::Write;

/// The assistant's message of a sample of an instruction of type `kind`.
pub(super) fn of<'p>(
    protocol: &'p Protocol<'_>,
    kind: InstructionType,
    sample: Sample<'p, '_>,
    form: FinalForm,
) -> Message<'p> {
    let written = sample.written;
    let text: Cow<'p, str> = match &written.output {
        Some(Output::Snippet(snippet)) => Cow::Borrowed(snippet.text.value.as_ref()),
        Some(Output::Labels(labels)) => {
            Cow::Owned(object(labels.value.iter().filter_map(|(label, value)| {
                Some((label.value.as_ref(), value.as_ref()?.value.as_ref()))
            })))
        }
        None => Cow::Borrowed(""),
    };
    let ending = match sample.ending {
        Ending::Token(id) => {
            let value = written.value.given();
            let name = protocol.tokens[id.0].name.value.as_ref();
            Some((name, value.map(|value| value.value)))
        }
        Ending::Non | Ending::Unknown => None,
    };
    with(text, ending.filter(|_| kind.has_finals()), kind, form)
}

/// An answer and its ending as a message.
pub(super) fn with<'p>(
    text: Cow<'p, str>,
    ending: Option<(&'p str, Option<Number>)>,
    kind: InstructionType,
    form: FinalForm,
) -> Message<'p> {
    match (form, ending) {
        (FinalForm::Json, ending) if kind.has_finals() => {
            Message::new(Role::Assistant, json(&text, ending))
        }
        (FinalForm::Line, Some((name, value))) => {
            let mut content = text.into_owned();
            content.push('\n');
            line(name, value, &mut content);
            Message::new(Role::Assistant, content)
        }
        (FinalForm::Tool, Some((name, value))) => Message {
            role: Role::Assistant,
            content: text,
            call: Some(ToolCall {
                name: name.into(),
                value,
            }),
        },
        _ => Message::new(Role::Assistant, text),
    }
}

/// Appends `Continue`, or `Madness=7`.
fn line(name: &str, value: Option<Number>, out: &mut String) {
    out.push_str(name);
    if let Some(value) = value {
        out.push('=');
        // Writing to a string does not fail.
        let _ = write!(out, "{value}");
    }
}

/// `{"text": "…", "final": "Madness", "value": 7}`.
fn json(text: &str, ending: Option<(&str, Option<Number>)>) -> String {
    let mut out = String::from("{\"text\": ");
    string(text, &mut out);
    out.push_str(", \"final\": ");
    match ending {
        Some((name, value)) => {
            string(name, &mut out);
            if let Some(value) = value {
                // Writing to a string does not fail.
                let _ = write!(out, ", \"value\": {value}");
            }
        }
        None => out.push_str("null"),
    }
    out.push('}');
    out
}

/// A JSON object of texts, in one line.
pub(super) fn object<'i>(entries: impl Iterator<Item = (&'i str, &'i str)>) -> String {
    let mut out = String::from("{");
    for (at, (key, value)) in entries.enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        string(key, &mut out);
        out.push_str(": ");
        string(value, &mut out);
    }
    out.push('}');
    out
}

/// Appends a JSON string.
pub(super) fn string(text: &str, out: &mut String) {
    // A text is always JSON.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// Appends the user's message of a sample: one line for each of its inputs.
pub(super) fn question(
    protocol: &Protocol<'_>,
    header: super::options::Header,
    sets: &[Option<crate::ir::TokenSetId>],
    sample: Sample<'_, '_>,
    replaced: Option<(usize, &str)>,
    out: &mut String,
) {
    let list = sample.written.input.as_ref();
    let snippets = list.map(|list| &*list.value).unwrap_or_default();
    for (at, snippet) in snippets.iter().enumerate() {
        let Some(snippet) = snippet else { continue };
        if at > 0 {
            out.push('\n');
        }
        let set = sets.get(at).copied().flatten();
        let set = set.map(|id| &protocol.token_sets[id.0]);
        let text = match replaced {
            Some((index, text)) if index == at => text,
            _ => snippet.text.value.as_ref(),
        };
        let numbers = snippet.numbers.as_deref();
        lines::write(protocol, header, set, text, numbers, snippets.len(), out);
    }
}
