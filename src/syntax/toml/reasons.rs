//! What an error of the parser means to the person who wrote the file.

use super::super::{character, found};
use super::scalar;
use crate::diagnostics::{Diagnostic, syntax};
use crate::source::{Origin, Span};
use toml_parser::{Expected, ParseError};

const TOML: &str = "TOML";

/// The kinds of errors that are told apart.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reason {
    /// A bracket of a value.
    UnclosedBracket,
    /// A bracket of a header.
    UnclosedHeader,
    UnclosedQuote,
    Unquoted,
    Number,
    Escape,
    Text,
    NoValue,
    NoEquals,
    NoKey,
    BadKey,
    Behind,
    Other,
}

impl Reason {
    /// Whether the error is of one scalar and says nothing of what is around it.
    pub(super) fn is_of_scalar(self) -> bool {
        matches!(
            self,
            Reason::Unquoted | Reason::Number | Reason::Escape | Reason::Text
        )
    }
}

/// The smallest place the parser gives.
pub(super) fn place(error: &ParseError) -> toml_parser::Span {
    error.unexpected().or(error.context()).unwrap_or_default()
}

/// The text the parser gives as the whole of what is wrong.
fn whole<'t>(error: &ParseError, text: &'t str, mark: usize) -> &'t str {
    let whole = error.context().or(error.unexpected()).unwrap_or_default();
    text.get(whole.start() + mark..whole.end() + mark)
        .unwrap_or_default()
}

/// Which kind of error this is.
pub(super) fn reason(error: &ParseError, text: &str, mark: usize) -> Reason {
    let written = whole(error, text, mark);
    match error.description() {
        "unclosed array" | "unclosed inline table" => Reason::UnclosedBracket,
        "unclosed table" | "unclosed array table" => Reason::UnclosedHeader,
        "invalid literal string"
        | "invalid basic string"
        | "invalid multi-line literal string"
        | "invalid multi-line basic string" => {
            let at_end = error.context().map(|context| context.end())
                == error.unexpected().map(|at| at.start());
            if at_end {
                Reason::UnclosedQuote
            } else {
                Reason::Text
            }
        }
        "missing opening quote" | scalar::UNQUOTED => Reason::Unquoted,
        "missing escaped value" | "too few unicode value digits" | "invalid value" => {
            Reason::Escape
        }
        "carriage return must be followed by newline" | "invalid comment character" => Reason::Text,
        scalar::NO_VALUE => Reason::NoValue,
        "key with no value" | "missing value for key" => Reason::NoEquals,
        "unquoted keys cannot be empty" | "invalid key-value pair" => Reason::NoKey,
        "invalid unquoted key" => Reason::BadKey,
        "unexpected key or value" => Reason::Behind,
        "invalid boolean" => Reason::Unquoted,
        "invalid float" if written.starts_with(char::is_alphabetic) => Reason::Unquoted,
        "redundant numeric sign"
        | "integers with a radix cannot be signed"
        | "radix must be lowercase"
        | "redundant integer number prefix"
        | "unexpected leading zero"
        | "unexpected sign"
        | "`_` may only go between digits"
        | "invalid float"
        | "invalid mantissa"
        | "invalid fraction"
        | "invalid exponent"
        | "invalid integer number"
        | "invalid hexadecimal number"
        | "invalid octal number"
        | "invalid binary number"
        | scalar::TOO_LARGE => Reason::Number,
        _ => Reason::Other,
    }
}

