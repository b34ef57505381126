//! What the fuzz targets hold any bytes against: one function a target. They know nothing
//! of the fuzzer; `tests/fuzz.rs` runs them on what it has found.

mod answer;
mod files;
mod gguf;
mod import;
mod layout;
mod lsp;
mod readers;
mod spec;
mod template;

pub use answer::answer;
pub use gguf::gguf;
pub use import::import;
pub use layout::fmt;
pub use lsp::lsp;
pub use readers::{json, toml, yaml};
pub use spec::{compile, findings};
pub use template::template;
