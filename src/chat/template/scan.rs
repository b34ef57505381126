//! Where the tags of a template stand, and what stands in them: as much of Jinja as
//! rewriting needs to know.

use std::ops::Range;

/// A text as a string of Jinja.
pub(super) fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' => literal += "\\\"",
            '\\' => literal += "\\\\",
            '\n' => literal += "\\n",
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// A tag, expression or comment.
pub(super) struct Tag<'t> {
    /// All of it.
    pub(super) range: Range<usize>,
    /// What stands behind the word of a tag, up to the closing.
    pub(super) body: Range<usize>,
    /// The word of a tag `{% … %}`; empty for others.
    pub(super) word: &'t str,
}

impl<'t> Tag<'t> {
    /// The next one at or behind `from` that is closed.
    pub(super) fn next(text: &'t str, from: usize) -> Option<Tag<'t>> {
        let mut at = from;
        loop {
            at += text[at..].find('{')?;
            match text.as_bytes().get(at + 1) {
                Some(b'#') => return Some(Tag::without_word(at, at + text[at..].find("#}")?)),
                Some(b'%') => return Tag::block(text, at),
                Some(b'{') => return Some(Tag::without_word(at, closing(text, at + 2, "}}")?)),
                _ => at += 1,
            }
        }
    }

    /// A comment or an expression from `start` to what closes it at `close`.
    fn without_word(start: usize, close: usize) -> Tag<'t> {
        let end = close + 2;
        Tag {
            range: start..end,
            body: end..end,
            word: "",
        }
    }

    /// The next tag `{% … %}`, whatever stands before it.
    pub(super) fn next_block(text: &'t str, from: usize) -> Option<Tag<'t>> {
        let mut at = from;
        loop {
            at += text[at..].find("{%")?;
            let rest = text[at + 2..].trim_start_matches(['-', '+']).trim_start();
            if rest.starts_with("endraw") {
                return Tag::block(text, at);
            }
            at += 2;
        }
    }

    fn block(text: &'t str, at: usize) -> Option<Tag<'t>> {
        let end = closing(text, at + 2, "%}")?;
        let inside = &text[at + 2..end];
        let trimmed = inside.trim_start_matches(['-', '+']).trim_start();
        let word_end = trimmed
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(trimmed.len());
        let word_at = at + 2 + (inside.len() - trimmed.len());
        let body_end = match inside.strip_suffix(['-', '+']) {
            Some(shorter) => at + 2 + shorter.len(),
            None => end,
        };
        let body_start = (word_at + word_end).min(body_end);
        Some(Tag {
            range: at..end + 2,
            body: body_start..body_end,
            word: &trimmed[..word_end],
        })
    }
}

/// The bytes of `range` that are outside of strings, with their places.
pub(super) fn outside(text: &str, range: Range<usize>) -> impl Iterator<Item = (usize, u8)> {
    let mut quote = None;
    let mut is_escaped = false;
    range.filter_map(move |at| {
        let byte = text.as_bytes()[at];
        match quote {
            _ if is_escaped => is_escaped = false,
            Some(_) if byte == b'\\' => is_escaped = true,
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if byte == b'\'' || byte == b'"' => quote = Some(byte),
            None => return text.is_char_boundary(at).then_some((at, byte)),
        }
        None
    })
}

/// Those that are outside of brackets, too, and brackets that close what `range` does not open.
fn free(text: &str, range: Range<usize>) -> impl Iterator<Item = (usize, u8)> {
    let mut depth = 0_usize;
    outside(text, range).filter(move |(_, byte)| {
        let is_free = depth == 0;
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => return is_free,
        }
        is_free && depth == 0
    })
}

/// Where `mark` stands behind `from`, outside of strings and brackets that Jinja opens.
fn closing(text: &str, from: usize, mark: &str) -> Option<usize> {
    let mut places = free(text, from..text.len()).map(|(at, _)| at);
    places.find(|at| text[*at..].starts_with(mark))
}

/// Where a word stands alone in `range`, outside of strings and brackets.
pub(super) fn find_word(text: &str, range: Range<usize>, word: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_part = |byte: Option<&u8>| {
        byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80)
    };
    let is_alone = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        !is_part(before) && !is_part(bytes.get(at + word.len()))
    };
    let mut places = free(text, range.clone()).map(|(at, _)| at);
    places.find(|at| text[*at..range.end].starts_with(word) && is_alone(*at))
}

/// Where `=` stands in `range` that assigns.
pub(super) fn find_assignment(text: &str, range: Range<usize>) -> Option<usize> {
    // `{% set x | filter %}` is a block.
    let (at, byte) = free(text, range).find(|(_, byte)| matches!(byte, b'=' | b'|'))?;
    let is_comparison = text.as_bytes().get(at + 1) == Some(&b'=');
    (byte == b'=' && !is_comparison).then_some(at)
}

/// The parts of `range` between its commas, outside of strings and brackets.
pub(super) fn parts(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut start = range.start;
    let mut parts = Vec::new();
    for (comma, _) in free(text, range.clone()).filter(|(_, byte)| *byte == b',') {
        parts.push(start..comma);
        start = comma + 1;
    }
    parts.push(start..range.end);
    parts
}

/// What stands in the first brackets of a tag: the parameters of `{% macro name(…) %}` and
/// `{% call(…) … %}`; `None` if a call takes none.
pub(super) fn arguments(text: &str, tag: &Tag<'_>) -> Option<Range<usize>> {
    let body = text[tag.body.clone()].trim_start();
    if tag.word == "call" && !body.starts_with('(') {
        return None;
    }
    let open = tag.body.start + text[tag.body.clone()].find('(')? + 1;
    let close = closing(text, open, ")")?;
    (close <= tag.body.end).then_some(open..close)
}

/// How many pieces the expressions of `range` put together, and how often they multiply.
pub(super) fn operations(text: &str, range: Range<usize>) -> (usize, usize) {
    let (mut joined, mut products) = (0, 0);
    for (_, byte) in outside(text, range) {
        match byte {
            b'~' | b'+' | b',' => joined += 1,
            b'*' => products += 1,
            _ => {}
        }
    }
    (joined, products)
}
