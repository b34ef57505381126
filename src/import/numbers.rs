//! The numbers of a sample, shared out among its lines.
//!
//! `mtp` and the reference write a list for each line; the schemas also let the
//! numbers of all lines stand in one list, or a number stand alone.

use super::tree::Silent;
use crate::ast::{Given, Number, NumberList, Numbers};
use crate::diagnostics::{Diagnostics, invalid_value};
use crate::source::Spanned;
use crate::syntax::decode::{Field, Item};
use crate::syntax::tree::Value;

/// What one of a sample's lines needs: the number tokens of its set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) numbers: usize,
    pub(super) lists: usize,
    /// All tokens of the set are known.
    pub(super) known: bool,
}

impl Default for Line {
    fn default() -> Self {
        Line {
            numbers: 0,
            lists: 0,
            known: true,
        }
    }
}

type OfLine<T> = Option<Given<Vec<Option<T>>>>;

/// The numbers of each line, in order; none if the lines are not known.
pub(super) fn of_lines(
    numbers: Option<Field<'_>>,
    lists: Option<Field<'_>>,
    lines: Option<&Spanned<Vec<Line>>>,
    silent: &mut Silent,
    findings: &mut Diagnostics,
) -> Vec<Option<Box<Numbers>>> {
    let Some(Spanned { value: lines, span }) = lines else {
        return Vec::new();
    };
    let needs = |pick: fn(&Line) -> usize| {
        // What a set with an unknown token needs is not known, nor what the others get.
        lines
            .iter()
            .all(|line| line.known)
            .then(|| lines.iter().map(pick).collect::<Vec<usize>>())
    };
    let numbers = numbers.map(|field| {
        let is_nested = holds(&field, |value| matches!(value, Value::List(_)));
        shared(
            "numbers",
            field,
            is_nested,
            lines.len(),
            &needs(|line| line.numbers),
            number,
            silent,
            findings,
        )
    });
    let lists = lists.map(|field| {
        let is_nested = holds(&field, |value| match value {
            // `[[], []]` is a list for each line, and so is a list of lists of lists.
            Value::List(items) => items
                .iter()
                .all(|item| matches!(item.value, Value::List(_))),
            _ => false,
        });
        shared(
            "number_lists",
            field,
            is_nested,
            lines.len(),
            &needs(|line| line.lists),
            number_list,
            silent,
            findings,
        )
    });
    let mut numbers = numbers.unwrap_or_default().into_iter();
    let mut lists = lists.unwrap_or_default().into_iter();
    (0..lines.len())
        .map(|_| {
            let (numbers, number_lists) = (numbers.next().flatten(), lists.next().flatten());
            let any = numbers.is_some() || number_lists.is_some();
            any.then(|| {
                Box::new(Numbers {
                    span: *span,
                    numbers,
                    number_lists,
                })
            })
        })
        .collect()
}

/// Whether a field is a list of which all items are such values, and not empty.
fn holds(field: &Field<'_>, is_such: fn(&Value<'_>) -> bool) -> bool {
    match &field.node.value {
        Value::List(items) => !items.is_empty() && items.iter().all(|item| is_such(&item.value)),
        _ => false,
    }
}

fn number(item: Item<'_>, silent: &mut Silent) -> Option<Spanned<Number>> {
    silent.number(item)
}

fn number_list(item: Item<'_>, silent: &mut Silent) -> Option<NumberList> {
    let list = silent.list(item)?;
    let numbers = list
        .value
        .into_iter()
        .map(|item| silent.number(item))
        .collect();
    Some(Spanned::new(numbers, list.span))
}

/// What each line gets: its own list, or as many as it needs of one list for all.
#[allow(
    clippy::too_many_arguments,
    reason = "numbers and lists differ in each of them"
)]
fn shared<'s, T>(
    name: &str,
    field: Field<'s>,
    is_nested: bool,
    lines: usize,
    needs: &Option<Vec<usize>>,
    read: fn(Item<'s>, &mut Silent) -> Option<T>,
    silent: &mut Silent,
    findings: &mut Diagnostics,
) -> Vec<OfLine<T>> {
    let (key, span) = (field.key, field.node.span);
    let refused = || {
        (0..lines)
            .map(|_| Some(Given { key, value: None }))
            .collect()
    };
    if is_nested {
        let Some(list) = silent.list(field.item()) else {
            return refused();
        };
        if list.value.len() != lines {
            findings.push(invalid_value::lists_for_lines(
                span,
                name,
                list.value.len(),
                lines,
            ));
            return refused();
        }
        let of_line = |item: Item<'s>| {
            let key = item.header;
            let Some(list) = silent.list(item) else {
                return Some(Given { key, value: None });
            };
            if list.value.is_empty() {
                return None;
            }
            let numbers = list
                .value
                .into_iter()
                .map(|item| read(item, silent))
                .collect();
            Some(Given {
                key,
                value: Some(Spanned::new(numbers, list.span)),
            })
        };
        return list.value.into_iter().map(of_line).collect();
    }
    let Some(needs) = needs else { return refused() };
    let is_list = matches!(field.node.value, Value::List(_));
    let all: Option<Vec<Item<'s>>> = match &field.node.value {
        Value::List(_) => silent.list(field.item()).map(|list| list.value),
        // A number alone is the only one.
        Value::Number(_) => Some(vec![field.item()]),
        _ => None,
    };
    let Some(all) = all else { return refused() };
    let all: Vec<Option<T>> = if name == "number_lists" && (!is_list || all.iter().any(is_number)) {
        // One list of numbers, written without a list around it.
        let node = crate::syntax::tree::Node {
            span,
            value: Value::List(all.into_iter().map(|item| item.node).collect()),
        };
        vec![read(Item::of(node), silent)]
    } else {
        // Lines without lists may have left an empty one.
        let full = all
            .into_iter()
            .filter(|item| !matches!(&item.node.value, Value::List(items) if items.is_empty()));
        full.map(|item| read(item, silent)).collect()
    };
    let mut all = all.into_iter();
    let last = needs.iter().rposition(|need| *need > 0).unwrap_or(0);
    let shares = needs.iter().enumerate().map(|(at, need)| {
        // What is too much goes to the last line that takes any, to be reported there.
        let most = if at == last { usize::MAX } else { *need };
        let share: Vec<Option<T>> = all.by_ref().take(most).collect();
        (!share.is_empty()).then(|| Given {
            key,
            value: Some(Spanned::new(share, span)),
        })
    });
    shares.collect()
}

fn is_number(item: &Item<'_>) -> bool {
    matches!(item.node.value, Value::Number(_))
}
