//! The language server: what an editor asks about specs while people write them.
//!
//! One thread answers, one checks. Every answer is made from the text as it is in the
//! editor; a request that makes no sense gets an error, and the next one its answer.

mod actions;
mod anchors;
mod check;
mod complete;
mod cursor;
mod documents;
mod findings;
mod index;
mod names;
mod outline;
mod position;
mod schema;
mod session;
mod state;
mod uri;
mod wire;

use crate::Options;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

/// What the server needs of the world around it.
pub struct Settings<'s> {
    /// How the spec at a path is to be checked.
    pub options: &'s (dyn Fn(&Path) -> Options + Sync),
    /// The files below a folder that may be specs.
    pub files: &'s (dyn Fn(&Path) -> Vec<PathBuf> + Sync),
    /// The name and version of this program.
    pub version: &'s str,
}

/// Serves one client until it says that it is done, or is gone. Whether it said so.
pub fn serve(
    input: impl BufRead,
    output: impl Write + Send,
    settings: &Settings<'_>,
) -> std::io::Result<bool> {
    session::run(input, output, settings)
}
