//! Vocabularies of sentence pieces, as Llama 1 and 2, Mistral and Phi 3 have them: the pair
//! of neighbours whose union is the best-rated token is joined, again and again.

use super::marks::{Marks, Piece};
use super::vocabulary::Vocabulary;
use super::{Special, joins, without_token};
use crate::gguf::{Header, Model, Value, ValueType};
use std::cmp::Ordering;
use std::collections::HashMap;

const SCORES: &str = "tokenizer.ggml.scores";
const ADDS_SPACE: &str = "tokenizer.ggml.add_space_prefix";

/// What a space is in the vocabulary.
const SPACE: &str = "\u{2581}";

/// The vocabulary.
#[derive(Debug)]
pub(super) struct SentencePieces {
    numbers: HashMap<Box<str>, u32>,
    scores: Vec<f32>,
    /// The token of every byte, for what has no other.
    bytes: Vec<Option<u32>>,
    unknown: Option<u32>,
    /// Whether a text begins with a space that is not there.
    adds_space: bool,
    marks: Marks,
}

/// How a token is rated; the greatest is the best.
#[derive(Debug)]
struct Score(f32);

impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Score {}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl SentencePieces {
    pub(super) fn new(header: &Header, special: Special) -> Result<Self, String> {
        let vocabulary = Vocabulary::of(header)?;
        let model = Model::new(header);
        let adds_space = match header.get(ADDS_SPACE) {
            None => true,
            Some(Value::Bool(flag)) => *flag,
            Some(value) => {
                let own = value.type_name();
                return Err(format!("`{ADDS_SPACE}` is of type {own} and not bool"));
            }
        };
        let scores = match header.get(SCORES).map(|value| (value, value.array())) {
            None => return Err(format!("it has no `{SCORES}`")),
            Some((_, Some(array))) if array.value_type == ValueType::F32 => array,
            Some((value, _)) => {
                let own = value.type_name();
                return Err(format!("`{SCORES}` is of type {own} and not array of f32"));
            }
        };
        vocabulary.matches(SCORES, scores.count)?;
        let score = |score: Value| match score {
            Value::F32(score) => score,
            _ => 0.0,
        };
        let scores: Vec<f32> = scores.values().map(score).collect();
        let numbers = vocabulary.numbers();
        let byte = |byte: u8| {
            let named = numbers.get(format!("<0x{byte:02X}>").as_str());
            let itself = || numbers.get(std::str::from_utf8(&[byte]).ok()?);
            named.or_else(itself).copied()
        };
        let name = model
            .text("general.name")
            .unwrap_or_default()
            .to_lowercase();
        let is_phi = name.contains("phi-3") || name.contains("phi3");
        let strips = |text: &str| is_phi && !["<unk>", "<s>", "<|endoftext|>"].contains(&text);
        let unknown = model.number("tokenizer.ggml.unknown_token_id");
        Ok(SentencePieces {
            bytes: (0..=255).map(byte).collect(),
            scores,
            unknown: unknown.and_then(|number| number.try_into().ok()),
            adds_space,
            marks: Marks::of(&vocabulary, special, strips)?,
            numbers,
        })
    }

    pub(super) fn tokens(&self, text: &str) -> Result<Vec<u32>, String> {
        let mut tokens = Vec::new();
        let mut is_behind_mark = true;
        for piece in self.marks.pieces(text) {
            match piece {
                Piece::Token(number) => {
                    tokens.push(number);
                    is_behind_mark = true;
                }
                Piece::Text(text) => {
                    let space = if self.adds_space && is_behind_mark {
                        SPACE
                    } else {
                        ""
                    };
                    let text = format!("{space}{}", text.replace(' ', SPACE));
                    self.split(&text, &mut tokens)?;
                    is_behind_mark = false;
                }
            }
        }
        Ok(tokens)
    }

    fn split(&self, text: &str, tokens: &mut Vec<u32>) -> Result<(), String> {
        let mut missing = None;
        let score = |number: &u32| Some(Score(*self.scores.get(*number as usize)?));
        joins::join(
            text.char_indices().map(|(start, _)| start),
            text.len(),
            |range| self.numbers.get(&text[range]).and_then(score),
            |range| match self.numbers.get(&text[range.clone()]) {
                Some(number) => tokens.push(*number),
                None => {
                    let piece = &text[range];
                    for byte in piece.bytes() {
                        match self.bytes[usize::from(byte)].or(self.unknown) {
                            Some(number) => tokens.push(number),
                            None => {
                                missing.get_or_insert_with(|| without_token(byte, piece));
                            }
                        }
                    }
                }
            },
        );
        missing.map_or(Ok(()), Err)
    }
}
