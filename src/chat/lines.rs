//! The lines of a user's message, one for each input, so that they can be read again.
//!
//! ```text
//! line  = [ "[" word { " " word } "]" " " ] text
//! word  = token [ "=" number { "," number } ]
//! ```
//!
//! In a text, a line break is `\n`; a backslash is doubled where it could be misread: before
//! `n`, `[`, a line break or another one. A text that begins with `[` and has no header
//! begins with `\[`. Where the message is one line alone, line breaks stay.

use super::options::Header;
use crate::ast::Numbers;
use crate::ir::{Number, Protocol, TokenSet, TokenType};
use std::fmt::Write;

/// Appends a line to a message that has `count` of them.
pub(super) fn write(
    protocol: &Protocol<'_>,
    header: Header,
    set: Option<&TokenSet<'_>>,
    text: &str,
    numbers: Option<&Numbers>,
    count: usize,
    out: &mut String,
) {
    let before = out.len();
    if let Some(set) = set {
        head(protocol, header, set, numbers, out);
    }
    let has_header = out.len() > before;
    escape(text, has_header, count > 1, out);
}

/// A whole number as `5`, whatever way it is written.
pub(super) fn number(number: Number, out: &mut String) {
    // Writing to a string does not fail.
    let _ = match number.whole() {
        Some(whole) => write!(out, "{whole}"),
        None => write!(out, "{number}"),
    };
}

/// The numbers of a snippet that could be read.
pub(super) fn plain(numbers: Option<&Numbers>) -> impl Iterator<Item = Number> + '_ {
    let list = numbers.and_then(|numbers| numbers.numbers.as_ref()?.value.as_ref());
    list.into_iter()
        .flat_map(|list| list.value.iter().flatten().map(|number| number.value))
}

/// The lists of numbers of a snippet that could be read.
pub(super) fn lists(numbers: Option<&Numbers>) -> impl Iterator<Item = Vec<Number>> + '_ {
    let lists = numbers.and_then(|numbers| numbers.number_lists.as_ref()?.value.as_ref());
    lists.into_iter().flat_map(|lists| {
        lists.value.iter().flatten().map(|list| {
            let items = list.value.iter().flatten();
            items.map(|number| number.value).collect()
        })
    })
}

/// Appends `[…] `, unless nothing would stand in it.
fn head(
    protocol: &Protocol<'_>,
    header: Header,
    set: &TokenSet<'_>,
    numbers: Option<&Numbers>,
    out: &mut String,
) {
    let (mut plain, mut lists) = (plain(numbers), lists(numbers));
    let mut is_first = true;
    for id in set.known() {
        let token = &protocol.tokens[id.0];
        let values = match token.token_type {
            TokenType::Num => plain.next().map(|number| vec![number]),
            TokenType::NumList => lists.next(),
            _ => None,
        };
        if header == Header::None && values.is_none() {
            continue;
        }
        out.push(if is_first { '[' } else { ' ' });
        is_first = false;
        out.push_str(match header {
            Header::Keys => token.key.as_deref().unwrap_or(&token.name.value),
            Header::None | Header::Names => &token.name.value,
        });
        for (at, value) in values.into_iter().flatten().enumerate() {
            out.push(if at == 0 { '=' } else { ',' });
            number(value, out);
        }
    }
    if !is_first {
        out.push_str("] ");
    }
}

fn escape(text: &str, has_header: bool, has_others: bool, out: &mut String) {
    if !has_others {
        let is_unclear =
            text.starts_with('[') || text.starts_with("\\[") || text.starts_with("\\\\");
        if is_unclear && !has_header {
            out.push('\\');
        }
        out.push_str(text);
        return;
    }
    if text.starts_with('[') && !has_header {
        out.push('\\');
    }
    if memchr::memchr2(b'\n', b'\\', text.as_bytes()).is_none() {
        out.push_str(text);
        return;
    }
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\n' => out.push_str("\\n"),
            '\\' if characters
                .peek()
                .is_some_and(|next| matches!(next, 'n' | '[' | '\n' | '\\')) =>
            {
                out.push_str("\\\\");
            }
            c => out.push(c),
        }
    }
}

/// A line taken apart: what stands in its header, and its text.
pub(super) struct Line<'t> {
    /// The words of the header; empty without one.
    pub(super) words: Vec<(&'t str, Vec<Number>)>,
    /// The text.
    pub(super) text: String,
}

/// Takes a line apart that stands among `count`; `None` if its header is none.
pub(super) fn read(line: &str, count: usize) -> Option<Line<'_>> {
    let (words, rest) = match line.strip_prefix('[') {
        Some(rest) => {
            let (head, rest) = rest.split_once("] ")?;
            (head.split(' ').map(word).collect::<Option<_>>()?, rest)
        }
        None => (Vec::new(), line),
    };
    let has_header = !words.is_empty();
    Some(Line {
        words,
        text: unescape(rest, has_header, count > 1),
    })
}

fn word(word: &str) -> Option<(&str, Vec<Number>)> {
    match word.split_once('=') {
        Some((name, numbers)) => {
            let numbers = numbers
                .split(',')
                .map(Number::parse)
                .collect::<Option<_>>()?;
            Some((name, numbers))
        }
        None => Some((word, Vec::new())),
    }
}

fn unescape(text: &str, has_header: bool, has_others: bool) -> String {
    if !has_others {
        let is_escaped = text.starts_with("\\[") || text.starts_with("\\\\");
        return text[usize::from(is_escaped && !has_header)..].to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match (c, characters.peek()) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('\\')) => out.push('\\'),
            ('\\', Some('[')) => out.push('['),
            _ => {
                out.push(c);
                continue;
            }
        }
        characters.next();
    }
    out
}
