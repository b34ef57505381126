//! Keys and text in TOML.

use super::layout::{is_unprintable, is_unseen};
use std::fmt::Write;

/// A key, in quotes where it needs them.
pub(super) fn key(key: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !key.is_empty() && key.bytes().all(is_bare) {
        key.to_owned()
    } else {
        text(key)
    }
}

/// A text on one line. What holds quotes or backslashes is taken literally, if that is
/// possible.
pub(super) fn text(text: &str) -> String {
    let is_awkward = text.contains(['"', '\\']) && !text.contains('\'');
    if is_awkward && !text.contains(is_unseen) {
        return format!("'{text}'");
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    text.chars().for_each(|c| escaped(c, &mut out));
    out.push('"');
    out
}

/// A text of several lines as one; `None` if it has but one, or if something in it could
/// not be told by eye.
pub(super) fn several_lines(text: &str) -> Option<String> {
    let is_visible = |line: &str| {
        !line.ends_with(char::is_whitespace)
            && !line.contains(|c: char| c != '\t' && is_unprintable(c))
    };
    if !text.contains('\n') || text.trim().is_empty() || !text.split('\n').all(is_visible) {
        return None;
    }
    if text.contains('\\') && !text.contains("'''") && !text.ends_with('\'') {
        return Some(format!("'''\n{text}'''"));
    }
    let mut written = String::with_capacity(text.len());
    let mut quotes = 0;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        quotes = if c == '"' { quotes + 1 } else { 0 };
        // Neither three quotes in a row nor one at the end may close the text.
        let is_closing = c == '"' && (quotes % 3 == 0 || characters.peek().is_none());
        if is_closing || c == '\\' {
            written.push('\\');
        }
        written.push(c);
    }
    Some(format!("\"\"\"\n{written}\"\"\""))
}

/// A character between quotes.
fn escaped(c: char, out: &mut String) {
    match (c, u32::from(c)) {
        ('"', _) => out.push_str("\\\""),
        ('\\', _) => out.push_str("\\\\"),
        ('\n', _) => out.push_str("\\n"),
        ('\r', _) => out.push_str("\\r"),
        ('\t', _) => out.push_str("\\t"),
        (_, code) if is_unseen(c) => {
            // A string takes whatever is written to it.
            let _ = match code {
                ..=0xffff => write!(out, "\\u{code:04X}"),
                _ => write!(out, "\\U{code:08X}"),
            };
        }
        _ => out.push(c),
    }
}
