//! Vocabularies of word pieces, as BERT and its kin have them: lower case, no accents, and of
//! every word the longest token that it begins with, again and again.

use super::Special;
use super::marks::{Marks, Piece};
use super::vocabulary::Vocabulary;
use crate::gguf::{Header, Model};
use std::collections::HashMap;
use tokenizers::normalizers::bert::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::{
    NormalizedString, Normalizer, OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer,
};

/// What marks the beginning of a word.
const BEGINNING: char = '\u{2581}';

/// The vocabulary.
pub(super) struct WordPieces {
    numbers: HashMap<Box<str>, u32>,
    /// The bytes of the longest token: no longer piece of a word is looked for.
    longest: usize,
    /// The token of a word that cannot be told in others.
    unknown: u32,
    normalizer: BertNormalizer,
    marks: Marks,
}

impl WordPieces {
    pub(super) fn new(header: &Header, special: Special) -> Result<Self, String> {
        const UNKNOWN: &str = "tokenizer.ggml.unknown_token_id";
        let model = Model::new(header);
        let vocabulary = Vocabulary::of(header)?;
        let numbers = vocabulary.numbers();
        let unknown = match model.number(UNKNOWN) {
            Some(number) => u32::try_from(number).ok(),
            None => numbers.get("[UNK]").copied(),
        };
        let lowers = model
            .flag("tokenizer.ggml.normalizer.lowercase")
            .unwrap_or(true);
        let strips = model.flag("tokenizer.ggml.normalizer.strip_accents");
        Ok(WordPieces {
            longest: vocabulary
                .texts
                .iter()
                .map(|text| text.len())
                .max()
                .unwrap_or(0),
            unknown: unknown.ok_or(format!("it has no `{UNKNOWN}`"))?,
            normalizer: BertNormalizer::new(true, true, Some(strips.unwrap_or(lowers)), lowers),
            marks: Marks::of(&vocabulary, special, |_| false)?,
            numbers,
        })
    }

    pub(super) fn tokens(&self, text: &str) -> Result<Vec<u32>, String> {
        let mut tokens = Vec::new();
        for piece in self.marks.pieces(text) {
            match piece {
                Piece::Token(number) => tokens.push(number),
                Piece::Text(text) => self
                    .words(text, &mut tokens)
                    .map_err(|error| error.to_string())?,
            }
        }
        Ok(tokens)
    }

    fn words(&self, text: &str, tokens: &mut Vec<u32>) -> tokenizers::Result<()> {
        let mut text = NormalizedString::from(text);
        self.normalizer.normalize(&mut text)?;
        let mut words = PreTokenizedString::from(text);
        BertPreTokenizer.pre_tokenize(&mut words)?;
        for (word, ..) in words.get_splits(OffsetReferential::Normalized, OffsetType::Byte) {
            self.split(&format!("{BEGINNING}{word}"), tokens);
        }
        Ok(())
    }

    /// Of a word the longest token that it begins with, again and again.
    fn split(&self, word: &str, tokens: &mut Vec<u32>) {
        let before = tokens.len();
        let mut from = 0;
        while from < word.len() {
            let most = word.floor_char_boundary(from + self.longest);
            let mut ends = (from + 1..=most).rev();
            let longest =
                ends.find_map(|end| Some((end, *self.numbers.get(word.get(from..end)?)?)));
            let Some((end, number)) = longest else {
                tokens.truncate(before);
                tokens.push(self.unknown);
                return;
            };
            tokens.push(number);
            from = end;
        }
    }
}
