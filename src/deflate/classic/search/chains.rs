//! zlib's hash chains: the latest string of each hash, and links to the earlier ones.
//!
//! Every string of 3 bytes that is inserted becomes the head of its hash's chain: `head[hash]` is
//! its position in the window, and `prev[position & (w_size - 1)]` the head before it. Position 0
//! ends a chain, so the string there is never found. A chain is walked from the most recent string
//! back; nodes beyond the reach of a distance end the walk, so entries of `prev` that have gone
//! stale are never followed.
//!
//! The hash is zlib's, because its collisions take part in the chains:
//! `((b0 << 2 s) ^ (b1 << s) ^ b2) & mask` with `s = ceil(bits / 3)`. zlib rolls it from position
//! to position; three shifts drop a byte out of the mask, so hashing the three bytes anew gives the
//! same number, and no hash needs to be carried along.
//!
//! Cost: 2 bytes a hash and 2 bytes a window position; an insertion is one load, one hash and two
//! stores. A slide subtracts the window's size from every entry and stops at 0: one vectorised pass
//! over both tables, every w_size bytes of input. `head` is cleared for each stream, after a short
//! message only where its strings are; `prev` is not, and is initialised only as far as the window
//! has been filled, so that a short message does not touch all of it.
//!
//! Source of the idea and of all numbers: zlib 1.3.2 deflate.c.
//!
//! Unsafe because a lookup in the search loop costs too much with a bounds check. What makes it
//! sound: a [`Link`] is 0 or the position of a string of the window that was inserted here or in an
//! `AnchorIndex`, and the slots in `prev` of all such positions are initialised (`fill_window`,
//! through which all data comes, has them made ready; `insert` checks it); slides keep the slot.
//! Slots of strings that were not inserted may hold anything.
#![allow(unsafe_code)]

use crate::alloc::{Allocator, Block, ZBuf};
use crate::format::deflate::MIN_MATCH;

/// A position in the window, as the tables hold it: native byte order, no alignment.
type Entry = [u8; 2];

/// A node of a chain: the position of an inserted string, or 0, which ends the chain.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link(usize);

impl Link {
    /// The end of a chain, and the position that cannot be found.
    pub(crate) const NIL: Link = Link(0);

    /// The string's position in the window.
    #[inline(always)]
    pub(crate) fn position(self) -> usize {
        self.0
    }

    /// The string inserted at this position, or 0.
    #[inline(always)]
    pub(crate) fn at(position: u16) -> Link {
        Link(usize::from(position))
    }

    fn from_entry(entry: Entry) -> Link {
        Link::at(u16::from_ne_bytes(entry))
    }
}

/// Asks for a table of `len` entries, a power of two.
pub(crate) fn alloc_table(allocator: &Allocator, len: u32) -> Option<ZBuf<Entry>> {
    ZBuf::alloc(allocator, len, size_of::<Entry>() as u32)
}

/// Subtracts `distance` from every entry; those that would become negative become 0.
fn slide_table(table: &mut [Entry], distance: u16) {
    for entry in table {
        *entry = u16::from_ne_bytes(*entry)
            .saturating_sub(distance)
            .to_ne_bytes();
    }
}

/// zlib's hash of 3 bytes.
#[derive(Clone, Copy)]
pub(crate) struct Hash {
    shift: u32,
    mask: usize,
}

impl Hash {
    /// How many hashes there are.
    pub(crate) fn count(self) -> usize {
        self.mask + 1
    }

    /// The hash of these bytes.
    #[inline(always)]
    pub(crate) fn of(self, bytes: [u8; MIN_MATCH]) -> usize {
        let [b0, b1, b2] = bytes.map(usize::from);
        ((b0 << (2 * self.shift)) ^ (b1 << self.shift) ^ b2) & self.mask
    }

    /// The same in 16 bits, which are enough for every memLevel: more strings fit a vector.
    #[inline(always)]
    pub(crate) fn of_in_16(self, bytes: [u8; MIN_MATCH]) -> u16 {
        let [b0, b1, b2] = bytes.map(u16::from);
        ((b0 << (2 * self.shift)) ^ (b1 << self.shift) ^ b2) & self.mask as u16
    }
}

/// Heads and chains of a stream.
pub(crate) struct Chains {
    /// All of it is ready, and its length is `hash.mask + 1`.
    head: ZBuf<Entry>,
    /// Ready as far as the window has been filled, at least slot 0.
    prev: ZBuf<Entry>,
    prev_mask: usize,
    hash: Hash,
    /// True if every head is NIL.
    is_clear: bool,
}

impl Chains {
    /// Chains on these two tables, whose lengths are powers of two, `head`'s at least 256.
    pub(crate) fn new(mut head: ZBuf<Entry>, mut prev: ZBuf<Entry>) -> Self {
        assert!(head.capacity().is_power_of_two() && prev.capacity().is_power_of_two());
        head.make_ready(head.capacity());
        prev.make_ready(1);
        let mask = head.capacity() - 1;
        Chains {
            hash: Hash {
                shift: mask.count_ones().div_ceil(MIN_MATCH as u32),
                mask,
            },
            prev_mask: prev.capacity() - 1,
            head,
            prev,
            is_clear: true,
        }
    }

    /// The hash in use.
    pub(crate) fn hash(&self) -> Hash {
        self.hash
    }

