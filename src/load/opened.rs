//! A file that was read, before anything it names is: what it seems to be.

use super::foreign::{self, Schema};
use crate::ast;
use crate::source::{Origin, Span};
use crate::syntax::tree::{Document, Node, Notation, Value};

/// A file that was read into a tree.
pub struct Opened<'s> {
    /// The file.
    pub origin: Origin,
    pub(super) notation: Notation,
    pub(super) document: Option<Document<'s>>,
    /// The samples of a spec, which are not in the tree.
    pub(super) taken: ast::Taken<'s>,
    /// It could be read only in parts.
    pub(super) faulty: bool,
}

/// What a file seems to be, by its top level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It has `instructions` or `tokens`, and `name` or `inputs`.
    Spec,
    /// It has `instructions` or `tokens`, but neither `name` nor `inputs`.
    Fragment,
    /// A model or template file, by its `$schema`.
    Emitted,
    /// Something else.
    Other,
    /// It could not be parsed.
    Broken,
}

impl<'s> Opened<'s> {
    /// The tree and the comments, if the file could be read into them.
    pub fn document(&self) -> Option<&Document<'s>> {
        self.document.as_ref()
    }

    /// What the file holds, if it could be read and holds anything.
    pub fn into_root(self) -> Option<Node<'s>> {
        self.document?.root
    }

    /// Where findings about the whole file go: its first key, or what there is.
    pub fn place(&self) -> Span {
        let root = self
            .document
            .as_ref()
            .and_then(|document| document.root.as_ref());
        match root.map(|root| (&root.value, root.span)) {
            Some((Value::Map(entries), span)) => {
                entries.first().map_or(span, |entry| entry.key.span)
            }
            Some((_, span)) => span,
            None => Span::new(self.origin, 0, 0),
        }
    }

    /// What the file seems to be.
    pub fn kind(&self) -> Kind {
        let Some(document) = &self.document else {
            return Kind::Broken;
        };
        let is_broken = self.faulty;
        let Some(Value::Map(entries)) = document.root.as_ref().map(|root| &root.value) else {
            return if is_broken { Kind::Broken } else { Kind::Other };
        };
        let has = |key: &str| entries.iter().any(|entry| entry.key.value == key);
        let is_emitted = entries.iter().any(|entry| {
            let is_such = match &entry.value.value {
                Value::Text(text) | Value::Plain(text) => {
                    foreign::schema(text) == Some(Schema::Emitted)
                }
                _ => false,
            };
            entry.key.value == "$schema" && is_such
        });
        let is_model = has("instruction") && has("special_tokens");
        let is_template = has("example_usage") && has("instructions");
        if is_emitted || is_model || is_template {
            Kind::Emitted
        } else if !has("instructions") && !has("tokens") {
            if is_broken { Kind::Broken } else { Kind::Other }
        } else if has("name") || has("inputs") {
            Kind::Spec
        } else {
            Kind::Fragment
        }
    }
}
