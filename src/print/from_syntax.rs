//! From a file that was read to what is to be printed: what plain scalars mean, where
//! comments belong.

use super::comments::{Around, around};
use super::editor_line;
use super::node;
use super::shape::{Nothing, Shape};
use super::yaml_scalar;
use crate::diagnostics::wrong_type::{self, Found};
use crate::diagnostics::{Diagnostics, invalid_value};
use crate::source::{Origin, SourceMap};
use crate::syntax::decode::is_null_word;
use crate::syntax::number::Number;
use crate::syntax::tree::{Anchors, Document, Node, Notation, Text, Value};
use std::borrow::Cow;

/// A file in the notation `from`, to be written in the notation `to`. `None` if it holds
/// nothing, or something that `to` has no way to write, which is reported.
///
/// Aliases and merge keys are gone: what they stand for is written out, unless the
/// document was read as it is written.
pub fn from_document<'s>(
    document: &Document<'s>,
    sources: &'s SourceMap,
    origin: Origin,
    (from, to): (Notation, Notation),
    findings: &mut Diagnostics,
) -> Option<node::Node<'s>> {
    let root = document.root.as_ref()?;
    let around = around(root, document, sources, origin, (from, to));
    let mut builder = Builder {
        sources,
        origin,
        from,
        to,
        anchors: &document.anchors,
        in_anchor: 0,
        around: around.into_iter(),
        pending: Vec::new(),
        findings,
        refused: false,
    };
    let mut node = builder.node(root, Shape::Spec, true)?;
    match &mut node.value {
        node::Value::Map(_) => {}
        node::Value::List(items) if to == Notation::Toml => {
            // TOML has no other place for a list than behind a key.
            let samples = node::Value::List(std::mem::take(items));
            node.value = node::Value::Map(vec![node::Entry::new("samples", samples)]);
        }
        node::Value::List(_) => {}
        _ => builder.refuse(root, "a map or a list", found(&root.value)),
    }
    editor_line::adapt(&mut node, to);
    (!builder.refused).then_some(node)
}

struct Builder<'s, 'd> {
    sources: &'s SourceMap,
    origin: Origin,
    from: Notation,
    to: Notation,
    anchors: &'d Anchors<'s>,
    /// In how many values with anchors the current one is.
    in_anchor: usize,
    /// What stands around the values, in their order.
    around: std::vec::IntoIter<Around<'s>>,
    /// The comments of entries that are left out.
    pending: Vec<node::Line<'s>>,
    findings: &'d mut Diagnostics,
    refused: bool,
}

