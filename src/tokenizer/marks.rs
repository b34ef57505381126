//! Pieces of a text that are whole tokens, found before the rest is split.

use super::Special;
use super::vocabulary::{Purpose, Vocabulary};
use aho_corasick::{AhoCorasick, MatchKind};

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Text(&'t str),
    Token(u32),
}

/// What is found.
#[derive(Debug)]
pub(super) struct Marks {
    finder: AhoCorasick,
    /// The number of each token, and whether white space behind it goes with it.
    tokens: Vec<(u32, bool)>,
}

impl Marks {
    /// Marks with their numbers, and whether white space behind them goes with them. Where
    /// several begin at one place, the longest is taken.
    pub(super) fn new(marks: &[(u32, &str, bool)]) -> Result<Marks, String> {
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(marks.iter().map(|(_, text, _)| text));
        Ok(Marks {
            finder: finder.map_err(|error| error.to_string())?,
            tokens: marks
                .iter()
                .map(|(number, _, strips)| (*number, *strips))
                .collect(),
        })
    }

    /// The marks of a vocabulary, behind which white space goes with those that `strips`
    /// says.
    pub(super) fn of(
        vocabulary: &Vocabulary<'_>,
        special: Special,
        strips: impl Fn(&str) -> bool,
    ) -> Result<Marks, String> {
        let marks = vocabulary.marks();
        let marks = marks
            .filter(|(.., purpose)| special == Special::Tokens || *purpose == Purpose::Whole)
            .map(|(number, text, _)| (number, text, strips(text)));
        Marks::new(&marks.collect::<Vec<_>>())
    }

    /// Takes a text apart; no piece of text is empty.
    pub(super) fn pieces<'t>(&self, text: &'t str) -> Vec<Piece<'t>> {
        let mut pieces = Vec::new();
        let mut from = 0;
        for found in self.finder.find_iter(text) {
            // White space that went with the mark before may hold the beginning of this one.
            if found.start() < from {
                continue;
            }
            if found.start() > from {
                pieces.push(Piece::Text(&text[from..found.start()]));
            }
            let (number, strips) = self.tokens[found.pattern().as_usize()];
            pieces.push(Piece::Token(number));
            from = found.end();
            if strips {
                let rest = &text[from..];
                from += rest.len() - rest.trim_start().len();
            }
        }
        if from < text.len() {
            pieces.push(Piece::Text(&text[from..]));
        }
        pieces
    }
}
