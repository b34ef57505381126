//! What the keys of a header say of the model, under the names that they have in files of
//! llama.cpp.

use super::file_type::FileType;
use super::header::Header;
use super::value::Value;

/// A chat template in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatTemplate<'h> {
    /// Its name: `default`, or that of a further one.
    pub name: &'h str,
    /// Its text.
    pub text: &'h str,
}

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
        let tokens = self.header.get("tokenizer.ggml.tokens")?.array()?;
        Some(tokens.count)
    }

    /// The chat templates: the default one, then those with names.
    pub fn chat_templates(&self) -> Vec<ChatTemplate<'h>> {
        const KEY: &str = "tokenizer.chat_template";
        let default = self.text(KEY).map(|text| ChatTemplate {
            name: "default",
            text,
        });
        let named = self.header.keys.iter().filter_map(|(key, value)| {
            Some(ChatTemplate {
                name: key.strip_prefix(KEY)?.strip_prefix('.')?,
                text: value.text()?.exact()?,
            })
        });
        default.into_iter().chain(named).collect()
    }

    /// The text of the token that a key such as `tokenizer.ggml.bos_token_id` names; only
    /// if all tokens were kept.
    pub fn token(&self, key: &str) -> Option<&'h str> {
        let at = usize::try_from(self.number(key)?).ok()?;
        let tokens = self.header.get("tokenizer.ggml.tokens")?.array()?;
        tokens.values.get(at)?.text()?.exact()
    }
}