    /// A copy on other blocks.
    pub(crate) fn copy_to(&self, mut head: ZBuf<Entry>, mut prev: ZBuf<Entry>) -> Chains {
        assert!(head.capacity() == self.head.capacity());
        assert!(prev.capacity() == self.prev.capacity());
        head.copy_from(&self.head);
        prev.copy_from(&self.prev);
        Chains {
            head,
            prev,
            ..*self
        }
    }

    /// The blocks of `head` and `prev`, to be freed.
    pub(crate) fn blocks(&self) -> [Block; 2] {
        [self.head.block(), self.prev.block()]
    }

    /// Says that the window is filled up to `end`, so that strings before it can be inserted.
    pub(crate) fn make_ready(&mut self, end: usize) {
        self.prev.make_ready(end);
    }

    /// Forgets all strings.
    pub(crate) fn clear(&mut self) {
        if !self.is_clear {
            self.head.fill([0; 2]);
            self.is_clear = true;
        }
    }

    /// Forgets all strings, which are strings of `data`.
    pub(crate) fn clear_strings(&mut self, data: &[u8]) {
        if !self.is_clear {
            for string in data.windows(MIN_MATCH) {
                self.replace_head([string[0], string[1], string[2]], 0);
            }
            debug_assert!(self.head.iter().all(|head| *head == [0; 2]));
            self.is_clear = true;
        }
    }

    /// Where the last string of each chain begins, or 0.
    pub(crate) fn heads(&self) -> impl Iterator<Item = usize> {
        self.head
            .iter()
            .map(|entry| usize::from(u16::from_ne_bytes(*entry)))
    }

    /// The strings of a chain, from the one at `first` on, that are above `limit`.
    pub(crate) fn chain(&self, first: usize, limit: usize) -> impl Iterator<Item = usize> + Clone {
        let alive = move |&node: &usize| node > limit;
        let before = move |&node: &usize| {
            let entry = self.prev.get(node & self.prev_mask)?;
            let before = usize::from(u16::from_ne_bytes(*entry));
            (before > limit && before < node).then_some(before)
        };
        core::iter::successors(Some(first).filter(alive), before)
    }

    /// True if there are no strings.
    pub(crate) fn is_clear(&self) -> bool {
        self.is_clear
    }

    /// Says that strings will be inserted one by one.
    pub(crate) fn make_used(&mut self) {
        self.is_clear = false;
    }

    /// Takes all heads and links from an index.
    pub(crate) fn replace(
        &mut self,
        heads: impl Iterator<Item = u16>,
        links: impl Iterator<Item = u16>,
    ) {
        self.make_used();
        for (entry, head) in self.head.iter_mut().zip(heads) {
            *entry = head.to_ne_bytes();
        }
        for (entry, link) in self.prev.iter_mut().zip(links) {
            *entry = link.to_ne_bytes();
        }
    }

    /// The strings of `data` before `frontier` are inserted; makes it those before `end`, as far as
    /// they are whole.
    pub(crate) fn move_frontier(&mut self, data: &[u8], frontier: usize, end: usize) {
        for at in (end..frontier).rev() {
            let before = u16::from_ne_bytes(self.prev[at & self.prev_mask]);
            self.replace_head([data[at], data[at + 1], data[at + 2]], before);
        }
        let bytes_end = data.len().min(end + MIN_MATCH - 1);
        self.insert_each(frontier, &data[frontier..bytes_end.max(frontier)]);
    }

    /// Makes the string at `position`, or none, the head of the chain that `bytes` is in.
    pub(crate) fn replace_head(&mut self, bytes: [u8; MIN_MATCH], position: u16) {
        self.head[self.hash.of(bytes)] = position.to_ne_bytes();
    }

    /// The window has moved down by its size, which is `prev`'s length.
    pub(crate) fn slide(&mut self) {
        let w_size = (self.prev_mask + 1) as u16;
        slide_table(&mut self.head, w_size);
        slide_table(&mut self.prev, w_size);
    }

    /// Makes the string `bytes` at `position` the head of its chain; returns the head before, or
    /// NIL.
    #[inline(always)]
    pub(crate) fn insert(&mut self, position: usize, bytes: [u8; MIN_MATCH]) -> Link {
        let hash = self.hash.of(bytes);
        // SAFETY: `new` made all `hash.mask + 1` entries ready, and the hash is masked.
        let head = unsafe { self.head.get_unchecked_mut(hash) };
        let before = *head;
        self.prev[position & self.prev_mask] = before;
        *head = (position as u16).to_ne_bytes();
        Link::from_entry(before)
    }

    /// Inserts the strings that begin at `first`, up to the last that is whole in `bytes`, whose
    /// first byte is the one at `first`.
    #[inline(always)]
    pub(crate) fn insert_each(&mut self, first: usize, bytes: &[u8]) {
        self.make_used();
        for (i, string) in bytes.windows(MIN_MATCH).enumerate() {
            self.insert(first + i, [string[0], string[1], string[2]]);
        }
    }

    /// The string before this one in its chain, or NIL.
    #[inline(always)]
    pub(crate) fn before(&self, link: Link) -> Link {
        // SAFETY: `insert` wrote the slot of this position, or it is slot 0, which `new` made
        // ready; a slide moves a link by a multiple of the table's length, or to 0.
        Link::from_entry(unsafe { *self.prev.get_unchecked(link.0 & self.prev_mask) })
    }
}

#[cfg(test)]
#[path = "../../../../tests/unit/deflate_chains.rs"]
mod tests;
