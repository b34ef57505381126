//! What is wrong with a GGUF file, and at which byte.

use std::fmt;

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The byte of the file where it shows, from 0.
    pub offset: u64,
    /// What is wrong: lower case, no final period.
    pub message: String,
}

impl Fault {
    pub(super) fn new(offset: u64, message: impl Into<String>) -> Fault {
        Fault {
            offset,
            message: message.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "at byte {}: {}", self.offset, self.message)
    }
}
