//! A sample as it is written in a spec, from one that stood in another file.

use crate::ast::{Output, Sample, Snippet};
use crate::print::{Entry, Node, Value};
use crate::syntax::number::Number;
use std::borrow::Cow;

/// The sample as a map.
pub(super) fn node<'p>(sample: &'p Sample<'_>) -> Node<'p> {
    let mut entries = Vec::new();
    if let Some(input) = &sample.input {
        let snippets = input.value.iter().flatten().map(snippet).collect();
        entries.push(entry("input", Value::List(snippets)));
    }
    match &sample.output {
        Some(Output::Snippet(written)) => entries.push(Entry::new("output", snippet(written))),
        Some(Output::Labels(labels)) => {
            let labels = labels.value.iter().filter_map(|(label, value)| {
                let value = value.as_ref()?;
                Some(entry(&label.value, text(&value.value)))
            });
            entries.push(entry("output", Value::Map(labels.collect())));
        }
        None => {}
    }
    if let Some(name) = sample.final_token.given() {
        entries.push(entry("final", text(&name.value)));
    }
    if let Some(value) = sample.value.given() {
        entries.push(entry("value", number(value.value)));
    }
    Value::Map(entries).into()
}

fn snippet<'p>(snippet: &'p Snippet<'_>) -> Node<'p> {
    let Some(numbers) = &snippet.numbers else {
        return text(&snippet.text.value).into();
    };
    let mut entries = vec![entry("string", text(&snippet.text.value))];
    let single = numbers
        .numbers
        .as_ref()
        .and_then(|given| given.value.as_ref());
    if let Some(list) = single {
        let list = list.value.iter().flatten();
        let list = list.map(|one| number(one.value).into()).collect();
        entries.push(entry("numbers", Value::List(list)));
    }
    let lists = numbers
        .number_lists
        .as_ref()
        .and_then(|given| given.value.as_ref());
    if let Some(lists) = lists {
        let lists = lists.value.iter().flatten().map(|list| {
            let list = list.value.iter().flatten();
            Value::List(list.map(|one| number(one.value).into()).collect()).into()
        });
        entries.push(entry("number_lists", Value::List(lists.collect())));
    }
    Value::Map(entries).into()
}

pub(super) fn entry<'p>(key: &'p str, value: Value<'p>) -> Entry<'p> {
    Entry::new(key, value)
}

pub(super) fn text<'p>(text: &'p str) -> Value<'p> {
    Value::Text(Cow::Borrowed(text))
}

fn number<'p>(number: Number) -> Value<'p> {
    Value::Number(Cow::Owned(number.to_string()))
}
