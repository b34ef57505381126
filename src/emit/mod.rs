//! A valid protocol to the two files. Nothing here reads files, checks anything or
//! can fail but for the writer.

mod example;
mod exchange;
mod json;
mod model;
mod part;
mod patterns;
mod template;

pub use exchange::exchange;
pub use model::Model;
pub use part::{PARTS_FORMAT, PartHead, merged, part};
pub use template::Template;

use crate::ir::Protocol;
use crate::validate::Valid;
use std::io::{self, Write};

/// Writes the model file. Errors are those of `out`.
pub fn model(protocol: &Valid<Protocol<'_>>, out: impl Write) -> io::Result<()> {
    json::write(&Model::of(protocol), out)
}

/// Writes the template file. Errors are those of `out`.
pub fn template(protocol: &Valid<Protocol<'_>>, out: impl Write) -> io::Result<()> {
    json::write(&Template::of(protocol), out)
}
