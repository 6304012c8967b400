//! The index of levels 6 to 9: zlib's hash chains, numbered, and chains of 4- and 8-byte strings.
//!
//! # Idea
//!
//! zlib walks one chain of 3-byte strings, most of whose nodes cannot be a longer match. What its
//! walk finds depends on two things only: which strings are nodes, and that no more than max_chain
//! of them are visited. So a search may go any shorter way that keeps count:
//! - `nodes[position & mask]` is zlib's chain: the node before, and this one's *number* in the
//!   chain. zlib reaches `c` from `p` in `number(p) - number(c)` steps, modulo 2^16; that is one
//!   subtraction for any `c`, however it was found. The numbers of one chain in the window span at
//!   most 2^15, so they do not wrap into each other.
//! - `four` chains strings by a hash of their first 4 bytes. A match longer than 3 bytes agrees in
//!   4, so it is on this chain, which is shorter. `eight` does so with 8 bytes, for matches longer
//!   than 8.
//!
//! The search itself is in `anchors.rs`.
//!
//! # Invariants
//!
//! - Every string from the beginning of the window's reach to a frontier is inserted, and none
//!   beyond; each table has its own, because longer strings need more bytes. The slow parse inserts
//!   all strings, so it does not matter that the index runs ahead of it, by at most [`MOST_AHEAD`]:
//!   a ring of w entries keeps what is in reach (w - 262). Where zlib leaves strings out, the index
//!   is not used (`choose.rs`).
//! - A link of a table's slot is less than the position inserted there.
//! - [`MIRRORED`] entries of the links are repeated past their end, so that a vector of neighbours
//!   can be loaded from any slot.
//!
//! Since all strings in reach are inserted, the index can be filled anew from the window at any
//! time, and so can zlib's chains (`choose.rs`).
//!
//! # Cost
//!
//! Bytes, for a window of 2^w and 2^h hashes: 4 << h, 4 << w, and 6 << w for each length of
//! strings: 640 KiB at windowBits 15 and memLevel 8. Insertion hashes a batch of strings first, in
//! vectors, and then stores them; in a run of one byte, where each store would wait for the one
//! before, it writes what would come out. A slide is a saturating subtraction over all tables.
//!
//! Unsafe because lookups in the search loop and insertions cost too much with a bounds check. All
//! indexes are masked by the length of the table, which is a power of two.
#![allow(unsafe_code)]

use crate::alloc::Plain;
use crate::deflate::classic::search::chains::{Hash, Inserted};
use crate::deflate::classic::search::cpu::kernel::LANES;
use crate::deflate::classic::search::cpu::set::Set;
use crate::deflate::classic::search::query::MIN_LOOKAHEAD;
use crate::deflate::classic::search::tables::{
    BATCH, Carver, GOLDEN, Positions, Table, batch_of_hashes, slide, whole,
};
use crate::format::deflate::MIN_MATCH;

/// How far ahead of the parse strings may be inserted: the ring's length less this much is beyond
/// reach.
pub(crate) const MOST_AHEAD: usize = MIN_LOOKAHEAD - 1;
/// Entries repeated past the end of a table of links.
const MIRRORED: usize = LANES;
/// The bytes of such strings.
type BatchBytes = [u8; BATCH + EIGHT];
/// Base-2 logarithm of the heads of longer strings at most.
const MAX_HEAD_BITS: u32 = 16;
/// How much it is above windowBits otherwise.
const HEAD_BITS_OVER_WINDOW: u32 = 1;
/// 2^64 divided by the golden ratio, for the hash of 8 bytes.
const GOLDEN_64: u64 = 0x9e37_79b9_7f4a_7c15;
/// Bytes of a string in `four`.
pub(crate) const FOUR: usize = 4;
/// Bytes of a string in `eight`.
pub(crate) const EIGHT: usize = 8;

/// A node of zlib's chain: in the low half where the one before begins, or 0; in the high half the
/// number of this one, modulo 2^16. Among the heads: where the last one begins, and how many there
/// are.
#[derive(Clone, Copy, Default)]
pub(crate) struct Node(u32);

