//! How many tokens a text is for a language model, by the vocabulary of its GGUF file, by a
//! `tokenizer.json`, or by an encoding of OpenAI.
//!
//! These tokens are pieces of text, and have nothing to do with those that a protocol
//! declares. No vocabulary is guessed: what is not known is refused. Vocabularies of byte
//! pairs and word pieces, and encodings, need the feature `tokens`.

#[cfg(feature = "tokens")]
mod byte_pairs;
#[cfg(feature = "tokens")]
mod encoding;
mod joins;
#[cfg(feature = "tokens")]
mod library;
mod marks;
mod sentence_pieces;
#[cfg(feature = "tokens")]
mod splits;
#[cfg(feature = "tokens")]
mod splitter;
mod spread;
mod vocabulary;
#[cfg(feature = "tokens")]
mod word_pieces;

#[cfg(feature = "tokens")]
pub use splits::names as splittings;
pub use spread::{Bin, Spread};

use crate::gguf::{Header, Model};
use sentence_pieces::SentencePieces;

/// What of a text may be a special token, such as `<|im_end|>`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Special {
    /// The marks of special tokens are these tokens, as in what a chat template rendered.
    #[default]
    Tokens,
    /// They are text as any other.
    Text,
}

/// The encodings that are known by name.
pub const ENCODINGS: [&str; 2] = ["o200k_base", "cl100k_base"];

/// What takes texts apart.
pub struct Tokenizer {
    kind: Kind,
    /// How many tokens the model takes at most, if that is known.
    pub context_length: Option<u64>,
    /// Why that cannot be known, where a file says something else than a number of tokens.
    pub wrong_context: Option<String>,
    /// The name of the vocabulary, such as `llama-bpe`.
    pub name: String,
}

enum Kind {
    SentencePieces(Box<SentencePieces>),
    #[cfg(feature = "tokens")]
    BytePairs(Box<byte_pairs::BytePairs>),
    #[cfg(feature = "tokens")]
    WordPieces(Box<word_pieces::WordPieces>),
    #[cfg(feature = "tokens")]
    Library(Box<library::Library>),
    #[cfg(feature = "tokens")]
    Encoding(Box<encoding::Encoding>),
}

impl std::fmt::Debug for Tokenizer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Tokenizer({})", self.name)
    }
}

impl Tokenizer {
    /// The tokenizer of a GGUF file, all of whose arrays were kept. Otherwise what speaks
    /// against it: lower case, no final period.
    pub fn of_model(header: &Header, special: Special) -> Result<Tokenizer, String> {
        let model = Model::new(header);
        let own = model.text("tokenizer.ggml.model");
        let (kind, name) = match own {
            Some("llama") => {
                let pieces = SentencePieces::new(header, special)?;
                (Kind::SentencePieces(Box::new(pieces)), "llama")
            }
            #[cfg(feature = "tokens")]
            Some("gpt2") => {
                let pairs = byte_pairs::BytePairs::new(header, special)?;
                let pre = model.text("tokenizer.ggml.pre");
                (Kind::BytePairs(Box::new(pairs)), pre.unwrap_or("gpt2"))
            }
            #[cfg(feature = "tokens")]
            Some("bert") => {
                let pieces = word_pieces::WordPieces::new(header, special)?;
                (Kind::WordPieces(Box::new(pieces)), "bert")
            }
            #[cfg(not(feature = "tokens"))]
            Some("gpt2" | "bert") => return Err(NOT_BUILT.to_owned()),
            Some(other) => {
                return Err(format!(
                    "its tokenizer `{other}` is not supported; `gpt2` (byte pairs), `llama` \
                     (sentence pieces) and `bert` (word pieces) are"
                ));
            }
            None => return Err("it names no tokenizer".to_owned()),
        };
        Ok(Tokenizer {
            kind,
            context_length: model.context_length(),
            wrong_context: model.wrong_context().map(|wrong| wrong.to_string()),
            name: name.to_owned(),
        })
    }

    /// The tokenizer that a `tokenizer.json` describes.
    #[cfg(feature = "tokens")]
    pub fn of_json(json: &[u8], special: Special) -> Result<Tokenizer, String> {
        let library = library::of_json(json, special)?;
        Ok(Tokenizer {
            kind: Kind::Library(Box::new(library)),
            context_length: None,
            wrong_context: None,
            name: "tokenizer.json".to_owned(),
        })
    }

    /// The tokenizer that a `tokenizer.json` describes.
    #[cfg(not(feature = "tokens"))]
    pub fn of_json(_: &[u8], _: Special) -> Result<Tokenizer, String> {
        Err(NOT_BUILT.to_owned())
    }

    /// One of [`ENCODINGS`].
    #[cfg(feature = "tokens")]
    pub fn of_encoding(name: &str, special: Special) -> Result<Tokenizer, String> {
        let encoding = encoding::Encoding::named(name, special)?;
        Ok(Tokenizer {
            kind: Kind::Encoding(Box::new(encoding)),
            context_length: None,
            wrong_context: None,
            name: name.to_owned(),
        })
    }

    /// One of [`ENCODINGS`].
    #[cfg(not(feature = "tokens"))]
    pub fn of_encoding(_: &str, _: Special) -> Result<Tokenizer, String> {
        Err(NOT_BUILT.to_owned())
    }

    /// The numbers of the tokens that a text is. Nothing is put before or behind it.
    pub fn tokens(&self, text: &str) -> Result<Vec<u32>, String> {
        match &self.kind {
            Kind::SentencePieces(pieces) => pieces.tokens(text),
            #[cfg(feature = "tokens")]
            Kind::Library(library) => library::tokens(library, text),
            #[cfg(feature = "tokens")]
            Kind::BytePairs(pairs) => pairs.tokens(text),
            #[cfg(feature = "tokens")]
            Kind::WordPieces(pieces) => pieces.tokens(text),
            #[cfg(feature = "tokens")]
            Kind::Encoding(encoding) => Ok(encoding.tokens(text)),
        }
    }
}

/// What is said of a byte of `piece` for which a vocabulary has nothing.
fn without_token(byte: u8, piece: &str) -> String {
    let mut start: String = piece.chars().take(20).collect();
    if start.len() < piece.len() {
        start.push('…');
    }
    format!("the vocabulary has no token for the byte 0x{byte:02X}, in `{start}`")
}

#[cfg(not(feature = "tokens"))]
const NOT_BUILT: &str =
    "this program was built without the feature `tokens`: cargo install --path . --features tokens";
