//! A sample's tree to a [`Sample`], wherever it stands: in a spec, a line of JSONL
//! or a row of a table.

use super::{Given, InstructionType, NumberList, Numbers, Optional, Output, Sample, Snippet};
use crate::diagnostics::{Diagnostics, unused_key};
use crate::source::{Span, Spanned};
use crate::syntax::decode::{Field, Fields, Item, is_null_word};
use crate::syntax::number::Number;
use crate::syntax::tree::{Node, Value};

const KEYS: [&str; 4] = ["input", "output", "final", "value"];
const SNIPPET_KEYS: [&str; 3] = ["string", "numbers", "number_lists"];

/// Decodes a sample of an instruction of type `kind`.
pub fn sample<'s>(
    item: Item<'s>,
    kind: InstructionType,
    findings: &mut Diagnostics,
) -> Option<Sample<'s>> {
    let span = item.span();
    let mut fields = item.fields("a sample: a map with `input` and `output`", &KEYS, findings)?;
    let input = fields.require("input", findings).and_then(|field| {
        let list = field
            .item()
            .list("a list of snippets, one for each input", findings)?;
        let items = list.value.into_iter();
        let snippets = items.map(|item| snippet(item, findings)).collect();
        Some(Spanned::new(snippets, list.span))
    });
    let output = fields
        .require("output", findings)
        .and_then(|field| output(field.item(), kind, findings));
    let final_token = match written(&mut fields, "final") {
        None => Optional::Absent,
        Some(field) if !kind.has_finals() => {
            let owner = format!("a sample of a `{}` instruction", kind.name());
            findings.push(unused_key::diagnostic(field.key, "final", &owner));
            Optional::Absent
        }
        Some(field) => Optional::written(field.item().text("a token name", findings)),
    };
    let value = number(&mut fields, "value").map_or(Optional::Absent, |field| {
        Optional::written(field.item().number(findings).map(Box::new))
    });
    Some(Sample {
        span,
        input,
        output,
        final_token,
        value,
    })
}

/// A field of a sample whose value is neither empty nor null: data files write
/// every column of every row.
fn written<'s>(fields: &mut Fields<'s>, key: &'static str) -> Option<Field<'s>> {
    fields
        .take(key)
        .filter(|field| !matches!(field.node.value, Value::Empty | Value::Null))
}

/// The same, where no text is expected: there YAML's words for null are null.
fn number<'s>(fields: &mut Fields<'s>, key: &'static str) -> Option<Field<'s>> {
    let is_null =
        |field: &Field<'_>| matches!(&field.node.value, Value::Plain(text) if is_null_word(text));
    written(fields, key).filter(|field| !is_null(field))
}

fn output<'s>(
    item: Item<'s>,
    kind: InstructionType,
    findings: &mut Diagnostics,
) -> Option<Output<'s>> {
    let text = |item: Item<'s>, expected, findings: &mut Diagnostics| {
        let text = item.text(expected, findings)?;
        Some(Output::Snippet(Snippet::of(text)))
    };
    match kind {
        InstructionType::Basic => snippet(item, findings).map(Output::Snippet),
        InstructionType::Extended => text(item, "text", findings),
        InstructionType::StateMachine => text(item, "text: a state", findings),
        InstructionType::MultiClassifier => {
            let span = item.span();
            let entries = item.entries("a map of labels and values", findings)?;
            let labels = entries.into_iter().map(|entry| {
                let label = entry.key.clone();
                let (_, item) = entry.into();
                (label, item.text("text", findings))
            });
            Some(Output::Labels(Spanned::new(labels.collect(), span)))
        }
    }
}

fn snippet<'s>(item: Item<'s>, findings: &mut Diagnostics) -> Option<Snippet<'s>> {
    const EXPECTED: &str = "text, or a map with `string` and numbers";
    let span = item.span();
    if !matches!(item.node.value, Value::Map(_)) {
        return item.text(EXPECTED, findings).map(Snippet::of);
    }
    let mut fields = item.fields(EXPECTED, &SNIPPET_KEYS, findings)?;
    let text = fields
        .require("string", findings)
        .and_then(|field| field.item().text("text", findings));
    let numbers = Numbers {
        span,
        numbers: number(&mut fields, "numbers").map(|field| numbers(field, findings)),
        number_lists: number(&mut fields, "number_lists").map(|field| lists(field, findings)),
    };
    Some(Snippet {
        text: text?,
        numbers: Some(Box::new(numbers)),
    })
}

/// One number or a list of numbers.
fn numbers(field: Field<'_>, findings: &mut Diagnostics) -> Given<Vec<Option<Spanned<Number>>>> {
    let key = field.key;
    let item = field.item();
    if matches!(item.node.value, Value::List(_)) {
        return Given {
            key,
            value: list_of_numbers(item, findings),
        };
    }
    let span = item.span();
    let number = match item.node.value {
        Value::Map(_) => {
            item.refuse("a number or a list of numbers", findings);
            return Given { key, value: None };
        }
        _ => item.number(findings),
    };
    Given {
        key,
        value: Some(Spanned::new(vec![number], span)),
    }
}

/// A list of lists of numbers, or one list of numbers for a list of one list.
fn lists(field: Field<'_>, findings: &mut Diagnostics) -> Given<Vec<Option<NumberList>>> {
    const EXPECTED: &str = "a list of numbers, or a list of such lists";
    let key = field.key;
    let item = field.item();
    let span: Span = item.span();
    // What most of the items are decides which of the two is meant.
    let is_flat = match &item.node.value {
        Value::List(nodes) => {
            let is_list = |node: &&Node<'_>| matches!(node.value, Value::List(_));
            nodes.len() > 2 * nodes.iter().filter(is_list).count()
        }
        _ => false,
    };
    if is_flat {
        let list = list_of_numbers(item, findings);
        return Given {
            key,
            value: Some(Spanned::new(vec![list], span)),
        };
    }
    let list = item.list(EXPECTED, findings);
    let value = list.map(|list| {
        let lists = list
            .value
            .into_iter()
            .map(|item| list_of_numbers(item, findings));
        Spanned::new(lists.collect(), list.span)
    });
    Given { key, value }
}

fn list_of_numbers(item: Item<'_>, findings: &mut Diagnostics) -> Option<NumberList> {
    let list = item.list("a list of numbers", findings)?;
    let numbers = list
        .value
        .into_iter()
        .map(|item| item.number(findings))
        .collect();
    Some(Spanned::new(numbers, list.span))
}
