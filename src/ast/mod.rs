//! A spec as it is written: every field typed and spanned, no name resolved, no
//! default applied.
//!
//! It is what a spec file decodes to and what an import produces. A field that was
//! written but could not be decoded has been reported; it is kept as "written, but
//! unknown", so that nothing later takes it for absent.

mod from_syntax;
mod from_syntax_instruction;
mod from_syntax_sample;
mod samples;
mod taken;

pub use from_syntax::{require_top_level, spec};
pub use from_syntax_sample::sample;
pub use samples::{Answer, Samples, Stream, StreamedFile};
pub use taken::Taken;

pub use crate::source::Text;
use crate::source::{Span, Spanned};
pub use crate::syntax::number::Number;
use std::borrow::Cow;

/// A key that is written, and its value; `None` if the value was refused.
#[derive(Clone, Debug)]
pub struct Given<T> {
    /// The key.
    pub key: Span,
    /// The value.
    pub value: Option<Spanned<T>>,
}

/// A spec file, or a fragment for `include`.
#[derive(Debug)]
pub struct Spec<'s> {
    /// The file's first key: where findings about the whole file go.
    pub first_key: Span,
    /// The bloom version, as written.
    pub format: Option<Given<Cow<'s, str>>>,
    /// The protocol's name.
    pub name: Option<Given<Cow<'s, str>>>,
    /// Input lines of every instruction.
    pub inputs: Option<Given<u32>>,
    /// Whether keys are hashed.
    pub encrypt: Option<Given<bool>>,
    /// Background lines of the protocol; a line that was refused is `None`.
    pub context: Option<Given<Vec<Option<Text<'s>>>>>,
    /// Paths and globs of fragments.
    pub include: Vec<Text<'s>>,
    /// Tokens, in order.
    pub tokens: Vec<Token<'s>>,
    /// Named token sets, in order.
    pub token_sets: Vec<TokenSet<'s>>,
    /// Named guardrails, in order.
    pub guardrails: Vec<Guardrail<'s>>,
    /// The key `instructions`, if it is written.
    pub instructions_key: Option<Span>,
    /// Instructions, in order.
    pub instructions: Vec<Instruction<'s>>,
    /// Rule ids and levels, as written.
    pub rules: Vec<(Text<'s>, Option<Text<'s>>)>,
    /// A section, or a file that is included, could not be read: names may exist
    /// that are not known.
    pub incomplete: bool,
}

impl Spec<'_> {
    /// Whether the file is a part for `include` rather than a spec of its own.
    pub fn is_fragment(&self) -> bool {
        self.name.is_none() && self.inputs.is_none()
    }
}

/// The five types of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenType {
    /// A word or concept.
    Token,
    /// A number.
    Num,
    /// A list of numbers.
    NumList,
    /// An action that ends an answer.
    Final,
    /// An ending action with a number.
    FinalNum,
}

impl TokenType {
    /// The types as they are written.
    pub const NAMES: [&'static str; 5] = ["token", "num", "num_list", "final", "final_num"];

    /// Reads one of [`TokenType::NAMES`].
    pub fn parse(name: &str) -> Option<Self> {
        use TokenType::{Final, FinalNum, Num, NumList, Token};
        let types = [Token, Num, NumList, Final, FinalNum];
        Self::NAMES
            .iter()
            .position(|other| *other == name)
            .map(|at| types[at])
    }

    /// As it is written.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// `final` or `final_num`.
    pub fn is_final(self) -> bool {
        matches!(self, TokenType::Final | TokenType::FinalNum)
    }

    /// Whether it has `min` and `max`.
    pub fn has_range(self) -> bool {
        matches!(
            self,
            TokenType::Num | TokenType::NumList | TokenType::FinalNum
        )
    }
}

/// A token.
#[derive(Debug)]
pub struct Token<'s> {
    /// Its name; the value is the name and `_`.
    pub name: Text<'s>,
    /// What stands behind the name; the name itself if nothing does.
    pub span: Span,
    /// Its type.
    pub token_type: TokenType,
    /// Its key, where one is written.
    pub key: Option<Given<Cow<'s, str>>>,
    /// Its description.
    pub desc: Option<Given<Cow<'s, str>>>,
    /// Smallest number.
    pub min: Option<Given<Number>>,
    /// Largest number.
    pub max: Option<Given<Number>>,
    /// Numbers in a list.
    pub length: Option<Given<u32>>,
    /// Its type could be read.
    pub known: bool,
}

