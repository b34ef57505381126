//! GGUF, the file that llama.cpp runs a model from: what its header says of the model.
//!
//! Only the header is read, as a stream, and never the weights; what nobody asked for is
//! passed over. Every count in it is held against the bytes that are left before anything is
//! done with it, and nothing is allocated because a number says so. This module knows nothing of protocols, and opens no
//! files.
//!
//! The format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

mod array;
mod bytes;
mod fault;
mod file_type;
mod header;
mod model;
mod split;
mod summary;
mod tensor;
mod tensor_type;
mod value;

pub use array::Array;
pub use fault::Fault;
pub use file_type::{FILE_TYPES, FileType};
pub use header::{Header, Keep, read};
pub use model::{ChatTemplate, Model, WrongType};
pub use split::{Part, disagreements, missing_parts, name_of_part, part_of_name};
pub use summary::{Agreement, Kind, Share, Summary};
pub use tensor::Tensor;
pub use tensor_type::{Family, TENSOR_TYPES, TensorType};
pub use value::{Text, Value, ValueType};
