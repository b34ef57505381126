//! What trainers have to be told of a file of rows: LLaMA-Factory's entry for
//! `dataset_info.json`, axolotl's block `datasets:`.

use super::format::Format;
use crate::chat::template::ascii;
use serde_json::{Value, json};

/// The entry `name` for the file `file`, as a whole `dataset_info.json`; `None` if
/// LLaMA-Factory does not read the format.
pub fn dataset_info(format: Format, name: &str, file: &str, has_tools: bool) -> Option<String> {
    let mut entry = match format {
        Format::OpenAi => json!({
            "formatting": "sharegpt",
            "columns": { "messages": "messages" },
            "tags": {
                "role_tag": "role", "content_tag": "content", "user_tag": "user",
                "assistant_tag": "assistant", "system_tag": "system",
            },
        }),
        Format::ShareGpt => json!({
            "formatting": "sharegpt",
            "columns": { "messages": "conversations", "system": "system" },
        }),
        Format::Alpaca => json!({
            "columns": { "prompt": "instruction", "query": "input", "response": "output", "system": "system" },
        }),
        Format::Airoboros => json!({
            "columns": { "prompt": "instruction", "response": "response", "system": "system" },
        }),
        Format::Text => json!({ "columns": { "prompt": "text" } }),
        Format::DpoLlamaFactory => json!({
            "formatting": "sharegpt",
            "ranking": true,
            "columns": {
                "messages": "conversations", "chosen": "chosen", "rejected": "rejected", "system": "system",
            },
        }),
        Format::KtoLlamaFactory => json!({
            "formatting": "sharegpt",
            "columns": { "messages": "conversations", "kto_tag": "kto_tag", "system": "system" },
        }),
        Format::PromptCompletion
        | Format::Segments
        | Format::DpoTrl
        | Format::DpoOpenAi
        | Format::Kto => {
            return None;
        }
    };
    // LLaMA-Factory has no place for an answer of text that calls a tool, too.
    if has_tools {
        return None;
    }
    entry["file_name"] = Value::from(file);
    let whole = json!({ name: entry });
    let mut text = serde_json::to_string_pretty(&whole).ok()?;
    text.push('\n');
    Some(text)
}

/// The block for the file `file`; `None` if axolotl does not read the format.
pub fn axolotl(format: Format, file: &str, is_text: bool) -> Option<String> {
    let lines: &[&str] = match format {
        Format::OpenAi => &["type: chat_template", "field_messages: messages"],
        Format::ShareGpt => &[
            "type: chat_template",
            "field_messages: conversations",
            "field_system: system",
            "message_property_mappings:",
            "  role: from",
            "  content: value",
        ],
        Format::Alpaca => &["type: alpaca"],
        Format::Airoboros => &[
            "type:",
            "  field_instruction: instruction",
            "  field_output: response",
            "  field_system: system",
        ],
        Format::PromptCompletion if is_text => &[
            "type:",
            "  field_instruction: prompt",
            "  field_output: completion",
            "  format: \"{instruction}\"",
            "  no_input_format: \"{instruction}\"",
        ],
        Format::Text => &["type: completion", "field: text"],
        Format::Segments => &["type: input_output"],
        Format::PromptCompletion
        | Format::DpoTrl
        | Format::DpoOpenAi
        | Format::DpoLlamaFactory
        | Format::Kto
        | Format::KtoLlamaFactory => {
            return None;
        }
    };
    let kind = if file.ends_with(".parquet") {
        "parquet"
    } else {
        "json"
    };
    let mut block = format!(
        "datasets:\n  - path: {}\n    ds_type: {kind}\n",
        ascii(file)
    );
    for line in lines {
        block += &format!("    {line}\n");
    }
    Some(block)
}
