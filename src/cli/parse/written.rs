//! What `mtp parse` writes.

use crate::chat::parse::{Called, Talk, Turn};
use crate::chat::{Answer, Judged};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// The messages, in OpenAI's form.
pub(super) struct Messages<'r>(pub(super) &'r Talk<'r>);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Talk { messages, tools } = self.0;
        let messages: Vec<Said<'_>> = messages.iter().map(Said).collect();
        // A line holds a row: what a template has indented stands in one line here.
        let tools = tools
            .iter()
            .map(|tool| RawValue::from_string(in_a_line(tool)));
        let tools: Vec<Box<RawValue>> = tools
            .collect::<Result<_, _>>()
            .map_err(serde::ser::Error::custom)?;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("messages", &messages)?;
        if !tools.is_empty() {
            map.serialize_entry("tools", &tools)?;
        }
        map.end()
    }
}

/// JSON without the blanks between its parts, but one behind `:` and `,`.
fn in_a_line(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    let (mut is_text, mut is_escaped) = (false, false);
    for c in json.chars() {
        if is_text {
            is_text = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
        } else if c.is_ascii_whitespace() {
            continue;
        } else {
            is_text = c == '"';
        }
        line.push(c);
        if !is_text && matches!(c, ':' | ',') {
            line.push(' ');
        }
    }
    line
}

struct Said<'s>(&'s Turn<'s>);

impl Serialize for Said<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let turn = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("role", turn.role.name())?;
        map.serialize_entry("content", turn.content.as_ref())?;
        if !turn.calls.is_empty() {
            let calls: Vec<Call<'_>> = turn.calls.iter().map(Call::of).collect();
            map.serialize_entry("tool_calls", &calls)?;
        }
        if let Some(id) = &turn.call_id {
            map.serialize_entry("tool_call_id", id)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Call<'c> {
    id: &'c str,
    r#type: &'static str,
    function: Function<'c>,
}

#[derive(Serialize)]
struct Function<'c> {
    name: &'c str,
    arguments: &'c str,
}

impl<'c> Call<'c> {
    fn of(called: &'c Called<'_>) -> Call<'c> {
        Call {
            id: &called.id,
            r#type: "function",
            function: Function {
                name: &called.name,
                arguments: called.arguments,
            },
        }
    }
}

/// An answer taken apart, as a sample of a spec has it.
pub(super) struct Answered<'j> {
    pub(super) instruction: &'j str,
    pub(super) judged: &'j Judged,
}

impl Serialize for Answered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("instruction", self.instruction)?;
        if self.judged.is_refusal {
            map.serialize_entry("refused", &true)?;
        }
        match &self.judged.output {
            Answer::Text(text) => map.serialize_entry("output", text)?,
            Answer::Labels(labels) => map.serialize_entry("output", &Labels(labels))?,
        }
        if let Some((name, value)) = &self.judged.ended {
            map.serialize_entry("final", name)?;
            if let Some(value) = value {
                // Written as it was read, so that 7.0 stays what it is.
                let value: serde_json::Number = value
                    .to_string()
                    .parse()
                    .map_err(serde::ser::Error::custom)?;
                map.serialize_entry("value", &value)?;
            }
        }
        map.end()
    }
}

/// Texts by their names.
pub(super) struct Labels<'l>(pub(super) &'l [(String, String)]);

impl Serialize for Labels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(label, value)| (label, value)))
    }
}
