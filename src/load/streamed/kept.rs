//! Memory that is given back to the system and asked for again with every piece costs as much as
//! the work on it.

use std::hint::black_box;

/// Bytes of a block that is larger than those of a piece.
const BLOCK: usize = 8 << 20;

/// Makes the allocator keep what pieces give back, up to twice [`BLOCK`] a thread. That of glibc
/// keeps as much as the largest blocks that it saw given back are worth: `M_MMAP_THRESHOLD` in
/// mallopt(3). The block is not written to and so takes no memory; to other allocators it means
/// nothing.
pub(super) fn keep_freed_memory() {
    drop(black_box(Vec::<u8>::with_capacity(BLOCK)));
}
