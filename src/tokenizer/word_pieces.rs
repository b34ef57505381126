//! Vocabularies of word pieces, as BERT and its kin have them: lower case, no accents, and of
//! every word the longest token that it begins with, again and again.

use super::Special;
use super::library::add_marks;
use super::vocabulary::{Purpose, Vocabulary};
use crate::gguf::{Header, Model};
use tokenizers::Tokenizer;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::bert::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;

/// What marks the beginning of a word in GGUF files; elsewhere what is not the beginning
/// is marked.
const BEGINNING: char = '\u{2581}';

/// The tokenizer of a GGUF file.
pub(super) fn of_model(header: &Header, special: Special) -> Result<Tokenizer, String> {
    let model = Model::new(header);
    let vocabulary = Vocabulary::of(header)?;
    let spelled = |(text, purpose): (&&str, &Purpose)| match text.strip_prefix(BEGINNING) {
        Some(word) => word.to_owned(),
        None if *purpose == Purpose::Text => format!("##{text}"),
        None => (*text).to_owned(),
    };
    let words = vocabulary.texts.iter().zip(&vocabulary.purposes);
    let words: ahash::AHashMap<String, u32> = words.map(spelled).zip(0..).collect();
    let unknown = model
        .token("tokenizer.ggml.unknown_token_id")
        .unwrap_or("[UNK]");
    let pieces = WordPiece::builder()
        .vocab(words)
        .unk_token(unknown.to_owned())
        .continuing_subword_prefix("##".to_owned())
        .max_input_chars_per_word(usize::MAX)
        .build()
        .map_err(|error| error.to_string())?;
    let lowers = model
        .flag("tokenizer.ggml.normalizer.lowercase")
        .unwrap_or(true);
    let strips = model.flag("tokenizer.ggml.normalizer.strip_accents");
    let mut library = Tokenizer::new(pieces);
    let normalizer = BertNormalizer::new(true, true, Some(strips.unwrap_or(lowers)), lowers);
    library.with_normalizer(Some(normalizer));
    library.with_pre_tokenizer(Some(BertPreTokenizer));
    add_marks(&mut library, &vocabulary, special);
    Ok(library)
}
