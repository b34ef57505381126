//! From values to text: a spec written out in YAML, TOML or JSON, the way people
//! write one.
//!
//! What is printed is a [`Node`], which an import or a spec file is turned into; how
//! it is laid out is decided here. Nothing here knows where a value came from, nor
//! whether it makes a good spec.

mod comments;
mod editor_line;
mod from_ast;
mod from_syntax;
mod json;
mod layout;
mod node;
mod order;
mod same;
mod shape;
mod toml;
mod toml_scalar;
mod yaml;
mod yaml_scalar;

pub use from_ast::{from_ast, sample_from_ast};
pub use from_syntax::from_document;
pub use layout::WIDTH;
pub(crate) use layout::is_unprintable;
pub use node::{Entry, Line, Node, Value};
pub use order::sort;
pub use same::{is_empty, is_same};

use crate::syntax::tree::Notation;

/// `node` written out, with a line break at the end.
///
/// JSON has no comments: there they are left out. TOML has no null: there an entry
/// that holds one is left out, or written as an empty table where the entries are
/// named by the writer, such as tokens; a null in a list is left out. What stands at
/// the top of a TOML file is a table: a list there becomes `samples`, as data files have
/// it.
pub fn text(node: &Node<'_>, notation: Notation) -> String {
    match notation {
        Notation::Yaml => yaml::text(node),
        Notation::Toml => toml::text(node),
        Notation::Json => json::text(node),
    }
}

/// `node` as one line of JSON, without a line break.
pub fn line(node: &Node<'_>) -> String {
    json::line(node)
}
