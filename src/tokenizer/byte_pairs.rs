//! Vocabularies of byte pairs, as GPT-2, Llama 3, Qwen and most others have them: a text is
//! split by a pattern, and in each part pairs are joined in the order of a list.

use super::Special;
use super::library::add_marks;
use super::splits;
use super::vocabulary::{Vocabulary, texts};
use crate::gguf::{Header, Model};
use tokenizers::models::bpe::BPE;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::tokenizer::SplitDelimiterBehavior;
use tokenizers::{PreTokenizerWrapper, Tokenizer};

/// The tokenizer of a GGUF file.
pub(super) fn of_model(header: &Header, special: Special) -> Result<Tokenizer, String> {
    const MERGES: &str = "tokenizer.ggml.merges";
    let vocabulary = Vocabulary::of(header)?;
    let pre = Model::new(header).text("tokenizer.ggml.pre");
    let split = splits::find(pre)?;
    let merges = texts(header, MERGES)?.ok_or(format!("it has no `{MERGES}`"))?;
    let known: ahash::AHashMap<String, u32> = vocabulary
        .texts
        .iter()
        .map(|text| (*text).to_owned())
        .zip(0..)
        .collect();
    // The first character belongs to the first half, even if it is a space.
    let halves = merges.iter().filter_map(|merge| {
        let second = merge.char_indices().nth(1)?.0;
        let at = second + merge[second..].find(' ')?;
        Some((merge[..at].to_owned(), merge[at + 1..].to_owned()))
    });
    let halves = halves.filter(|(left, right)| {
        let is_known = |text: &str| known.contains_key(text);
        is_known(left) && is_known(right) && is_known(&format!("{left}{right}"))
    });
    let merges = halves.collect();
    let model = BPE::builder()
        .vocab_and_merges(known, merges)
        .ignore_merges(split.prefers_whole)
        .build()
        .map_err(|error| error.to_string())?;
    let mut library = Tokenizer::new(model);
    let mut steps: Vec<PreTokenizerWrapper> = Vec::new();
    for pattern in split.patterns {
        let pattern = SplitPattern::Regex((*pattern).to_owned());
        let step = Split::new(pattern, SplitDelimiterBehavior::Isolated, false);
        steps.push(step.map_err(|error| error.to_string())?.into());
    }
    steps.push(ByteLevel::new(false, false, false).into());
    library.with_pre_tokenizer(Some(Sequence::new(steps)));
    add_marks(&mut library, &vocabulary, special);
    Ok(library)
}
