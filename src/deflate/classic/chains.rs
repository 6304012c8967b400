//! The index of strings: hash heads and the chain of earlier strings behind each.
//!
//! Every string of 3 bytes that is inserted becomes the head of its hash's chain:
//! `head[hash]` is its position in the window, and `prev[position & (w_size - 1)]` the
//! head before it. Position 0 ends a chain, so the string there is never found. A chain is
//! walked from the most recent string back; members beyond the reach of a distance end
//! the walk, so entries of `prev` that have gone stale are never followed.
//!
//! The hash is zlib's, because its collisions take part in the chains:
//! `((b0 << 2 s) ^ (b1 << s) ^ b2) & mask` with `s = ceil(bits / 3)`. zlib rolls it from
//! position to position; three shifts drop a byte out of the mask, so hashing the three
//! bytes anew gives the same number, and no hash needs to be carried along.
//!
//! Cost: 2 bytes a hash and 2 bytes a window position; an insertion is one load, one
//! hash and two stores. A slide subtracts the window's size from every entry and stops at
//! 0: one vectorised pass over both tables, every w_size bytes of input.
//!
//! Source of the idea and of all numbers: zlib 1.3.2 deflate.c.
//!
//! Unsafe because a table lookup in the search loop costs too much with a bounds check:
//! a table's length is a power of two and the index is masked by it.
#![allow(unsafe_code)]

use crate::alloc::{Allocator, ZBuf};
use crate::format::deflate::MIN_MATCH;

/// A position in the window, as the tables hold it: native byte order, no alignment.
type Entry = [u8; 2];

/// The end of a chain, and the position that cannot be found.
pub const NIL: usize = 0;

/// A table of 2^n window positions, indexed modulo its length.
pub struct Table {
    /// All of it is ready, from `new` on.
    entries: ZBuf<Entry>,
    mask: usize,
}

impl Table {
    /// Asks for a table of `len` entries, a power of two.
    pub fn alloc(allocator: &Allocator, len: u32) -> Option<ZBuf<Entry>> {
        ZBuf::alloc(allocator, len, size_of::<Entry>() as u32)
    }

    /// A table of zeros on this block.
    pub fn new(mut entries: ZBuf<Entry>) -> Self {
        entries.make_ready(entries.capacity());
        assert!(entries.len().is_power_of_two());
        Table {
            mask: entries.len() - 1,
            entries,
        }
    }

    /// A copy of this table on another block.
    pub fn copy_to(&self, mut entries: ZBuf<Entry>) -> Table {
        entries.copy_from(&self.entries);
        Table { entries, ..*self }
    }

    /// The block, to be freed.
    pub fn into_entries(self) -> ZBuf<Entry> {
        self.entries
    }

    /// The entry at `index` modulo the table's length.
    #[inline(always)]
    pub fn get(&self, index: usize) -> usize {
        // SAFETY: `new` made all `mask + 1` entries ready, and the index is masked.
        let entry = unsafe { *self.entries.get_unchecked(index & self.mask) };
        usize::from(u16::from_ne_bytes(entry))
    }

    /// Sets the entry at `index` modulo the table's length to the low 16 bits of `position`.
    #[inline(always)]
    pub fn set(&mut self, index: usize, position: usize) {
        // SAFETY: as in `get`.
        let entry = unsafe { self.entries.get_unchecked_mut(index & self.mask) };
        *entry = (position as u16).to_ne_bytes();
    }

    /// Sets all entries to 0.
    pub fn clear(&mut self) {
        self.entries.fill([0; 2]);
    }

    /// Subtracts `distance` from every entry; those that would become negative become 0.
    pub fn slide(&mut self, distance: u16) {
        for entry in self.entries.iter_mut() {
            *entry = u16::from_ne_bytes(*entry)
                .saturating_sub(distance)
                .to_ne_bytes();
        }
    }
}

/// zlib's hash of 3 bytes.
#[derive(Clone, Copy)]
struct Hash {
    shift: u32,
    mask: usize,
}

impl Hash {
    #[inline(always)]
    fn of(self, bytes: [u8; MIN_MATCH]) -> usize {
        let [b0, b1, b2] = bytes.map(usize::from);
        ((b0 << (2 * self.shift)) ^ (b1 << self.shift) ^ b2) & self.mask
    }
}

/// Heads and chains of a stream.
pub struct Chains {
    head: Table,
    prev: Table,
    hash: Hash,
}

impl Chains {
    /// Chains on these two tables. `head`'s length is 2^hash_bits with 8 <= hash_bits.
    pub fn new(head: Table, prev: Table) -> Self {
        let hash_bits = head.mask.count_ones();
        let hash = Hash {
            shift: hash_bits.div_ceil(MIN_MATCH as u32),
            mask: head.mask,
        };
        Chains { head, prev, hash }
    }

    /// A copy on other blocks.
    pub fn copy_to(&self, head: ZBuf<Entry>, prev: ZBuf<Entry>) -> Chains {
        Chains {
            head: self.head.copy_to(head),
            prev: self.prev.copy_to(prev),
            hash: self.hash,
        }
    }

    /// The blocks of `head` and `prev`, to be freed.
    pub fn into_entries(self) -> (ZBuf<Entry>, ZBuf<Entry>) {
        (self.head.into_entries(), self.prev.into_entries())
    }

    /// Forgets all strings.
    pub fn clear(&mut self) {
        self.head.clear();
    }

    /// The window has moved down by `distance` bytes (its size, at most 32768).
    pub fn slide(&mut self, distance: usize) {
        self.head.slide(distance as u16);
        self.prev.slide(distance as u16);
    }

    /// The string before `position` in its chain, or [`NIL`].
    #[inline(always)]
    pub fn before(&self, position: usize) -> usize {
        self.prev.get(position)
    }

    /// Makes the string `bytes` at `position` the head of its chain; returns the head
    /// before, or [`NIL`].
    #[inline(always)]
    pub fn insert(&mut self, position: usize, bytes: [u8; MIN_MATCH]) -> usize {
        let hash = self.hash.of(bytes);
        let before = self.head.get(hash);
        self.prev.set(position, before);
        self.head.set(hash, position);
        before
    }

    /// Inserts the strings that begin at `first`, up to the last that is whole in `bytes`,
    /// whose first byte is the one at `first`.
    pub fn insert_run(&mut self, first: usize, bytes: &[u8]) {
        for (i, string) in bytes.windows(MIN_MATCH).enumerate() {
            self.insert(first + i, [string[0], string[1], string[2]]);
        }
    }
}
