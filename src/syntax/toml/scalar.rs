//! Keys and scalars of TOML.

use super::super::tree::Value;
use std::borrow::Cow;
use std::num::IntErrorKind;
use toml_parser::decoder::{Encoding, IntegerRadix, ScalarKind};
use toml_parser::{ErrorSink, ParseError, Raw, Source, Span};

/// The text of a key.
pub(super) fn key<'s>(
    source: &Source<'s>,
    span: Span,
    kind: Option<Encoding>,
    error: &mut dyn ErrorSink,
) -> Cow<'s, str> {
    let mut decoded = Cow::Borrowed("");
    raw(source, span, kind).decode_key(&mut decoded, error);
    decoded
}

fn raw<'s>(source: &Source<'s>, span: Span, kind: Option<Encoding>) -> Raw<'s> {
    let text = source
        .input()
        .get(span.start()..span.end())
        .unwrap_or_default();
    Raw::new_unchecked(text, kind, span)
}

/// The value of a scalar.
pub(super) fn value<'s>(
    source: &Source<'s>,
    span: Span,
    kind: Option<Encoding>,
    error: &mut dyn ErrorSink,
) -> Value<'s> {
    let mut decoded = Cow::Borrowed("");
    if span.is_empty() {
        error.report_error(ParseError::new(NO_VALUE).with_unexpected(span));
        return Value::Broken;
    }
    if let Some(text) = without_carriage_returns(source, span, kind) {
        return Value::Text(text);
    }
    match raw(source, span, kind).decode_scalar(&mut decoded, error) {
        ScalarKind::String => Value::Text(decoded),
        ScalarKind::Boolean(value) => Value::Bool(value),
        // The parser looks at the first characters of a number only.
        ScalarKind::Integer(IntegerRadix::Dec) if is_whole(&decoded) => {
            Value::Number(unsigned(decoded))
        }
        ScalarKind::Float if decoded.parse::<f64>().is_ok() => Value::Number(unsigned(decoded)),
        ScalarKind::Float | ScalarKind::Integer(IntegerRadix::Dec) => {
            error.report_error(ParseError::new(NO_NUMBER).with_unexpected(span));
            Value::Broken
        }
        ScalarKind::Integer(radix) => match u128::from_str_radix(&decoded, radix.value()) {
            Ok(number) => Value::Number(Cow::Owned(number.to_string())),
            Err(fault) => {
                // A wrong digit was reported by the parser.
                match fault.kind() {
                    IntErrorKind::PosOverflow => {
                        error.report_error(ParseError::new(TOO_LARGE).with_unexpected(span))
                    }
                    IntErrorKind::Empty => {
                        error.report_error(ParseError::new(NO_NUMBER).with_unexpected(span))
                    }
                    _ => {}
                }
                Value::Broken
            }
        },
        ScalarKind::DateTime if is_date(&decoded) => Value::Other("a date"),
        ScalarKind::DateTime => {
            error.report_error(ParseError::new(UNQUOTED).with_unexpected(span));
            Value::Broken
        }
    }
}

/// The text of a string of several lines, if lines end with `\r\n` in it: a line break is
/// `\n` in every notation, whatever the system the file was written on.
fn without_carriage_returns<'s>(
    source: &Source<'s>,
    span: Span,
    kind: Option<Encoding>,
) -> Option<Cow<'s, str>> {
    let written = source.input().get(span.start()..span.end())?;
    let lines = matches!(
        kind,
        Some(Encoding::MlBasicString | Encoding::MlLiteralString)
    );
    if !lines || !written.contains("\r\n") {
        return None;
    }
    let written = written.replace("\r\n", "\n");
    let raw = Raw::new_unchecked(&written, kind, Span::new_unchecked(0, written.len()));
    let (mut decoded, mut errors) = (Cow::Borrowed(""), Vec::new());
    let _ = raw.decode_scalar(&mut decoded, &mut errors);
    errors.is_empty().then(|| Cow::Owned(decoded.into_owned()))
}

/// Our own reasons, beside those of the parser.
pub(super) const NO_VALUE: &str = "missing value";
/// A number with more digits than anyone needs.
pub(super) const TOO_LARGE: &str = "the number is too large";
/// A number with a character in it that is no digit, in the parser's words.
pub(super) const NO_NUMBER: &str = "invalid integer number";
/// Text without quotes, in the parser's words.
pub(super) const UNQUOTED: &str = "string values must be quoted";

/// Whether this is a sign, if any, and digits.
fn is_whole(number: &str) -> bool {
    let digits = number.strip_prefix(['+', '-']).unwrap_or(number);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A number without a plus sign.
fn unsigned(number: Cow<'_, str>) -> Cow<'_, str> {
    match number {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix('+').unwrap_or(text)),
        Cow::Owned(mut text) => {
            if text.starts_with('+') {
                text.remove(0);
            }
            Cow::Owned(text)
        }
    }
}

/// Whether this has the shape of a date, a time or both.
fn is_date(text: &str) -> bool {
    let shape = |pattern: &str, text: &str| {
        text.len() >= pattern.len()
            && pattern
                .bytes()
                .zip(text.bytes())
                .all(|(want, byte)| match want {
                    b'0' => byte.is_ascii_digit(),
                    _ => byte == want,
                })
    };
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || b"-:.+ TtZz".contains(&b));
    plain && (shape("0000-00-00", text) || shape("00:00", text))
}
