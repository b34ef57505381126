//! What the keys of a header say of the model, under the names that they have in files of
//! llama.cpp.

use super::file_type::FileType;
use super::header::Header;
use super::value::{Value, ValueType};
use std::fmt;

/// A chat template in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatTemplate<'h> {
    /// Its name: `default`, or that of a further one.
    pub name: &'h str,
    /// Its text.
    pub text: &'h str,
}

/// A value of another type than its key has in every program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongType<'h> {
    /// The key.
    pub key: &'h str,
    /// The type of its value, such as `u32`; of a number below 0 with the number.
    pub own: String,
    /// What it should be.
    pub expected: &'static str,
}

impl fmt::Display for WrongType<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WrongType { key, own, expected } = self;
        write!(out, "`{key}` is of type {own} and not {expected}")
    }
}

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

    /// The chat templates: the default one, then those with names.
    pub fn chat_templates(&self) -> Vec<ChatTemplate<'h>> {
        let default = self.text(TEMPLATE).map(|text| ChatTemplate {
            name: "default",
            text,
        });
        let named = self.header.keys.iter().filter_map(|(key, value)| {
            Some(ChatTemplate {
                name: key.strip_prefix(TEMPLATE)?.strip_prefix('.')?,
                text: value.text()?.exact()?,
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

    /// The values that are of another type than all programs expect.
    pub fn wrong_types(&self) -> Vec<WrongType<'h>> {
        let architecture = self.architecture().unwrap_or_default();
        let wrong = self.header.keys.iter().filter_map(|(key, value)| {
            let is_context = || key.strip_prefix(architecture) == Some(".context_length");
            let is_template = key == TEMPLATE || key.starts_with("tokenizer.chat_template.");
            let (expected, is_right) = match key.as_str() {
                key if TEXTS.contains(&key) || is_template => ("string", value.text().is_some()),
                key if NUMBERS.contains(&key) || is_context() => {
                    ("a whole number from 0 on", value.whole().is_some())
                }
                TOKENS => {
                    let array = value.array();
                    let is_right = array.is_some_and(|own| own.value_type == ValueType::String);
                    ("array of string", is_right)
                }
                _ => return None,
            };
            let own = match value.below_zero() {
                Some(number) => format!("{} ({number})", value.type_name()),
                None => value.type_name(),
            };
            (!is_right).then_some(WrongType { key, own, expected })
        });
        wrong.collect()
    }
}
