//! What models put around an answer that is none of it: blanks at the end, line breaks of
//! Windows, a fence around JSON.

use super::options::FinalForm;
use crate::ir::InstructionType;
use std::borrow::Cow;

/// What an answer is to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw {
    /// The type of its instruction.
    pub(super) kind: InstructionType,
    /// What becomes of a final token.
    pub(super) form: FinalForm,
    /// Whether there are any.
    pub(super) has_finals: bool,
}

impl Raw {
    /// The answer itself.
    pub(super) fn cleaned(self, text: &str) -> Cow<'_, str> {
        let is_line = self.kind.has_finals() && self.form == FinalForm::Line && self.has_finals;
        // They are known by the one before the last line, which is not of the text itself. One
        // that stands alone belongs to the text.
        let breaks = text.matches('\n').count();
        let is_of_windows = breaks > 0 && text.matches("\r\n").count() == breaks;
        let text = match is_of_windows && is_line {
            true => Cow::Owned(text.replace("\r\n", "\n")),
            false => Cow::Borrowed(text),
        };
        let is_json = self.kind == InstructionType::MultiClassifier
            || self.kind.has_finals() && self.form == FinalForm::Json;
        match self.kind {
            InstructionType::StateMachine => within(text, str::trim),
            _ if is_json => within(text, unfenced),
            _ if is_line => within(text, str::trim_end),
            _ => text,
        }
    }
}

/// A part of a text.
fn within<'t>(text: Cow<'t, str>, part: fn(&str) -> &str) -> Cow<'t, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(part(text)),
        Cow::Owned(text) => Cow::Owned(part(&text).to_owned()),
    }
}

/// What stands in a fence, ``` or ```json, that is the whole text.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let inside = || {
        let inside = text.strip_prefix("```")?.strip_suffix("```")?;
        let (language, inside) = inside.split_once('\n')?;
        let is_word = language
            .trim()
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric());
        is_word.then(|| inside.trim())
    };
    inside().unwrap_or(text)
}
