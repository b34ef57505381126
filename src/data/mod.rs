//! Readers of files with data: each sample becomes a node of the one tree, so that the
//! one decoder reads it and its findings point at the line and cell.

mod lines;
mod packed;
mod parquet;
mod pieces;
mod rows;
mod sheet;
mod table;

pub use lines::{count_lines, lines};
pub use packed::{Fault, Packing, unpack, unpack_to};
pub use parquet::{parquet, parquet_to};
pub use pieces::{Form, Piece, Pieces, Stopped};
pub use rows::{Row, Rows, delimiter_named_in};
pub use sheet::{Cell, Sheet, sheet};
pub use table::{Table, table};
