//! What changes a text before it is split, one step after another; none makes it much longer.

use super::pattern::Search;
use super::{most, too_long};
use serde::{Deserialize, Deserializer, de};
use std::cell::RefCell;
use tokenizers::normalizers::{Precompiled, Replace};
use tokenizers::pattern::Pattern;
use tokenizers::{NormalizedString, Normalizer, NormalizerWrapper, Offsets, Result};

/// The most steps. Files have ten.
pub(super) const STEPS: usize = 64;

/// The most bytes of a cluster of characters that is replaced as a whole.
const CLUSTER: usize = 5;

thread_local! {
    /// Why a text was refused: the crate passes over what its normalizers say.
    static REFUSED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Why a text was refused since this was last asked, on this thread.
pub(super) fn refused() -> Option<String> {
    REFUSED.take()
}

/// The steps.
#[derive(Debug)]
pub(super) struct Normalizers(Vec<Step>);

#[derive(Debug)]
enum Step {
    /// What is found is replaced.
    Replace(Search, String),
    /// Something is put before the text.
    Prepend(String),
    /// Characters are replaced by what a table says.
    Table(Box<Precompiled>),
    /// Any other, which makes of a character a few at most.
    Other(Box<NormalizerWrapper>),
}

impl<'de> Deserialize<'de> for Normalizers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let mut steps = Vec::new();
        add(NormalizerWrapper::deserialize(deserializer)?, &mut steps)
            .map_err(de::Error::custom)?;
        Ok(Normalizers(steps))
    }
}

fn add(step: NormalizerWrapper, steps: &mut Vec<Step>) -> Result<()> {
    let step = match step {
        NormalizerWrapper::Sequence(several) => {
            return several.into_iter().try_for_each(|step| add(step, steps));
        }
        NormalizerWrapper::Replace(replace) => Step::Replace(search(&replace)?, replace.content),
        NormalizerWrapper::Prepend(prepend) => Step::Prepend(prepend.prepend),
        NormalizerWrapper::Precompiled(table) => Step::Table(Box::new(table)),
        other => Step::Other(Box::new(other)),
    };
    if steps.len() == STEPS {
        return Err(format!("`normalizer` has more than {STEPS} steps").into());
    }
    steps.push(step);
    Ok(())
}

/// What is replaced, which the crate shows only as JSON.
fn search(replace: &Replace) -> Result<Search> {
    #[derive(Deserialize)]
    enum Pattern {
        String(String),
        Regex(String),
    }
    #[derive(Deserialize)]
    struct Shown {
        pattern: Pattern,
    }
    match serde_json::from_value(serde_json::to_value(replace)?)? {
        Shown {
            pattern: Pattern::String(text),
        } => Search::of_text(&text),
        Shown {
            pattern: Pattern::Regex(expression),
        } => Search::of_regex(&expression),
    }
}

impl Normalizer for Normalizers {
    fn normalize(&self, text: &mut NormalizedString) -> Result<()> {
        for step in &self.0 {
            if let Err(error) = step.take(text) {
                REFUSED.replace(Some(error.to_string()));
                break;
            }
        }
        Ok(())
    }
}

impl Step {
    fn take(&self, text: &mut NormalizedString) -> Result<()> {
        let most = most(text.len_original());
        match self {
            Step::Replace(search, content) => {
                let content_bytes = content.len();
                let pattern = Replacing {
                    search,
                    content_bytes,
                    most,
                };
                return text.replace(pattern, content);
            }
            Step::Prepend(start) => {
                bounded(text.len().saturating_add(start.len()), most)?;
                // Nothing is put before nothing.
                if !text.is_empty() {
                    text.prepend(start);
                }
                return Ok(());
            }
            Step::Table(table) => {
                written(table, text.get(), most)?;
                table.normalize(text)?;
            }
            Step::Other(other) => other.normalize(text)?,
        }
        bounded(text.len(), most)
    }
}

fn bounded(bytes: usize, most: usize) -> Result<()> {
    match bytes > most {
        true => Err(too_long("`normalizer`").into()),
        false => Ok(()),
    }
}

/// What is replaced, as long as what comes of it is not too long.
struct Replacing<'s> {
    search: &'s Search,
    content_bytes: usize,
    most: usize,
}

impl Pattern for Replacing<'_> {
    fn find_matches(&self, inside: &str) -> Result<Vec<(Offsets, bool)>> {
        let parts = self.search.find_matches(inside)?;
        let bytes = parts.iter().map(|((start, end), is_found)| match is_found {
            true => self.content_bytes,
            false => end - start,
        });
        let bytes = bytes.fold(0usize, usize::saturating_add);
        bounded(bytes, self.most).map(|()| parts)
    }
}

/// Refuses a table that writes too much for the characters of a text. It writes no more than
/// what it has for the clusters that begin at each of them.
fn written(table: &Precompiled, text: &str, most: usize) -> Result<()> {
    let mut bytes = 0usize;
    for (start, character) in text.char_indices() {
        let end = text.floor_char_boundary(start + CLUSTER);
        let own = table.transform(&text[start..end]).map_or(0, str::len);
        bytes = bytes.saturating_add(own.max(character.len_utf8()));
        bounded(bytes, most)?;
    }
    Ok(())
}
