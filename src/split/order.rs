//! The order in which samples are taken for the evaluation: that of their hashes.
//!
//! The hash of a sample is SHA-256 over the seed in decimal, the name of its
//! instruction, and the texts of its inputs and of its output (of labels each name and
//! value), every one in UTF-8 and ended by a zero byte. It does not depend on the
//! sample's place, so neither does the division.

use crate::ast::Output;
use crate::ir::{Instruction, Sample};
use sha2::{Digest, Sha256};

/// The samples of an instruction, by their places, in the order in which they are
/// taken. Samples with the same texts are taken in the order they are written.
pub fn order(instruction: &Instruction<'_>, seed: u64) -> Vec<usize> {
    let samples = instruction.samples.iter();
    ordered(samples.map(|sample| hash(&instruction.name.value, sample, seed)))
}

/// The places of hashes, in the order in which their samples are taken.
pub fn ordered(hashes: impl Iterator<Item = [u8; 32]>) -> Vec<usize> {
    places(hashes.zip(0..).collect())
}

/// The places of hashes that are given with them, in the same order.
pub fn places(mut hashes: Vec<([u8; 32], usize)>) -> Vec<usize> {
    hashes.sort_unstable();
    hashes.into_iter().map(|(_, at)| at).collect()
}

/// The hash of a sample of an instruction.
pub fn hash(instruction: &str, sample: Option<Sample<'_, '_>>, seed: u64) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let mut add = |text: &str| {
        hasher.update(text.as_bytes());
        hasher.update([0]);
    };
    add(&seed.to_string());
    add(instruction);
    let written = sample.map(|sample| sample.written);
    for snippet in written.into_iter().flat_map(|sample| sample.snippets()) {
        add(&snippet.text.value);
    }
    match written.and_then(|written| written.output.as_ref()) {
        Some(Output::Snippet(snippet)) => add(&snippet.text.value),
        Some(Output::Labels(labels)) => {
            for (label, value) in &labels.value {
                add(&label.value);
                add(value.as_ref().map_or("", |value| value.value.as_ref()));
            }
        }
        None => {}
    }
    hasher.finalize().into()
}
