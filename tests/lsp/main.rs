//! `mtp lsp` over its standard input and output, as an editor talks to it: the answers,
//! and that nothing a client sends or leaves out ends the server.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod client;
#[path = "../common/mod.rs"]
mod common;
mod completion;
mod edits;
mod encodings;
mod faults;
mod findings;
mod names;
mod specs;
