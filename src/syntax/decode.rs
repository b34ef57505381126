//! From the tree to typed fields: what is missing, unknown or of the wrong type is
//! reported here, once, for every notation and every kind of map.

use super::number::Number;
use super::tree::{Entry, Node, Text, Value};
use crate::diagnostics::wrong_type::{self, Found};
use crate::diagnostics::{Diagnostics, invalid_value, missing_key, nearest, unknown_key};
use crate::source::{Span, Spanned};

/// A node and the place that speaks for it where it is itself empty or lacks
/// something: its key, or its own span in a list.
#[derive(Clone, Debug)]
pub struct Item<'s> {
    /// The node.
    pub node: Node<'s>,
    /// Its key; in a list, its own span.
    pub header: Span,
}

impl<'s> Item<'s> {
    /// An item of a list, or any node that speaks for itself.
    pub fn of(node: Node<'s>) -> Self {
        Item {
            header: node.span,
            node,
        }
    }

    /// Where to complain about the value.
    pub fn span(&self) -> Span {
        if matches!(self.node.value, Value::Empty) {
            self.header
        } else {
            self.node.span
        }
    }

    /// Whether nothing, or an explicit null, is written.
    pub fn is_null(&self) -> bool {
        match &self.node.value {
            Value::Empty | Value::Null => true,
            Value::Plain(text) => is_null_word(text),
            _ => false,
        }
    }

    /// Reports that something else than `expected` is written here.
    pub fn refuse(&self, expected: &str, findings: &mut Diagnostics) {
        if !matches!(self.node.value, Value::Broken) {
            findings.push(wrong_type::diagnostic(
                self.span(),
                expected,
                found(&self.node.value),
            ));
        }
    }

    /// Text: in YAML any scalar as it is written.
    pub fn text(self, expected: &str, findings: &mut Diagnostics) -> Option<Text<'s>> {
        match self.node.value {
            Value::Plain(text) | Value::Text(text) => Some(Spanned::new(text, self.node.span)),
            _ => {
                self.refuse(expected, findings);
                None
            }
        }
    }

    /// `true` or `false`.
    pub fn boolean(self, findings: &mut Diagnostics) -> Option<Spanned<bool>> {
        let value = match &self.node.value {
            Value::Bool(value) => Some(*value),
            Value::Plain(text) => match text.as_ref() {
                "true" | "True" | "TRUE" => Some(true),
                "false" | "False" | "FALSE" => Some(false),
                _ => None,
            },
            _ => None,
        };
        if value.is_none() {
            self.refuse("`true` or `false`", findings);
        }
        value.map(|value| Spanned::new(value, self.node.span))
    }

    /// A finite number.
    pub fn number(self, findings: &mut Diagnostics) -> Option<Spanned<Number>> {
        let number = match &self.node.value {
            Value::Number(text) => Some(Number::parse(text)),
            Value::Plain(text) => Number::parse_plain(text),
            _ => None,
        };
        match number {
            Some(Some(number)) => Some(Spanned::new(number, self.node.span)),
            Some(None) => {
                findings.push(invalid_value::number_size(self.node.span));
                None
            }
            None => {
                self.refuse("a number", findings);
                None
            }
        }
    }

    /// A number without a fraction and written without one.
    pub fn whole(self, findings: &mut Diagnostics) -> Option<Spanned<i128>> {
        let item = self.clone();
        let number = self.number(findings)?;
        match number.value {
            Number::Whole(whole) => Some(Spanned::new(whole, number.span)),
            Number::Float(_) => {
                item.refuse("a whole number", findings);
                None
            }
        }
    }

    /// A list; where nothing is written, an empty one.
    pub fn list(
        self,
        expected: &str,
        findings: &mut Diagnostics,
    ) -> Option<Spanned<Vec<Item<'s>>>> {
        match self.node.value {
            Value::List(nodes) => {
                let items = nodes.into_iter().map(Item::of).collect();
                Some(Spanned::new(items, self.node.span))
            }
            Value::Empty => Some(Spanned::new(Vec::new(), self.header)),
            _ => {
                self.refuse(expected, findings);
                None
            }
        }
    }

    /// The entries of a map; where nothing is written, of an empty one.
    pub fn entries(self, expected: &str, findings: &mut Diagnostics) -> Option<Vec<Entry<'s>>> {
        match self.node.value {
            Value::Map(entries) => Some(entries),
            Value::Empty => Some(Vec::new()),
            _ => {
                self.refuse(expected, findings);
                None
            }
        }
    }

    /// The fields of a map with the keys `known`. Others are reported; one that is
    /// plainly a slip is read as the key that was meant, so that nothing else is
    /// reported for want of it.
    pub fn fields(
        self,
        expected: &str,
        known: &'static [&'static str],
        findings: &mut Diagnostics,
    ) -> Option<Fields<'s>> {
        let Value::Map(mut entries) = self.node.value else {
            self.refuse(expected, findings);
            return None;
        };
        let is_known = |entry: &Entry<'_>| known.contains(&entry.key.value.as_ref());
        if !entries.iter().all(is_known) {
            let is_open = |key: &&str| !entries.iter().any(|entry| entry.key.value == *key);
            let mut open: Vec<&'static str> = known.iter().copied().filter(is_open).collect();
            for entry in entries.iter_mut().filter(|entry| !is_known(entry)) {
                let is_full = findings.is_full(&unknown_key::RULE);
                // What stands behind an unreadable value has been reported.
                if !matches!(entry.value.value, Value::Broken) {
                    findings.push_made(&unknown_key::RULE, entry.key.span, || {
                        unknown_key::diagnostic(&entry.key, &open, known)
                    });
                }
                if is_full {
                    // Among so many, none is a slip.
                    continue;
                }
                let meant = nearest(&entry.key.value, open.iter().copied());
                if let Some(meant) = meant.map(|near| near.name) {
                    entry.key.value = meant.into();
                    open.retain(|key| *key != meant);
                }
            }
        }
        Some(Fields {
            header: self.header,
            span: self.node.span,
            entries: entries.into_iter().map(Some).collect(),
        })
    }
}

