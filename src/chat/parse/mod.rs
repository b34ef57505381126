//! Rendered text back to messages, by the pieces that a template writes around them.
//!
//! A [`Shape`] is learnt from the template itself: it renders conversations of probes, and
//! what stands between the probes are its pieces. So every template can be read back that
//! writes the same pieces around every message. A [`Reader`] also finds the tools in what
//! the formats of the program write.

mod forms;
mod read;
mod shape;
mod tools;

pub(super) use forms::is_single_call;
pub use read::Parsed;
pub use shape::Shape;
pub use tools::{Called, Reader, Talk, Turn};
