//! From values to text: a spec written out in YAML, TOML or JSON, the way people
//! write one.
//!
//! What is printed is a [`Node`], which an import or a spec file is turned into; how
//! it is laid out is decided here. Nothing here knows where a value came from, nor
//! whether it makes a good spec.

mod node;

pub use node::{Entry, Node, Value};
