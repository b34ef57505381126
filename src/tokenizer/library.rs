//! What is the same for all vocabularies that the crate `tokenizers` takes apart.

use super::Special;
use super::vocabulary::{Purpose, Vocabulary};
use crate::guard::guarded;
use tokenizers::{AddedToken, Tokenizer};

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

/// Adds the tokens that are found before a text is split.
pub(super) fn add_marks(library: &mut Tokenizer, vocabulary: &Vocabulary<'_>, special: Special) {
    let mut control = Vec::new();
    let mut whole = Vec::new();
    for (_, text, purpose) in vocabulary.marks() {
        let is_control = purpose == Purpose::Control;
        let added = AddedToken::from(text, is_control).normalized(false);
        if is_control {
            control.push(added);
        } else {
            whole.push(added);
        }
    }
    library.add_tokens(&whole);
    library.add_special_tokens(&control);
    library.set_encode_special_tokens(special == Special::Text);
}

/// The numbers of a text's tokens.
pub(super) fn tokens(library: &Tokenizer, text: &str) -> Result<Vec<u32>, String> {
    let encode = || {
        library
            .encode_fast(text, false)
            .map_err(|error| error.to_string())
    };
    let encoding = guarded(encode, || DAMAGED.to_owned())?;
    Ok(encoding.get_ids().to_vec())
}
