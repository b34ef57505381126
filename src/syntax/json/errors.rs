//! What is wrong with a text that is no JSON, and what would cure it.

use super::super::{character, found};
use super::{Frame, Reader, Refused};
use crate::diagnostics::{Diagnostic, syntax};
use crate::source::Span;

const JSON: &str = "JSON";

impl Reader<'_, '_> {
    pub(super) fn character(&self, at: usize) -> Span {
        character(self.text, self.origin, at)
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.origin, start, end)
    }

    fn not_valid(&self, span: Span, reason: &str) -> Diagnostic {
        syntax::not_valid(span, JSON, reason)
    }

    /// Something else than `wanted` stands here.
    pub(super) fn expected(&self, wanted: &str) -> Refused {
        let (length, found) = found(self.text, self.at);
        if let Some(comment) = self.comment() {
            return comment;
        }
        let span = self.span(self.at, self.at + length);
        Box::new(self.not_valid(span, &format!("expected {wanted}, found {found}")))
    }

    /// The finding for a comment that stands here.
    fn comment(&self) -> Option<Refused> {
        let rest = self.text.get(self.at..)?;
        let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let length = match rest.as_bytes() {
            [b'#', ..] | [b'/', b'/', ..] => line,
            [b'/', b'*', ..] => rest.find("*/").map_or(line, |end| end + 2),
            _ => return None,
        };
        Some(Box::new(syntax::json_comment(
            self.span(self.at, self.at + length),
        )))
    }

    /// The text ends inside of the innermost collection.
    fn unclosed(&self) -> Option<Refused> {
        let open = self
            .stack
            .last()
            .filter(|_| self.at >= self.text.len())?
            .start();
        let bracket = self.text.get(open..open + 1).unwrap_or_default();
        Some(Box::new(syntax::unclosed_bracket(
            self.character(open),
            JSON,
            bracket,
        )))
    }

    /// No comma and no closing bracket stands behind a value.
    pub(super) fn expected_in_collection(&self) -> Refused {
        if let Some(unclosed) = self.unclosed() {
            return unclosed;
        }
        let Some(frame) = self.stack.last() else {
            return self.expected("nothing more");
        };
        let wanted = match frame {
            Frame::List { .. } | Frame::Taken { .. } => "`,` or `]`",
            Frame::Map { .. } => "`,` or `}`",
        };
        let finding = self.expected(wanted);
        match self.peek() {
            Some(b']' | b'}') => {
                Box::new(finding.also(self.character(frame.start()), "opened here"))
            }
            _ => finding,
        }
    }

    pub(super) fn trailing_comma(&self, comma: usize) -> Refused {
        Box::new(syntax::trailing_comma(self.character(comma), JSON))
    }

    /// No value stands here.
    pub(super) fn expected_value(&self) -> Refused {
        if let Some(quoted) = self.single_quoted() {
            return quoted;
        }
        if let Some(unclosed) = self.unclosed() {
            return unclosed;
        }
        let finding = self.expected("a value");
        let word = self.word();
        let help = match word {
            "True" | "TRUE" => "JSON writes `true`",
            "False" | "FALSE" => "JSON writes `false`",
            "None" | "Null" | "NULL" | "nil" | "undefined" => "JSON writes `null`",
            "NaN" | "Infinity" | "+Infinity" => "JSON has decimal numbers only",
            _ if word.starts_with(['+', '.']) => "a number of JSON begins with a digit or `-`",
            _ if word.starts_with(char::is_alphabetic) => "text stands in double quotes",
            _ => return finding,
        };
        Box::new(finding.help(help))
    }

    /// No key stands here.
    pub(super) fn expected_key(&self) -> Refused {
        if let Some(quoted) = self.single_quoted() {
            return quoted;
        }
        if let Some(unclosed) = self.unclosed() {
            return unclosed;
        }
        let finding = self.expected("a key in double quotes");
        let word = self.word();
        if word.is_empty() {
            finding
        } else {
            Box::new(finding.help(format!("write `\"{word}\"`")))
        }
    }

    /// Text in single quotes, or its opening quote.
    fn single_quoted(&self) -> Option<Refused> {
        let inner = self.text.get(self.at..)?.strip_prefix('\'')?;
        let end = inner
            .find(['\'', '\n'])
            .filter(|end| inner.as_bytes().get(*end) == Some(&b'\''));
        let span = self.span(self.at, self.at + end.map_or(1, |end| end + 2));
        Some(Box::new(syntax::single_quotes(span, JSON)))
    }

    /// A text that cannot go on at this place.
    pub(super) fn broken_text(&self, open: usize) -> Refused {
        let quote = self.character(open);
        match self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
        {
            None | Some('\n' | '\r') => Box::new(syntax::unclosed_quote(quote, JSON)),
            Some(c) => {
                let escape = if c == '\t' {
                    "\\t".to_owned()
                } else {
                    format!("\\u{:04x}", u32::from(c))
                };
                let finding = syntax::forbidden_character(self.character(self.at), JSON, c);
                Box::new(finding.help(format!("write it as `{escape}`")))
            }
        }
    }

    pub(super) fn unknown_escape(&self, start: usize) -> Refused {
        let end = self.character(self.at).end as usize;
        let escape = self.text.get(start..end).unwrap_or_default();
        Box::new(syntax::unknown_escape(self.span(start, end), JSON, escape))
    }

    pub(super) fn short_escape(&self, start: usize) -> Refused {
        let digits = self.text.get(self.at..).unwrap_or_default();
        let length = digits
            .bytes()
            .take(4)
            .take_while(u8::is_ascii_hexdigit)
            .count();
        let span = self.span(start, self.at + length);
        Box::new(self.not_valid(span, "four hexadecimal digits have to follow `\\u`"))
    }

    pub(super) fn lone_surrogate(&self, start: usize) -> Refused {
        Box::new(syntax::lone_surrogate(self.span(start, self.at), JSON))
    }

    pub(super) fn bad_number(&self, start: usize, written: &str, fault: &str) -> Refused {
        let span = self.span(start, start + written.len());
        Box::new(syntax::no_number(span, JSON, written, fault))
    }
}