impl Node {
    /// Position of the one before.
    #[inline(always)]
    pub(crate) fn before(self) -> u16 {
        self.0 as u16
    }

    /// The number in the chain.
    #[inline(always)]
    pub(crate) fn number(self) -> u16 {
        (self.0 >> u16::BITS) as u16
    }

    /// The head after `position`, which is below 2^16, has joined after this one.
    #[inline(always)]
    fn joined_by(self, position: usize) -> Node {
        debug_assert!(position <= usize::from(u16::MAX));
        Node((self.0 & !0xffff).wrapping_add((1 << u16::BITS) + position as u32))
    }
}

// SAFETY: a number.
unsafe impl Plain for Node {}
// SAFETY: a node is two numbers of 16 bits.
unsafe impl Positions for Node {}

/// Base-2 logarithm of the heads of longer strings.
const fn head_bits(window_bits: u8) -> u32 {
    let bits = window_bits as u32 + HEAD_BITS_OVER_WINDOW;
    if bits < MAX_HEAD_BITS {
        bits
    } else {
        MAX_HEAD_BITS
    }
}

/// Chains of strings of `N` bytes, 4 or 8.
pub(crate) struct Links<const N: usize> {
    heads: Table<u16>,
    /// Each position's link, and [`MIRRORED`] entries once more.
    links: Table<u16>,
    mask: usize,
    shift: u32,
    /// The first string that is not inserted.
    pub(crate) frontier: usize,
}

impl<const N: usize> Links<N> {
    fn new(window_bits: u8, memory: &mut Carver) -> Option<Self> {
        let w_size = 1usize << window_bits;
        let head_bits = head_bits(window_bits);
        let mut heads: Table<u16> = memory.table(1 << head_bits)?;
        if !memory.is_zero {
            heads.fill(0);
        }
        Some(Links {
            heads,
            links: memory.table(w_size + MIRRORED)?,
            mask: w_size - 1,
            shift: u64::BITS - head_bits,
            frontier: 0,
        })
    }

    fn slide(&mut self, set: Set) {
        let w_size = self.mask + 1;
        slide(&mut self.heads, [w_size as u16; 2], set);
        slide(&mut self.links, [w_size as u16; 2], set);
        self.frontier = self.frontier.saturating_sub(w_size);
    }

    /// The position before this one in its chain, or 0.
    #[inline(always)]
    pub(crate) fn before(&self, position: usize) -> usize {
        // SAFETY: masked to less than the table's length.
        usize::from(unsafe { *self.links.get_unchecked(position & self.mask) })
    }

    /// The positions before these in their chains.
    #[inline(always)]
    pub(crate) fn before_each(&self, first: usize) -> &[u16; LANES] {
        // SAFETY: LANES entries lie from every slot on that is below the window's size.
        unsafe {
            &*self
                .links
                .as_ptr()
                .add(first & self.mask)
                .cast::<[u16; LANES]>()
        }
    }

    /// The hash of the first `N` bytes: an index of a head.
    #[inline(always)]
    fn hash(bytes: &[u8; EIGHT], shift: u32) -> usize {
        let string = u64::from_le_bytes(*bytes);
        let product = match N {
            FOUR => u64::from((string as u32).wrapping_mul(GOLDEN)) << u32::BITS,
            _ => string.wrapping_mul(GOLDEN_64),
        };
        (product >> shift) as usize
    }

    /// Inserts `COUNT` strings from `at` on, where `bytes` begin; their slots are neighbours.
    #[inline(always)]
    fn link<const COUNT: usize>(&mut self, at: usize, bytes: &[u8]) {
        let slot = at & self.mask;
        let (heads, shift) = (&mut self.heads[..], self.shift);
        for (i, link) in self.links[slot..slot + COUNT].iter_mut().enumerate() {
            let hash = Self::hash(whole(&bytes[i..]), shift);
            // SAFETY: `new` made the heads for this shift.
            let head = unsafe { heads.get_unchecked_mut(hash) };
            *link = core::mem::replace(head, (at + i) as u16);
        }
    }

