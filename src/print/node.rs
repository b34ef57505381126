//! What is to be written: values with the comments that belong to them.

use std::borrow::Cow;

/// A value to write, and what stands around it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node<'s> {
    /// The value.
    pub value: Value<'s>,
    /// Comments on lines of their own before it, without their `#`.
    pub above: Vec<Cow<'s, str>>,
    /// The comment at the end of its first line, without its `#`.
    pub beside: Option<Cow<'s, str>>,
    /// Whether an empty line goes before it and its comments.
    pub gap: bool,
}

/// The kinds of values that the three notations share.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value<'s> {
    /// No value: `null`. TOML has none; an entry that holds it is not written there.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as JSON writes it.
    Number(Cow<'s, str>),
    /// Text, whatever it looks like.
    Text(Cow<'s, str>),
    /// A list.
    List(Vec<Node<'s>>),
    /// A map, in order.
    Map(Vec<Entry<'s>>),
}

/// A key and its value. Comments and the empty line of the value go before the key.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'s> {
    /// The key.
    pub key: Cow<'s, str>,
    /// The value.
    pub value: Node<'s>,
}

impl<'s> From<Value<'s>> for Node<'s> {
    fn from(value: Value<'s>) -> Self {
        Node {
            value,
            ..Node::default()
        }
    }
}
