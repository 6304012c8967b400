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
//! over both tables, every w_size bytes of input. `head` is cleared for each stream that uses it,
//! after a short message only where its strings are; `prev` is not, and is initialised only as far
//! as the window has been filled, so that a short message does not touch all of it. Streams that
//! search an index touch neither, or only `prev`.
//!
//! # What is not inserted
//!
//! The fast parse leaves out most strings inside its matches. Nothing in zlib's tables says which:
//! the slots in `prev` of such strings have whatever was there before. Here the first slot of each
//! such stretch gets the position where the stretch ends. A link is less than the position of its
//! slot, and that is greater. So `prev` alone says which strings are inserted, and an index can be
//! filled with the same, or the heads found again, whatever has become of the tables that were in
//! use ([`Prev::inserted`]). This takes a store of 2 bytes for most matches. Where the reading
//! begins:
//! - A stretch has fewer than 258 strings, and the ring of slots goes 262 further back than a
//!   distance can. So it does not matter if the reading begins inside a stretch, in slots that were
//!   written one turn of the ring ago: these say less than their position, which is taken for a
//!   string that is out of reach. (For that what is there when all strings are forgotten, or not
//!   slid with the window, is cleared.)
//! - The last two strings of the data at a flush may be inserted later. So a stretch ends before
//!   them, and each of them is one of its own until then.
//! - Just after a slide the ring has slots of positions before the window. Of these only the end of a
//!   stretch that reaches into the window has not become 0.
//!
//! Source of the idea and of all numbers: zlib 1.3.2 deflate.c.
//!
//! Unsafe because a lookup in the search loop costs too much with a bounds check. What makes it
//! sound: a [`Link`] is 0 or the position of a string of the window that was inserted here, and the
//! slots in `prev` of all such positions are initialised (`fill_window`,
//! through which all data comes, has them made ready; `insert` checks it); slides keep the slot.
//! Slots of strings that were not inserted may hold anything.
#![allow(unsafe_code)]

use crate::alloc::{Allocator, Block, ZBuf};
use crate::format::deflate::{MAX_MATCH, MIN_MATCH};

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

/// Which strings are inserted.
pub(crate) struct Inserted {
    /// From here on.
    pub first: isize,
    /// To before here.
    pub end: usize,
    /// All of them; otherwise those that `prev` says ([`Prev::inserted`]).
    pub all: bool,
}

/// The links as the fast parse uses them while an index is in the place of the heads.
pub(crate) struct Prev<'a> {
    /// Those that are ready.
    entries: &'a mut [Entry],
    mask: usize,
}

