//! Conversations: a protocol's samples as the messages that other language models are
//! trained on and asked with, chat templates, and the way back.
//!
//! [`Mapping`] makes a [`Conversation`] of a sample, and a sample of a conversation;
//! [`template`] renders messages as text. Nothing here reads files.

pub mod airoboros;
mod answer;
mod budget;
mod check;
mod delimiters;
pub mod export;
pub mod given;
mod judge;
mod lines;
mod mapping;
mod message;
mod options;
mod parts;
pub mod parse;
mod platform;
mod raw;
mod reverse;
mod rows;
mod system;
pub mod template;
pub mod values;

pub use budget::{Budget, Counted, Counts, Limit};
pub use check::{Checks, Named};
pub use delimiters::Delimiters;
pub use judge::{Given as GivenAnswer, Judged};
pub use mapping::Mapping;
pub use message::{Conversation, Message, Role, Tool, ToolCall};
pub use options::{FinalForm, Header, Options};
pub use platform::Platform;
pub use reverse::{Answer, Ended, SampleRead, SnippetRead, Unreadable};
pub use rows::Row;
