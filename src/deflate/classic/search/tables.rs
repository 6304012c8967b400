//! What the tables of all indexes need: memory, slides, and hashes of many strings at once.
//!
//! An index is some tables of 16-bit positions in the window, with 0 for none. They lie in memory
//! of the pool, which is the same for all kinds and sizes of index: whoever gets it makes its own
//! tables of it, and clears what must be clear. A slide of the window is a saturating subtraction
//! over all of them.
//!
//! Unsafe because memory becomes tables, and tables slices of numbers.
#![allow(unsafe_code)]

use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;

use crate::alloc::Plain;
use crate::deflate::classic::search::chains::Hash;
use crate::deflate::classic::search::cpu::set::Set;
use crate::format::deflate::MIN_MATCH;
use crate::pool::pages::{ALIGNMENT, Pages};

/// Strings inserted at once.
pub(crate) const BATCH: usize = 16;
/// 2^32 divided by the golden ratio: a product's high bits are a good hash.
pub(crate) const GOLDEN: u32 = 0x9e37_79b1;

// SAFETY: 0 is a number.
unsafe impl Plain for u16 {}

/// An element of a table of an index.
///
/// # Safety
/// - It is numbers of 16 bits and nothing else, or nothing at all.
pub(crate) unsafe trait Positions: Plain {}

// SAFETY: it is one.
unsafe impl Positions for u16 {}
// SAFETY: no bytes are all zero.
unsafe impl Plain for () {}
// SAFETY: it is nothing.
unsafe impl Positions for () {}

/// A table in memory of the pool.
pub(crate) struct Table<T> {
    first: NonNull<T>,
    len: usize,
}

// SAFETY: it is the only way to its elements, which are plain data.
unsafe impl<T: Plain> Send for Table<T> {}

impl<T: Plain> Deref for Table<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: `Carver::table` has seen to it that they are there, and were promised to stay;
        // whatever the bytes are, they are initialised, and elements are numbers.
        unsafe { core::slice::from_raw_parts(self.first.as_ptr(), self.len) }
    }
}

impl<T: Plain> DerefMut for Table<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `deref`; `&mut self` makes the access exclusive.
        unsafe { core::slice::from_raw_parts_mut(self.first.as_ptr(), self.len) }
    }
}

/// Makes tables of memory of the pool.
pub(crate) struct Carver {
    next: NonNull<u8>,
    left: usize,
    /// The memory is new: all of it is 0.
    pub is_zero: bool,
}

/// Bytes between two tables. Neighbours whose sizes are powers of two would else begin in the same
/// set of the cache, and so would what they have for the same position.
const GAP: usize = 128;
const _: () = assert!(ALIGNMENT.is_multiple_of(GAP));

/// Bytes of memory in which `count` tables of so many bytes in all are sure to have room.
pub(crate) const fn memory_for(count: usize, bytes: usize) -> usize {
    (bytes + count * 2 * GAP).next_multiple_of(ALIGNMENT)
}

impl Carver {
    /// Of all of `pages`. `is_zero` says that they are new.
    ///
    /// # Safety
    /// - No table that is made of them is used once they are gone, or once there is another carver
    ///   of them.
    pub(crate) unsafe fn new(pages: &mut Pages, is_zero: bool) -> Self {
        Carver {
            next: pages.address(),
            left: pages.len(),
            is_zero,
        }
    }

    /// A table of `len` elements, which may be any numbers. None if there is no room for it.
    pub(crate) fn table<T: Positions>(&mut self, len: usize) -> Option<Table<T>> {
        let first = self.carve(len)?;
        Some(Table { first, len })
    }

    /// Puts a value into the memory. None if there is no room for it.
    pub(crate) fn place<T>(&mut self, value: T) -> Option<NonNull<T>> {
        let place = self.carve(1)?;
        // SAFETY: aligned, large enough and ours.
        unsafe { place.write(value) };
        Some(place)
    }

    /// Room for so many.
    fn carve<T>(&mut self, len: usize) -> Option<NonNull<T>> {
        const { assert!(GAP.is_multiple_of(align_of::<T>())) };
        let bytes = len.checked_mul(size_of::<T>())?.next_multiple_of(GAP) + GAP;
        self.left = self.left.checked_sub(bytes)?;
        let first = self.next.cast();
        // SAFETY: so many bytes were left.
        self.next = unsafe { self.next.add(bytes) };
        Some(first)
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