    /// Repeats the first entries past the end if those from `first` to `end` were among them.
    #[inline(always)]
    fn mirror(&mut self, first: usize, end: usize) {
        let slot = first & self.mask;
        let w_size = self.mask + 1;
        if slot < MIRRORED || slot + (end - first) > w_size {
            self.links.copy_within(..MIRRORED, w_size);
        }
    }

    /// The same for a batch in a run, where each string's link is the one before it.
    fn link_run(&mut self, at: usize, bytes: &BatchBytes) {
        let hash = Self::hash(whole(bytes), self.shift);
        let slot = at & self.mask;
        let links = &mut self.links[slot..slot + BATCH];
        for (i, link) in links.iter_mut().enumerate() {
            *link = (at + i).wrapping_sub(1) as u16;
        }
        links[0] = self.heads[hash];
        self.heads[hash] = (at + BATCH - 1) as u16;
    }

    /// Inserts the strings before `end`, as far as they are whole in `data`.
    #[inline(always)]
    fn insert_until(&mut self, data: &[u8], end: usize) {
        let end = end.min((data.len() + 1).saturating_sub(N));
        let first = self.frontier;
        self.frontier = end.max(first);
        for at in first..end {
            let mut bytes = [0; EIGHT];
            bytes[..N].copy_from_slice(&data[at..at + N]);
            self.link::<1>(at, &bytes);
        }
        self.mirror(first, self.frontier);
    }
}

/// True if all bytes are the same.
#[inline(always)]
fn is_run(bytes: &BatchBytes) -> bool {
    let (words, _) = bytes.as_chunks::<8>();
    let first = [bytes[0]; 8];
    words.iter().all(|word| *word == first)
}

/// The tables.
pub(crate) struct AnchorIndex {
    heads: Table<Node>,
    nodes: Table<Node>,
    mask: usize,
    hash: Hash,
    /// The first string that is not inserted.
    pub(crate) frontier: usize,
    /// The chains of 4-byte strings.
    pub four: Links<FOUR>,
    /// The chains of 8-byte strings.
    pub eight: Links<EIGHT>,
    /// What its loops are compiled for.
    pub(crate) set: Set,
}

impl AnchorIndex {
    /// Bytes of the heads, which are cleared before each use.
    pub(crate) const fn cleared(window_bits: u8, hash_bits: u8) -> usize {
        (size_of::<Node>() << hash_bits) + ((2 * size_of::<u16>()) << head_bits(window_bits))
    }

    /// Bytes of all tables.
    pub(crate) const fn size(window_bits: u8, hash_bits: u8) -> usize {
        let w_size = 1 << window_bits;
        let links = 2 * size_of::<u16>() * (w_size + MIRRORED);
        Self::cleared(window_bits, hash_bits) + size_of::<Node>() * w_size + links
    }

    /// Empty tables, or None if there is no room.
    pub(crate) fn new(window_bits: u8, hash: Hash, memory: &mut Carver, set: Set) -> Option<Self> {
        let w_size = 1usize << window_bits;
        let mut heads: Table<Node> = memory.table(hash.count())?;
        if !memory.is_zero {
            heads.fill(Node::default());
        }
        Some(AnchorIndex {
            heads,
            nodes: memory.table(w_size)?,
            mask: w_size - 1,
            hash,
            frontier: 0,
            four: Links::new(window_bits, memory)?,
            eight: Links::new(window_bits, memory)?,
            set,
        })
    }

    /// The window has moved down by its size.
    pub(crate) fn slide(&mut self) {
        let w_size = self.mask + 1;
        // The numbers stay.
        let by = match cfg!(target_endian = "little") {
            true => [w_size as u16, 0],
            false => [0, w_size as u16],
        };
        slide(&mut self.heads, by, self.set);
        slide(&mut self.nodes, by, self.set);
        self.frontier = self.frontier.saturating_sub(w_size);
        self.four.slide(self.set);
        self.eight.slide(self.set);
    }

    /// The node of zlib's chain at this position.
    #[inline(always)]
    pub(crate) fn node(&self, position: usize) -> Node {
        // SAFETY: masked to less than the table's length.
        unsafe { *self.nodes.get_unchecked(position & self.mask) }
    }

