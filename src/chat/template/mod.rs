//! Chat templates: the Jinja that turns messages into the text that a model reads.
//!
//! A template renders here as it does in Hugging Face's `apply_chat_template`, but for the
//! cases that `docs/chat.md` lists. It runs in a language without files, processes or
//! networks, on a budget of steps and of memory, so that no template can do harm or hang.
//! This module knows nothing of protocols.

mod blanks;
mod budget;
mod builtin;
mod depth;
mod environment;
mod fault;
mod guards;
mod json;
mod methods;
mod python;
mod render;
mod rewrite;
mod scan;
mod source;
mod spans;
mod strftime;

pub use builtin::{BUILTINS, Builtin, LLM_TEMPLATES, System, ToolForm};
pub use fault::{Fault, FaultKind};
pub use json::{ascii, to_json};
pub use minijinja::Value;
pub use render::{Call, Rendered, Template};
pub use source::{Chosen, from_tokenizer_config};
pub use strftime::{Now, NowError};
