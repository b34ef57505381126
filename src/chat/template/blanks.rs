//! What Python's texts take for blanks, line breaks and words.

/// Whether Python takes a character for a blank (`str.isspace`).
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// A text without blanks, or without some characters, at its front and its back.
pub(super) fn stripped<'t>(
    text: &'t str,
    characters: Option<&str>,
    front: bool,
    back: bool,
) -> &'t str {
    let is_part = |c: char| characters.map_or_else(|| is_blank(c), |all| all.contains(c));
    let text = if front {
        text.trim_start_matches(is_part)
    } else {
        text
    };
    if back {
        text.trim_end_matches(is_part)
    } else {
        text
    }
}

/// The words of a text; behind `most` of them, what is left is one.
pub(super) fn words(text: &str, most: Option<usize>) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text.trim_start_matches(is_blank);
    while !rest.is_empty() {
        let end = rest
            .find(is_blank)
            .filter(|_| most.is_none_or(|most| words.len() < most));
        let Some(end) = end else {
            words.push(rest);
            break;
        };
        words.push(&rest[..end]);
        rest = rest[end..].trim_start_matches(is_blank);
    }
    words
}

/// The lines of a text, by all that Python takes for a line break (`str.splitlines`).
pub(super) fn lines(text: &str, keeps_ends: bool) -> Vec<&str> {
    let is_break = |c: char| {
        matches!(
            c,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'
                ..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(is_break).unwrap_or(rest.len());
        let length = match rest[end..].starts_with("\r\n") {
            true => 2,
            false => rest[end..].chars().next().map_or(0, char::len_utf8),
        };
        let kept = if keeps_ends { length } else { 0 };
        lines.push(&rest[..end + kept]);
        rest = &rest[end + length..];
    }
    lines
}

/// A text with every run of letters in lower case behind its first one (`str.title`).
pub(super) fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_within = false;
    for c in text.chars() {
        match is_within {
            true => out.extend(c.to_lowercase()),
            false => {
                // Of a letter that becomes several, the first is large.
                let mut large = c.to_uppercase();
                out.extend(large.next());
                out.extend(large.flat_map(char::to_lowercase));
            }
        }
        is_within = c.is_uppercase() || c.is_lowercase();
    }
    out
}
