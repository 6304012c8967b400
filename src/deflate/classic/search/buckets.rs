//! The index of levels 1 to 5: hash buckets of four positions, which are compared at once.
//!
//! # Idea
//!
//! Searches of these levels visit few nodes, at most 4 to 32. Walking them one by one costs a load
//! that waits for the load before, and a branch that is hard to predict, for each. So a position
//! keeps the *four* nodes before it, in one number of 64 bits: the nearest in the lowest 16. Four
//! candidates are then compared at once, without a branch:
//! - While the best match is shorter than 8: 8 bytes of each against 8 bytes of the string. The
//!   number of bytes that agree, with the nearest first among equals, is a key; the greatest key is
//!   what zlib's walk would have kept. A candidate that agrees in all 8 is measured further, in
//!   order, because the first that reaches nice_length ends the search.
//! - From then on: the 4 bytes that end where a longer match must go on.
//!
//! The fourth leads to the next four. max_chain is a multiple of 4 at all levels. At level 1 it is
//! 4, so no search goes on to a next four, and they are not kept (`Kept`). Near the end of the data
//! a string is shorter than 8 bytes: there zlib's walk is as good.
//!
//! # Invariants
//!
//! - `heads[hash]` and `kept[position & mask]` are four positions in falling order, 0 after the
//!   last one. All entries of a position's bucket are less than that position.
//! - The nodes are those of zlib's chains, whichever the parse inserts. The slow parse inserts
//!   every string and may run ahead, up to `frontier`; the fast parse inserts as it goes, and notes
//!   in the links of zlib's chains what it has inserted (`chains.rs`). So buckets can be filled
//!   anew from the window, or from window and links, and going from the chains to buckets and back
//!   is exact at any time (`choose.rs`).
//!
//! # Cost
//!
//! 8 bytes a hash and 8 a window position, 512 KiB at windowBits 15 and memLevel 8; at level 1 it
//! is 256 KiB. An insertion loads and stores one number in each table, as with zlib's chains, and
//! the fast parse's a link. A slide is a saturating subtraction over both.
//!
//! Unsafe because lookups and the loads of the search cost too much with a bounds check. Every
//! index is masked by the length of its table, which is a power of two.
#![allow(unsafe_code)]

use crate::alloc::Plain;
use crate::deflate::classic::search::chains::{Hash, Inserted, Prev};
use crate::deflate::classic::search::cpu::kernel::Cpu;
use crate::deflate::classic::search::cpu::set::Set;
use crate::deflate::classic::search::query::{Bytes, Match, PROBE, Query, WORD};
use crate::deflate::classic::search::tables::{
    BATCH, Carver, Positions, Table, batch_of_hashes, slide, whole,
};
use crate::format::deflate::MIN_MATCH;

/// The frontier of the fast parse.
const NO_FRONTIER: usize = usize::MAX;
/// Members in a bucket.
const BUCKET_LEN: usize = 4;

/// Four positions, the nearest in the lowest 16 bits; 0 is none.
#[derive(Clone, Copy, Default)]
pub(crate) struct Bucket(u64);

// SAFETY: a number.
unsafe impl Plain for Bucket {}
// SAFETY: a bucket is four numbers of 16 bits, in any order.
unsafe impl Positions for Bucket {}

impl Bucket {
    /// The position of this rank: 0 is the nearest.
    #[inline(always)]
    pub(crate) fn at(self, rank: usize) -> usize {
        (self.0 >> (rank as u32 * u16::BITS)) as u16 as usize
    }

    /// With `position` as the nearest, and without the farthest.
    #[inline(always)]
    fn pushed(self, position: usize) -> Bucket {
        Bucket(self.0 << u16::BITS | position as u16 as u64)
    }
}

/// What is kept of the nodes before the one at a position.
pub(crate) trait Kept: Positions + From<Bucket> + Into<Bucket> {
    /// It is all four.
    const IS_ALL: bool;
}

impl Kept for Bucket {
    const IS_ALL: bool = true;
}

/// Nothing, for searches that look at four nodes at most.
impl Kept for () {
    const IS_ALL: bool = false;
}

impl From<Bucket> for () {
    #[inline(always)]
    fn from(_: Bucket) {}
}

impl From<()> for Bucket {
    #[inline(always)]
    fn from((): ()) -> Bucket {
        Bucket::default()
    }
}

/// The tables.
pub(crate) struct Buckets<K> {
    heads: Table<Bucket>,
    kept: Table<K>,
    mask: usize,
    hash: Hash,
    /// The first string that is not inserted, where all of them are: in the slow parse. In the fast
    /// one [`NO_FRONTIER`].
    pub(crate) frontier: usize,
    /// What its loops are compiled for.
    pub(crate) set: Set,
}

impl<K: Kept> Buckets<K> {
    /// Bytes of the heads, which are cleared before each use.
    pub(crate) const fn cleared(hash_bits: u8) -> usize {
        size_of::<Bucket>() << hash_bits
    }

    /// Bytes of all tables.
    pub(crate) const fn size(window_bits: u8, hash_bits: u8) -> usize {
        Self::cleared(hash_bits) + (size_of::<K>() << window_bits)
    }

