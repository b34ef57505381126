//! From text to one spanned tree, whatever the notation.
//!
//! YAML, TOML and JSON end in the same [`tree::Node`]s with the same spans and the
//! same complaints. No word of the domain stands here.

pub mod decode;
pub mod number;
pub mod tree;
