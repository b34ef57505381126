//! Tokenizers that a `tokenizer.json` describes, which the crate `tokenizers` reads.

use super::Special;
use crate::guard::guarded;
use tokenizers::Tokenizer;

/// The most white space in a row. Behind a million, the crate gives up on patterns that look
/// ahead, without a word, and counts otherwise than others do.
const SPACES: usize = 900_000;

/// What is said where the crate panics.
const DAMAGED: &str = "the vocabulary is damaged";

/// The tokenizer that a `tokenizer.json` describes.
pub(super) fn of_json(json: &[u8], special: Special) -> Result<Tokenizer, String> {
    let read = || Tokenizer::from_bytes(json).map_err(|error| error.to_string());
    let mut library = guarded(read, || DAMAGED.to_owned())?;
    // A text is counted as it is, whatever a model is fed with.
    library.with_padding(None);
    library
        .with_truncation(None)
        .map_err(|error| error.to_string())?;
    library.set_encode_special_tokens(special == Special::Text);
    Ok(library)
}

/// The numbers of a text's tokens.
pub(super) fn tokens(library: &Tokenizer, text: &str) -> Result<Vec<u32>, String> {
    let mut words = text.split(|c: char| !c.is_whitespace());
    if words.any(|space| space.len() > SPACES) {
        return Err(format!(
            "it has more than {SPACES} bytes of white space in a row"
        ));
    }
    let encode = || {
        library
            .encode_fast(text, false)
            .map_err(|error| error.to_string())
    };
    let encoding = guarded(encode, || DAMAGED.to_owned())?;
    Ok(encoding.get_ids().to_vec())
}
