//! What splits a text into parts of which each is told in tokens, one step after another.

use super::normalizer::STEPS;
use super::pattern::Search;
use super::{most, too_long};
use serde::{Deserialize, Deserializer, de};
use tokenizers::pattern::Invert;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{
    OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer, PreTokenizerWrapper, Result,
    SplitDelimiterBehavior,
};

/// The steps.
#[derive(Debug)]
pub(super) struct PreTokenizers(Vec<Step>);

#[derive(Debug)]
enum Step {
    /// The text is split at what is found, or at what is not.
    Split {
        search: Search,
        behavior: SplitDelimiterBehavior,
        is_inverted: bool,
    },
    /// Any other, which makes of a character a few at most.
    Other(Box<PreTokenizerWrapper>),
}

impl<'de> Deserialize<'de> for PreTokenizers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let mut steps = Vec::new();
        add(PreTokenizerWrapper::deserialize(deserializer)?, &mut steps)
            .map_err(de::Error::custom)?;
        Ok(PreTokenizers(steps))
    }
}

fn add(step: PreTokenizerWrapper, steps: &mut Vec<Step>) -> Result<()> {
    let step = match step {
        PreTokenizerWrapper::Sequence(several) => {
            return several.into_iter().try_for_each(|step| add(step, steps));
        }
        PreTokenizerWrapper::Split(Split {
            pattern,
            behavior,
            invert,
            ..
        }) => Step::Split {
            search: match pattern {
                SplitPattern::String(text) => Search::of_text(&text)?,
                SplitPattern::Regex(expression) => Search::of_regex(&expression)?,
            },
            behavior,
            is_inverted: invert,
        },
        other => Step::Other(Box::new(other)),
    };
    if steps.len() == STEPS {
        return Err(format!("`pre_tokenizer` has more than {STEPS} steps").into());
    }
    steps.push(step);
    Ok(())
}

impl PreTokenizer for PreTokenizers {
    fn pre_tokenize(&self, text: &mut PreTokenizedString) -> Result<()> {
        for step in &self.0 {
            match step {
                Step::Split {
                    search,
                    behavior,
                    is_inverted: true,
                } => text.split(|_, part| part.split(Invert(search), *behavior))?,
                Step::Split {
                    search, behavior, ..
                } => text.split(|_, part| part.split(search, *behavior))?,
                Step::Other(other) => {
                    other.pre_tokenize(text)?;
                    bounded(text)?;
                }
            }
        }
        Ok(())
    }
}

/// Refuses parts that are much longer than the text that they were made of.
fn bounded(text: &PreTokenizedString) -> Result<()> {
    let parts = text.get_splits(OffsetReferential::Original, OffsetType::Byte);
    let original = parts.last().map_or(0, |(_, (_, end), _)| *end);
    let bytes: usize = parts.iter().map(|(part, ..)| part.len()).sum();
    match bytes > most(original) {
        true => Err(too_long("`pre_tokenizer`").into()),
        false => Ok(()),
    }
}