/// A list of token names, under a name or in place.
#[derive(Debug)]
pub struct TokenSet<'s> {
    /// Its name, if it has one.
    pub name: Option<Text<'s>>,
    /// The list.
    pub span: Span,
    /// The names; one that was refused is `None`.
    pub tokens: Vec<Option<Text<'s>>>,
}

/// Where a token set is expected.
#[derive(Debug)]
pub enum TokenSetRef<'s> {
    /// The name of one.
    Named(Text<'s>),
    /// A list of token names.
    Inline(TokenSet<'s>),
}

/// What to refuse, and the answer to give.
#[derive(Debug)]
pub struct Guardrail<'s> {
    /// Its name, if it has one.
    pub name: Option<Text<'s>>,
    /// Its map.
    pub span: Span,
    /// What a good prompt is.
    pub good_prompt: Option<Text<'s>>,
    /// What a bad prompt is.
    pub bad_prompt: Option<Text<'s>>,
    /// The answer to a bad prompt.
    pub bad_output: Option<Text<'s>>,
    /// Bad prompts; one that was refused is `None`.
    pub samples: Option<Given<Vec<Option<Text<'s>>>>>,
}

impl<'s> Guardrail<'s> {
    /// Its texts: what good and bad prompts are, the answer, the bad prompts.
    pub fn texts(&self) -> impl Iterator<Item = &Text<'s>> {
        let said = [&self.good_prompt, &self.bad_prompt, &self.bad_output];
        let samples = self.samples.as_ref().and_then(|given| given.value.as_ref());
        let samples = samples.into_iter().flat_map(|list| &list.value);
        said.into_iter().chain(samples).flatten()
    }
}

/// Where a guardrail is expected.
#[derive(Debug)]
pub enum GuardrailRef<'s> {
    /// The name of one.
    Named(Text<'s>),
    /// One written in place.
    Inline(Guardrail<'s>),
}

/// The four types of instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstructionType {
    /// Inputs to an output and a final token.
    Basic,
    /// Inputs and a prompt to free text.
    Extended,
    /// Inputs to one of several states.
    StateMachine,
    /// Inputs to one value for each of several labels.
    MultiClassifier,
}

impl InstructionType {
    /// The types as they are written.
    pub const NAMES: [&'static str; 4] = ["basic", "extended", "state_machine", "multi_classifier"];

    /// Reads one of [`InstructionType::NAMES`].
    pub fn parse(name: &str) -> Option<Self> {
        use InstructionType::{Basic, Extended, MultiClassifier, StateMachine};
        let types = [Basic, Extended, StateMachine, MultiClassifier];
        Self::NAMES
            .iter()
            .position(|other| *other == name)
            .map(|at| types[at])
    }

    /// As it is written.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// Whether its samples end in a final token.
    pub fn has_finals(self) -> bool {
        matches!(self, InstructionType::Basic | InstructionType::Extended)
    }
}

/// The states that are declared.
#[derive(Debug)]
pub enum States<'s> {
    /// Of a state machine.
    List(Vec<Option<Text<'s>>>),
    /// Of a multi classifier: a label and its values.
    Map(Vec<LabelValues<'s>>),
}

/// The values of a label that are declared.
#[derive(Clone, Debug)]
pub struct LabelValues<'s> {
    /// The label.
    pub label: Text<'s>,
    /// The list of values.
    pub span: Span,
    /// The values; one that was refused is `None`.
    pub values: Vec<Option<Text<'s>>>,
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
    /// Background lines; one that was refused is `None`.
    pub context: Vec<Option<Text<'s>>>,
    /// The token sets of the inputs.
    pub input: Option<Given<Vec<Option<TokenSetRef<'s>>>>>,
    /// The token set of the output.
    pub output: Option<Given<TokenSetRef<'s>>>,
    /// The final tokens that are allowed.
    pub finals: Option<Given<Vec<Option<Text<'s>>>>>,
    /// The states that are declared.
    pub states: Option<Given<States<'s>>>,
    /// Inputs (by index or token set name) and their guardrails.
    pub guardrails: Vec<(Text<'s>, Option<GuardrailRef<'s>>)>,
    /// The samples.
    pub samples: Samples<'s>,
    /// Files with further samples.
    pub samples_from: Vec<Text<'s>>,
    /// Samples that are known to exist but could not be read, such as those of a
    /// file that is missing: their number is unknown.
    pub samples_unknown: bool,
}

impl<'s> Instruction<'s> {
    /// A basic instruction of which nothing but the name is written.
    pub fn empty(name: Text<'s>) -> Self {
        Instruction {
            name,
            instruction_type: InstructionType::Basic,
            type_span: None,
            context: Vec::new(),
            input: None,
            output: None,
            finals: None,
            states: None,
            guardrails: Vec::new(),
            samples: Samples::default(),
            samples_from: Vec::new(),
            samples_unknown: false,
        }
    }
}

/// What may be left out.
#[derive(Clone, Debug)]
pub enum Optional<T> {
    /// It is not written.
    Absent,
    /// It is written, and was refused.
    Refused,
    /// It is written.
    Given(T),
}

impl<T> Optional<T> {
    /// Something that is written; `None` if it was refused.
    pub fn written(value: Option<T>) -> Self {
        value.map_or(Optional::Refused, Optional::Given)
    }

