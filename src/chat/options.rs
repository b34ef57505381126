//! How samples are put into messages: what can be chosen.

/// What stands before the text of an input line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Header {
    /// Only numbers, where there are any: `[Emotion=5] text`.
    None,
    /// The names of the line's tokens: `[Tree Alice Emotion=5] text`.
    #[default]
    Names,
    /// Their keys: `[🌳 🧒 😀=5] text`.
    Keys,
}

/// What becomes of the final token of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FinalForm {
    /// The last line of the answer: `Continue`, `Madness=7`.
    #[default]
    Line,
    /// The call of a tool of this name, with the number as `value`.
    Tool,
    /// The answer is a JSON object with `text`, `final` and `value`.
    Json,
}

/// What is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What stands before an input line.
    pub header: Header,
    /// Whether the system message explains the tokens that have a description.
    pub legend: bool,
    /// What becomes of the final token.
    pub finals: FinalForm,
}