    /// Empty tables, or None if there is no room.
    pub(crate) fn new(window_bits: u8, hash: Hash, memory: &mut Carver, set: Set) -> Option<Self> {
        let mut heads: Table<Bucket> = memory.table(hash.count())?;
        if !memory.is_zero {
            heads.fill(Bucket::default());
        }
        Some(Buckets {
            heads,
            kept: memory.table(1 << window_bits)?,
            mask: (1 << window_bits) - 1,
            hash,
            frontier: NO_FRONTIER,
            set,
        })
    }

    /// The window has moved down by its size.
    pub(crate) fn slide(&mut self) {
        let w_size = self.mask + 1;
        slide(&mut self.heads, [w_size as u16; 2], self.set);
        slide(&mut self.kept, [w_size as u16; 2], self.set);
        if self.frontier != NO_FRONTIER {
            self.frontier = self.frontier.saturating_sub(w_size);
        }
    }

    /// What is kept of the nodes before the one at this position.
    #[inline(always)]
    pub(crate) fn kept(&self, position: usize) -> Bucket {
        // SAFETY: masked to less than the table's length.
        unsafe { *self.kept.get_unchecked(position & self.mask) }.into()
    }

    /// Inserts the string at `position`, which begins with `bytes`. Returns the nodes before it.
    #[inline(always)]
    pub(crate) fn insert(&mut self, position: usize, bytes: [u8; MIN_MATCH]) -> Bucket {
        // SAFETY: a hash.
        unsafe { self.join(position, self.hash.of(bytes)) }
    }

    /// The same with the string's hash.
    ///
    /// # Safety
    /// - It is a hash.
    #[inline(always)]
    unsafe fn join(&mut self, position: usize, hash: usize) -> Bucket {
        // SAFETY: there is a head for every hash, and the slot is masked.
        unsafe {
            let head = self.heads.get_unchecked_mut(hash);
            let bucket = *head;
            *head = bucket.pushed(position);
            *self.kept.get_unchecked_mut(position & self.mask) = bucket.into();
            bucket
        }
    }

    /// The same in the fast parse, which notes it in `prev`.
    ///
    /// # Safety
    /// - As for [`Prev::set`].
    #[inline(always)]
    pub(crate) unsafe fn insert_noted(
        &mut self,
        prev: &mut Prev,
        position: usize,
        bytes: [u8; MIN_MATCH],
    ) -> Bucket {
        let bucket = self.insert(position, bytes);
        // SAFETY: as the caller promises.
        unsafe { prev.set(position, bucket.at(0) as u16) };
        bucket
    }

    /// Inserts the strings from `first` to before `end`, in the fast parse.
    ///
    /// # Safety
    /// - 4 bytes of `window` lie at `end - 1`, to which it has been filled.
    #[inline(always)]
    pub(crate) unsafe fn insert_between(
        &mut self,
        prev: &mut Prev,
        window: Bytes,
        first: usize,
        end: usize,
    ) {
        for at in first..end {
            // SAFETY: as the caller promises.
            unsafe {
                let [b0, b1, b2, _] = window.probe(at).to_le_bytes();
                self.insert_noted(prev, at, [b0, b1, b2]);
            }
        }
    }

    /// Inserts the strings that begin at `first`, up to the last that is whole in `bytes`, whose
    /// first byte is the one at `first`; in the slow parse, `insert_until` does.
    #[inline(always)]
    pub(crate) fn insert_each(&mut self, prev: &mut Prev, first: usize, bytes: &[u8]) {
        if self.frontier != NO_FRONTIER {
            return;
        }
        prev.assert_ready(first + bytes.len());
        for (i, string) in bytes.windows(MIN_MATCH).enumerate() {
            // SAFETY: as was just asserted.
            unsafe { self.insert_noted(prev, first + i, *whole(string)) };
        }
    }

    /// Inserts the strings before `end`, as far as they are whole in the window's `data`.
    pub(crate) fn insert_until(&mut self, data: &[u8], end: usize) {
        self.set.run(|| self.insert_all(data, end));
    }

    #[inline(always)]
    fn insert_all(&mut self, data: &[u8], end: usize) {
        let end = end.min((data.len() + 1).saturating_sub(MIN_MATCH));
        let mut at = self.frontier;
        if at >= end {
            return;
        }
        self.frontier = end;
        while at + BATCH <= end {
            for (i, hash) in batch_of_hashes(self.hash, &data[at..])
                .into_iter()
                .enumerate()
            {
                // SAFETY: a hash.
                unsafe { self.join(at + i, usize::from(hash)) };
            }
            at += BATCH;
        }
        for at in at..end {
            self.insert(at, *whole(&data[at..]));
        }
    }

    /// Fills the empty tables with these strings: all of them for the slow parse, or those that
    /// `prev` says for the fast one.
    pub(crate) fn fill(&mut self, data: &[u8], inserted: &Inserted, prev: &Prev) {
        if inserted.all {
            self.frontier = inserted.first as usize;
            return self.insert_until(data, inserted.end);
        }
        for at in prev.inserted(inserted.first, inserted.end) {
            self.insert(at, *whole(&data[at..]));
        }
    }

