//! `--var`: the variables of a template.

use super::super::shared::Failure;
use crate::chat::template::{Call, Value};
use minijinja::value::ValueKind;

/// Reads `NAME=VALUE`.
pub(super) fn read(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write it like enable_thinking=false")?;
    let name = name.trim();
    let is_letter = |c: char| c.is_alphabetic() || c == '_';
    if !name.starts_with(is_letter) || !name.chars().all(|c| is_letter(c) || c.is_numeric()) {
        return Err(format!(
            "`{name}` is no name of a variable; write it like enable_thinking=false"
        ));
    }
    let instead = match name {
        "messages" => "the messages are what is rendered",
        "tools" => "--tools takes a file of them",
        "add_generation_prompt" => "use --generation-prompt",
        "_marks" => "it is kept for --mask",
        _ => return Ok((name.to_owned(), value.to_owned())),
    };
    Err(format!("`{name}` cannot be set: {instead}"))
}

/// Sets a variable; its value is JSON, or else text.
pub(super) fn set(call: &mut Call, name: &str, value: &str) -> Result<(), Failure> {
    let value = serde_json::from_str::<Value>(value).unwrap_or_else(|_| value.into());
    if name != "documents" {
        call.variables.insert(name.to_owned(), value);
        return Ok(());
    }
    if value.kind() != ValueKind::Seq {
        let message = "`documents` has to be a JSON list".to_owned();
        return Err(Failure::Told(message));
    }
    call.documents = Some(value);
    Ok(())
}
