//! What `general.file_type` says of a whole file: the recipe by which its tensors were
//! quantised, and which type most of them then have.
//!
//! Numbers are those of `llama.h` in llama.cpp.

use super::tensor_type::TensorType;

/// A recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileType {
    /// Its number in the file.
    pub number: u64,
    /// What it is called, such as `Q4_K_M`.
    pub name: &'static str,
    /// The name of the type that most weights have then.
    pub most: &'static str,
}

/// What is added to the number where it was not known and is a guess.
const GUESSED: u64 = 1024;

impl FileType {
    /// The recipe of this number, and whether the file says that it is a guess.
    pub fn find(number: u64) -> Option<(&'static FileType, bool)> {
        let plain = number & !GUESSED;
        let found = FILE_TYPES.iter().find(|known| known.number == plain)?;
        Some((found, number != plain))
    }

    /// The type that most weights have then.
    pub fn tensor_type(&self) -> Option<&'static TensorType> {
        TensorType::named(self.most)
    }
}

const fn entry(number: u64, name: &'static str, most: &'static str) -> FileType {
    FileType { number, name, most }
}

/// All of them, by their numbers.
pub static FILE_TYPES: &[FileType] = &[
    entry(0, "F32", "F32"),
    entry(1, "F16", "F16"),
    entry(2, "Q4_0", "Q4_0"),
    entry(3, "Q4_1", "Q4_1"),
    entry(7, "Q8_0", "Q8_0"),
    entry(8, "Q5_0", "Q5_0"),
    entry(9, "Q5_1", "Q5_1"),
    entry(10, "Q2_K", "Q2_K"),
    entry(11, "Q3_K_S", "Q3_K"),
    entry(12, "Q3_K_M", "Q3_K"),
    entry(13, "Q3_K_L", "Q3_K"),
    entry(14, "Q4_K_S", "Q4_K"),
    entry(15, "Q4_K_M", "Q4_K"),
    entry(16, "Q5_K_S", "Q5_K"),
    entry(17, "Q5_K_M", "Q5_K"),
    entry(18, "Q6_K", "Q6_K"),
    entry(19, "IQ2_XXS", "IQ2_XXS"),
    entry(20, "IQ2_XS", "IQ2_XS"),
    entry(21, "Q2_K_S", "Q2_K"),
    entry(22, "IQ3_XS", "IQ3_S"),
    entry(23, "IQ3_XXS", "IQ3_XXS"),
    entry(24, "IQ1_S", "IQ1_S"),
    entry(25, "IQ4_NL", "IQ4_NL"),
    entry(26, "IQ3_S", "IQ3_S"),
    entry(27, "IQ3_M", "IQ3_S"),
    entry(28, "IQ2_S", "IQ2_XS"),
    entry(29, "IQ2_M", "IQ2_S"),
    entry(30, "IQ4_XS", "IQ4_XS"),
    entry(31, "IQ1_M", "IQ1_M"),
    entry(32, "BF16", "BF16"),
    entry(36, "TQ1_0", "TQ1_0"),
    entry(37, "TQ2_0", "TQ2_0"),
    entry(38, "MXFP4_MOE", "MXFP4"),
    entry(39, "NVFP4", "NVFP4"),
    entry(40, "Q1_0", "Q1_0"),
    entry(41, "Q2_0", "Q2_0"),
];
