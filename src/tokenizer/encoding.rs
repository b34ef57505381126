//! The encodings of OpenAI's models, whose vocabularies are part of the program.

use super::{ENCODINGS, Special};
use crate::guard::guarded;
use std::collections::HashSet;
use tiktoken_rs::CoreBPE;

/// An encoding.
pub(super) struct Encoding {
    core: CoreBPE,
    special: Special,
}

impl Encoding {
    pub(super) fn named(name: &str, special: Special) -> Result<Encoding, String> {
        let core = match name {
            "o200k_base" => tiktoken_rs::o200k_base(),
            "cl100k_base" => tiktoken_rs::cl100k_base(),
            _ => {
                return Err(format!(
                    "there is no encoding `{name}`; there are {ENCODINGS:?}"
                ));
            }
        };
        let core = core.map_err(|error| error.to_string())?;
        Ok(Encoding { core, special })
    }

    pub(super) fn tokens(&self, text: &str) -> Result<Vec<u32>, String> {
        let marks = match self.special {
            Special::Tokens => self.core.special_tokens(),
            Special::Text => HashSet::new(),
        };
        let encode = || {
            self.core
                .encode(text, &marks)
                .map_err(|error| error.to_string())
        };
        let tokens = guarded(encode, || "the text cannot be split".to_owned());
        tokens.map(|(tokens, _)| tokens)
    }
}
