//! The fields of each format's records.

use crate::chat::message::{Message, Role};
use crate::chat::template::ascii;
use crate::chat::values::{OpenAi, ToolSchema};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The record of airoboros, in ASCII, its texts without blanks around them.
pub(super) fn airoboros(
    instruction: &str,
    response: &str,
    category: &str,
    system: Option<&str>,
    out: &mut Vec<u8>,
) {
    let fields = [
        ("instruction", Some(instruction)),
        ("response", Some(response)),
        ("category", Some(category)),
        ("system", system),
    ];
    out.push(b'{');
    for (at, (name, text)) in fields.into_iter().enumerate() {
        let Some(text) = text else { continue };
        let parts = [
            if at > 0 { ", \"" } else { "\"" },
            name,
            "\": ",
            &ascii(text.trim()),
        ];
        parts
            .iter()
            .for_each(|part| out.extend_from_slice(part.as_bytes()));
    }
    out.push(b'}');
}

#[derive(Serialize)]
pub(super) struct Chat<'r> {
    pub(super) messages: Vec<OpenAi<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tools: Option<Vec<ToolSchema<'r>>>,
}

#[derive(Serialize)]
pub(super) struct ShareGpt<'r> {
    pub(super) conversations: Vec<Turn<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kto_tag: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) system: Option<&'r str>,
}

#[derive(Serialize)]
pub(super) struct Alpaca<'r> {
    pub(super) instruction: &'r str,
    pub(super) input: &'r str,
    pub(super) output: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) system: Option<&'r str>,
}

#[derive(Serialize)]
pub(super) struct Text<'r> {
    pub(super) text: &'r str,
}

#[derive(Serialize)]
pub(super) struct Segments<'r> {
    pub(super) segments: Vec<Segment<'r>>,
}

#[derive(Serialize)]
pub(super) struct Segment<'r> {
    pub(super) label: bool,
    pub(super) text: &'r str,
}

#[derive(Serialize)]
pub(super) struct Completion<'r, P, C> {
    pub(super) prompt: P,
    pub(super) completion: C,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) label: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tools: Option<Vec<ToolSchema<'r>>>,
}

#[derive(Serialize)]
pub(super) struct Preference<'r, P, C> {
    pub(super) prompt: P,
    pub(super) chosen: C,
    pub(super) rejected: C,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tools: Option<Vec<ToolSchema<'r>>>,
}

#[derive(Serialize)]
pub(super) struct DpoOpenAi<'r> {
    pub(super) input: Chat<'r>,
    pub(super) preferred_output: Vec<OpenAi<'r>>,
    pub(super) non_preferred_output: Vec<OpenAi<'r>>,
}

#[derive(Serialize)]
pub(super) struct DpoLlamaFactory<'r> {
    pub(super) conversations: Vec<Turn<'r>>,
    pub(super) chosen: Turn<'r>,
    pub(super) rejected: Turn<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) system: Option<&'r str>,
}

/// A message as ShareGPT has it.
pub(super) struct Turn<'r>(pub(super) &'r Message<'r>);

impl Serialize for Turn<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        let from = match self.0.role {
            Role::System => "system",
            Role::User => "human",
            Role::Assistant => "gpt",
            Role::Tool => "observation",
        };
        map.serialize_entry("from", from)?;
        map.serialize_entry("value", self.0.content.as_ref())?;
        map.end()
    }
}
