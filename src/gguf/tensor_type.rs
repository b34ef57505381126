//! How weights are stored: the types of tensors that GGUF files hold.
//!
//! Numbers, sizes of blocks and their bytes are those of `ggml.h` and `ggml-common.h` in
//! llama.cpp.

/// What kind of type it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Numbers as they are.
    Plain,
    /// Blocks of 32 weights with a scale of their own: the first quantisations.
    Legacy,
    /// Blocks of 256 weights in groups, the scales quantised, too.
    KQuant,
    /// Blocks whose weights are looked up in a table, made with an importance matrix.
    IQuant,
    /// Any other.
    Other,
}

impl Family {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Family::Plain => "plain",
            Family::Legacy => "legacy",
            Family::KQuant => "K-quant",
            Family::IQuant => "I-quant",
            Family::Other => "other",
        }
    }
}

/// A type of tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TensorType {
    /// Its number in the file.
    pub number: u32,
    /// What it is called.
    pub name: &'static str,
    /// What kind it is.
    pub family: Family,
    /// How many weights make a block.
    pub weights: u64,
    /// How many bytes a block has.
    pub bytes: u64,
}

impl TensorType {
    /// The type of this number in the file.
    pub fn find(number: u32) -> Option<&'static TensorType> {
        TENSOR_TYPES.iter().find(|known| known.number == number)
    }

    /// The type of this name.
    pub fn named(name: &str) -> Option<&'static TensorType> {
        TENSOR_TYPES.iter().find(|known| known.name == name)
    }

    /// Bits per weight, what blocks have besides weights included.
    pub fn bits(&self) -> f64 {
        (self.bytes * 8) as f64 / self.weights as f64
    }

    /// Whether a weight takes less than it did when the model was trained.
    pub fn is_quantised(&self) -> bool {
        self.family != Family::Plain
    }
}

const fn entry(
    number: u32,
    name: &'static str,
    family: Family,
    weights: u64,
    bytes: u64,
) -> TensorType {
    TensorType {
        number,
        name,
        family,
        weights,
        bytes,
    }
}

use Family::{IQuant, KQuant, Legacy, Other, Plain};

/// All of them, by their numbers.
pub static TENSOR_TYPES: &[TensorType] = &[
    entry(0, "F32", Plain, 1, 4),
    entry(1, "F16", Plain, 1, 2),
    entry(2, "Q4_0", Legacy, 32, 18),
    entry(3, "Q4_1", Legacy, 32, 20),
    entry(6, "Q5_0", Legacy, 32, 22),
    entry(7, "Q5_1", Legacy, 32, 24),
    entry(8, "Q8_0", Legacy, 32, 34),
    entry(9, "Q8_1", Legacy, 32, 36),
    entry(10, "Q2_K", KQuant, 256, 84),
    entry(11, "Q3_K", KQuant, 256, 110),
    entry(12, "Q4_K", KQuant, 256, 144),
    entry(13, "Q5_K", KQuant, 256, 176),
    entry(14, "Q6_K", KQuant, 256, 210),
    entry(15, "Q8_K", KQuant, 256, 292),
    entry(16, "IQ2_XXS", IQuant, 256, 66),
    entry(17, "IQ2_XS", IQuant, 256, 74),
    entry(18, "IQ3_XXS", IQuant, 256, 98),
    entry(19, "IQ1_S", IQuant, 256, 50),
    entry(20, "IQ4_NL", IQuant, 32, 18),
    entry(21, "IQ3_S", IQuant, 256, 110),
    entry(22, "IQ2_S", IQuant, 256, 82),
    entry(23, "IQ4_XS", IQuant, 256, 136),
    entry(24, "I8", Plain, 1, 1),
    entry(25, "I16", Plain, 1, 2),
    entry(26, "I32", Plain, 1, 4),
    entry(27, "I64", Plain, 1, 8),
    entry(28, "F64", Plain, 1, 8),
    entry(29, "IQ1_M", IQuant, 256, 56),
    entry(30, "BF16", Plain, 1, 2),
    entry(34, "TQ1_0", Other, 256, 54),
    entry(35, "TQ2_0", Other, 256, 66),
    entry(39, "MXFP4", Other, 32, 17),
    entry(40, "NVFP4", Other, 64, 36),
    entry(41, "Q1_0", Other, 128, 18),
    entry(42, "Q2_0", Other, 64, 18),
];
