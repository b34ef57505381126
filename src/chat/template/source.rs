//! The templates in the files of a model: `tokenizer_config.json`, `chat_template.json`.

use super::fault::Fault;
use minijinja::Value;
use minijinja::value::ValueKind;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A template that was chosen from a file, and the special tokens that go with it.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The template's text; none if the file holds tokens alone.
    pub source: Option<String>,
    /// `bos_token`, `eos_token` and their like.
    pub variables: BTreeMap<String, Value>,
}

/// The names of special tokens that templates know.
const SPECIAL: [&str; 7] = [
    "bos_token",
    "eos_token",
    "unk_token",
    "sep_token",
    "pad_token",
    "cls_token",
    "mask_token",
];

/// Reads a `tokenizer_config.json` or a `chat_template.json`. Of several templates, the one
/// called `name` is taken; without a name `tool_use` where there are tools, else `default`.
pub fn from_tokenizer_config(
    json: &str,
    name: Option<&str>,
    has_tools: bool,
) -> Result<Chosen, Fault> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let config = Value::deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| Fault::output(format!("it is no JSON: {error}")))?;
    if config.kind() != ValueKind::Map {
        return Err(Fault::output("it holds no JSON object"));
    }
    let mut variables = BTreeMap::new();
    for name in SPECIAL {
        let token = config.get_attr(name).unwrap_or_default();
        // A token is its text, or an object that holds it.
        let token = match token.kind() {
            ValueKind::Map => token.get_attr("content").unwrap_or_default(),
            _ => token,
        };
        if token.as_str().is_some() {
            variables.insert(name.to_owned(), token);
        }
    }
    let template = config.get_attr("chat_template").unwrap_or_default();
    let source = match template.kind() {
        ValueKind::Undefined | ValueKind::None => None,
        ValueKind::String => template.as_str().map(str::to_owned),
        ValueKind::Seq => Some(choose(&template, name, has_tools)?),
        _ => {
            return Err(Fault::output(
                "its `chat_template` is neither text nor a list of named templates",
            ));
        }
    };
    Ok(Chosen { source, variables })
}

fn choose(list: &Value, name: Option<&str>, has_tools: bool) -> Result<String, Fault> {
    let mut named = BTreeMap::new();
    for entry in list.try_iter().into_iter().flatten() {
        let text = |key: &str| entry.get_attr(key).ok().and_then(|text| text.to_str());
        if let (Some(name), Some(template)) = (text("name"), text("template")) {
            named.insert(name.to_string(), template.to_string());
        }
    }
    let wanted: Vec<&str> = match name {
        Some(name) => vec![name],
        None if has_tools => vec!["tool_use", "default"],
        None => vec!["default"],
    };
    let found = wanted.iter().find_map(|name| named.remove(*name));
    found.ok_or_else(|| {
        let names: Vec<String> = named.keys().map(|name| format!("`{name}`")).collect();
        Fault::output(format!(
            "it has no template called `{}`; it has {}",
            wanted.last().unwrap_or(&"default"),
            if names.is_empty() {
                "none".to_owned()
            } else {
                names.join(", ")
            }
        ))
    })
}
