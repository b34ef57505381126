//! The chat template of a model file, and the special tokens that go with it.

use super::parts::open;
use crate::chat::template::Value;
use crate::cli::shared::{Failure, shown};
use crate::gguf::{Keep, Model};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The tokens that templates know, and the keys that name them. One of the keys is
/// misspelt in every file.
const SPECIAL: [(&str, &str); 7] = [
    ("bos_token", "tokenizer.ggml.bos_token_id"),
    ("eos_token", "tokenizer.ggml.eos_token_id"),
    ("unk_token", "tokenizer.ggml.unknown_token_id"),
    ("sep_token", "tokenizer.ggml.seperator_token_id"),
    ("pad_token", "tokenizer.ggml.padding_token_id"),
    ("cls_token", "tokenizer.ggml.cls_token_id"),
    ("mask_token", "tokenizer.ggml.mask_token_id"),
];

/// Whether a file is a model file, by its name or its first bytes.
pub(in crate::cli) fn is_model_file(path: &Path) -> bool {
    let ending = path.extension();
    if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("gguf")) {
        return true;
    }
    // A pipe would give its bytes only once.
    let is_file = std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    let mut first = [0; 4];
    let mut read = || File::open(path)?.read_exact(&mut first);
    is_file && read().is_ok() && &first == b"GGUF"
}

/// The template of a model file called `name`, and its special tokens. Without a name
/// it is the one for tools, where there are tools, else the default one.
pub(in crate::cli) fn template(
    path: &Path,
    name: Option<&str>,
    has_tools: bool,
) -> Result<(String, BTreeMap<String, Value>), Failure> {
    let header = open(path, Keep::TEMPLATES)?;
    let model = Model::new(&header);
    let templates = model.chat_templates();
    let wanted: &[&str] = match name {
        Some(name) => &[name],
        None if has_tools => &["tool_use", "default"],
        None => &["default"],
    };
    let named = |wanted: &&str| templates.iter().find(|template| template.name == *wanted);
    let Some(template) = wanted.iter().find_map(named) else {
        let names: Vec<String> = templates
            .iter()
            .map(|one| format!("`{}`", one.name))
            .collect();
        let path = shown(path);
        return Err(Failure::Told(match names.is_empty() {
            true => format!("`{path}` has no chat template"),
            false => format!(
                "cannot use `{path}`: it has no template called `{}`; it has {}",
                wanted.last().unwrap_or(&"default"),
                names.join(", ")
            ),
        }));
    };
    let Some(text) = template.text() else {
        let wrong = template.wrong().map(|wrong| wrong.to_string());
        let wrong = wrong.unwrap_or_else(|| format!("`{}` is cut off", template.key));
        return Err(Failure::of(format!("cannot use `{}`", shown(path)), wrong));
    };
    // A token that there is not would be written as nothing.
    for (_, key) in &SPECIAL[..2] {
        if let (Some(number), Some(count)) = (model.number(key), model.vocabulary())
            && number >= count
        {
            return Err(Failure::Told(format!(
                "cannot use `{}`: `{key}` is {number}, and there are {count} tokens",
                shown(path)
            )));
        }
    }
    let tokens = SPECIAL.iter().filter_map(|(name, key)| {
        let token = model.token(key)?;
        Some(((*name).to_owned(), Value::from(token)))
    });
    Ok((text.to_owned(), tokens.collect()))
}
