//! JSON Lines: one JSON value a line (jsonlines.org); blank lines are passed over.

use crate::diagnostics::Diagnostics;
use crate::parallel;
use crate::source::{Origin, SourceMap};
use crate::syntax;
use crate::syntax::decode::Item;
use std::num::NonZeroUsize;
use std::ops::Range;

/// Bytes that a thread reads at a time.
const PIECE: usize = 1 << 20;

/// What `decode` makes of the values of a JSON Lines text, in order and in pieces; `None` for
/// a line that is no JSON, which is reported. A value is held only while it is decoded.
pub fn lines<'s, T, C: FromIterator<Option<T>> + Send>(
    sources: &'s SourceMap,
    origin: Origin,
    threads: NonZeroUsize,
    findings: &mut Diagnostics,
    decode: impl Fn(Item<'s>, &mut Diagnostics) -> Option<T> + Sync,
) -> Vec<C> {
    let text = sources.whole(origin);
    let pieces = pieces(text);
    let read = parallel::map(&pieces, threads, |piece| {
        let mut findings = Diagnostics::default();
        let mut start = piece.start;
        let lines = std::iter::from_fn(|| {
            let rest = text.as_bytes().get(start..piece.end)?;
            let end = memchr::memchr(b'\n', rest).map_or(piece.end, |at| start + at);
            let line = start..end;
            start = end + 1;
            (!rest.is_empty()).then_some(line)
        });
        let is_blank = |line: &Range<usize>| text[line.clone()].trim().is_empty();
        let values = lines.filter(|line| !is_blank(line)).map(|line| {
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

/// A text in pieces of whole lines, without its byte order mark.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut start = syntax::byte_order_mark(text);
    let mut pieces = Vec::new();
    while start < text.len() {
        let rest = text.as_bytes().get(start + PIECE..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(text.len(), |at| start + PIECE + at + 1);
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
            let pieces = pieces(&text);
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
}
