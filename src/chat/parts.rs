//! Content in parts, as OpenAI has it: `[{"type": "text", "text": "…"}]`. A format of text
//! alone takes the texts, one behind the other, and nothing else.

use super::template::Value;
use minijinja::value::ValueKind;

/// A part that is no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NoText {
    /// Which message has it, from 0.
    pub(super) message: usize,
    /// What is wrong: lower case, no final period.
    pub(super) reason: String,
}

/// Messages whose content is text, whatever it was written as.
pub(super) fn joined(messages: &Value) -> Result<Value, NoText> {
    let list = || messages.try_iter().into_iter().flatten();
    let is_in_parts = |message: &Value| content(message).kind() == ValueKind::Seq;
    if !list().any(|message| is_in_parts(&message)) {
        return Ok(messages.clone());
    }
    let texts = list().enumerate().map(|(at, message)| {
        let content = content(&message);
        if content.kind() != ValueKind::Seq {
            return Ok(message);
        }
        let text = text(&content).map_err(|reason| NoText {
            message: at,
            reason,
        })?;
        let keys = message.try_iter().into_iter().flatten();
        Ok(Value::from_pairs(keys.map(|key| {
            let value = match key.as_str() {
                Some("content") => Value::from(text.as_str()),
                _ => message.get_item(&key).unwrap_or_default(),
            };
            (key, value)
        })))
    });
    texts
        .collect::<Result<Vec<Value>, NoText>>()
        .map(Value::from)
}

/// The texts of a content: all of it, or those of its parts.
pub(super) fn texts(content: &Value) -> Vec<String> {
    match content.kind() {
        ValueKind::String => content.as_str().map(str::to_owned).into_iter().collect(),
        ValueKind::Seq => {
            let parts = content.try_iter().into_iter().flatten();
            parts.filter_map(|part| part_text(&part).ok()).collect()
        }
        _ => Vec::new(),
    }
}

fn content(message: &Value) -> Value {
    message.get_attr("content").unwrap_or_default()
}

fn text(parts: &Value) -> Result<String, String> {
    let parts = parts.try_iter().into_iter().flatten();
    parts.map(|part| part_text(&part)).collect()
}

/// The text of a part, or why it is none.
fn part_text(part: &Value) -> Result<String, String> {
    if let Some(text) = part.as_str() {
        return Ok(text.to_owned());
    }
    let field = |name: &str| part.get_attr(name).unwrap_or_default();
    let (kind, text) = (field("type"), field("text"));
    match (kind.as_str(), text.as_str()) {
        (Some("text") | None, Some(text)) => Ok(text.to_owned()),
        (Some("text"), None) => Err("a part of its content has no `text`".to_owned()),
        (Some(kind), _) => Err(format!(
            "a part of its content is of the type `{kind}`, and this format has text alone"
        )),
        (None, None) => Err("a part of its content is no text".to_owned()),
    }
}