/// The finding for an error.
pub(super) fn finding(text: &str, mark: usize, origin: Origin, error: &ParseError) -> Diagnostic {
    let written = whole(error, text, mark);
    let all = error.context().or(error.unexpected()).unwrap_or_default();
    let all = Span::new(origin, all.start() + mark, all.end() + mark);
    let at = place(error).start() + mark;
    let (length, what) = found(text, at);
    let here = Span::new(origin, at, at + length);
    let expected =
        |wanted: &str| syntax::not_valid(here, TOML, &format!("expected {wanted}, found {what}"));
    match reason(error, text, mark) {
        Reason::UnclosedBracket => {
            syntax::unclosed_bracket(character(text, origin, all.start as usize), TOML, written)
        }
        Reason::UnclosedHeader => {
            let bracket = if written.starts_with("[[") { "[[" } else { "[" };
            let start = all.start as usize;
            syntax::unclosed_bracket(
                Span::new(origin, start, start + bracket.len()),
                TOML,
                bracket,
            )
        }
        Reason::UnclosedQuote => {
            let quote = ["\"\"\"", "'''"]
                .into_iter()
                .find(|quote| written.starts_with(quote))
                .map_or(1, str::len);
            let start = all.start as usize;
            syntax::unclosed_quote(Span::new(origin, start, start + quote), TOML)
        }
        Reason::Unquoted => syntax::unquoted(all, TOML, written),
        Reason::Number if error.description() == scalar::TOO_LARGE => {
            syntax::not_valid(all, TOML, scalar::TOO_LARGE)
        }
        Reason::Number => syntax::no_number(all, TOML, written, error.description()),
        Reason::Escape => escape(text, origin, at),
        Reason::Text => {
            let behind = !text.get(at..).is_some_and(|rest| rest.starts_with('\r'));
            let behind = behind && text.get(..at).is_some_and(|before| before.ends_with('\r'));
            let span = character(text, origin, at - usize::from(behind));
            let c = text
                .get(span.range())
                .and_then(|text| text.chars().next())
                .unwrap_or_default();
            syntax::forbidden_character(span, TOML, c)
        }
        Reason::NoValue => expected("a value"),
        Reason::NoEquals if what.starts_with("`,") => expected("`=`"),
        Reason::NoEquals => expected("`=` behind the key"),
        Reason::NoKey => expected("a key"),
        Reason::BadKey => match written.strip_suffix(':') {
            Some(key) => {
                let colon = character(text, origin, at);
                let finding =
                    syntax::not_valid(colon, TOML, "expected `=` behind the key, found `:`");
                finding.help(format!("write `{key} =`"))
            }
            None => syntax::unquoted_key(all, TOML, written),
        },
        Reason::Behind => expected("the end of the line"),
        Reason::Other => match wanted(error) {
            Some(wanted) => expected(&wanted),
            None => syntax::not_valid(here, TOML, error.description()),
        },
    }
}

/// What the parser would have accepted.
fn wanted(error: &ParseError) -> Option<String> {
    let names: Vec<String> = error
        .expected()?
        .iter()
        .map(|expected| match expected {
            Expected::Literal("\n") => "the end of the line".to_owned(),
            Expected::Literal(text) => format!("`{text}`"),
            Expected::Description("key") => "a key".to_owned(),
            Expected::Description("value") => "a value".to_owned(),
            Expected::Description(text) => (*text).to_owned(),
            _ => "something else".to_owned(),
        })
        .collect();
    let (last, rest) = names.split_last()?;
    Some(if rest.is_empty() {
        last.clone()
    } else {
        format!("{} or {last}", rest.join(", "))
    })
}

/// The finding for the escape sequence that is wrong at `at`.
fn escape(text: &str, origin: Origin, at: usize) -> Diagnostic {
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind('\\').unwrap_or(at);
    let kind = text
        .get(start + 1..)
        .and_then(|rest| rest.chars().next())
        .unwrap_or(' ');
    let digits = |from: usize| {
        text.get(from..)
            .unwrap_or_default()
            .bytes()
            .take_while(u8::is_ascii_hexdigit)
            .count()
    };
    match kind {
        'x' | 'u' | 'U' => {
            let most = match kind {
                'x' => 2,
                'u' => 4,
                _ => 8,
            };
            let count = digits(start + 2).min(most);
            let span = Span::new(origin, start, start + 2 + count);
            if count < most {
                let reason = format!("{most} hexadecimal digits have to follow `\\{kind}`");
                return syntax::not_valid(span, TOML, &reason);
            }
            syntax::not_valid(span, TOML, "this escape sequence stands for no character")
        }
        c if c == '\n' || c == '\r' => {
            syntax::unknown_escape(Span::new(origin, start, start + 1), TOML, "\\")
        }
        c => {
            let span = Span::new(origin, start, start + 1 + c.len_utf8());
            let written = text.get(span.range()).unwrap_or_default();
            syntax::unknown_escape(span, TOML, written)
        }
    }
}
