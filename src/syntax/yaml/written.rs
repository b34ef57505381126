//! What a file that is read as it is written keeps: anchors by their places, aliases as
//! values.

use super::super::tree::{Anchors, Node, Text, Value};
use super::frame::Item;
use crate::source::Span;
use std::collections::HashMap;

/// What has an anchor: the anchor, the place, and whether it is a key.
#[derive(Default)]
pub(super) struct Written(Vec<(usize, Span, bool)>);

impl Written {
    pub(super) fn anchor(&mut self, id: usize, span: Span, is_key: bool) {
        self.0.push((id, span, is_key));
    }

    /// The anchors with their names, which the parser tells behind the values.
    pub(super) fn anchors<'s>(self, names: impl Iterator<Item = (usize, Text<'s>)>) -> Anchors<'s> {
        let names: HashMap<usize, Text<'s>> = names.collect();
        let mut anchors = Anchors::default();
        for (id, span, is_key) in self.0 {
            let kept = match is_key {
                true => &mut anchors.keys,
                false => &mut anchors.values,
            };
            kept.extend(names.get(&id).map(|name| (span, name.clone())));
        }
        anchors
    }
}

/// The alias at `span`, written as `text`.
pub(super) fn alias<'s>(text: &'s str, span: Span) -> Item<'s> {
    let name = text.strip_prefix('*').unwrap_or(text);
    Item {
        node: Node {
            span,
            value: Value::Alias(name),
        },
        end: span.end as usize,
        height: 0,
        cost: 1,
    }
}
