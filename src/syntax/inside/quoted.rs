//! Text in quotes, and plain text of several lines.

use super::pieces::Pieces;
use std::ops::Range;

/// YAML without quotes: only line breaks are not what they look like.
pub(super) fn plain(raw: &str) -> Pieces {
    lines(raw, 0..raw.len(), |_, _| None)
}

/// YAML in single quotes.
pub(super) fn single(raw: &str) -> Pieces {
    lines(raw, inner(raw), |rest, _| {
        rest.starts_with("''").then(|| ("'".to_owned(), 2))
    })
}

/// JSON, a basic string of TOML, YAML in double quotes: the escape sequences of the last
/// are all that the others have.
pub(super) fn double(raw: &str) -> Pieces {
    lines(raw, inner(raw), |rest, end| {
        escape(rest).or_else(|| continued(rest, end))
    })
}

/// A cell of a CSV file in quotes.
pub(super) fn doubled(raw: &str, quote: char) -> Pieces {
    let mut pieces = Pieces::default();
    let within = inner(raw);
    let mut at = within.start;
    while let Some(found) = raw.get(at..within.end).and_then(|rest| rest.find(quote)) {
        pieces.copy(raw, at..at + found);
        at += found;
        let length = if raw
            .get(at + 1..within.end)
            .is_some_and(|rest| rest.starts_with(quote))
        {
            2
        } else {
            1
        };
        pieces.put("\"", at..at + length);
        at += length;
    }
    pieces.copy(raw, at..within.end);
    pieces
}

/// A string of TOML that may have several lines.
pub(super) fn toml(raw: &str, quotes: &str, escapes: bool) -> Option<Pieces> {
    let within = raw.strip_prefix(quotes)?.strip_suffix(quotes)?;
    let mut at = quotes.len();
    let end = at + within.len();
    at += [("\r\n"), "\n"]
        .into_iter()
        .find(|line| within.starts_with(line))
        .map_or(0, str::len);
    let mut pieces = Pieces::default();
    while at < end {
        let rest = raw.get(at..end)?;
        if escapes && rest.starts_with('\\') {
            if let Some((text, length)) = escape(rest) {
                pieces.put(&text, at..at + length);
                at += length;
                continue;
            }
            let white = rest.get(1..)?.trim_start_matches([' ', '\t', '\r', '\n']);
            at += rest.len() - white.len();
            continue;
        }
        if rest.starts_with("\r\n") {
            pieces.put("\n", at..at + 2);
            at += 2;
            continue;
        }
        let length = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| matches!(c, '\\' | '\r'))
            .map_or(rest.len(), |(n, _)| n);
        pieces.copy(raw, at..at + length);
        at += length;
    }
    Some(pieces)
}

/// What stands between the quotes.
fn inner(raw: &str) -> Range<usize> {
    let end = raw.len().saturating_sub(1).max(1);
    1.min(raw.len())..end.min(raw.len())
}

/// The text of an escape sequence at the start of `rest`, and its length.
fn escape(rest: &str) -> Option<(String, usize)> {
    let mut characters = rest.strip_prefix('\\')?.chars();
    let kind = characters.next()?;
    let character = match kind {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        ' ' | '"' | '/' | '\\' => kind,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' => return coded(rest, 2),
        'u' => return coded(rest, 4),
        'U' => return coded(rest, 8),
        _ => return None,
    };
    Some((character.to_string(), 1 + kind.len_utf8()))
}

/// An escape sequence of `digits` digits, or two that are one character.
fn coded(rest: &str, digits: usize) -> Option<(String, usize)> {
    let code = |rest: &str| u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok();
    let first = code(rest)?;
    let length = 2 + digits;
    if let Some(character) = char::from_u32(first) {
        return Some((character.to_string(), length));
    }
    let second = code(rest.get(length..)?)?;
    let pair = char::decode_utf16([u16::try_from(first).ok()?, u16::try_from(second).ok()?]);
    let text: Option<String> = pair.map(Result::ok).collect();
    Some((text?, 2 * length))
}

/// A backslash at the end of a line: nothing, up to the text of the next line.
fn continued(rest: &str, end: usize) -> Option<(String, usize)> {
    let behind = rest.strip_prefix('\\')?.get(..end.saturating_sub(1))?;
    let line = behind
        .strip_prefix("\r\n")
        .or_else(|| behind.strip_prefix('\n'))?;
    // Empty lines below are line breaks of the text all the same.
    let mut text = String::new();
    let mut left = line;
    loop {
        let next = left.trim_start_matches([' ', '\t']);
        match next
            .strip_prefix("\r\n")
            .or_else(|| next.strip_prefix('\n'))
        {
            Some(below) => {
                text.push('\n');
                left = below;
            }
            None => return Some((text, rest.len() - next.len())),
        }
    }
}

/// Text that may have several lines: one line break is a space, more are one less, and
/// white space around them is nothing. `special` knows other sequences: it is given the
/// rest of the text and its length.
fn lines(
    raw: &str,
    within: Range<usize>,
    special: impl Fn(&str, usize) -> Option<(String, usize)>,
) -> Pieces {
    let mut pieces = Pieces::default();
    let mut at = within.start;
    while at < within.end {
        let rest = raw.get(at..within.end).unwrap_or_default();
        if let Some((text, length)) = special(rest, rest.len()) {
            pieces.put(&text, at..at + length);
            at += length;
            continue;
        }
        if let Some(length) = fold(&mut pieces, rest, at) {
            at += length;
            continue;
        }
        let stops = |c: char| matches!(c, '\\' | '\'' | ' ' | '\t' | '\r' | '\n');
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let length = rest
            .get(first..)
            .and_then(|more| more.find(stops))
            .map_or(rest.len(), |n| n + first);
        pieces.copy(raw, at..at + length);
        at += length;
    }
    pieces
}

/// The line breaks at the start of `rest` and the white space around them, if there are
/// some: their length.
fn fold(pieces: &mut Pieces, rest: &str, at: usize) -> Option<usize> {
    let length = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    let run = rest.get(..length)?;
    let breaks: Vec<Range<usize>> = line_breaks(run, at);
    match breaks.as_slice() {
        [] => None,
        [_] => {
            pieces.put(" ", at..at + length);
            Some(length)
        }
        [_, more @ ..] => {
            for line_break in more {
                pieces.put("\n", line_break.clone());
            }
            Some(length)
        }
    }
}

/// The places of the line breaks in `run`, which begins at `at`.
pub(super) fn line_breaks(run: &str, at: usize) -> Vec<Range<usize>> {
    run.match_indices('\n')
        .map(|(n, _)| {
            let start = if run.get(..n).is_some_and(|before| before.ends_with('\r')) {
                n - 1
            } else {
                n
            };
            at + start..at + n + 1
        })
        .collect()
}
