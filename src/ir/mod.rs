//! A protocol with its names resolved and its defaults applied; every part still
//! knows where it was written.
//!
//! It is made from all files of a spec and may be faulty: what could not be read or
//! resolved is `None`, and has been reported. [`crate::validate`] checks it.

mod from_ast;
mod from_ast_instruction;
mod key;
mod response;
mod samples;
mod special;
mod uses;

pub use from_ast::protocol;
pub use key::generated as generated_key;
pub use response::{Labels, Response, labels, states_given, states_seen};
pub use samples::{Sample, Samples};
pub use special::Special;
pub use uses::Uses;

use crate::ast;
use crate::source::{Span, Spanned, Text};
pub use ast::{InstructionType, Number, States, TokenType};
use std::borrow::Cow;
use std::collections::HashSet;

/// A place in [`Protocol::tokens`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenId(pub usize);

/// A place in [`Protocol::token_sets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenSetId(pub usize);

/// A place in [`Protocol::guardrails`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GuardrailId(pub usize);

/// The bloom versions that can be emitted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// 1.2.0
    V1_2_0,
    /// 1.2.1
    V1_2_1,
    /// 2.0.0
    V2_0_0,
    /// 2.0.1, where none is named
    #[default]
    V2_0_1,
}

impl Format {
    /// What can be written for `format`; `1` and `2` are the newest of their line.
    pub const NAMES: [&'static str; 6] = ["2.0.1", "2.0.0", "1.2.1", "1.2.0", "2", "1"];

    /// Reads one of [`Format::NAMES`].
    pub fn parse(text: &str) -> Option<Format> {
        match text {
            "2.0.1" | "2" => Some(Format::V2_0_1),
            "2.0.0" => Some(Format::V2_0_0),
            "1.2.1" | "1" => Some(Format::V1_2_1),
            "1.2.0" => Some(Format::V1_2_0),
            _ => None,
        }
    }

    /// The whole version.
    pub fn name(self) -> &'static str {
        match self {
            Format::V1_2_0 => "1.2.0",
            Format::V1_2_1 => "1.2.1",
            Format::V2_0_0 => "2.0.0",
            Format::V2_0_1 => "2.0.1",
        }
    }

    /// 1 or 2.
    pub fn major(self) -> u8 {
        if self < Format::V2_0_0 { 1 } else { 2 }
    }

    /// Whether texts of more than 300 characters are refused (the reference's
    /// schemas set `maxLength` up to 2.0.0).
    pub fn limits_text(self) -> bool {
        self < Format::V2_0_1
    }
}

/// A protocol.
#[derive(Debug)]
pub struct Protocol<'s> {
    /// The first key of the spec's file.
    pub first_key: Span,
    /// The key `name`.
    pub name_key: Option<Span>,
    /// The protocol's name.
    pub name: Option<Text<'s>>,
    /// The bloom version; the default where none is written or it is unknown.
    pub format: Format,
    /// Where the bloom version is written.
    pub format_span: Option<Span>,
    /// Input lines of every instruction, from 1.
    pub inputs: Option<Spanned<u32>>,
    /// Whether keys are hashed.
    pub encrypt: bool,
    /// The key `context`.
    pub context_key: Option<Span>,
    /// Background lines; `None` for a line that could not be read.
    pub context: Vec<Option<Text<'s>>>,
    /// All tokens, in order of declaration.
    pub tokens: Vec<Token<'s>>,
    /// All token sets, the named ones first, in order of declaration.
    pub token_sets: Vec<TokenSet<'s>>,
    /// All guardrails, the named ones first, in order of declaration.
    pub guardrails: Vec<ast::Guardrail<'s>>,
    /// The key `instructions`.
    pub instructions_key: Option<Span>,
    /// All instructions, in order of declaration.
    pub instructions: Vec<Instruction<'s>>,
    /// Some part of the spec could not be read: names, lines or instructions may
    /// exist that are not known here.
    pub incomplete: bool,
    /// What references were meant that mean nothing.
    pub meant: Meant,
}

impl<'s> Protocol<'s> {
    /// All lines of context: its own, then those of its instructions.
    pub fn lines(&self) -> impl Iterator<Item = &Text<'s>> {
        let instructions = self.instructions.iter();
        let theirs = instructions.flat_map(|instruction| &instruction.context);
        self.context.iter().chain(theirs).flatten()
    }
}

