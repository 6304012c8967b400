//! What the unit tests of deflate share: random numbers and data, and chains of their own.

use crate::alloc::Allocator;
use crate::deflate::classic::search::chains::{Chains, alloc_table};
use crate::deflate::classic::search::tables::Carver;
use crate::format::deflate::MIN_MATCH;
use crate::pool::pages::Pages;

/// Base-2 logarithm of the hashes: few, so that strings collide.
pub(super) const HASH_BITS: u32 = 8;

/// Numbers that look random and are the same in each run.
pub(super) struct Random(pub u64);

impl Random {
    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % end
    }

    /// Random letters of so many, with repeats of what came before, and runs.
    pub(super) fn data(&mut self, len: usize, letters: usize) -> Vec<u8> {
        let mut data: Vec<u8> = Vec::new();
        while data.len() < len {
            let count = 1 + self.below(40);
            match self.below(4) {
                0 if !data.is_empty() => {
                    let from = self.below(data.len());
                    for i in from..from + count {
                        data.push(data[i]);
                    }
                }
                1 => data.resize(data.len() + count, self.below(letters) as u8),
                _ => data.extend((0..count).map(|_| self.below(letters) as u8)),
            }
        }
        data.truncate(len);
        data
    }
}

/// Empty chains for a window of this size. Their memory is not given back.
pub(super) fn chains(window_bits: u8) -> Chains {
    let malloc = Allocator::default_malloc();
    let mut chains = Chains::new(
        alloc_table(&malloc, 1 << HASH_BITS).unwrap(),
        alloc_table(&malloc, 1 << window_bits).unwrap(),
    );
    chains.make_ready(usize::MAX);
    chains.make_used();
    chains
}

/// zlib's hash of the string at `at`, from its definition.
pub(super) fn zlib_hash(data: &[u8], at: usize) -> usize {
    let shift = HASH_BITS.div_ceil(MIN_MATCH as u32);
    data[at..at + MIN_MATCH].iter().fold(0, |hash, &byte| {
        (hash << shift ^ usize::from(byte)) & ((1 << HASH_BITS) - 1)
    })
}

/// The strings of a window that slides, as a list: what is in the tables, told the slow way.
pub(super) struct Strings {
    /// All data since the beginning.
    pub data: Vec<u8>,
    /// How far the window has slid.
    pub base: usize,
    /// Where the strings begin that were inserted, in falling order.
    pub inserted: Vec<usize>,
}

impl Strings {
    /// The position in the window of the one that begins at `at`, or 0 if it has slid out.
    pub(super) fn position(&self, at: usize) -> usize {
        at.saturating_sub(self.base)
    }

    /// The strings before the one at `at` that `same` says belong to its chain.
    pub(super) fn before<'a>(
        &'a self,
        at: usize,
        same: impl Fn(&[u8], &[u8]) -> bool + 'a,
    ) -> impl Iterator<Item = usize> + 'a {
        let data = &self.data;
        let before = self.inserted.iter().copied().filter(move |&i| i < at);
        before.filter(move |&i| same(&data[i..], &data[at..]))
    }

    /// Those with the same hash of zlib's.
    pub(super) fn in_chain(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        self.before(at, |a, b| zlib_hash(a, 0) == zlib_hash(b, 0))
    }
}

/// Memory for tables, in which somebody else has left something.
pub(super) struct UsedMemory(Pages);

impl UsedMemory {
    /// Enough for any.
    pub(super) fn new() -> Self {
        let mut pages = Pages::new(1 << 20).unwrap();
        pages.fill(0xa5);
        UsedMemory(pages)
    }

    /// For the tables of one index.
    #[allow(unsafe_code)]
    pub(super) fn carver(&mut self) -> Carver {
        // SAFETY: the tests drop what they make of it before this, and use it no more when they
        // ask again.
        unsafe { Carver::new(&mut self.0, false) }
    }
}
