//! The vocabulary in the header of a GGUF file.

use crate::gguf::{Header, ValueType};
use std::collections::HashMap;

const TOKENS: &str = "tokenizer.ggml.tokens";
const TYPES: &str = "tokenizer.ggml.token_type";

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
        let texts = texts(header, TOKENS)?.ok_or(format!("it has no `{TOKENS}`"))?;
        if texts.is_empty() {
            return Err(format!("`{TOKENS}` is empty"));
        }
        let mut vocabulary = Vocabulary {
            purposes: vec![Purpose::Text; texts.len()],
            texts,
        };
        vocabulary.holds_each_once()?;
        if let Some(value) = header.get(TYPES) {
            let wrong = || {
                let own = value.type_name();
                format!("`{TYPES}` is of type {own} and not array of i32")
            };
            let array = value.array().ok_or_else(wrong)?;
            vocabulary.matches(TYPES, array.count)?;
            let types: Option<Vec<u64>> = array.values().map(|own| own.whole()).collect();
            let types = types.ok_or_else(wrong)?;
            for (place, (purpose, number)) in vocabulary.purposes.iter_mut().zip(types).enumerate()
            {
                *purpose = match number {
                    2 | 3 => Purpose::Control,
                    4 => Purpose::Whole,
                    0 | 1 | 5 | 6 => Purpose::Text,
                    _ => {
                        return Err(format!(
                            "`{TYPES}` is {number} for token {place}; the types are 0 to 6"
                        ));
                    }
                };
            }
        }
        vocabulary.has_all(header)?;
        Ok(vocabulary)
    }

    /// The numbers of the tokens, by their texts.
    pub(super) fn numbers(&self) -> HashMap<Box<str>, u32> {
        let texts = self.texts.iter().map(|text| Box::from(*text));
        texts.zip(0..).collect()
    }

    /// Refuses an array that has not one value for every token.
    pub(super) fn matches(&self, key: &str, count: u64) -> Result<(), String> {
        let tokens = self.texts.len() as u64;
        match count == tokens {
            true => Ok(()),
            false => Err(format!(
                "`{key}` has {count} values, and there are {tokens} tokens"
            )),
        }
    }

    /// Refuses a text that two tokens have; empty ones are never looked for.
    fn holds_each_once(&self) -> Result<(), String> {
        let mut known: HashMap<&str, usize> = HashMap::with_capacity(self.texts.len());
        let texts = self.texts.iter().enumerate();
        for (number, text) in texts.filter(|(_, text)| !text.is_empty()) {
            if let Some(first) = known.insert(text, number) {
                return Err(format!(
                    "`{TOKENS}` holds `{text}` twice, as token {first} and as token {number}"
                ));
            }
        }
        Ok(())
    }

    /// Refuses numbers of special tokens that there are not. What is no number says that
    /// there is no such token.
    fn has_all(&self, header: &Header) -> Result<(), String> {
        let named = header
            .keys
            .iter()
            .filter(|(key, _)| key.starts_with("tokenizer.ggml."));
        for (key, value) in named.filter(|(key, _)| key.ends_with("_token_id")) {
            let count = self.texts.len() as u64;
            if let Some(number) = value.whole().filter(|number| *number >= count) {
                return Err(format!("`{key}` is {number}, and there are {count} tokens"));
            }
        }
        Ok(())
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
    let array = value
        .array()
        .filter(|array| array.value_type == ValueType::String);
    let array = array.ok_or_else(|| {
        let own = value.type_name();
        format!("`{key}` is of type {own} and not array of string")
    })?;
    let text = |place: usize| std::str::from_utf8(array.text(place)?).ok();
    let texts: Option<Vec<&str>> = (0..array.kept).map(text).collect();
    let texts = texts.filter(|_| array.is_whole());
    texts
        .map(Some)
        .ok_or(format!("`{key}` holds what is no UTF-8 text"))
}
