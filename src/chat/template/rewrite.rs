//! A template as the engine has to be given it to do what Jinja2 does.
//!
//! The engine differs from Jinja2 in a few places that no setting reaches. They are
//! rewritten here: `{% generation %}`, raw text, loops over nothing, line breaks. Every
//! byte of the result knows where it comes from, so that errors point into the original.

use std::ops::Range;

/// The filter that marks what stands between `{% generation %}` and its end.
pub(super) const GENERATION: &str = "_generation";
/// The filter that refuses what Python cannot iterate.
pub(super) const ITERATED: &str = "_iterated";
/// The filter that refuses texts that are too long to be kept.
pub(super) const BOUNDED: &str = "_bounded";

/// A template that was rewritten.
#[derive(Debug, Default)]
pub(super) struct Rewritten {
    /// What the engine reads.
    pub(super) text: String,
    /// Whether it has a generation block.
    pub(super) has_generation: bool,
    /// Where in the result (first) pieces of the original (second) begin.
    pieces: Vec<(usize, usize)>,
}

impl Rewritten {
    /// Rewrites a template.
    pub(super) fn of(original: &str) -> Rewritten {
        let mut rewritten = Rewritten::default();
        let mut at = 0;
        while let Some(tag) = Tag::next(original, at) {
            rewritten.keep(original, at..tag.range.start);
            at = rewritten.tag(original, &tag);
        }
        rewritten.keep(original, at..original.len());
        rewritten
    }

    /// The bytes of the original that a range of the result comes from.
    pub(super) fn original(&self, range: Range<usize>) -> Range<usize> {
        let start = self.original_offset(range.start);
        start..self.original_offset(range.end).max(start)
    }

    fn original_offset(&self, offset: usize) -> usize {
        let piece = self.pieces.partition_point(|(start, _)| *start <= offset);
        let Some(at) = piece.checked_sub(1) else {
            return 0;
        };
        let (start, origin) = self.pieces[at];
        let next = self.pieces.get(at + 1).map(|(_, origin)| *origin);
        (origin + offset - start).min(next.unwrap_or(usize::MAX))
    }

    /// Takes over a piece as it is, its line breaks normalised.
    fn keep(&mut self, original: &str, range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            self.pieces.push((self.text.len(), at));
            let piece = &original[at..range.end];
            match piece.find('\r') {
                Some(end) => {
                    self.text += &piece[..end];
                    self.text.push('\n');
                    at += end + 1;
                    if original[at..range.end].starts_with('\n') {
                        at += 1;
                    }
                }
                None => {
                    self.text += piece;
                    at = range.end;
                }
            }
        }
    }

    /// Writes something that stands for what begins at `origin`.
    fn put(&mut self, text: &str, origin: usize) {
        self.pieces.push((self.text.len(), origin));
        self.text += text;
    }

    /// Takes over a tag; where in the original to go on.
    fn tag(&mut self, original: &str, tag: &Tag<'_>) -> usize {
        let Range { start, end } = tag.range;
        match tag.word {
            "generation" | "endgeneration" => {
                self.has_generation = true;
                let word = match tag.word {
                    "generation" => format!("filter {GENERATION}"),
                    _ => "endfilter".to_owned(),
                };
                let word_at = start + original[start..end].find(tag.word).unwrap_or(0);
                self.keep(original, start..word_at);
                self.put(&word, word_at);
                self.keep(original, word_at + tag.word.len()..end);
            }
            "raw" => return self.raw(original, tag),
            "for" => {
                let body = &tag.body;
                let from = find_word(original, body.clone(), "in").map(|at| at + "in".len());
                let Some(from) = from else {
                    self.keep(original, start..end);
                    return end;
                };
                let to = ["if", "recursive"]
                    .into_iter()
                    .filter_map(|word| find_word(original, from..body.end, word))
                    .min()
                    .unwrap_or(body.end);
                self.filtered(original, &tag.range, from..to, ITERATED);
            }
            "set" => match find_assignment(original, tag.body.clone()) {
                Some(at) => self.filtered(original, &tag.range, at + 1..tag.body.end, BOUNDED),
                None => self.keep(original, start..end),
            },
            _ => self.keep(original, start..end),
        }
        end
    }

    /// Takes over a tag with an expression of it put through a filter.
    fn filtered(
        &mut self,
        original: &str,
        tag: &Range<usize>,
        expression: Range<usize>,
        filter: &str,
    ) {
        let Range { start, end } = expression;
        let is_empty = original[start..end].trim().is_empty();
        self.keep(original, tag.start..start);
        if is_empty {
            self.keep(original, start..tag.end);
            return;
        }
        self.put(" (", start);
        self.keep(original, start..end);
        self.put(&format!(")|{filter} "), end);
        self.keep(original, end..tag.end);
    }

    /// Raw text as an expression: the engine takes the line break behind `{% raw %}` away.
    fn raw(&mut self, original: &str, tag: &Tag<'_>) -> usize {
        let Range { start, end } = tag.range;
        let mut from = end;
        let closing = loop {
            match Tag::next_block(original, from) {
                Some(closing) if closing.word == "endraw" => break closing,
                Some(other) => from = other.range.start + 2,
                None => {
                    self.keep(original, start..end);
                    return end;
                }
            }
        };
        let mut body = &original[end..closing.range.start];
        if original[..end].ends_with("-%}") {
            body = body.trim_start();
        }
        let opening = original[closing.range.clone()].chars().nth(2);
        match opening {
            Some('-') => body = body.trim_end(),
            Some('+') => {}
            // A block that stands first in its line takes the blanks before it away.
            _ => {
                let line = body.rfind('\n').map_or(0, |at| at + 1);
                if line > 0 && body[line..].trim().is_empty() {
                    body = &body[..line];
                }
            }
        }
        let sign = |text: &str, at: usize| match text.as_bytes().get(at) {
            Some(b'-') => "-",
            Some(b'+') => "+",
            _ => "",
        };
        let open = sign(&original[start..end], 2);
        let text = &original[closing.range.clone()];
        let close = sign(text, text.len().saturating_sub(3));
        let body = body.replace("\r\n", "\n").replace('\r', "\n");
        self.put(
            &format!("{{%{open} if true %}}{{{{ {} }}}}", literal(&body)),
            start,
        );
        self.put(&format!("{{% endif {close}%}}"), closing.range.start);
        closing.range.end
    }
}

