//! What the keys of a header say of the model, under the names that they have in files of
//! llama.cpp.

use super::file_type::FileType;
use super::header::Header;
use super::value::{Value, ValueType};
use std::fmt;

/// A chat template in a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChatTemplate<'h> {
    /// Its name: `default`, or that of a further one.
    pub name: &'h str,
    /// Its key.
    pub key: &'h str,
    /// What should be its text.
    pub value: &'h Value,
}

impl<'h> ChatTemplate<'h> {
    /// Its text, if all of it was kept.
    pub fn text(&self) -> Option<&'h str> {
        self.value.text()?.exact()
    }

    /// Why it has no text, in any file.
    pub fn wrong(&self) -> Option<WrongType<'h>> {
        wrong(self.key, self.value, STRING, |value| value.text().is_some())
    }
}

/// A value of another type than its key has in every program, or a text that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongType<'h> {
    /// The key.
    pub key: &'h str,
    /// What is wrong, such as `of type u32 and not string`.
    pub reason: String,
}

impl fmt::Display for WrongType<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}` is {}", self.key, self.reason)
    }
}

/// What is wrong with the value of a key that should be `expected`.
fn wrong<'h>(
    key: &'h str,
    value: &Value,
    expected: &str,
    is_right: impl Fn(&Value) -> bool,
) -> Option<WrongType<'h>> {
    let own = match value.below_zero() {
        Some(number) => format!("{} ({number})", value.type_name()),
        None => value.type_name(),
    };
    let reason = match value.text() {
        _ if !is_right(value) => format!("of type {own} and not {expected}"),
        Some(text) if !text.is_utf8() => "no UTF-8".to_owned(),
        _ => return None,
    };
    Some(WrongType { key, reason })
}

const STRING: &str = "string";

/// The keys of texts.
const TEXTS: [&str; 6] = [
    "general.architecture",
    "general.name",
    "general.size_label",
    "general.license",
    "tokenizer.ggml.model",
    "tokenizer.ggml.pre",
];
/// The keys of whole numbers, besides those of the architecture.
const NUMBERS: [&str; 4] = [
    "general.file_type",
    "split.no",
    "split.count",
    "split.tensors.count",
];
/// The keys of what is so or not.
const FLAGS: [&str; 4] = [
    "tokenizer.ggml.add_space_prefix",
    "tokenizer.ggml.add_bos_token",
    "tokenizer.ggml.add_eos_token",
    "tokenizer.ggml.remove_extra_whitespaces",
];
/// The key of the default chat template, and the beginning of those of others.
const TEMPLATE: &str = "tokenizer.chat_template";
/// The key of the texts of all tokens.
const TOKENS: &str = "tokenizer.ggml.tokens";

/// The names of keys, looked up in a header.
#[derive(Clone, Copy, Debug)]
pub struct Model<'h> {
    header: &'h Header,
}

impl<'h> Model<'h> {
    /// Looks at a header.
    pub fn new(header: &'h Header) -> Self {
        Model { header }
    }

    /// The text of a key.
    pub fn text(&self, key: &str) -> Option<&'h str> {
        self.header.get(key)?.text()?.exact()
    }

    /// The whole number of a key.
    pub fn number(&self, key: &str) -> Option<u64> {
        self.header.get(key)?.whole()
    }

    /// Whether a key says yes.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.header.get(key)? {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// What the model is built like, such as `llama`.
    pub fn architecture(&self) -> Option<&'h str> {
        self.text("general.architecture")
    }

    /// A number that the architecture has of its own, such as `context_length`.
    pub fn of_architecture(&self, name: &str) -> Option<u64> {
        let architecture = self.architecture()?;
        self.number(&format!("{architecture}.{name}"))
    }

    /// How many tokens the model was made for at most.
    pub fn context_length(&self) -> Option<u64> {
        self.of_architecture("context_length")
    }

    /// What `general.file_type` says: the recipe, and whether that is a guess.
    pub fn file_type(&self) -> Option<(&'static FileType, bool)> {
        FileType::find(self.number("general.file_type")?)
    }

    /// How many tokens the vocabulary has.
    pub fn vocabulary(&self) -> Option<u64> {
        let tokens = self.header.get(TOKENS)?.array()?;
        Some(tokens.count)
    }

    /// The chat templates: the default one, then those with names; also such as have no text.
    pub fn chat_templates(&self) -> Vec<ChatTemplate<'h>> {
        let default = self.header.get(TEMPLATE).map(|value| ChatTemplate {
            name: "default",
            key: TEMPLATE,
            value,
        });
        let named = self.header.keys.iter().filter_map(|(key, value)| {
            Some(ChatTemplate {
                name: key.strip_prefix(TEMPLATE)?.strip_prefix('.')?,
                key,
                value,
            })
        });
        default.into_iter().chain(named).collect()
    }

    /// The text of the token that a key such as `tokenizer.ggml.bos_token_id` names; only
    /// if all tokens were kept.
    pub fn token(&self, key: &str) -> Option<&'h str> {
        let at = usize::try_from(self.number(key)?).ok()?;
        let tokens = self.header.get(TOKENS)?.array()?;
        std::str::from_utf8(tokens.text(at)?).ok()
    }

    /// The values that are of another type than all programs expect, and texts of theirs that
    /// are no UTF-8.
    pub fn wrong_types(&self) -> Vec<WrongType<'h>> {
        let keys = self.header.keys.iter();
        keys.filter_map(|(key, value)| self.wrong_type(key, value))
            .collect()
    }

    /// Why nobody can say how many tokens the model was made for, where the file tries to.
    pub fn wrong_context(&self) -> Option<WrongType<'h>> {
        let wrong = self.wrong_types().into_iter();
        let mut wrong = wrong.filter(|wrong| {
            wrong.key == "general.architecture" || self.is_context_length(wrong.key)
        });
        wrong.next()
    }

    fn is_context_length(&self, key: &str) -> bool {
        let architecture = self.architecture();
        architecture.is_some_and(|own| key.strip_prefix(own) == Some(".context_length"))
    }

    fn wrong_type(&self, key: &'h str, value: &Value) -> Option<WrongType<'h>> {
        let is_array = |value: &Value, types: &[ValueType]| {
            let array = value.array();
            array.is_some_and(|own| types.contains(&own.value_type))
        };
        let is_template = key == TEMPLATE || key.starts_with("tokenizer.chat_template.");
        let is_token = key.starts_with("tokenizer.ggml.") && key.ends_with("_token_id");
        match key {
            _ if TEXTS.contains(&key) || is_template => {
                wrong(key, value, STRING, |value| value.text().is_some())
            }
            _ if NUMBERS.contains(&key) || self.is_context_length(key) => {
                wrong(key, value, "a whole number from 0 on", |value| {
                    value.whole().is_some()
                })
            }
            // A number below 0 says that there is no such token.
            _ if is_token => wrong(key, value, "a whole number", |value| {
                value.whole().is_some() || value.below_zero().is_some()
            }),
            _ if FLAGS.contains(&key) => {
                wrong(key, value, "bool", |value| matches!(value, Value::Bool(_)))
            }
            TOKENS | "tokenizer.ggml.merges" => wrong(key, value, "array of string", |value| {
                is_array(value, &[ValueType::String])
            }),
            "tokenizer.ggml.scores" => wrong(key, value, "array of f32", |value| {
                is_array(value, &[ValueType::F32])
            }),
            _ => None,
        }
    }
}
