//! Where a scalar stands and whether its text can be borrowed.

use granit_parser::ScalarStyle;
use std::borrow::Cow;
use std::ops::Range;

/// The range of a block scalar from its indicator to the end of its last line of text.
///
/// The parser's own range is that of the content. Only blank lines can stand between
/// the line of the indicator and the content; `behind` is where the event before ended.
pub(super) fn block(text: &str, content: &Range<usize>, behind: usize) -> Range<usize> {
    let header_end = header_end(text, content, behind);
    let line_start = text
        .get(..header_end)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |at| at + 1);
    let from = line_start.max(behind).min(header_end);
    let header = text.get(from..header_end).unwrap_or_default();
    let indicator = header
        .char_indices()
        .filter(|(_, c)| matches!(c, '|' | '>'))
        .map(|(at, _)| at)
        .find(|at| header.get(at + 1..).is_some_and(is_rest_of_header));
    let Some(indicator) = indicator else {
        return content.clone();
    };
    let start = from + indicator;
    let end = match text
        .get(content.clone())
        .map(last_text)
        .filter(|length| *length > 0)
    {
        Some(length) => content.start + length,
        None => {
            let rest = header.get(indicator + 1..).unwrap_or_default();
            start
                + 1
                + rest
                    .bytes()
                    .take_while(|b| matches!(b, b'0'..=b'9' | b'+' | b'-'))
                    .count()
        }
    };
    start..end.max(start + 1)
}

/// Where the value of a key that ends at `behind` would stand, if it is missing. The
/// parser's own place is before the colon, or where the next thing begins.
pub(super) fn missing(text: &str, behind: usize, place: usize) -> usize {
    if text.as_bytes().get(place) == Some(&b':') {
        return place + 1;
    }
    let between = text.get(behind..place).unwrap_or("?");
    if between.trim().is_empty() {
        behind
    } else {
        place
    }
}

/// Where an item of a list would stand, if it is missing: behind its `-`, and not behind
/// a comment, where the parser puts it.
pub(super) fn missing_item(text: &str, behind: usize, place: usize) -> usize {
    if text
        .get(behind..place)
        .is_none_or(|between| !between.contains('#'))
    {
        return place;
    }
    let dash = first_dash(text, behind, place);
    if dash < place { dash + 1 } else { place }
}

/// The first `-` of a block list that is the value of a key. `behind` is the end of
/// the key; the parser's own place for a list that is not indented is its first value.
pub(super) fn first_dash(text: &str, behind: usize, place: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = behind;
    while at < place {
        let rest = text.get(at..place).unwrap_or_default();
        at += match bytes.get(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r' | b':' | b'?') => 1,
            Some(b'#') => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            Some(b'&' | b'!') => rest.find([' ', '\t', '\n', '\r']).unwrap_or(rest.len()),
            Some(b'-') => return at,
            _ => return place,
        };
    }
    place
}

/// The end of the line of the indicator: the last line with something on it before
/// the content.
fn header_end(text: &str, content: &Range<usize>, behind: usize) -> usize {
    let before = text.get(..content.start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    // Without content the place may still be on the indicator's own line.
    let end = if line_start <= behind {
        line_end(text, content.start)
    } else {
        line_start
    };
    let kept = text
        .get(..end)
        .unwrap_or_default()
        .trim_end_matches(['\n', '\r', ' ', '\t']);
    line_end(text, kept.len())
}

/// The end of the line that holds `at`, without its line break.
fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.find(['\n', '\r']).unwrap_or(rest.len())
}

/// Whether this can follow `|` or `>`: indicators, spaces, a comment.
fn is_rest_of_header(rest: &str) -> bool {
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
    let trimmed = rest.trim_start_matches([' ', '\t']);
    trimmed.is_empty() || (trimmed.len() < rest.len() && trimmed.starts_with('#'))
}

/// The length of `content` up to the end of its last line that is not blank.
fn last_text(content: &str) -> usize {
    let kept = content.trim_end_matches(['\n', '\r', ' ', '\t']);
    if kept.is_empty() {
        0
    } else {
        line_end(content, kept.len())
    }
}

/// The scalar's text, borrowed if it stands in the file as it is.
pub(super) fn borrowed<'s>(
    text: &'s str,
    value: Cow<'_, str>,
    style: ScalarStyle,
    range: &Range<usize>,
) -> Cow<'s, str> {
    let start = match style {
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => range.start + 1,
        _ => range.start,
    };
    match text.get(start..start + value.len()) {
        Some(written) if written == value => Cow::Borrowed(written),
        _ => Cow::Owned(value.into_owned()),
    }
}
