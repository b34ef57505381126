//! Tokenizers that a `tokenizer.json` describes, which the crate `tokenizers` reads.
//!
//! Such a file is a small program: its patterns and what they put in their place are run on
//! every text. What is run here is bounded, and what gives up is told, not passed over.

mod normalizer;
mod pattern;
mod pre_tokenizer;

use super::Special;
use crate::guard::guarded;
use normalizer::Normalizers;
use pre_tokenizer::PreTokenizers;
use tokenizers::{DecoderWrapper, ModelWrapper, PostProcessorWrapper, TokenizerImpl};

/// The most white space in a row. Behind a million, the crate gives up on patterns that look
/// ahead, without a word, and counts otherwise than others do.
const SPACES: usize = 900_000;

/// The most characters of a word that is looked up in word pieces: the time grows with the
/// square of it. Files have 100, or 200.
const WORD: usize = 1_000;

/// What is said where the crate panics.
const DAMAGED: &str = "the vocabulary is damaged";

/// The tokenizer of a file.
pub(super) struct Library(Parts);

type Parts =
    TokenizerImpl<ModelWrapper, Normalizers, PreTokenizers, PostProcessorWrapper, DecoderWrapper>;

/// How long a text of so many bytes may become before it is split: no alphabet needs more.
fn most(bytes: usize) -> usize {
    bytes.saturating_mul(16).saturating_add(64)
}

/// What is said of a text that becomes longer than that.
fn too_long(part: &str) -> String {
    format!("its {part} makes a text more than 16 times as long")
}

/// The tokenizer that a `tokenizer.json` describes.
pub(super) fn of_json(json: &[u8], special: Special) -> Result<Library, String> {
    let read = || serde_json::from_slice::<Parts>(json).map_err(|error| not_read(json, &error));
    let library = guarded(read, || DAMAGED.to_owned());
    let mut library = normalizer::refused().map_or(library, Err)?;
    match library.get_model() {
        ModelWrapper::BPE(model) if model.dropout.is_some_and(|share| share > 0.0) => {
            return Err("it leaves out merges at random (`dropout`)".to_owned());
        }
        ModelWrapper::WordPiece(model) if model.max_input_chars_per_word > WORD => {
            return Err(format!(
                "`max_input_chars_per_word` is {}; {WORD} is the most",
                model.max_input_chars_per_word
            ));
        }
        _ => {}
    }
    // A text is counted as it is, whatever a model is fed with.
    library.with_padding(None);
    library
        .with_truncation(None)
        .map_err(|error| error.to_string())?;
    library.with_post_processor(None::<PostProcessorWrapper>);
    library.set_encode_special_tokens(special == Special::Text);
    Ok(Library(library))
}

/// Why a file is not read: it may be something else altogether.
fn not_read(json: &[u8], error: &serde_json::Error) -> String {
    match json.trim_ascii_start().starts_with(b"{") {
        true => error.to_string(),
        false => format!("it is no tokenizer.json: {error}"),
    }
}

/// The numbers of a text's tokens.
pub(super) fn tokens(library: &Library, text: &str) -> Result<Vec<u32>, String> {
    let mut words = text.split(|c: char| !c.is_whitespace());
    if words.any(|space| space.len() > SPACES) {
        return Err(format!(
            "it has more than {SPACES} bytes of white space in a row"
        ));
    }
    let encode = || {
        let Library(parts) = library;
        parts
            .encode_fast(text, false)
            .map_err(|error| error.to_string())
    };
    let encoding = guarded(encode, || DAMAGED.to_owned());
    let encoding = normalizer::refused().map_or(encoding, Err)?;
    Ok(encoding.get_ids().to_vec())
}
