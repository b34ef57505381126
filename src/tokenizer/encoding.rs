//! The encodings of OpenAI's models, whose vocabularies are part of the program.

use super::marks::{Marks, Piece};
use super::splitter::Splitter;
use super::{ENCODINGS, Special, joins};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use tiktoken_rs::CoreBPE;

/// No token of an encoding has a greater number.
const MOST: u32 = 1 << 18;

/// How `cl100k_base` splits texts; a text that ends in white space has it as one part.
const CL100K: &str = r"(?i:'[sdmt]|'ll|'ve|'re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+$|\s*[\r\n]|\s+(?!\S)|\s+";

/// An encoding.
pub(super) struct Encoding {
    marks: Marks,
    splitter: Splitter,
    /// The tokens by their bytes. Those of small numbers are joined first.
    numbers: HashMap<Box<[u8]>, u32>,
}

impl Encoding {
    pub(super) fn named(name: &str, special: Special) -> Result<Encoding, String> {
        let (core, pattern) = match name {
            "o200k_base" => (tiktoken_rs::o200k_base(), tiktoken_rs::O200K_BASE_PAT_STR),
            "cl100k_base" => (tiktoken_rs::cl100k_base(), CL100K),
            _ => {
                return Err(format!(
                    "there is no encoding `{name}`; there are {ENCODINGS:?}"
                ));
            }
        };
        let core = core.map_err(|error| error.to_string())?;
        let marks = marks(&core);
        let special_numbers: HashSet<u32> = marks.iter().map(|(number, ..)| *number).collect();
        let numbers = (0..MOST).filter(|number| !special_numbers.contains(number));
        let numbers = numbers.filter_map(|number| {
            let bytes = core.decode_bytes(&[number]).ok()?;
            Some((bytes.into_boxed_slice(), number))
        });
        Ok(Encoding {
            marks: match special {
                Special::Tokens => Marks::new(&marks)?,
                Special::Text => Marks::new(&[])?,
            },
            splitter: Splitter::new(&[pattern])?,
            numbers: numbers.collect(),
        })
    }

    pub(super) fn tokens(&self, text: &str) -> Vec<u32> {
        let mut tokens = Vec::new();
        for piece in self.marks.pieces(text) {
            match piece {
                Piece::Token(number) => tokens.push(number),
                Piece::Text(text) => {
                    for part in self.splitter.parts(text) {
                        self.join(part.as_bytes(), &mut tokens);
                    }
                }
            }
        }
        tokens
    }

    fn join(&self, part: &[u8], tokens: &mut Vec<u32>) {
        if let Some(number) = self.numbers.get(part) {
            tokens.push(*number);
            return;
        }
        // Every byte is a token.
        joins::join(
            0..part.len(),
            part.len(),
            |range| self.numbers.get(&part[range]).copied().map(Reverse),
            |range| tokens.extend(self.numbers.get(&part[range])),
        );
    }
}

/// The special tokens: their numbers and marks.
fn marks(core: &CoreBPE) -> Vec<(u32, &str, bool)> {
    let mut marks: Vec<(u32, &str, bool)> = core
        .special_tokens()
        .into_iter()
        .filter_map(|text| match core.encode_with_special_tokens(text)[..] {
            [number] => Some((number, text, false)),
            _ => None,
        })
        .collect();
    marks.sort_unstable();
    marks
}
