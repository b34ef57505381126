//! A template as the engine has to be given it to do what Jinja2 does.
//!
//! The engine differs from Jinja2 in a few places that no setting reaches. They are
//! rewritten here: `{% generation %}`, raw text, loops over nothing, line breaks. Also,
//! whatever is kept or repeated is put through filters that hold it against the budget.
//! Every byte of the result knows where it comes from, so that errors point into the
//! original.

use super::scan::{Tag, arguments, find_assignment, find_word, literal, operations};
use std::ops::Range;

/// The filter that marks what stands between `{% generation %}` and its end.
pub(super) const GENERATION: &str = "_generation";
/// The filter that refuses what Python cannot iterate.
pub(super) const ITERATED: &str = "_iterated";
/// The filter that refuses texts that are too long to be kept.
pub(super) const BOUNDED: &str = "_bounded";
/// The filter that looks at the clock.
pub(super) const TIMED: &str = "_timed";
/// The filter that takes text between tags from the budget, of which it is given the length.
pub(super) const WRITTEN: &str = "_written";
/// Text between tags that is longer than this is taken from the budget.
const SHORT: usize = 64;

/// A template that was rewritten.
#[derive(Debug, Default)]
pub(super) struct Rewritten {
    /// What the engine reads.
    pub(super) text: String,
    /// Whether it has a generation block.
    pub(super) has_generation: bool,
    /// The most pieces that one of its expressions puts together.
    pub(super) joined: usize,
    /// How often it multiplies, which may repeat a text.
    pub(super) products: usize,
    /// Where in the result (first) pieces of the original (second) begin.
    pieces: Vec<(usize, usize)>,
}

impl Rewritten {
    /// Rewrites a template.
    pub(super) fn of(original: &str) -> Rewritten {
        let mut rewritten = Rewritten::default();
        let mut at = 0;
        while let Some(tag) = Tag::next(original, at) {
            rewritten.between(original, at..tag.range.start);
            let (joined, products) = operations(original, tag.range.clone());
            rewritten.joined = rewritten.joined.max(joined);
            rewritten.products += products;
            at = rewritten.tag(original, &tag);
        }
        rewritten.between(original, at..original.len());
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

    /// Takes over text between tags; a long one is counted where it is written. The count
    /// stands between two letters, where it changes no blanks.
    fn between(&mut self, original: &str, range: Range<usize>) {
        let bytes = &original.as_bytes()[range.clone()];
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80;
        let within = (bytes.len() > SHORT)
            .then(|| {
                bytes
                    .windows(2)
                    .position(|two| two.iter().all(|byte| is_letter(*byte)))
            })
            .flatten();
        // Characters are not taken apart.
        let at = within.map(|at| original.ceil_char_boundary(range.start + at + 1));
        match at.filter(|at| *at < range.end) {
            Some(at) => {
                self.keep(original, range.start..at);
                self.put(&format!("{{{{ {}|{WRITTEN} }}}}", bytes.len()), at);
                self.keep(original, at..range.end);
            }
            None => self.keep(original, range),
        }
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
                let filter = match operations(original, from..to) {
                    (0, 0) => ITERATED.to_owned(),
                    _ => format!("{BOUNDED}|{ITERATED}"),
                };
                self.filtered(original, &(start..tag.body.end), from..to, &filter);
                let is_recursive = to < body.end && original[to..body.end].contains("recursive");
                let names = original[body.start..from - "in".len()].trim();
                let names = if is_recursive { names } else { "" };
                self.close_and_bound(original, tag, names);
            }
            "set" => match find_assignment(original, tag.body.clone()) {
                Some(at) => self.filtered(original, &tag.range, at + 1..tag.body.end, BOUNDED),
                None => {
                    self.keep(original, start..tag.body.end);
                    self.put(&format!(" |{BOUNDED} "), tag.body.end);
                    self.keep(original, tag.body.end..end);
                }
            },
            "if" | "elif" => self.filtered(original, &tag.range, tag.body.clone(), TIMED),
            "with" => {
                let from = self.assigned(original, start, tag.body.clone()).0;
                self.keep(original, from..end);
            }
            "macro" | "call" => {
                let Some(list) = arguments(original, tag) else {
                    self.keep(original, start..end);
                    return end;
                };
                let (from, names) = self.assigned(original, start, list);
                self.keep(original, from..tag.body.end);
                self.close_and_bound(original, tag, &names);
            }
            _ => self.keep(original, start..end),
        }
        end
    }

    /// Takes over assignments, `a = 1, b`, from `start` on, and bounds what is assigned. How
    /// far it came, and the names.
    fn assigned(&mut self, original: &str, start: usize, list: Range<usize>) -> (usize, String) {
        let mut from = start;
        let mut names = Vec::new();
        for part in super::scan::parts(original, list) {
            let assignment = find_assignment(original, part.clone());
            names.push(original[part.start..assignment.unwrap_or(part.end)].trim());
            if let Some(at) = assignment {
                self.filtered(original, &(from..part.end), at + 1..part.end, BOUNDED);
                from = part.end;
            }
        }
        names.retain(|name| !name.is_empty());
        (from, names.join(", "))
    }

    /// Takes over the end of a tag behind its body, and bounds the variables `names` right
    /// behind it, if there are any.
    fn close_and_bound(&mut self, original: &str, tag: &Tag<'_>, names: &str) {
        let (body_end, end) = (tag.body.end, tag.range.end);
        if !names.is_empty() {
            let look = format!("%}}{{% if ({names},)|{BOUNDED} %}}{{% endif ");
            self.put(&look, body_end);
        }
        self.keep(original, body_end..end);
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
