//! What the searches share: the query, its result, and unchecked loads from the window.
//!
//! Unsafe because loads of a search are not checked against the window's end.
#![allow(unsafe_code)]

use crate::deflate::classic::search::cpu::kernel::Cpu;
use crate::format::deflate::{MAX_MATCH, MIN_MATCH};

/// Lookahead, in bytes, with which a search is not cut short: the longest match, and the string
/// after it.
pub(crate) const MIN_LOOKAHEAD: usize = MAX_MATCH + MIN_MATCH + 1;
/// Distance in bytes beyond which a match of 3 costs more bits than 3 literals.
pub(crate) const TOO_FAR: usize = 4096;
/// Longest match that strategy Filtered drops.
pub(crate) const FILTERED_MATCH: usize = 5;

/// Bytes compared at once in the walk.
pub(crate) const PROBE: usize = 4;
/// Bytes compared at once in buckets.
pub(crate) const WORD: usize = 8;
/// Bytes that the walk has compared when a length is measured: it begins here, so that whole
/// chunks end exactly at the longest match.
const MEASURE_FROM: usize = 2;
const _: () = assert!(MIN_MATCH + 1 == PROBE);
/// Mask of the first 3 bytes of a probe.
pub(crate) const FIRST_3: u32 = u32::from_le_bytes([0xff, 0xff, 0xff, 0]);

/// What a search found.
#[derive(Clone, Copy)]
pub(crate) struct Match {
    /// Bytes that agree. When nothing better was found, the length to exceed.
    pub length: usize,
    /// Position of the match. When nothing better was found, as it was before.
    pub start: usize,
}

impl Match {
    /// True if the slow parse drops it at `p`: it is not worth its bits, or the strategy is
    /// Filtered and it is short.
    #[inline(always)]
    pub(crate) fn is_poor(self, p: usize, filtered: bool) -> bool {
        match self.length {
            MIN_MATCH if p.wrapping_sub(self.start) > TOO_FAR => true,
            ..=FILTERED_MATCH => filtered,
            _ => false,
        }
    }
}

/// Where to search, and when to stop.
#[derive(Clone, Copy)]
pub(crate) struct Query {
    /// The string's position.
    pub p: usize,
    /// The length to beat, at least 2 and below `nice_length`.
    pub best: usize,
    /// Candidates must be above this.
    pub limit: usize,
    /// Members of zlib's chain that it visits, at least 1.
    pub max_chain: u16,
    /// The length that ends the search, at most 258.
    pub nice_length: usize,
    /// The largest distance of a match of 3 bytes that counts.
    pub short_reach: usize,
}

impl Query {
    /// What a search finds when there is nothing better.
    #[inline(always)]
    pub(crate) fn nothing(self) -> Match {
        Match {
            length: self.best,
            start: self.p,
        }
    }

    /// Where zlib's walk for this search goes.
    #[inline(always)]
    pub(crate) fn reach(self) -> Reach {
        let Query { p, limit, .. } = self;
        Reach { p, limit }
    }

    /// What ends that walk.
    #[inline(always)]
    pub(crate) fn ends(self) -> Ends {
        Ends {
            budget: self.max_chain.into(),
            nice_length: self.nice_length,
        }
    }
}

/// Where a walk along zlib's chain goes (`longest_match.rs`).
///
/// This and [`Ends`] are two, because each is passed in registers, the ends last: the searches on
/// an index walk seldom, and take up to 7 % more instructions if all of a query must be in memory
/// then.
#[derive(Clone, Copy)]
pub(crate) struct Reach {
    /// The string's position.
    pub p: usize,
    /// Candidates after the first must be above this.
    pub limit: usize,
}

/// What ends a walk along zlib's chain.
#[derive(Clone, Copy)]
pub(crate) struct Ends {
    /// Candidates that are looked at, the first included; 0 means without limit.
    pub budget: u32,
    /// The length that is long enough, at most 258.
    pub nice_length: usize,
}

/// Unchecked loads from the window.
#[derive(Clone, Copy)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Bytes<'_> {
    /// The array of bytes at `at`.
    ///
    /// # Safety
    /// - `T` is one, and its end is at most the window's initialised length.
    #[inline(always)]
    unsafe fn at<T>(&self, at: usize) -> &T {
        debug_assert!(at + size_of::<T>() <= self.0.len());
        // SAFETY: the caller keeps it inside the slice; bytes need no alignment.
        unsafe { &*self.0.as_ptr().add(at).cast() }
    }

    /// The 4 bytes at `at`.
    ///
    /// # Safety
    /// - `at + 4` is at most the window's initialised length.
    #[inline(always)]
    pub(crate) unsafe fn probe(self, at: usize) -> u32 {
        // SAFETY: as the caller promises.
        u32::from_le_bytes(*unsafe { self.at::<[u8; PROBE]>(at) })
    }

    /// The 8 bytes at `at`.
    ///
    /// # Safety
    /// - `at + 8` is at most the window's initialised length.
    #[inline(always)]
    pub(crate) unsafe fn word(self, at: usize) -> u64 {
        // SAFETY: as the caller promises.
        u64::from_le_bytes(*unsafe { self.at::<[u8; WORD]>(at) })
    }

    /// How many bytes from `a` and from `b` on agree, at most 258, the first two not looked at.
    /// With vectors most lengths are known without a branch that is hard to predict, which makes
    /// levels 1 to 5 up to 3 % faster.
    ///
    /// # Safety
    /// - `a + 258` and `b + 258` are at most the window's initialised length.
    #[inline(always)]
    pub(crate) unsafe fn common_length<C: Cpu>(self, cpu: C, a: usize, b: usize) -> usize {
        let chunk = size_of::<C::Chunk>();
        const { assert!((MAX_MATCH - MEASURE_FROM).is_multiple_of(size_of::<C::Chunk>())) };
        let mut length = MEASURE_FROM;
        while length < MAX_MATCH {
            // SAFETY: length + chunk <= 258 here, because chunks end exactly at 258.
            let agree = unsafe { cpu.agree(self.at(a + length), self.at(b + length)) };
            if agree < chunk {
                return length + agree;
            }
            length += chunk;
        }
        MAX_MATCH
    }
}
