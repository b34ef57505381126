//! Text in YAML: plain where no reader of YAML 1.1 or 1.2 could take it for anything
//! else, in quotes otherwise; several lines as a block, a long one folded.

use super::layout::{is_unprintable, is_unseen, width};
use std::fmt::Write;

/// Longer keys do not stand before their colon (YAML 1.2, 7.4.2).
const LONGEST_KEY: usize = 1000;

/// A text on one line. In a list or map in brackets more of them need quotes.
pub(super) fn text(text: &str, in_brackets: bool) -> String {
    if is_plain(text, in_brackets) {
        return text.to_owned();
    }
    let is_awkward = text.contains(['"', '\\']) && !text.contains('\'');
    if is_awkward && !text.contains(is_unseen) {
        return format!("'{text}'");
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        // A string takes whatever is written to it.
        let _ = match (c, u32::from(c)) {
            ('"' | '\\', _) => write!(out, "\\{c}"),
            ('\n', _) => write!(out, "\\n"),
            ('\r', _) => write!(out, "\\r"),
            ('\t', _) => write!(out, "\\t"),
            _ if !is_unseen(c) => write!(out, "{c}"),
            (_, code @ ..=0xff) => write!(out, "\\x{code:02x}"),
            (_, code @ ..=0xffff) => write!(out, "\\u{code:04x}"),
            (_, code) => write!(out, "\\U{code:08x}"),
        };
    }
    out.push('"');
    out
}

/// A key; `None` if it is too long to stand before a colon.
pub(super) fn key(key: &str, in_brackets: bool) -> Option<String> {
    // Inputs are named by their number, and a reader that has numbers for keys has only
    // one way to write this one.
    let is_index = key.len() < 9
        && key.bytes().all(|byte| byte.is_ascii_digit())
        && (key == "0" || !key.starts_with('0'))
        && !key.is_empty();
    let written = match is_index {
        true => key.to_owned(),
        false => text(key, in_brackets),
    };
    (written.chars().count() <= LONGEST_KEY).then_some(written)
}

/// Whether a text can stand without quotes.
fn is_plain(text: &str, in_brackets: bool) -> bool {
    let Some(first) = text.chars().next() else {
        return false;
    };
    // What else may begin a text means something in some version of YAML.
    let is_start = first.is_alphanumeric()
        || !first.is_ascii()
        || matches!(first, '_' | '(' | '<' | '/' | '$' | '^' | ';')
        || ["./", "../"].iter().any(|path| text.starts_with(path));
    let in_the_way = |c: char| match c {
        ',' | '[' | ']' | '{' | '}' | '?' | ':' => in_brackets,
        c => is_unprintable(c) || (c.is_whitespace() && c != ' '),
    };
    is_start
        && !text.contains(in_the_way)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.starts_with("<<")
        && !is_word(text)
        && !is_numeric(text)
}

/// Whether some reader has another meaning for the word.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 10] = [
        "null",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
        "undefined",
    ];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether it may be a number, a date or a time for some reader. Some text is among them
/// that is none, such as `2 bad`.
fn is_numeric(text: &str) -> bool {
    let is_part = |c: char| {
        c.is_ascii_hexdigit()
            || matches!(c, 'x' | 'o' | 'T' | 't' | 'Z' | 'z')
            || matches!(c, '_' | '.' | ':' | '+' | '-' | ' ')
    };
    text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(is_part)
}

/// The lines of a text as a block that keeps line breaks, and its header. `None` if
/// that cannot be told from another text, or not by eye.
pub(super) fn literal(text: &str) -> Option<(String, Vec<&str>)> {
    let (body, chomping) = match text.strip_suffix('\n') {
        Some(body) => (body, ""),
        None => (text, "-"),
    };
    if !body.contains('\n') && chomping == "-" {
        return None;
    }
    let lines: Vec<&str> = body.split('\n').collect();
    let is_visible = |line: &&str| {
        !line.contains(|c: char| is_unprintable(c) && c != '\t')
            && !line.ends_with(char::is_whitespace)
            && !line.starts_with(|c: char| c.is_whitespace() && c != ' ')
    };
    // Empty lines at the end would be lost, or be taken for a gap.
    if !lines.iter().all(is_visible) || lines.last().is_none_or(|line| line.is_empty()) {
        return None;
    }
    let is_indented = lines
        .iter()
        .find(|line| !line.is_empty())
        .is_some_and(|line| line.starts_with(' '));
    let indicator = if is_indented { "2" } else { "" };
    Some((format!("|{indicator}{chomping}"), lines))
}

/// The lines of a long text as a block that folds them, at most `room` columns where
/// words allow it. `None` if a space of it would be lost.
pub(super) fn folded(text: &str, room: usize) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        if word.is_empty() || word.contains(|c: char| is_unprintable(c) || c.is_whitespace()) {
            return None;
        }
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    (lines.len() > 1).then_some(lines)
}
