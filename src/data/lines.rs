//! JSON Lines: one JSON value a line (jsonlines.org); blank lines are passed over.

use crate::diagnostics::Diagnostics;
use crate::source::{Origin, SourceMap};
use crate::syntax;
use crate::syntax::decode::Item;

/// The values of a JSON Lines text; `None` for a line that is no JSON, which is
/// reported.
pub fn lines<'s>(
    sources: &'s SourceMap,
    origin: Origin,
    findings: &mut Diagnostics,
) -> Vec<Option<Item<'s>>> {
    let text = sources.whole(origin);
    let mut items = Vec::new();
    let mut start = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    while start < text.len() {
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        if !text[start..end].trim().is_empty() {
            let node = syntax::read_json_part(sources, origin, start..end, findings);
            items.push(node.map(Item::of));
        }
        start = end + 1;
    }
    items
}
