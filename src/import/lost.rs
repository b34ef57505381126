//! What a model file holds that the spec made from it does not bring back.

use super::tree;
use crate::diagnostics::{Diagnostics, unused_key};
use crate::source::Span;
use crate::syntax::tree::{Entry, Node, Value};
use std::collections::{HashMap, HashSet};

/// Compares a model file with the one that is built from its spec, and reports what
/// is lost. The same in another order or another shape is not: samples are sorted by
/// their results, numbers have several shapes.
pub(super) fn lost(original: &mut Node<'_>, rebuilt: &mut Node<'_>, findings: &mut Diagnostics) {
    tree::settle(original);
    tree::settle(rebuilt);
    compare(original, rebuilt, "", original.span, findings);
}

fn compare(
    original: &Node<'_>,
    rebuilt: &Node<'_>,
    key: &str,
    place: Span,
    findings: &mut Diagnostics,
) {
    if key == "numbers" || key == "number_lists" {
        // One number, a list of them, a list for each line: all say the same.
        if numbers(original) != numbers(rebuilt) {
            findings.push(unused_key::not_carried(place, key));
        }
        return;
    }
    match (&original.value, &rebuilt.value) {
        (Value::Map(had), Value::Map(has)) => maps(had, has, key, findings),
        (Value::List(had), Value::List(has)) if key == "special_tokens" => {
            special(had, has, place, findings);
        }
        (Value::List(had), Value::List(has)) if had.len() == has.len() => {
            let sorted = |list| match key {
                "samples" => by_result(list),
                _ => list,
            };
            let had = sorted(had.iter().collect());
            let has = sorted(has.iter().collect());
            for (had, has) in had.into_iter().zip(has) {
                compare(had, has, key, had.span, findings);
            }
        }
        (had, has) if !same(had, has) => findings.push(unused_key::not_carried(place, key)),
        _ => {}
    }
}

/// The special tokens: those that are lost, those that stand twice, and their order, in
/// which nothing else of the file could be told apart.
fn special(had: &[Node<'_>], has: &[Node<'_>], place: Span, findings: &mut Diagnostics) {
    let kept: HashSet<Option<&str>> = has.iter().map(text).collect();
    let mut seen = HashSet::new();
    let mut order = Vec::new();
    for item in had {
        let name = text(item);
        if !kept.contains(&name) {
            let name = name.unwrap_or("special_tokens");
            findings.push(unused_key::not_carried(item.span, name));
        } else if seen.insert(name) {
            order.push(name);
        } else {
            findings.push(unused_key::repeated(item.span, name.unwrap_or_default()));
        }
    }
    let is_whole = order.len() == has.len();
    if is_whole && order.into_iter().ne(has.iter().map(text)) {
        findings.push(unused_key::order(place, "special_tokens"));
    }
}

fn maps(had: &[Entry<'_>], has: &[Entry<'_>], of: &str, findings: &mut Diagnostics) {
    let kept: HashMap<&str, &Entry<'_>> = has
        .iter()
        .map(|entry| (entry.key.value.as_ref(), entry))
        .collect();
    for entry in had {
        let key = entry.key.value.as_ref();
        match kept.get(key) {
            Some(other) => {
                compare(&entry.value, &other.value, key, entry.key.span, findings);
            }
            None if matches!(entry.value.value, Value::Null) => {}
            None if of == "tokens" => {
                findings.push(unused_key::no_set_has(entry.key.span, key));
            }
            None => findings.push(unused_key::not_carried(entry.key.span, key)),
        }
    }
}

fn by_result<'n, 's>(mut samples: Vec<&'n Node<'s>>) -> Vec<&'n Node<'s>> {
    samples.sort_by_cached_key(|sample| match &sample.value {
        Value::Map(entries) => {
            let result = entries.iter().find(|entry| entry.key.value == "result");
            result
                .and_then(|entry| text(&entry.value))
                .map(str::to_owned)
        }
        _ => None,
    });
    samples
}

fn text<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match &node.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// All numbers in a value, in order.
fn numbers(node: &Node<'_>) -> Vec<f64> {
    match &node.value {
        Value::List(items) => items.iter().flat_map(numbers).collect(),
        Value::Number(number) => number.parse().into_iter().collect(),
        _ => Vec::new(),
    }
}

fn same(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => {
            a == b || a.parse::<f64>().is_ok_and(|a| b.parse() == Ok(a))
        }
        (Value::Null, Value::Null) => true,
        (Value::List(a), Value::List(b)) => a.is_empty() && b.is_empty(),
        _ => false,
    }
}
