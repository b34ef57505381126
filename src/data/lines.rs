//! JSON Lines: one JSON value a line (jsonlines.org); blank lines are passed over.

use crate::diagnostics::Diagnostics;
use crate::parallel;
use crate::source::{Origin, SourceMap};
use crate::syntax::decode::Item;
use crate::syntax::{self, byte_order_mark};
use std::num::NonZeroUsize;
use std::ops::Range;

/// Bytes that a thread reads at a time.
const PIECE: usize = 1 << 20;

/// How many values a JSON Lines text has, those counted that are none.
pub fn count_lines(text: &str) -> usize {
    lines_of(text, byte_order_mark(text)..text.len())
        .filter(|line| !is_blank(text, line))
        .count()
}

/// The bytes from the value of number `range.start` up to that of number `range.end`.
fn place(text: &str, range: Range<usize>) -> Range<usize> {
    let whole = byte_order_mark(text)..text.len();
    let mut starts = lines_of(text, whole.clone())
        .filter(|line| !is_blank(text, line))
        .map(|line| line.start);
    let mut skipped = 0;
    let mut start_of = |number: usize| {
        let start = starts.nth(number - skipped).unwrap_or(whole.end);
        skipped = number + 1;
        start
    };
    if range.is_empty() {
        return whole.end..whole.end;
    }
    let start = start_of(range.start);
    start..start_of(range.end)
}

/// The lines in a part of a text, without their line feeds.
fn lines_of(text: &str, part: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut start = part.start;
    std::iter::from_fn(move || {
        let rest = text.as_bytes().get(start..part.end)?;
        let end = memchr::memchr(b'\n', rest).map_or(part.end, |at| start + at);
        let line = start..end;
        start = end + 1;
        (!rest.is_empty()).then_some(line)
    })
}

fn is_blank(text: &str, line: &Range<usize>) -> bool {
    let line = text.get(line.clone()).unwrap_or_default();
    line.trim().is_empty()
}

/// What `decode` makes of the values of a JSON Lines text, in order and in pieces; `None` for
/// a line that is no JSON, which is reported. A value is held only while it is decoded. If not
/// all values are wanted, `range` has the numbers of those that are, counted from 0.
pub fn lines<'s, T, C: FromIterator<Option<T>> + Send>(
    sources: &'s SourceMap,
    origin: Origin,
    range: Option<Range<usize>>,
    threads: NonZeroUsize,
    findings: &mut Diagnostics,
    decode: impl Fn(Item<'s>, &mut Diagnostics) -> Option<T> + Sync,
) -> Vec<C> {
    let text = sources.whole(origin);
    let whole = byte_order_mark(text)..text.len();
    let pieces = pieces(text, range.map_or(whole, |range| place(text, range)));
    let read = parallel::map(&pieces, threads, |piece| {
        let mut findings = Diagnostics::default();
        let lines = lines_of(text, piece.clone());
        let values = lines.filter(|line| !is_blank(text, line)).map(|line| {
            let node = syntax::read_json_part(sources, origin, line, &mut findings)?;
            decode(Item::of(node), &mut findings)
        });
        (values.collect(), findings)
    });
    let keep = |(values, own)| {
        findings.append(own);
        values
    };
    read.into_iter().map(keep).collect()
}

/// A part of a text in pieces of whole lines.
fn pieces(text: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let mut start = part.start;
    let mut pieces = Vec::new();
    while start < part.end {
        let rest = text.as_bytes().get(start + PIECE..part.end);
        let end = memchr::memchr(b'\n', rest.unwrap_or_default());
        let end = end.map_or(part.end, |at| start + PIECE + at + 1);
        pieces.push(start..end);
        start = end;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_whole_lines_and_cover_all() {
        let line = format!("{}\n", "é".repeat(50_000));
        for count in [0, 1, 10, 11, 30] {
            let text = line.repeat(count) + "rest";
            let pieces = pieces(&text, 0..text.len());
            let joined: String = pieces.iter().map(|piece| &text[piece.clone()]).collect();
            assert_eq!(joined, text);
            let (last, others) = pieces.split_last().expect("a piece");
            assert!(
                others
                    .iter()
                    .all(|piece| text[piece.clone()].ends_with('\n'))
            );
            assert_eq!(last.end, text.len());
        }
    }

    #[test]
    fn values_are_found_by_their_numbers() {
        let text = "\u{feff}0\n\n1\r\n  \n2\n3";
        assert_eq!(count_lines(text), 4);
        let found = |range: Range<usize>| {
            let place = place(text, range);
            text[place].split_whitespace().collect::<Vec<_>>().join("")
        };
        assert_eq!(found(0..4), "0123");
        assert_eq!(found(1..3), "12");
        assert_eq!(found(3..4), "3");
        assert_eq!(found(2..2), "");
        assert_eq!(found(0..1), "0");
    }
}