    /// Searches for a longer match than `query.best`, among `query.max_chain` nodes, of which
    /// `bucket` are the first: a multiple of 4, and no more if buckets are not kept. `before` is
    /// what zlib's walk would go to from a node, or 0.
    ///
    /// # Safety
    /// - 258 bytes of `window` lie at `query.p`, and `query.limit < query.p`. `bucket` is the one
    ///   of the string there, which is inserted.
    /// - 2 <= `query.best` < `query.nice_length` <= 258.
    #[inline(always)]
    pub(crate) unsafe fn search(
        &self,
        cpu: impl Cpu,
        window: Bytes,
        query: Query,
        mut bucket: Bucket,
        before: impl Fn(usize) -> usize,
    ) -> Match {
        let Query { p, limit, .. } = query;
        let mut best = query.nothing();
        if query.nice_length < WORD {
            let (reach, ends) = (query.reach(), query.ends());
            // What is no node before it ends the walk.
            let before = |c| Some(before(c)).filter(|&before| before < c).unwrap_or(0);
            // The end of the data is so near that a word is too long.
            // SAFETY: as the caller promises, and as `before` sees to.
            return unsafe { window.walk_after(reach, best, ends, before) };
        }
        // SAFETY: the caller promises the bytes at p.
        let word = unsafe { window.word(p) };
        let mut left = query.max_chain;
        loop {
            // SAFETY: best.length is below nice_length, so at most 257; entries are less than p.
            let goes_on = best.length < MIN_MATCH
                || unsafe {
                    let tail = best.length + 1 - PROBE;
                    let last = window.probe(p + tail);
                    let same = |rank: usize| window.probe(bucket.at(rank) + tail) == last;
                    same(0) | same(1) | same(2) | same(3)
                };
            // The first rank whose candidate is measured.
            let mut rank = if goes_on { 0 } else { BUCKET_LEN };
            if goes_on && best.length < WORD {
                // SAFETY: entries are less than p.
                let mut key = unsafe { bucket.best(window, word) };
                if key.length() > best.length && bucket.at(key.rank()) <= limit {
                    // SAFETY: as above.
                    key = unsafe { bucket.best_above(window, word, limit) };
                }
                rank = if key.length() == WORD {
                    key.rank()
                } else {
                    BUCKET_LEN
                };
                if rank == BUCKET_LEN && key.length() > best.length {
                    best = Match {
                        length: key.length(),
                        start: bucket.at(key.rank()),
                    };
                }
            }
            while rank < BUCKET_LEN {
                let c = bucket.at(rank);
                if c <= limit {
                    break;
                }
                // SAFETY: limit < c < p.
                let length = unsafe {
                    match window.word(c) == word {
                        true => window.common_length(cpu, p, c),
                        false => 0,
                    }
                };
                if length > best.length {
                    best = Match { length, start: c };
                    if length >= query.nice_length {
                        return best;
                    }
                }
                rank += 1;
            }
            let last = bucket.at(BUCKET_LEN - 1);
            left = left.wrapping_sub(BUCKET_LEN as u16);
            if !K::IS_ALL || left == 0 || last <= limit {
                break;
            }
            bucket = self.kept(last);
        }
        best
    }
}

/// How good a candidate is: the bytes in which it agrees, in eighths, then how near it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u32);

impl Key {
    /// No candidate.
    const NONE: Key = Key(0);

    /// The key of the one of this rank, which differs in these bits.
    #[inline(always)]
    fn new(rank: usize, differing: u64) -> Key {
        let whole_bytes = differing.trailing_zeros() & !(u8::BITS - 1);
        Key(whole_bytes | (BUCKET_LEN - 1 - rank) as u32)
    }

    #[inline(always)]
    fn length(self) -> usize {
        (self.0 / u8::BITS) as usize
    }

    #[inline(always)]
    fn rank(self) -> usize {
        BUCKET_LEN - 1 - (self.0 as usize & (BUCKET_LEN - 1))
    }
}

impl Bucket {
    /// The greatest key of all four, for a string that begins with `word`.
    ///
    /// # Safety
    /// - 8 bytes of `window` lie at every entry.
    #[inline(always)]
    unsafe fn best(self, window: Bytes, word: u64) -> Key {
        let key = |rank: usize| {
            // SAFETY: as the caller promises.
            Key::new(rank, unsafe { window.word(self.at(rank)) } ^ word)
        };
        (key(0).max(key(1))).max(key(2).max(key(3)))
    }

    /// The greatest key of those above `limit`.
    ///
    /// # Safety
    /// - As for [`best`](Self::best).
    #[cold]
    unsafe fn best_above(self, window: Bytes, word: u64, limit: usize) -> Key {
        let mut best = Key::NONE;
        for rank in 0..BUCKET_LEN {
            let c = self.at(rank);
            if c > limit {
                // SAFETY: as the caller promises.
                best = best.max(Key::new(rank, unsafe { window.word(c) } ^ word));
            }
        }
        best
    }
}

#[cfg(test)]
#[path = "../../../../tests/unit/deflate_buckets.rs"]
mod tests;
