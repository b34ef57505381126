//! What was read so far, for who waits for it. What is done with it is not known here.

use std::sync::atomic::{AtomicU64, Ordering};

/// What was read, or written, so far. Any thread may count and look.
#[derive(Debug, Default)]
pub struct Seen {
    bytes: AtomicU64,
    samples: AtomicU64,
}

impl Seen {
    /// Counts some more.
    pub fn count(&self, bytes: u64, samples: u64) {
        // No other memory is read by what these tell.
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.samples.fetch_add(samples, Ordering::Relaxed);
    }

    /// Begins to count anew.
    pub fn reset(&self) {
        self.bytes.store(0, Ordering::Relaxed);
        self.samples.store(0, Ordering::Relaxed);
    }

    /// Bytes, and samples.
    pub fn so_far(&self) -> (u64, u64) {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (of(&self.bytes), of(&self.samples))
    }
}
