//! Vocabularies of byte pairs, as GPT-2, Llama 3, Qwen and most others have them: a text is
//! split by a pattern, and in each part pairs are joined in the order of a list.

use super::Special;
use super::marks::{Marks, Piece};
use super::splits;
use super::splitter::Splitter;
use super::vocabulary::{Vocabulary, texts};
use super::without_token;
use crate::gguf::{Header, Model};
use tokenizers::Model as _;
use tokenizers::models::bpe::BPE;

const MERGES: &str = "tokenizer.ggml.merges";

/// The vocabulary.
pub(super) struct BytePairs {
    marks: Marks,
    splitter: Splitter,
    /// What every byte is written as, so that no part holds white space.
    letters: Vec<char>,
    pairs: BPE,
}

impl BytePairs {
    pub(super) fn new(header: &Header, special: Special) -> Result<Self, String> {
        let vocabulary = Vocabulary::of(header)?;
        let split = splits::find(Model::new(header).text("tokenizer.ggml.pre"))?;
        let merges = texts(header, MERGES)?.ok_or(format!("it has no `{MERGES}`"))?;
        let known: ahash::AHashMap<String, u32> = vocabulary
            .texts
            .iter()
            .map(|text| (*text).to_owned())
            .zip(0..)
            .collect();
        let halves = |(place, merge): (usize, &&str)| {
            let wrong =
                |what: &str| Err(format!("number {place} of `{MERGES}`, `{merge}`, {what}"));
            // The first character belongs to the first half, even if it is a space.
            let second = merge.chars().next().map_or(0, char::len_utf8);
            let Some((left, right)) = merge[second..].split_once(' ') else {
                return wrong("is no pair");
            };
            let left = &merge[..second + left.len()];
            let is_known = |text: &str| known.contains_key(text);
            match is_known(left) && is_known(right) && is_known(&format!("{left}{right}")) {
                true => Ok((left.to_owned(), right.to_owned())),
                false => wrong("joins what is no token, or to none"),
            }
        };
        let merges: Result<Vec<_>, String> = merges.iter().enumerate().map(halves).collect();
        let pairs = BPE::builder()
            .vocab_and_merges(known, merges?)
            .ignore_merges(split.prefers_whole)
            .build();
        Ok(BytePairs {
            marks: Marks::of(&vocabulary, special, |_| false)?,
            splitter: Splitter::new(split.patterns)?,
            letters: letters(),
            pairs: pairs.map_err(|error| error.to_string())?,
        })
    }

    pub(super) fn tokens(&self, text: &str) -> Result<Vec<u32>, String> {
        let mut tokens = Vec::new();
        for piece in self.marks.pieces(text) {
            let text = match piece {
                Piece::Text(text) => text,
                Piece::Token(number) => {
                    tokens.push(number);
                    continue;
                }
            };
            for part in self.splitter.parts(text) {
                let bytes = part.bytes().map(|byte| self.letters[usize::from(byte)]);
                let written: String = bytes.collect();
                let found = self.pairs.tokenize(&written);
                let found = found.map_err(|error| error.to_string())?;
                // What has no token is left out without a word.
                let told: usize = found.iter().map(|token| token.value.len()).sum();
                if told < written.len() {
                    return Err(without_token(self.missing(part), part));
                }
                tokens.extend(found.iter().map(|token| token.id));
            }
        }
        Ok(tokens)
    }
}

impl BytePairs {
    /// The first byte of a part that has no token.
    fn missing(&self, part: &str) -> u8 {
        let is_missing = |byte: &u8| {
            let letter = self.letters[usize::from(*byte)];
            self.pairs
                .token_to_id(letter.encode_utf8(&mut [0; 4]))
                .is_none()
        };
        part.bytes().find(is_missing).unwrap_or_default()
    }
}

/// What the bytes are written as in vocabularies of this kind: the printable ones of Latin-1 as
/// themselves, the others in their order from U+0100.
fn letters() -> Vec<char> {
    let mut others = '\u{100}'..;
    let letter = |byte: u8| match byte {
        b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff => Some(char::from(byte)),
        _ => others.next(),
    };
    (0..=255).filter_map(letter).collect()
}
