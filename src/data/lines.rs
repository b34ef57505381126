//! JSON Lines: one JSON value a line (jsonlines.org); blank lines are passed over.

use crate::diagnostics::Diagnostics;
use crate::source::{Origin, SourceMap};
use crate::syntax;
use crate::syntax::decode::Item;

/// Gives the values of a JSON Lines text to `take`, one after the other, so that only
/// one is held; `None` for a line that is no JSON, which is reported.
pub fn lines<'s>(
    sources: &'s SourceMap,
    origin: Origin,
    findings: &mut Diagnostics,
    mut take: impl FnMut(Option<Item<'s>>, &mut Diagnostics),
) {
    let text = sources.whole(origin);
    let mut start = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    while start < text.len() {
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        if !text[start..end].trim().is_empty() {
            let node = syntax::read_json_part(sources, origin, start..end, findings);
            take(node.map(Item::of), findings);
        }
        start = end + 1;
    }
}