impl<'s> Builder<'s, '_> {
    /// A value, `None` if it is as if it were not there. What an alias brings was not
    /// counted, so nothing stands around it.
    fn node(&mut self, node: &Node<'s>, shape: Shape, is_counted: bool) -> Option<node::Node<'s>> {
        let around = match is_counted {
            true => self.around.next().unwrap_or_default(),
            false => Around::default(),
        };
        let is_inner_counted = is_counted && node.span.origin == self.origin;
        let anchor = self.anchors.values.get(&node.span);
        self.in_anchor += usize::from(anchor.is_some());
        let value = match &node.value {
            Value::List(items) => {
                let shape = shape.item();
                let items = items.iter().map(|item| {
                    let built = self.node(item, shape, is_inner_counted);
                    let built = built.unwrap_or_default();
                    if matches!(built.value, node::Value::Null) {
                        self.refuse_null(item);
                    }
                    built
                });
                Some(node::Value::List(items.collect()))
            }
            Value::Map(entries) => {
                let shape = shape.of_map(entries.iter().map(|entry| entry.key.value.as_ref()));
                let mut built = Vec::with_capacity(entries.len());
                for entry in entries {
                    let shape = shape.entry(&entry.key);
                    let Some(mut value) = self.node(&entry.value, shape, is_inner_counted) else {
                        continue;
                    };
                    if !self.pending.is_empty() {
                        let above = std::mem::take(&mut self.pending);
                        value.above.splice(0..0, above);
                    }
                    let key = entry.key.value.clone();
                    let written = self.key(&entry.key);
                    built.push(node::Entry {
                        key,
                        written,
                        value,
                    });
                }
                Some(node::Value::Map(built))
            }
            _ => self.scalar(node, shape),
        };
        self.in_anchor -= usize::from(anchor.is_some());
        let Around {
            above,
            beside,
            mut below,
            gap,
            unbroken,
        } = around;
        let Some(value) = value else {
            self.pending.extend(above);
            self.pending.extend(beside.map(node::Line::Comment));
            self.pending.extend(below);
            return None;
        };
        if !self.pending.is_empty() && matches!(node.value, Value::Map(_)) {
            below.splice(0..0, std::mem::take(&mut self.pending));
        }
        Some(node::Node {
            value,
            above,
            beside,
            below,
            gap,
            unbroken,
            anchor: anchor.map(|anchor| anchor.value.clone()),
        })
    }

    /// What stands for a key that is more than its text.
    fn key(&self, key: &Text<'s>) -> Option<Cow<'s, str>> {
        if let Some(anchor) = self.anchors.keys.get(&key.span) {
            let key = yaml_scalar::key(&key.value, true)?;
            return Some(format!("&{} {key}", anchor.value).into());
        }
        if self.from != Notation::Yaml || key.span.origin != self.origin {
            return None;
        }
        // Text that begins so has quotes, or it means something else.
        match self.sources.text(key.span) {
            "<<" => Some(Cow::Borrowed("<<")),
            text if text.starts_with('*') => Some(format!("{text} ").into()),
            _ => None,
        }
    }

    fn scalar(&mut self, node: &Node<'s>, shape: Shape) -> Option<node::Value<'s>> {
        let value = match &node.value {
            Value::Text(text) => node::Value::Text(text.clone()),
            Value::Plain(text) => self.plain(node, text, shape),
            Value::Bool(value) => {
                self.refuse_typed(node, shape, Found::Boolean);
                node::Value::Bool(*value)
            }
            Value::Number(number) if Number::parse(number).is_none() => self.refuse_size(node),
            Value::Number(number) => {
                self.refuse_typed(node, shape, Found::Number);
                let written = self.sources.text(node.span);
                node::Value::Number(match self.from == self.to {
                    true => Cow::Borrowed(written),
                    false => number.clone(),
                })
            }
            Value::Alias(name) => node::Value::Alias(Cow::Borrowed(name)),
            Value::Empty if self.to == Notation::Yaml => node::Value::Null,
            Value::Empty => match shape.nothing() {
                Nothing::Absent => return None,
                Nothing::EmptyList => node::Value::List(Vec::new()),
                Nothing::EmptyMap => node::Value::Map(Vec::new()),
                Nothing::BasicToken => self.basic_token(),
                Nothing::Null => node::Value::Null,
            },
            Value::Null if shape == Shape::Token => self.basic_token(),
            Value::Other(name) => {
                self.refuse(node, "text", Found::Named(name));
                node::Value::Null
            }
            // What is broken has been reported.
            Value::Broken => {
                self.refused = true;
                node::Value::Null
            }
            _ => node::Value::Null,
        };
        Some(value)
    }

    /// A token of which nothing is said.
    fn basic_token(&self) -> node::Value<'s> {
        match self.to {
            Notation::Toml => node::Value::Map(Vec::new()),
            _ => node::Value::Null,
        }
    }

    /// A plain scalar of YAML.
    fn plain(&mut self, node: &Node<'s>, text: &Cow<'s, str>, shape: Shape) -> node::Value<'s> {
        // What an anchor names may be used where it is no text.
        let is_open = is_null_word(text)
            || matches!(
                &**text,
                "true" | "True" | "TRUE" | "false" | "False" | "FALSE"
            )
            || matches!(Number::parse_plain(text), Some(Some(_)));
        if self.in_anchor > 0 && is_open {
            return node::Value::Number(text.clone());
        }
        if shape.has_null_words() && is_null_word(text) {
            return match shape {
                Shape::Token => self.basic_token(),
                _ => node::Value::Null,
            };
        }
        if shape.is_text() {
            return node::Value::Text(text.clone());
        }
        match text.as_ref() {
            "true" | "True" | "TRUE" => return node::Value::Bool(true),
            "false" | "False" | "FALSE" => return node::Value::Bool(false),
            _ => {}
        }
        match Number::parse_plain(text) {
            None => node::Value::Text(text.clone()),
            Some(None) => self.refuse_size(node),
            Some(Some(_)) if self.to == Notation::Yaml || is_json_number(text) => {
                node::Value::Number(text.clone())
            }
            Some(Some(Number::Whole(whole))) => node::Value::Number(whole.to_string().into()),
            Some(Some(Number::Float(float))) => node::Value::Number(format!("{float:?}").into()),
        }
    }

    fn refuse(&mut self, node: &Node<'s>, expected: &str, found: Found<'_>) {
        self.findings
            .push(wrong_type::diagnostic(node.span, expected, found));
        self.refused = true;
    }

    /// TOML has no null, and a list cannot do without one of its items.
    fn refuse_null(&mut self, item: &Node<'s>) {
        let found = match item.value {
            Value::Empty => Found::Nothing,
            _ => Found::Named("null"),
        };
        // What is refused already stands as null here.
        if self.to == Notation::Toml && !self.refused {
            self.refuse(item, "a value that TOML can write", found);
        }
    }

    /// In YAML, a number or boolean would become text where text is expected.
    fn refuse_typed(&mut self, node: &Node<'s>, shape: Shape, found: Found<'_>) {
        if self.to == Notation::Yaml && shape.is_text() {
            self.refuse(node, "text", found);
        }
    }

    /// Infinite, not a number, or too large to be held.
    fn refuse_size(&mut self, node: &Node<'s>) -> node::Value<'s> {
        self.findings.push(invalid_value::number_size(node.span));
        self.refused = true;
        node::Value::Null
    }
}

/// What a value is that is neither a list nor a map.
fn found<'v>(value: &'v Value<'_>) -> Found<'v> {
    match value {
        Value::Empty => Found::Nothing,
        Value::Bool(_) => Found::Boolean,
        Value::Number(_) => Found::Number,
        Value::Text(text) => Found::Text(text),
        Value::Plain(text) => Found::Plain("text", text),
        Value::Other(name) => Found::Named(name),
        _ => Found::Named("null"),
    }
}

/// Whether a number of YAML is one of JSON and TOML, too.
fn is_json_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = match text.find(['.', 'e', 'E']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let (fraction, exponent) = match rest.find(['e', 'E']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let exponent = exponent.get(1..).unwrap_or("0");
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    is_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && (fraction.is_empty() || fraction.strip_prefix('.').is_some_and(is_digits))
        && is_digits(exponent)
}
