//! Conversations as templates and OpenAI's API have them.

use super::message::{Conversation, Message, Tool, ToolCall};
use super::template::Value;
use crate::ir::Number;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The id of the only tool call of a message: nine letters and digits, as Mistral wants it.
const CALL_ID: &str = "call00001";

/// How the arguments of a tool call are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arguments {
    /// As a JSON text, as OpenAI has them.
    #[default]
    Text,
    /// As an object, as chat templates have them.
    Object,
}

/// The messages as a template is given them.
pub fn messages(messages: &[Message<'_>]) -> Value {
    let list: Vec<Value> = messages.iter().map(message).collect();
    Value::from(list)
}

/// The tools as a template is given them; `None` without any.
pub fn tools(tools: &[Tool]) -> Option<Value> {
    let list: Vec<Value> = tools
        .iter()
        .map(|tool| Value::from(minijinja::value::Serde(ToolSchema(tool))))
        .collect();
    (!list.is_empty()).then(|| Value::from(list))
}

fn message(message: &Message<'_>) -> Value {
    Value::from(minijinja::value::Serde(OpenAi {
        message,
        arguments: Arguments::Object,
    }))
}

/// A message in OpenAI's form.
pub struct OpenAi<'m> {
    /// The message.
    pub message: &'m Message<'m>,
    /// How to write the arguments of a tool call.
    pub arguments: Arguments,
}

impl Serialize for OpenAi<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let OpenAi { message, arguments } = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("role", message.role.name())?;
        map.serialize_entry("content", message.content.as_ref())?;
        if let Some(call) = &message.call {
            map.serialize_entry(
                "tool_calls",
                &[Call {
                    call,
                    arguments: *arguments,
                }],
            )?;
        }
        map.end()
    }
}

struct Call<'c> {
    call: &'c ToolCall<'c>,
    arguments: Arguments,
}

impl Serialize for Call<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("id", CALL_ID)?;
        map.serialize_entry("type", "function")?;
        map.serialize_entry("function", &Function(self))?;
        map.end()
    }
}

struct Function<'c>(&'c Call<'c>);

impl Serialize for Function<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Function(Call { call, arguments }) = self;
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("name", call.name.as_ref())?;
        match arguments {
            Arguments::Object => map.serialize_entry("arguments", &Given(call.value))?,
            Arguments::Text => map.serialize_entry("arguments", &arguments_text(call.value))?,
        }
        map.end()
    }
}

/// `{"value": 7}`, or `{}`.
pub fn arguments_text(value: Option<Number>) -> String {
    match value {
        Some(value) => format!("{{\"value\": {value}}}"),
        None => "{}".to_owned(),
    }
}

/// The arguments of a call.
struct Given(Option<Number>);

impl Serialize for Given {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(value) = self.0 {
            map.serialize_entry("value", &JsonNumber(value))?;
        }
        map.end()
    }
}

/// A number of a spec in JSON.
struct JsonNumber(Number);

impl Serialize for JsonNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Number::Whole(whole) => match i64::try_from(whole) {
                Ok(whole) => serializer.serialize_i64(whole),
                Err(_) => serializer.serialize_i128(whole),
            },
            Number::Float(float) => serializer.serialize_f64(float),
        }
    }
}

/// A tool as a JSON schema of its arguments, in OpenAI's form.
pub struct ToolSchema<'t>(
    /// The tool.
    pub &'t Tool,
);

impl Serialize for ToolSchema<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("type", "function")?;
        map.serialize_entry("function", &Described(self.0))?;
        map.end()
    }
}

struct Described<'t>(&'t Tool);

impl Serialize for Described<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tool = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &tool.name)?;
        map.serialize_entry(
            "description",
            tool.description.as_deref().unwrap_or(&tool.name),
        )?;
        map.serialize_entry("parameters", &Parameters(tool.range))?;
        map.end()
    }
}

struct Parameters(Option<(Number, Number)>);

impl Serialize for Parameters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "object")?;
        map.serialize_entry("properties", &Properties(self.0))?;
        let required: &[&str] = if self.0.is_some() { &["value"] } else { &[] };
        map.serialize_entry("required", required)?;
        map.end()
    }
}

struct Properties(Option<(Number, Number)>);

impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some((min, max)) = self.0 {
            map.serialize_entry("value", &Range { min, max })?;
        }
        map.end()
    }
}

struct Range {
    min: Number,
    max: Number,
}

impl Serialize for Range {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("type", "number")?;
        map.serialize_entry("minimum", &JsonNumber(self.min))?;
        map.serialize_entry("maximum", &JsonNumber(self.max))?;
        map.end()
    }
}

/// What a template is to be called with for a conversation.
pub fn call(conversation: &Conversation<'_>) -> super::template::Call {
    super::template::Call {
        messages: messages(&conversation.messages),
        tools: tools(conversation.tools),
        ..Default::default()
    }
}
