//! Rows to train on: the conversations of a protocol in the formats that trainers read.

mod fields;
mod format;
mod frame;
mod halves;
mod info;
#[cfg(feature = "parquet")]
mod parquet;
mod record;
mod schema;
mod text;

pub use format::Format;
pub use halves::Evaluation;
pub use info::{axolotl, dataset_info};
#[cfg(feature = "parquet")]
pub use parquet::ParquetWriter;
pub use record::{Exporter, Part};
