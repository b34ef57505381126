//! Finds, near to where the parser stopped, the place that has to be changed.

use std::ops::Range;

/// The first byte of the line that holds `at`.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |at| at + 1)
}

/// From `at` to the end of its line, without white space at the end.
pub(super) fn rest_of_line(text: &str, at: usize) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    at..at + line.trim_end().len()
}

/// From `at` to the next white space.
pub(super) fn word(text: &str, at: usize) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    at..at + rest.find(char::is_whitespace).unwrap_or(rest.len())
}

/// The number of spaces that the line at `start` begins with.
pub(super) fn indent(text: &str, start: usize) -> usize {
    text.as_bytes()
        .iter()
        .skip(start)
        .take_while(|byte| **byte == b' ')
        .count()
}

/// The first character that is no space of the nearest line above `start` that has one.
pub(super) fn line_above(text: &str, start: usize) -> Option<usize> {
    let above = text.get(..start)?.trim_end();
    let start = line_start(text, above.len());
    let line = above.get(start..)?;
    (!line.is_empty()).then(|| start + line.len() - line.trim_start_matches(' ').len())
}

/// The colon of `key:value` at `at`: no space follows it, and the line has no colon
/// that a space follows.
pub(super) fn tight_colon(text: &str, at: usize) -> Option<usize> {
    let line = text.get(rest_of_line(text, at))?;
    let colon = line.find(':').filter(|colon| *colon > 0)?;
    let behind = line.get(colon + 1..)?;
    let key = line.get(..colon)?;
    let apart = behind.is_empty() || behind.starts_with([' ', '\t', ':', '/']);
    let plain = key
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    (plain && !apart && !behind.contains(": ") && !behind.ends_with(':')).then_some(at + colon)
}

/// The opening quote of the text in quotes that is the next thing after `behind`.
pub(super) fn opening_quote(text: &str, behind: usize, before: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = behind;
    while at < before {
        at += match bytes.get(at)? {
            b'"' | b'\'' => return Some(at),
            b' ' | b'\t' | b'\n' | b'\r' | b':' | b'-' | b'?' | b',' | b'[' | b'{' | b']'
            | b'}' => 1,
            b'#' => text.get(at..)?.find('\n').unwrap_or(text.len() - at),
            b'&' | b'!' => word(text, at).len(),
            _ => return None,
        };
    }
    None
}

/// The tabs that indent the line of `at`, or the first line below that has some.
pub(super) fn tab(text: &str, at: usize) -> Option<Range<usize>> {
    let mut start = line_start(text, at);
    loop {
        let line = text.get(start..)?;
        let spaces = line.len() - line.trim_start_matches(' ').len();
        let indent = line.get(spaces..)?;
        let tabs = indent.len() - indent.trim_start_matches('\t').len();
        if tabs > 0 {
            return Some(start + spaces..start + spaces + tabs);
        }
        start += line.find('\n')? + 1;
    }
}

/// The first escape sequence that means nothing, in the text whose double quote stands
/// at `quote`.
pub(super) fn bad_escape(text: &str, quote: usize) -> Option<Range<usize>> {
    let mut at = quote + 1;
    loop {
        at += text.get(at..)?.find('\\')?;
        let kind = text.get(at + 1..)?.chars().next()?;
        let digits = match kind {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            '0' | 'a' | 'b' | 't' | '\t' | '\n' | '\r' | 'v' | 'f' | 'r' | 'n' | 'e' | ' '
            | '"' | '/' | '\\' | 'N' | '_' | 'L' | 'P' => 0,
            _ => return Some(at..at + 1 + kind.len_utf8()),
        };
        let from = at + 1 + kind.len_utf8();
        let count = hexadecimal(text, from, digits);
        let end = from + count;
        let value = text
            .get(from..end)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        if digits > 0 {
            let low = || {
                let next = text.get(end..)?.strip_prefix("\\u")?.get(..4)?;
                u32::from_str_radix(next, 16)
                    .ok()
                    .filter(|next| (0xdc00..=0xdfff).contains(next))
            };
            match value {
                Some(0xd800..=0xdbff) if count == 4 && digits == 4 && low().is_some() => {
                    at = end + 6;
                    continue;
                }
                Some(value) if count == digits && char::from_u32(value).is_some() => {}
                _ => return Some(at..end),
            }
        }
        at = end;
    }
}

/// How many of the `most` bytes from `from` are hexadecimal digits.
fn hexadecimal(text: &str, from: usize, most: usize) -> usize {
    let bytes = text.as_bytes().iter().skip(from).take(most);
    bytes.take_while(|byte| byte.is_ascii_hexdigit()).count()
}