/// What references that mean nothing were probably meant to be: no such thing is
/// unused, even if nothing uses it.
#[derive(Debug, Default)]
pub struct Meant {
    /// Tokens.
    pub tokens: HashSet<TokenId>,
    /// Token sets.
    pub token_sets: HashSet<TokenSetId>,
    /// Guardrails.
    pub guardrails: HashSet<GuardrailId>,
    /// A reference could not be read, or is missing: it may have meant anything.
    pub anything: bool,
}

/// A token.
#[derive(Debug)]
pub struct Token<'s> {
    /// Its name as written.
    pub name: Text<'s>,
    /// What stands behind the name; the name itself if nothing does.
    pub span: Span,
    /// The name and `_`.
    pub value: String,
    /// Its key, written or generated; `None` if the written one could not be read.
    pub key: Option<Cow<'s, str>>,
    /// Where the key is written.
    pub key_span: Option<Span>,
    /// Its type.
    pub token_type: TokenType,
    /// Its description.
    pub desc: Option<Cow<'s, str>>,
    /// Smallest number.
    pub min: Option<Spanned<Number>>,
    /// Largest number.
    pub max: Option<Spanned<Number>>,
    /// Numbers in a list, from 1.
    pub length: Option<Spanned<u32>>,
    /// Its type could be read.
    pub known: bool,
}

impl Token<'_> {
    /// Where the key stands, or the name that it is made from.
    pub fn key_place(&self) -> Span {
        self.key_span.unwrap_or(self.name.span)
    }
}

/// A list of tokens.
#[derive(Debug)]
pub struct TokenSet<'s> {
    /// Its name, if it has one.
    pub name: Option<Text<'s>>,
    /// The list.
    pub span: Span,
    /// Its tokens; `None` for a name that means none.
    pub tokens: Vec<Spanned<Option<TokenId>>>,
}

impl TokenSet<'_> {
    /// The tokens that are known, in order.
    pub fn known(&self) -> impl Iterator<Item = TokenId> + '_ {
        self.tokens.iter().filter_map(|token| token.value)
    }
}

/// A token set where an instruction uses it.
#[derive(Clone, Copy, Debug)]
pub struct TokenSetUse {
    /// The name, or the list written in place.
    pub span: Span,
    /// The set.
    pub set: TokenSetId,
}

/// A guardrail on an input.
#[derive(Debug)]
pub struct GuardrailUse<'s> {
    /// The key: the input's index or the name of its token set.
    pub key: Text<'s>,
    /// The input, from 0; `None` if there is none.
    pub input: Option<usize>,
    /// The guardrail; `None` if there is none.
    pub guardrail: Option<GuardrailId>,
}

/// An instruction.
#[derive(Debug)]
pub struct Instruction<'s> {
    /// Its name.
    pub name: Text<'s>,
    /// Its type.
    pub instruction_type: InstructionType,
    /// Where the type is written.
    pub type_span: Option<Span>,
    /// Background lines; `None` for a line that could not be read.
    pub context: Vec<Option<Text<'s>>>,
    /// The token sets of its inputs, the list's span around them.
    pub input: Option<Spanned<Vec<Option<TokenSetUse>>>>,
    /// The token set of a basic instruction's output.
    pub output: Option<TokenSetUse>,
    /// Where the allowed final tokens are written.
    pub finals_span: Option<Span>,
    /// The allowed final tokens; none means `<NON>`.
    pub finals: Vec<Spanned<Option<TokenId>>>,
    /// The states that are declared, for the types that have states.
    pub states: Option<ast::Given<States<'s>>>,
    /// Its guardrails, in order of declaration.
    pub guardrails: Vec<GuardrailUse<'s>>,
    /// Its samples.
    pub samples: Samples<'s>,
    /// More samples exist that could not be read.
    pub samples_unknown: bool,
}

impl<'s> Instruction<'s> {
    /// The token sets of the inputs that are known.
    pub fn input_sets(&self) -> impl Iterator<Item = TokenSetUse> + '_ {
        self.input
            .iter()
            .flat_map(|list| list.value.iter().copied().flatten())
    }

    /// The token sets of inputs and output that are known.
    pub fn sets(&self) -> impl Iterator<Item = TokenSetUse> + '_ {
        self.input_sets().chain(self.output)
    }

    /// The samples that could be read.
    pub fn known_samples(&self) -> impl Iterator<Item = Sample<'_, 's>> {
        self.samples.iter().flatten()
    }

    /// The first allowed final token; `None` for `<NON>`.
    pub fn first_final(&self) -> Option<TokenId> {
        self.finals.first().and_then(|token| token.value)
    }
}

/// What a sample ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ending {
    /// The special token `<NON>`.
    Non,
    /// A final token.
    Token(TokenId),
    /// It could not be told, which has been reported.
    Unknown,
}
