//! A valid protocol to the two files. Nothing here reads files, checks anything or
//! can fail but for the writer.

mod example;
mod exchange;
mod json;
mod model;
mod part;
mod patterns;
mod pieces;
mod template;

pub use exchange::exchange;
pub use model::Model;
pub use part::{PARTS_FORMAT, PartHead, digest, merged, part};
pub use pieces::results;
pub use template::Template;

use crate::ir::Protocol;
use crate::validate::Valid;
use patterns::Spelling;
use std::io::{self, Write};

/// The lists and maps that a sample of the model file stands in: the file, `instruction`,
/// `sets`, a set, `samples`.
const DEPTH: usize = 5;

/// Writes the model file. Errors are those of `out`, and of reading what was put aside.
pub fn model(protocol: &Valid<Protocol<'_>>, out: impl Write) -> io::Result<()> {
    let mut instructions = protocol.instructions.iter();
    if instructions.all(|instruction| instruction.samples.streams().is_empty()) {
        return json::write(&Model::of(protocol), out);
    }
    merged(protocol, out, |number, out| {
        let instruction = protocol.instructions.get(number);
        instruction.map_or(Ok(()), |instruction| {
            pieces::samples(instruction, Spelling { protocol }, out)
        })
    })
}

/// Writes the template file. Errors are those of `out`.
pub fn template(protocol: &Valid<Protocol<'_>>, out: impl Write) -> io::Result<()> {
    json::write(&Template::of(protocol), out)
}
