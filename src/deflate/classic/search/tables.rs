//! What the tables of all indexes need: zeroed memory, slides, and hashes of many strings at once.
//!
//! An index is some tables of 16-bit positions in the window, with 0 for none. They come from
//! malloc, never from a caller's zalloc. A slide of the window is a saturating subtraction over all
//! of them.
//!
//! Unsafe because cleared memory becomes a table, and a table a slice of numbers.
#![allow(unsafe_code)]

use std::alloc::{Layout, alloc_zeroed};

use crate::alloc::Plain;
use crate::deflate::classic::search::chains::Hash;
use crate::deflate::classic::search::cpu::set::Set;
use crate::format::deflate::MIN_MATCH;

/// Strings inserted at once.
pub(crate) const BATCH: usize = 16;
/// 2^32 divided by the golden ratio: a product's high bits are a good hash.
pub(crate) const GOLDEN: u32 = 0x9e37_79b1;

/// Bytes of an index.
pub(crate) struct TableSize {
    /// In all.
    pub all: usize,
    /// Of what is cleared before each use.
    pub cleared: usize,
}

// SAFETY: 0 is a number.
unsafe impl Plain for u16 {}

/// An element of a table of an index.
///
/// # Safety
/// - It is numbers of 16 bits and nothing else.
pub(crate) unsafe trait Positions: Plain {}

// SAFETY: it is one.
unsafe impl Positions for u16 {}

/// `len` times 0, or None if there is no memory. A large table is not touched: its pages come from
/// the system, and only when they are used.
pub(crate) fn zeros<T: Plain>(len: usize) -> Option<Vec<T>> {
    let layout = Layout::array::<T>(len).ok().filter(|it| it.size() != 0)?;
    // SAFETY: the layout's size is not 0. The memory is from the global allocator, with T's
    // alignment and `len` values of T, which zeros are.
    unsafe {
        let table = alloc_zeroed(layout).cast::<T>();
        (!table.is_null()).then(|| Vec::from_raw_parts(table, len, len))
    }
}

/// Positions that a slide takes at once.
const SLID: usize = 16;

/// Subtracts the two numbers of `by` in turns from all numbers of `table`; those that would become
/// negative become 0.
pub(crate) fn slide<T: Positions>(table: &mut [T], by: [u16; 2], set: Set) {
    #[inline(always)]
    fn subtract_all(positions: &mut [u16], by: [u16; 2]) {
        let by: [u16; SLID] = core::array::from_fn(|i| by[i % 2]);
        let subtract = |positions: &mut [u16]| {
            for (position, by) in positions.iter_mut().zip(by) {
                *position = position.saturating_sub(by);
            }
        };
        let (chunks, rest) = positions.as_chunks_mut::<SLID>();
        for chunk in chunks {
            subtract(chunk);
        }
        subtract(rest);
    }
    let len = size_of_val(table) / size_of::<u16>();
    // SAFETY: an entry is such numbers.
    let positions = unsafe { core::slice::from_raw_parts_mut(table.as_mut_ptr().cast(), len) };
    set.run(|| subtract_all(positions, by));
}

/// The first `N` bytes, which exist.
#[inline(always)]
pub(crate) fn whole<const N: usize>(data: &[u8]) -> &[u8; N] {
    match data.first_chunk() {
        Some(bytes) => bytes,
        None => &[0; N],
    }
}

/// zlib's hashes of the first [`BATCH`] strings.
#[inline(always)]
pub(crate) fn batch_of_hashes(hash: Hash, data: &[u8]) -> [u16; BATCH] {
    let bytes: &[u8; BATCH + MIN_MATCH - 1] = whole(data);
    let mut hashes = [0; BATCH];
    for (i, to) in hashes.iter_mut().enumerate() {
        *to = hash.of_in_16([bytes[i], bytes[i + 1], bytes[i + 2]]);
    }
    hashes
}