/// The words that YAML 1.2 reads as null (10.3.2).
pub fn is_null_word(text: &str) -> bool {
    matches!(text, "~" | "null" | "Null" | "NULL")
}

/// A map that is being taken apart by its keys.
#[derive(Debug)]
pub struct Fields<'s> {
    /// Where missing keys are reported.
    pub header: Span,
    /// The whole map.
    pub span: Span,
    entries: Vec<Option<Entry<'s>>>,
}

impl<'s> Fields<'s> {
    /// The value of `key`, if the map has it.
    pub fn take(&mut self, key: &str) -> Option<Field<'s>> {
        let at = self
            .entries
            .iter()
            .position(|entry| entry.as_ref().is_some_and(|entry| entry.key.value == key))?;
        let entry = self.entries[at].take()?;
        Some(Field {
            key: entry.key.span,
            node: entry.value,
        })
    }

    /// Whether `key` is there.
    pub fn has(&self, key: &str) -> bool {
        self.entries
            .iter()
            .flatten()
            .any(|entry| entry.key.value == key)
    }

    /// Whether `key` is there and its value is neither a map nor nothing.
    pub fn holds_no_map(&self, key: &str) -> bool {
        self.entries.iter().flatten().any(|entry| {
            entry.key.value == key && !matches!(entry.value.value, Value::Map(_) | Value::Empty)
        })
    }

    /// The value of `key`, which has to be there.
    pub fn require(&mut self, key: &str, findings: &mut Diagnostics) -> Option<Field<'s>> {
        let field = self.take(key);
        if field.is_none() {
            findings.push(missing_key::diagnostic(self.header, key));
        }
        field
    }
}

/// A key of a map and its value.
#[derive(Debug)]
pub struct Field<'s> {
    /// The key.
    pub key: Span,
    /// The value.
    pub node: Node<'s>,
}

impl<'s> Field<'s> {
    /// The value, with its key to speak for it.
    pub fn item(self) -> Item<'s> {
        Item {
            node: self.node,
            header: self.key,
        }
    }
}

impl<'s> From<Entry<'s>> for (Text<'s>, Item<'s>) {
    fn from(entry: Entry<'s>) -> Self {
        let header = entry.key.span;
        (
            entry.key,
            Item {
                node: entry.value,
                header,
            },
        )
    }
}

/// What kind of thing a value is.
fn found<'v>(value: &'v Value<'_>) -> Found<'v> {
    match value {
        Value::Empty => Found::Nothing,
        Value::Null => Found::Named("null"),
        Value::Bool(_) => Found::Boolean,
        Value::Number(_) => Found::Number,
        Value::Text(text) => Found::Text(text),
        Value::Plain(text) if Number::parse_plain(text).is_some() => Found::Plain("a number", text),
        Value::Plain(text) if is_null_word(text) => Found::Plain("null", text),
        Value::Plain(text) => Found::Plain("text", text),
        Value::Alias(_) => Found::Named("an alias"),
        Value::Other(name) => Found::Named(name),
        Value::List(_) | Value::Taken(_) => Found::Named("a list"),
        Value::Map(_) => Found::Named("a map"),
        Value::Broken => Found::Named("something unreadable"),
    }
}
