//! The vocabulary in the header of a GGUF file.

use crate::gguf::{Header, Value};

/// What a token is for, by its number in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A piece of text.
    Text,
    /// Something that text cannot be: an end, a turn, what is unknown.
    Control,
    /// A piece that is taken out of a text before it is split.
    Whole,
}

/// The texts of tokens and what they are for.
#[derive(Debug)]
pub(super) struct Vocabulary<'h> {
    pub(super) texts: Vec<&'h str>,
    pub(super) purposes: Vec<Purpose>,
}

impl<'h> Vocabulary<'h> {
    pub(super) fn of(header: &'h Header) -> Result<Vocabulary<'h>, String> {
        const KEY: &str = "tokenizer.ggml.tokens";
        let texts = texts(header, KEY)?.ok_or(format!("it has no `{KEY}`"))?;
        if texts.is_empty() {
            return Err(format!("`{KEY}` is empty"));
        }
        let types = header
            .get("tokenizer.ggml.token_type")
            .and_then(Value::array);
        let types = types
            .map(|array| array.values.as_slice())
            .unwrap_or_default();
        let purpose = |at: usize| match types.get(at).and_then(Value::whole) {
            Some(2 | 3) => Purpose::Control,
            Some(4) => Purpose::Whole,
            _ => Purpose::Text,
        };
        let purposes = (0..texts.len()).map(purpose).collect();
        Ok(Vocabulary { texts, purposes })
    }

    /// The tokens that are found in a text before it is split: their numbers, texts and
    /// whether they stand for something else than text.
    pub(super) fn marks(&self) -> impl Iterator<Item = (u32, &'h str, Purpose)> {
        let all = self.texts.iter().zip(&self.purposes).zip(0..);
        all.filter(|((text, purpose), _)| **purpose != Purpose::Text && !text.is_empty())
            .map(|((text, purpose), number)| (number, *text, *purpose))
    }
}

/// The texts of an array; `None` if there is no such key.
pub(super) fn texts<'h>(header: &'h Header, key: &str) -> Result<Option<Vec<&'h str>>, String> {
    let Some(value) = header.get(key) else {
        return Ok(None);
    };
    let array = value.array().filter(|array| array.is_whole());
    let array = array.ok_or(format!("`{key}` is no array of texts"))?;
    let texts = array.values.iter().map(|value| value.text()?.exact());
    let texts: Option<Vec<&str>> = texts.collect();
    texts
        .map(Some)
        .ok_or(format!("`{key}` holds what is no UTF-8 text"))
}
