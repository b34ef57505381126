//! Patterns of a `tokenizer.json`, which tell when they give up.

use fancy_regex::Regex;
use tokenizers::pattern::Pattern;
use tokenizers::{Offsets, Result};

/// What `\w` is to Oniguruma, with which files are made; `regex` takes other numbers than
/// digits for none, and joiners for some.
const WORD: &str = r"[\p{L}\p{M}\p{N}\p{Pc}]";
/// The same of `\W`.
const NO_WORD: &str = r"[^\p{L}\p{M}\p{N}\p{Pc}]";

/// A pattern.
#[derive(Debug)]
pub(super) struct Search {
    regex: Regex,
    /// As it stands in the file.
    shown: String,
}

impl Search {
    /// The pattern that an expression describes.
    pub(super) fn of_regex(expression: &str) -> Result<Search> {
        let mut meant = String::with_capacity(expression.len());
        let mut characters = expression.chars();
        while let Some(character) = characters.next() {
            match (character, characters.clone().next()) {
                ('\\', Some('w')) => meant.push_str(WORD),
                ('\\', Some('W')) => meant.push_str(NO_WORD),
                ('\\', Some(escaped)) => meant.extend(['\\', escaped]),
                _ => {
                    meant.push(character);
                    continue;
                }
            }
            characters.next();
        }
        Ok(Search {
            regex: Regex::new(&meant)?,
            shown: expression.to_owned(),
        })
    }

    /// The pattern that finds a text as it is.
    pub(super) fn of_text(text: &str) -> Result<Search> {
        Search::of_regex(&fancy_regex::escape(text))
    }
}

impl Pattern for &Search {
    /// The parts of a text, and whether they were found.
    fn find_matches(&self, inside: &str) -> Result<Vec<(Offsets, bool)>> {
        if inside.is_empty() {
            return Ok(vec![((0, 0), false)]);
        }
        let mut parts = Vec::new();
        let mut from = 0;
        for found in self.regex.find_iter(inside) {
            let found = found.map_err(|_| {
                let shown = &self.shown;
                format!("its pattern `{shown}` tries too many ways to match it")
            })?;
            if found.start() > from {
                parts.push(((from, found.start()), false));
            }
            parts.push(((found.start(), found.end()), true));
            from = found.end();
        }
        if from < inside.len() {
            parts.push(((from, inside.len()), false));
        }
        Ok(parts)
    }
}
