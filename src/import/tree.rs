//! The tree of a model or template file: as JSON has it, and the places in it.

use crate::diagnostics::{Diagnostics, invalid_value};
use crate::source::{Span, Spanned, Text};
use crate::syntax::decode::{Field, Item, is_null_word};
use crate::syntax::number::Number;
use crate::syntax::tree::{Entry, Node, Value};
use std::borrow::Cow;

/// Gives plain YAML scalars the types that JSON has, so that a file is the same
/// whichever reader took it in.
pub(super) fn settle(node: &mut Node<'_>) {
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(settle),
        Value::Map(entries) => entries
            .iter_mut()
            .for_each(|entry| settle(&mut entry.value)),
        Value::Empty => node.value = Value::Null,
        Value::Plain(text) => {
            let text = std::mem::take(text);
            node.value = match text.as_ref() {
                word if is_null_word(word) => Value::Null,
                "true" | "True" | "TRUE" => Value::Bool(true),
                "false" | "False" | "FALSE" => Value::Bool(false),
                word => match Number::parse_plain(word) {
                    Some(Some(Number::Whole(whole))) => Value::Number(whole.to_string().into()),
                    Some(_) => Value::Number(text),
                    None => Value::Text(text),
                },
            };
        }
        _ => {}
    }
}

/// The value as `serde_json` has it. A number that cannot be held is reported, and
/// stands there as 0.
pub(super) fn plain(node: &Node<'_>, findings: &mut Diagnostics) -> serde_json::Value {
    use serde_json::Value as Json;
    match &node.value {
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(text) => number(text).unwrap_or_else(|| {
            findings.push(invalid_value::number_size(node.span));
            Json::from(0)
        }),
        Value::Text(text) | Value::Plain(text) => Json::String(text.to_string()),
        Value::List(items) => items.iter().map(|item| plain(item, findings)).collect(),
        Value::Map(entries) => {
            let entries = entries.iter();
            Json::Object(
                entries
                    .map(|entry| (entry.key.value.to_string(), plain(&entry.value, findings)))
                    .collect(),
            )
        }
        Value::Taken(_) | Value::Alias(_) => Json::Null,
        Value::Empty | Value::Null | Value::Other(_) | Value::Broken => Json::Null,
    }
}

fn number(text: &str) -> Option<serde_json::Value> {
    match Number::parse(text)? {
        Number::Whole(whole) => Some(match (i64::try_from(whole), u64::try_from(whole)) {
            (Ok(whole), _) => whole.into(),
            (_, Ok(whole)) => whole.into(),
            _ => serde_json::Number::from_f64(whole as f64)?.into(),
        }),
        Number::Float(float) => Some(serde_json::Number::from_f64(float)?.into()),
    }
}

/// Where a map begins to be spoken of when its key does not do it.
pub(super) fn first_key(root: &Node<'_>) -> Span {
    match &root.value {
        Value::Map(entries) => entries.first().map_or(root.span, |entry| entry.key.span),
        _ => root.span,
    }
}

/// A map that is taken apart by its keys. The schemas let further keys stand.
#[derive(Debug)]
pub(super) struct Fields<'s>(Vec<Option<Entry<'s>>>);

impl<'s> Fields<'s> {
    /// The value of `key`, if the map has it.
    pub(super) fn take(&mut self, key: &str) -> Option<Field<'s>> {
        let mut entries = self.0.iter_mut();
        let entry = entries
            .find(|entry| entry.as_ref().is_some_and(|entry| entry.key.value == key))?
            .take()?;
        Some(Field {
            key: entry.key.span,
            node: entry.value,
        })
    }
}

/// Takes values apart without a word: what has the wrong shape has been reported by
/// the schema.
#[derive(Debug, Default)]
pub(super) struct Silent(Diagnostics);

impl Silent {
    pub(super) fn fields<'s>(&self, item: Item<'s>) -> Option<Fields<'s>> {
        match item.node.value {
            Value::Map(entries) => Some(Fields(entries.into_iter().map(Some).collect())),
            _ => None,
        }
    }

    pub(super) fn text<'s>(&mut self, item: Item<'s>) -> Option<Text<'s>> {
        item.text("text", &mut self.0)
    }

    pub(super) fn list<'s>(&mut self, item: Item<'s>) -> Option<Spanned<Vec<Item<'s>>>> {
        item.list("a list", &mut self.0)
    }

    pub(super) fn number(&mut self, item: Item<'_>) -> Option<Spanned<Number>> {
        item.number(&mut self.0)
    }

    pub(super) fn boolean(&mut self, item: Item<'_>) -> Option<Spanned<bool>> {
        item.boolean(&mut self.0)
    }

    /// A whole number, `5.0` being 5.
    pub(super) fn whole(&mut self, item: Item<'_>) -> Option<Spanned<i128>> {
        let number = self.number(item)?;
        number
            .value
            .whole()
            .map(|whole| Spanned::new(whole, number.span))
    }

    /// The texts of a list; one that is no text is `None`.
    pub(super) fn texts<'s>(&mut self, item: Item<'s>) -> Option<Spanned<Vec<Option<Text<'s>>>>> {
        let list = self.list(item)?;
        let texts = list.value.into_iter().map(|item| self.text(item)).collect();
        Some(Spanned::new(texts, list.span))
    }
}

/// The name that a token's value was made from.
pub(super) fn name<'s>(value: &Text<'s>) -> Text<'s> {
    let name = match &value.value {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_suffix('_').unwrap_or(text)),
        Cow::Owned(text) => Cow::Owned(text.strip_suffix('_').unwrap_or(text).to_owned()),
    };
    Spanned::new(name, value.span)
}
