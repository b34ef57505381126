//! Neighbours that are joined, the best pair first, until there is none: what all
//! vocabularies have in common that are made of pairs.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

/// Two neighbours that may be joined. The greatest is joined first: the one that is rated
/// best, and of several that of the smallest `left`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Pair<R> {
    rating: R,
    left: Reverse<usize>,
    right: usize,
    /// The bytes of both; if they changed since, the pair is no more.
    bytes: usize,
}

/// A part of the text, in a chain of its neighbours. A part that was joined to the one
/// before it is empty.
#[derive(Clone, Copy, Debug)]
struct Link {
    start: usize,
    end: usize,
    before: Option<usize>,
    behind: Option<usize>,
}

/// Joins the parts of a text of `length` bytes that begin at `starts`, and gives what is left
/// of them to `take`. `rate` says how good a part would be, or `None` if it is none.
pub(super) fn join<R: Ord>(
    starts: impl Iterator<Item = usize>,
    length: usize,
    rate: impl Fn(Range<usize>) -> Option<R>,
    mut take: impl FnMut(Range<usize>),
) {
    let mut links: Vec<Link> = Vec::new();
    for start in starts {
        let at = links.len();
        if let Some(last) = links.last_mut() {
            last.end = start;
            last.behind = Some(at);
        }
        links.push(Link {
            start,
            end: length,
            before: at.checked_sub(1),
            behind: None,
        });
    }
    let pair = |links: &[Link], left: Option<usize>, right: Option<usize>| {
        let (left, right) = (left?, right?);
        let (start, end) = (links[left].start, links[right].end);
        Some(Pair {
            rating: rate(start..end)?,
            left: Reverse(left),
            right,
            bytes: end - start,
        })
    };
    let first = (1..links.len()).filter_map(|right| pair(&links, Some(right - 1), Some(right)));
    let mut pairs: BinaryHeap<Pair<R>> = first.collect();
    while let Some(best) = pairs.pop() {
        let (left, right) = (best.left.0, best.right);
        let (first, second) = (links[left], links[right]);
        let is_there = first.start < first.end && second.start < second.end;
        if !is_there || first.end != second.start || second.end - first.start != best.bytes {
            continue;
        }
        links[left].end = second.end;
        links[left].behind = second.behind;
        links[right].start = second.end;
        if let Some(behind) = second.behind {
            links[behind].before = Some(left);
        }
        pairs.extend(pair(&links, first.before, Some(left)));
        pairs.extend(pair(&links, Some(left), second.behind));
    }
    let mut at = links.first().copied();
    while let Some(link) = at {
        take(link.start..link.end);
        at = link.behind.map(|behind| links[behind]);
    }
}
