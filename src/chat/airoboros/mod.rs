//! The prompt formats of airoboros besides its chat templates: closed context, plain
//! code, turns in one row. They are those of the training data of its 1.4 to 3.x models.

mod closed_context;
mod plain_format;
mod turns;

pub use closed_context::{Block, ClosedContext, Problem};
pub use plain_format::{PLAIN, twin};
pub use turns::{join, split};
