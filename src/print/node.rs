//! What is to be written: values with the comments that belong to them.

use std::borrow::Cow;

/// A value to write, and what stands around it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node<'s> {
    /// The value.
    pub value: Value<'s>,
    /// Lines of their own before it.
    pub above: Vec<Line<'s>>,
    /// The comment at the end of its first line, without its `#`.
    pub beside: Option<Cow<'s, str>>,
    /// Lines of their own behind the last value of a list or map, inside of it.
    pub below: Vec<Line<'s>>,
    /// Whether an empty line goes before it and its comments.
    pub gap: bool,
    /// Whether it stays on one line, however long that gets.
    pub unbroken: bool,
    /// The name of its anchor. Only YAML has anchors.
    pub anchor: Option<Cow<'s, str>>,
}

/// A line without a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Line<'s> {
    /// A comment, without its `#`. One that begins with a word gets a space before it.
    Comment(Cow<'s, str>),
    /// Nothing.
    Empty,
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
    /// The alias of the anchor of this name. Only YAML has aliases.
    Alias(Cow<'s, str>),
}

/// A key and its value. Comments and the empty line of the value go before the key.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'s> {
    /// The key.
    pub key: Cow<'s, str>,
    /// What stands for the key in YAML, if that is no text: `<<`, an alias, a key with an
    /// anchor.
    pub written: Option<Cow<'s, str>>,
    /// The value.
    pub value: Node<'s>,
}

impl<'s> Node<'s> {
    /// The nodes directly in it, in order.
    pub fn children(&self) -> impl Iterator<Item = &Node<'s>> {
        let (items, entries): (&[Node<'s>], &[Entry<'s>]) = match &self.value {
            Value::List(items) => (items, &[]),
            Value::Map(entries) => (&[], entries),
            _ => (&[], &[]),
        };
        items.iter().chain(entries.iter().map(|entry| &entry.value))
    }

    /// How many comments there are, in it and around it.
    pub fn comments(&self) -> usize {
        let is_comment = |line: &&Line<'_>| matches!(line, Line::Comment(_));
        let lines = self.above.iter().chain(&self.below);
        let own = lines.filter(is_comment).count() + usize::from(self.beside.is_some());
        own + self.children().map(Node::comments).sum::<usize>()
    }
}

impl<'s> Entry<'s> {
    /// A key that is but text, and its value.
    pub fn new(key: impl Into<Cow<'s, str>>, value: impl Into<Node<'s>>) -> Self {
        Entry {
            key: key.into(),
            written: None,
            value: value.into(),
        }
    }
}

impl<'s> From<Value<'s>> for Node<'s> {
    fn from(value: Value<'s>) -> Self {
        Node {
            value,
            ..Node::default()
        }
    }
}

impl<'s> From<&'s str> for Line<'s> {
    fn from(comment: &'s str) -> Self {
        Line::Comment(Cow::Borrowed(comment))
    }
}

impl From<String> for Line<'_> {
    fn from(comment: String) -> Self {
        Line::Comment(Cow::Owned(comment))
    }
}

impl<'s> From<Cow<'s, str>> for Line<'s> {
    fn from(comment: Cow<'s, str>) -> Self {
        Line::Comment(comment)
    }
}
