//! A spec divided into one to train with and one to evaluate with.
//!
//! Which sample goes where is decided by the samples alone, so that it is the same on
//! every machine, and a sample stays where it is when others are added or moved. What
//! is written is the whole spec twice, each time without the samples of the other half;
//! nothing here knows where it is written to.

mod choose;
mod halves;
mod order;
mod share;
mod values;

pub use choose::divide;
pub use halves::Whole;
pub use order::{hash, order, ordered, places};

/// What a division is to be.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The part of the samples to evaluate with, between 0 and 1.
    pub share: f64,
    /// Another seed gives another division.
    pub seed: u64,
    /// Whether samples of which there are too few to be divided go into both halves.
    pub share_small: bool,
}

/// Where a sample goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// To train with.
    Train,
    /// To evaluate with.
    Eval,
    /// There are too few of its kind to be divided.
    Both,
}

impl Part {
    /// Whether the sample is in the half `half`, which is not [`Part::Both`].
    pub fn is_in(self, half: Part) -> bool {
        self == half || self == Part::Both
    }
}

/// Where the samples of every instruction go, in their order.
pub type Division = Vec<Vec<Part>>;
