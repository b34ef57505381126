//! Readers of sample files: each sample becomes a node of the one tree, so that the
//! one decoder reads it and its findings point at the line and cell.

mod lines;
mod table;

pub use lines::lines;
pub use table::table;