    /// Inserts the strings before `end`, at most [`MOST_AHEAD`] ahead of the parse, as far as they
    /// are whole in the window's `data`.
    pub(crate) fn insert_until(&mut self, data: &[u8], end: usize) {
        self.set.run(|| self.insert_all(data, end));
    }

    #[inline(always)]
    fn insert_all(&mut self, data: &[u8], end: usize) {
        // A batch does not go over the ring's end.
        let ring_end = (self.frontier | self.mask) + 1;
        let mut stop = ring_end.min(end);
        loop {
            if self.four.frontier == self.frontier && self.eight.frontier == self.frontier {
                self.insert_batches(data, stop);
            }
            self.insert_singly(data, stop);
            if stop == end {
                break;
            }
            stop = end;
        }
    }

    /// Inserts strings into all tables, a batch at a time: three chains of stores that wait for
    /// loads then overlap.
    #[inline(always)]
    fn insert_batches(&mut self, data: &[u8], end: usize) {
        let first = self.frontier;
        let mut at = first;
        while at + BATCH <= end && at + BATCH + EIGHT <= data.len() {
            let bytes: &BatchBytes = whole(&data[at..]);
            if is_run(bytes) {
                self.four.link_run(at, bytes);
                self.eight.link_run(at, bytes);
                self.join_run(at, bytes);
            } else {
                self.four.link::<BATCH>(at, bytes);
                self.eight.link::<BATCH>(at, bytes);
                // SAFETY: zlib's hashes.
                unsafe { self.join(at, batch_of_hashes(self.hash, bytes)) };
            }
            at += BATCH;
        }
        self.frontier = at;
        self.four.frontier = at;
        self.eight.frontier = at;
        self.four.mirror(first, at);
        self.eight.mirror(first, at);
    }

    /// Inserts strings one by one, into each table as far as its strings are whole.
    #[inline(always)]
    fn insert_singly(&mut self, data: &[u8], end: usize) {
        self.four.insert_until(data, end);
        self.eight.insert_until(data, end);
        let end = end.min((data.len() + 1).saturating_sub(MIN_MATCH));
        let first = self.frontier;
        self.frontier = end.max(first);
        for at in first..end {
            // SAFETY: zlib's hash.
            unsafe { self.join(at, [self.hash.of(*whole(&data[at..])) as u16]) };
        }
    }

    /// Inserts strings with these hashes from `at` on into zlib's chain; their slots are
    /// neighbours.
    ///
    /// # Safety
    /// - They are zlib's hashes of some strings.
    #[inline(always)]
    unsafe fn join<const N: usize>(&mut self, at: usize, hashes: [u16; N]) {
        let slot = at & self.mask;
        let heads = &mut self.heads[..];
        for (i, (node, hash)) in self.nodes[slot..slot + N]
            .iter_mut()
            .zip(hashes)
            .enumerate()
        {
            // SAFETY: there is a head for every hash.
            let head = unsafe { heads.get_unchecked_mut(usize::from(hash)) };
            *node = core::mem::replace(head, head.joined_by(at + i));
        }
    }

    /// The same in a run, where each string's node before is its neighbour.
    fn join_run(&mut self, at: usize, bytes: &BatchBytes) {
        let slot = at & self.mask;
        let head = &mut self.heads[self.hash.of(*whole(bytes))];
        let mut node = *head;
        for (i, to) in self.nodes[slot..slot + BATCH].iter_mut().enumerate() {
            *to = node;
            node = node.joined_by(at + i);
        }
        *head = node;
    }

    /// Fills the empty tables with these strings, which are all.
    pub(crate) fn fill(&mut self, data: &[u8], inserted: &Inserted) {
        let first = inserted.first as usize;
        self.frontier = first;
        self.four.frontier = first;
        self.eight.frontier = first;
        self.insert_until(data, inserted.end);
    }
}

#[cfg(test)]
#[path = "../../../../tests/unit/deflate_anchor_index.rs"]
mod tests;
