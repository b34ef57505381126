//! The order in which people look for the keys of a spec: that of the documentation.
//! Names keep theirs, since their order is that of the output files.

use super::node::{Entry, Line, Node, Value};
use super::shape::Shape;

/// Brings the keys of the language into their order, everywhere in a spec, a fragment or
/// a file of samples. A key that is not known stays behind the one it follows; a merge key
/// goes first.
pub fn sort(root: &mut Node<'_>) {
    let first = first_key(root).map(str::to_owned);
    sort_at(root, Shape::Spec);
    if first.as_deref() == first_key(root) || !root.above.is_empty() {
        return;
    }
    // What stands at the head of the file is about the file.
    if let Value::Map(entries) = &mut root.value
        && let Some(first) = entries
            .iter_mut()
            .find(|entry| Some(&*entry.key) == first.as_deref())
    {
        root.above = std::mem::take(&mut first.value.above);
        if !root.above.is_empty() {
            root.above.push(Line::Empty);
        }
    }
}

fn first_key<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match &node.value {
        Value::Map(entries) => entries.first().map(|entry| entry.key.as_ref()),
        _ => None,
    }
}

fn sort_at(node: &mut Node<'_>, shape: Shape) {
    match &mut node.value {
        Value::List(items) => {
            for item in items {
                sort_at(item, shape.item());
            }
        }
        Value::Map(entries) => {
            let shape = shape.of_map(entries.iter().map(|entry| entry.key.as_ref()));
            for entry in entries.iter_mut() {
                sort_at(&mut entry.value, shape.entry(&entry.key));
            }
            if let Some(keys) = shape.keys() {
                sort_entries(entries, keys);
            }
        }
        _ => {}
    }
}

fn sort_entries(entries: &mut Vec<Entry<'_>>, keys: &[&str]) {
    let mut last = 0;
    let ranked = std::mem::take(entries).into_iter().map(|entry| {
        let known = match &entry.written {
            Some(written) if written == "<<" => Some(0),
            _ => keys.iter().position(|key| *key == entry.key),
        };
        last = known.unwrap_or(last);
        (last, entry)
    });
    let mut ranked: Vec<(usize, Entry<'_>)> = ranked.collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    entries.extend(ranked.into_iter().map(|(_, entry)| entry));
}
