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

/// What `decode` makes of the values of a JSON Lines text, in order; `None` for a line that
/// is no JSON, which is reported. A value is held only while it is decoded.
pub fn lines<'s, T: Send>(
    sources: &'s SourceMap,
    origin: Origin,
    threads: NonZeroUsize,
    findings: &mut Diagnostics,
    decode: impl Fn(Item<'s>, &mut Diagnostics) -> Option<T> + Sync,
) -> Vec<Option<T>> {
    let text = sources.whole(origin);
    let pieces = pieces(text);
    let read = parallel::map(&pieces, threads, |piece| {
        let mut findings = Diagnostics::default();
        let mut values = Vec::new();
        let mut start = piece.start;
        while start < piece.end {
            let rest = text.as_bytes().get(start..piece.end).unwrap_or_default();
            let end = memchr::memchr(b'\n', rest).map_or(piece.end, |at| start + at);
            if !text.get(start..end).unwrap_or_default().trim().is_empty() {
                let node = syntax::read_json_part(sources, origin, start..end, &mut findings);
                values.push(node.and_then(|node| decode(Item::of(node), &mut findings)));
            }
            start = end + 1;
        }
        (values, findings)
    });
    let mut all = Vec::with_capacity(read.iter().map(|(values, _)| values.len()).sum());
    for (values, own) in read {
        all.extend(values);
        findings.append(own);
    }
    all
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