/// A text as a string of Jinja.
fn literal(text: &str) -> String {
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
struct Tag<'t> {
    /// All of it.
    range: Range<usize>,
    /// What stands behind the word of a tag, up to the closing.
    body: Range<usize>,
    /// The word of a tag `{% … %}`; empty for others.
    word: &'t str,
}

impl<'t> Tag<'t> {
    /// The next one at or behind `from` that is closed.
    fn next(text: &'t str, from: usize) -> Option<Tag<'t>> {
        let mut at = from;
        loop {
            at += text[at..].find('{')?;
            match text.as_bytes().get(at + 1) {
                Some(b'#') => {
                    let end = at + text[at..].find("#}")? + 2;
                    return Some(Tag {
                        range: at..end,
                        body: end..end,
                        word: "",
                    });
                }
                Some(b'%') => return Tag::block(text, at),
                Some(b'{') => {
                    let end = closing(text, at + 2, "}}")? + 2;
                    return Some(Tag {
                        range: at..end,
                        body: end..end,
                        word: "",
                    });
                }
                _ => at += 1,
            }
        }
    }

    /// The next tag `{% … %}`, whatever stands before it.
    fn next_block(text: &'t str, from: usize) -> Option<Tag<'t>> {
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

/// Where `mark` stands behind `from`, outside of strings and brackets that Jinja opens.
fn closing(text: &str, from: usize, mark: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut found = None;
    each_outside(text, from..text.len(), |at, byte| {
        if depth == 0 && text[at..].starts_with(mark) {
            found = Some(at);
            return false;
        }
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        true
    });
    found
}

/// Calls `look` for every byte of `range` that is outside of a string, until it gives `false`.
fn each_outside(text: &str, range: Range<usize>, mut look: impl FnMut(usize, u8) -> bool) {
    let bytes = text.as_bytes();
    let mut quote = None;
    let mut at = range.start;
    while at < range.end {
        let byte = bytes[at];
        match quote {
            Some(_) if byte == b'\\' => at += 1,
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if byte == b'\'' || byte == b'"' => quote = Some(byte),
            None => {
                if text.is_char_boundary(at) && !look(at, byte) {
                    return;
                }
            }
        }
        at += 1;
    }
}

/// Where a word stands alone in `range`, outside of strings and brackets.
fn find_word(text: &str, range: Range<usize>, word: &str) -> Option<usize> {
    let is_part = |byte: Option<&u8>| {
        byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80)
    };
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut found = None;
    each_outside(text, range.clone(), |at, byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ if depth == 0
                && text[at..range.end].starts_with(word)
                && !is_part(bytes.get(at + word.len()))
                && !is_part(at.checked_sub(1).and_then(|before| bytes.get(before))) =>
            {
                found = Some(at);
                return false;
            }
            _ => {}
        }
        true
    });
    found
}

/// Where `=` stands in `range` that assigns.
fn find_assignment(text: &str, range: Range<usize>) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut found = None;
    each_outside(text, range.clone(), |at, byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'=' if depth == 0 => {
                let is_comparison = bytes.get(at + 1) == Some(&b'=');
                found = (!is_comparison).then_some(at);
                return false;
            }
            // `{% set x | filter %}` is a block.
            b'|' if depth == 0 => return false,
            _ => {}
        }
        true
    });
    found
}