impl Prev<'_> {
    /// Asserts that the window has been filled to `end`, so that all slots of what is before it are
    /// ready.
    #[inline(always)]
    pub(crate) fn assert_ready(&self, end: usize) {
        assert!(end.min(self.mask + 1) <= self.entries.len());
    }

    /// Notes that the string at `position` is inserted after the one at `before`, or 0.
    ///
    /// # Safety
    /// - The slot is ready: the window has been filled to beyond `position`.
    #[inline(always)]
    pub(crate) unsafe fn set(&mut self, position: usize, before: u16) {
        let slot = position & self.mask;
        debug_assert!(slot < self.entries.len());
        // SAFETY: as the caller promises.
        unsafe { *self.entries.get_unchecked_mut(slot) = before.to_ne_bytes() };
    }

    /// The string before this one in its chain, if it is inserted.
    #[inline(always)]
    pub(crate) fn before(&self, position: usize) -> usize {
        let entry = self.entries.get(position & self.mask);
        usize::from(entry.map_or(0, |entry| u16::from_ne_bytes(*entry)))
    }

    /// Notes that the strings from `first` to before `end` are not inserted, in data that goes on to
    /// `data_end`.
    ///
    /// # Safety
    /// - As for [`set`](Self::set), for all of them.
    #[inline(always)]
    pub(crate) unsafe fn skip(&mut self, first: usize, end: usize, data_end: usize) {
        debug_assert!(end - first < MAX_MATCH && end <= usize::from(u16::MAX));
        let last_two = (data_end + 1).saturating_sub(MIN_MATCH).max(first);
        // SAFETY: as the caller promises.
        unsafe {
            if first < end.min(last_two) {
                self.set(first, end.min(last_two) as u16);
            }
            for at in last_two..end {
                self.set(at, (at + 1) as u16);
            }
        }
    }

    /// The strings that are inserted, from `first`, where strings have been noted from, or which is
    /// at least as far back as the ring goes, to before `end`; and perhaps some that are out of
    /// reach.
    pub(crate) fn inserted(&self, first: isize, end: usize) -> impl Iterator<Item = usize> {
        let mut at = first;
        while at < 0 {
            at = match self.before(at as usize) {
                0 => at + 1,
                stretch_end => stretch_end as isize,
            };
        }
        let mut at = at as usize;
        core::iter::from_fn(move || {
            loop {
                let here = at;
                if here >= end {
                    return None;
                }
                at = self.before(here).max(here + 1);
                if self.before(here) <= here {
                    return Some(here);
                }
            }
        })
    }
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
    /// Base-2 logarithm of how many hashes there are.
    pub(crate) fn bits(self) -> u8 {
        self.mask.count_ones() as u8
    }

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
    /// Its length is `hash.mask + 1`. Nothing of it is ready until a string is inserted.
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
    pub(crate) fn new(head: ZBuf<Entry>, mut prev: ZBuf<Entry>) -> Self {
        assert!(head.capacity().is_power_of_two() && prev.capacity().is_power_of_two());
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

    /// The links.
    #[inline(always)]
    pub(crate) fn prev(&mut self) -> Prev<'_> {
        Prev {
            entries: &mut self.prev,
            mask: self.prev_mask,
        }
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

    /// Forgets all strings, and which were inserted.
    pub(crate) fn clear(&mut self) {
        self.clear_heads();
        self.clear_prev();
    }

    /// Forgets which strings were inserted.
    pub(crate) fn clear_prev(&mut self) {
        self.prev.fill([0; 2]);
    }

    /// Forgets all strings.
    fn clear_heads(&mut self) {
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

    /// Where the last string of a hash begins, or 0.
    #[cfg(test)]
    pub(crate) fn head(&self, hash: usize) -> usize {
        u16::from_ne_bytes(self.head[hash]).into()
    }

    /// Says that strings will be inserted one by one.
    pub(crate) fn make_used(&mut self) {
        self.head.make_ready(self.head.capacity());
        self.is_clear = false;
    }

    /// Forgets all strings, and inserts these of `data`, as far as they are whole.
    pub(crate) fn restore(&mut self, data: &[u8], inserted: &Inserted) {
        let Inserted { first, end, all } = *inserted;
        self.clear_heads();
        self.make_ready(data.len());
        if all {
            self.clear_prev();
            let end = data.len().min(end + MIN_MATCH - 1);
            let first = (first as usize).min(end);
            return self.insert_each(first, &data[first..end]);
        }
        self.make_used();
        let prev = Prev {
            entries: &mut self.prev,
            mask: self.prev_mask,
        };
        // Their links are there.
        for at in prev.inserted(first, end) {
            let hash = self.hash.of([data[at], data[at + 1], data[at + 2]]);
            self.head[hash] = (at as u16).to_ne_bytes();
        }
    }

    /// Notes that the strings from `first` to before `end` are not inserted, in data that goes on to
    /// `data_end` ([`Prev::skip`]).
    pub(crate) fn skip(&mut self, first: usize, end: usize, data_end: usize) {
        let mut prev = self.prev();
        prev.assert_ready(end);
        // SAFETY: as was just asserted.
        unsafe { prev.skip(first, end, data_end) };
    }

    /// Makes the string at `position`, or none, the head of the chain that `bytes` is in.
    pub(crate) fn replace_head(&mut self, bytes: [u8; MIN_MATCH], position: u16) {
        self.head[self.hash.of(bytes)] = position.to_ne_bytes();
    }

    /// The window has moved down by its size, which is `prev`'s length.
    pub(crate) fn slide(&mut self) {
        slide_table(&mut self.head, (self.prev_mask + 1) as u16);
        self.slide_prev();
    }

    /// The same for the links alone, while an index is in the place of the heads.
    pub(crate) fn slide_prev(&mut self) {
        slide_table(&mut self.prev, (self.prev_mask + 1) as u16);
    }

    /// Makes the string `bytes` at `position` the head of its chain; returns the head before, or
    /// NIL.
    #[inline(always)]
    pub(crate) fn insert(&mut self, position: usize, bytes: [u8; MIN_MATCH]) -> Link {
        let head = &mut self.head[self.hash.of(bytes)];
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
