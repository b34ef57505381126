//! A text and where each piece of it stands.

use std::ops::Range;

/// A part of the text and the part of the source it is from.
struct Piece {
    text: Range<usize>,
    raw: Range<usize>,
    /// Both are the same, so a part of one is a part of the other.
    verbatim: bool,
}

/// A text in pieces.
#[derive(Default)]
pub(super) struct Pieces {
    text: String,
    list: Vec<Piece>,
}

impl Pieces {
    /// The text so far.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Adds what stands in `raw` at `at` as it is.
    pub(super) fn copy(&mut self, raw: &str, at: Range<usize>) {
        let written = raw.get(at.clone()).unwrap_or_default();
        self.add(written, at, true);
    }

    /// Adds `text`, which `raw` stands for as a whole.
    pub(super) fn put(&mut self, text: &str, raw: Range<usize>) {
        self.add(text, raw, false);
    }

    fn add(&mut self, text: &str, raw: Range<usize>, verbatim: bool) {
        if text.is_empty() {
            return;
        }
        let from = self.text.len();
        self.text.push_str(text);
        let to = self.text.len();
        match self.list.last_mut() {
            Some(last) if verbatim && last.verbatim && last.raw.end == raw.start => {
                last.text.end = to;
                last.raw.end = raw.end;
            }
            _ => self.list.push(Piece {
                text: from..to,
                raw,
                verbatim,
            }),
        }
    }

    /// Takes line breaks away from the end until the text is `wanted`, or adds some that
    /// stand nowhere. Whether that succeeds.
    pub(super) fn end_as(&mut self, wanted: &str) -> bool {
        let breaks = |rest: &str| rest.bytes().all(|byte| byte == b'\n');
        if wanted.strip_prefix(&*self.text).is_some_and(breaks) {
            let end = self.list.last().map_or(0, |last| last.raw.end);
            let more = wanted.get(self.text.len()..).unwrap_or_default().to_owned();
            self.put(&more, end..end);
            return true;
        }
        if !self.text.strip_prefix(wanted).is_some_and(breaks) {
            return false;
        }
        self.text.truncate(wanted.len());
        self.list.retain(|piece| piece.text.start < wanted.len());
        if let Some(last) = self.list.last_mut() {
            last.text.end = last.text.end.min(wanted.len());
        }
        true
    }

    /// The part of the source that stands for `range` of the text.
    pub(super) fn raw(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let holds = |at: usize| {
            let n = self.list.partition_point(|piece| piece.text.end <= at);
            self.list.get(n).or(self.list.last())
        };
        let first = holds(range.start)?;
        let start = match first {
            Piece { raw, .. } if range.start >= first.text.end => raw.end,
            Piece {
                verbatim: true,
                raw,
                text,
            } => raw.start + (range.start - text.start),
            Piece { raw, .. } => raw.start,
        };
        if range.end <= range.start {
            return Some(start..start);
        }
        let last = holds(range.end - 1)?;
        let end = match last {
            Piece {
                verbatim: true,
                raw,
                text,
            } => raw.start + (range.end.min(text.end) - text.start),
            Piece { raw, .. } => raw.end,
        };
        Some(start..end.max(start))
    }
}
