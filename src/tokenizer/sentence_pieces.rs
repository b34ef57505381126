//! Vocabularies of sentence pieces, as Llama 1 and 2, Mistral and Phi 3 have them: the pair
//! of neighbours whose union is the best-rated token is joined, again and again.

use super::Special;
use super::marks::{Marks, Piece};
use super::vocabulary::{Purpose, Vocabulary};
use crate::gguf::{Header, Model, Value};
use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};

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

/// Two neighbours that may be joined.
#[derive(Debug, PartialEq)]
struct Pair {
    score: f32,
    left: usize,
    right: usize,
    /// The bytes of both; if they changed since, the pair is no more.
    bytes: usize,
}

impl Eq for Pair {}

impl Ord for Pair {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_score = self.score.total_cmp(&other.score);
        by_score.then(other.left.cmp(&self.left))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A piece of the text, in a chain of its neighbours. A piece that was joined to the one
/// before it is empty.
#[derive(Clone, Copy, Debug)]
struct Symbol {
    start: usize,
    end: usize,
    before: Option<usize>,
    behind: Option<usize>,
}

impl SentencePieces {
    pub(super) fn new(header: &Header, special: Special) -> Result<Self, String> {
        let vocabulary = Vocabulary::of(header)?;
        let model = Model::new(header);
        let scores = header.get("tokenizer.ggml.scores").and_then(Value::array);
        let scores = scores
            .map(|array| array.values.as_slice())
            .unwrap_or_default();
        let scores: Vec<f32> = scores
            .iter()
            .map(|score| match score {
                Value::F32(score) => *score,
                _ => 0.0,
            })
            .collect();
        if scores.len() != vocabulary.texts.len() {
            return Err("`tokenizer.ggml.scores` has not one number for every token".to_owned());
        }
        let numbers: HashMap<Box<str>, u32> = vocabulary
            .texts
            .iter()
            .map(|text| Box::from(*text))
            .zip(0..)
            .collect();
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
        let marks: Vec<(u32, &str, bool)> = vocabulary
            .marks()
            .filter(|(.., purpose)| special == Special::Tokens || *purpose == Purpose::Whole)
            .map(|(number, text, _)| (number, text, strips(text)))
            .collect();
        let unknown = model.number("tokenizer.ggml.unknown_token_id");
        Ok(SentencePieces {
            bytes: (0..=255).map(byte).collect(),
            scores,
            unknown: unknown.and_then(|number| number.try_into().ok()),
            adds_space: model
                .flag("tokenizer.ggml.add_space_prefix")
                .unwrap_or(true),
            marks: Marks::new(&marks)?,
            numbers,
        })
    }

    pub(super) fn tokens(&self, text: &str) -> Vec<u32> {
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
                    self.split(&text, &mut tokens);
                    is_behind_mark = false;
                }
            }
        }
        tokens
    }

    fn split(&self, text: &str, tokens: &mut Vec<u32>) {
        let mut symbols: Vec<Symbol> = text
            .char_indices()
            .enumerate()
            .map(|(at, (start, c))| Symbol {
                start,
                end: start + c.len_utf8(),
                before: at.checked_sub(1),
                behind: Some(at + 1),
            })
            .collect();
        if let Some(last) = symbols.last_mut() {
            last.behind = None;
        }
        let mut pairs = BinaryHeap::new();
        for right in 1..symbols.len() {
            pairs.extend(self.pair(text, &symbols, Some(right - 1), Some(right)));
        }
        while let Some(Pair {
            left, right, bytes, ..
        }) = pairs.pop()
        {
            let (first, second) = (symbols[left], symbols[right]);
            let is_there = first.start < first.end && second.start < second.end;
            if !is_there || first.end != second.start || second.end - first.start != bytes {
                continue;
            }
            symbols[left].end = second.end;
            symbols[left].behind = second.behind;
            symbols[right].start = second.end;
            if let Some(behind) = second.behind {
                symbols[behind].before = Some(left);
            }
            pairs.extend(self.pair(text, &symbols, first.before, Some(left)));
            pairs.extend(self.pair(text, &symbols, Some(left), second.behind));
        }
        let mut at = symbols.first().copied();
        while let Some(symbol) = at {
            let piece = &text[symbol.start..symbol.end];
            match self.numbers.get(piece) {
                Some(number) => tokens.push(*number),
                None => tokens.extend(
                    piece
                        .bytes()
                        .filter_map(|byte| self.bytes[usize::from(byte)].or(self.unknown)),
                ),
            }
            at = symbol.behind.map(|behind| symbols[behind]);
        }
    }

    /// The pair of two neighbours, if together they are a token.
    fn pair(
        &self,
        text: &str,
        symbols: &[Symbol],
        left: Option<usize>,
        right: Option<usize>,
    ) -> Option<Pair> {
        let (left, right) = (left?, right?);
        let (start, end) = (symbols[left].start, symbols[right].end);
        let number = *self.numbers.get(&text[start..end])?;
        Some(Pair {
            score: self.scores.get(number as usize).copied()?,
            left,
            right,
            bytes: end - start,
        })
    }
}