    /// What is given.
    pub fn given(&self) -> Option<&T> {
        match self {
            Optional::Given(value) => Some(value),
            Optional::Absent | Optional::Refused => None,
        }
    }
}

/// One example. There may be a million of them: no field is larger than it has to be.
#[derive(Debug)]
pub struct Sample<'s> {
    /// The whole sample.
    pub span: Span,
    /// One snippet an input; one that was refused is `None`. `None` if there is no list
    /// of them, which has been reported.
    pub input: Option<Spanned<Box<[Option<Snippet<'s>>]>>>,
    /// The answer; `None` if it is missing or was refused, which has been reported.
    pub output: Option<Output<'s>>,
    /// The final token it ends in.
    pub final_token: Optional<Text<'s>>,
    /// The number of a `final_num` token.
    pub value: Optional<Box<Spanned<Number>>>,
}

impl<'s> Sample<'s> {
    /// The snippets of its inputs, in order; none of those that were refused.
    pub fn snippets(&self) -> impl Iterator<Item = &Snippet<'s>> {
        let list = self.input.iter().flat_map(|list| list.value.iter());
        list.filter_map(Option::as_ref)
    }

    /// The answer, if it is text.
    pub fn answer(&self) -> Option<&Snippet<'s>> {
        match &self.output {
            Some(Output::Snippet(snippet)) => Some(snippet),
            _ => None,
        }
    }

    /// The answer, if it is a value for every label.
    pub fn labels(&self) -> Option<&Spanned<Vec<Label<'s>>>> {
        match &self.output {
            Some(Output::Labels(labels)) => Some(labels),
            _ => None,
        }
    }
}

/// A label and its value; `None` if the value was refused.
pub type Label<'s> = (Text<'s>, Option<Text<'s>>);

/// What a sample answers.
#[derive(Debug)]
pub enum Output<'s> {
    /// Text, with numbers if any are written.
    Snippet(Snippet<'s>),
    /// A value for every label, in the order written.
    Labels(Spanned<Vec<Label<'s>>>),
}

impl Output<'_> {
    /// The whole answer.
    pub fn span(&self) -> Span {
        match self {
            Output::Snippet(snippet) => snippet.span(),
            Output::Labels(labels) => labels.span,
        }
    }
}

/// A text and the numbers that go with it.
#[derive(Debug)]
pub struct Snippet<'s> {
    /// Its text.
    pub text: Text<'s>,
    /// Its numbers, where it is a map that may have some.
    pub numbers: Option<Box<Numbers>>,
}

impl<'s> Snippet<'s> {
    /// A text without numbers.
    pub fn of(text: Text<'s>) -> Self {
        Snippet {
            text,
            numbers: None,
        }
    }

    /// The whole snippet.
    pub fn span(&self) -> Span {
        let map = self.numbers.as_deref();
        map.map_or(self.text.span, |numbers| numbers.span)
    }
}

/// The numbers of a snippet.
#[derive(Debug)]
pub struct Numbers {
    /// The whole snippet.
    pub span: Span,
    /// For the `num` tokens of its set, in order; a refused one is `None`.
    pub numbers: Option<Given<Vec<Option<Spanned<Number>>>>>,
    /// For the `num_list` tokens of its set, in order; a refused one is `None`.
    pub number_lists: Option<Given<Vec<Option<NumberList>>>>,
}

/// The numbers of one `num_list` token.
pub type NumberList = Spanned<Vec<Option<Spanned<Number>>>>;
