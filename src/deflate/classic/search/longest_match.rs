//! zlib's longest_match: walks a hash chain for the longest match of the string at strstart.
//!
//! The chain is walked from the most recent candidate back, over at most max_chain of them. A
//! candidate counts if it agrees with more bytes than the best one so far; the first that reaches
//! nice_length ends the walk. So among equals the nearest wins, and candidates that differ (hash
//! collisions) use up the budget too.
//!
//! What makes it fast: almost every candidate is no improvement, so the test that shows this must
//! be cheap. To agree in `best + 1` bytes a candidate must agree in the last four of them and in
//! the first four, which are two loads and two compares against numbers that change only with
//! `best`. Lengths are then measured 8 bytes at a time; the first differing byte is the number of
//! trailing zero bits of the xor, over 8 (`cpu/scalar.rs`).
//!
//! While `best` is below 3, four bytes are too many: a match of 3 counts. Then the first 3 bytes
//! are compared, and with `best == 0` also the byte before, as zlib does (`state.rs` says when this
//! happens).
//!
//! Invariants: the window is initialised up to min(strstart + lookahead + 266, its end), and
//! strstart is at most its end - 262, so 258 bytes from strstart on can be compared; this is
//! asserted once a search. The walk goes on only to candidates above `limit` and below the one
//! before. So whatever the tables hold, it ends, and it looks only at `1 <= candidate < strstart`,
//! which leaves a byte before each and 258 from there on.
//!
//! An index that gives up on its own way to the result goes on with this walk, along the links that
//! it has in place of `prev`.
//!
//! Source of the walk's rules: zlib 1.3.2 deflate.c, longest_match.
//!
//! Unsafe because loads in the walk are not checked against the window's end.
#![allow(unsafe_code)]

use crate::deflate::classic::search::chains::{Chains, Link};
use crate::deflate::classic::search::cpu::scalar::Scalar;
use crate::deflate::classic::search::query::{Bytes, Ends, FIRST_3, Match, PROBE, Reach};
use crate::deflate::config::Tunables;
use crate::format::deflate::{MAX_MATCH, MIN_MATCH};

/// Where to search in zlib's chains, and what to beat.
pub(crate) struct ChainQuery<'a> {
    /// The window.
    pub window: &'a [u8],
    /// The string's position.
    pub strstart: usize,
    /// Bytes from there on that exist; at least 3.
    pub lookahead: usize,
    /// The first candidate, not NIL, at most max_dist away.
    pub candidate: Link,
    /// The match in hand: its length is to be exceeded.
    pub best: Match,
    /// The largest distance of a match.
    pub max_dist: usize,
    /// What ends the search.
    pub tunables: &'a Tunables,
}

impl Chains {
    /// Searches from `query.candidate` on.
    #[inline(always)]
    pub(crate) fn longest_match(&self, query: ChainQuery) -> Match {
        let (p, tunables, mut best) = (query.strstart, query.tunables, query.best);
        let longest = query.lookahead.min(MAX_MATCH);
        if best.length < longest {
            let mut link = query.candidate;
            let candidate = link.position();
            assert!(p + MAX_MATCH <= query.window.len() && (1..p).contains(&candidate));
            let reach = Reach {
                p,
                limit: p.saturating_sub(query.max_dist),
            };
            let is_good = best.length >= tunables.good_length as usize;
            let ends = Ends {
                budget: tunables.max_chain >> if is_good { 2 } else { 0 },
                // A negative nice_length counts as a large one here. The longest match is always
                // nice enough: nothing can be better.
                nice_length: (tunables.nice_length as u32 as usize).min(longest),
            };
            let next = || {
                link = self.before(link);
                link.position()
            };
            // SAFETY: the length to exceed is at most 257; the rest was just asserted.
            best = unsafe { Bytes(query.window).walk(reach, ends, candidate, best, next) };
        }
        best.length = best.length.min(query.lookahead);
        best
    }
}

impl Bytes<'_> {
    /// Walks from `candidate` on, each time to the `next`, for a longer match than `best`.
    ///
    /// # Safety
    /// - 258 bytes lie at `reach.p`, and 1 <= `candidate` < `reach.p`.
    /// - `best.length` is at most 257.
    #[inline(always)]
    pub(crate) unsafe fn walk(
        self,
        Reach { p, limit }: Reach,
        ends: Ends,
        mut candidate: usize,
        mut best: Match,
        mut next: impl FnMut() -> usize,
    ) -> Match {
        let window = self;
        let Ends {
            mut budget,
            nice_length,
        } = ends;
        // How far the candidate is above the nearest one that is out of reach. (The first may be
        // just out of reach.)
        let mut above = candidate.saturating_sub(limit + 1);
        // Moves on to the next candidate; false when there is none.
        let mut advance = |candidate: &mut usize| {
            *candidate = next();
            // One comparison for "above the limit" and "below the one before".
            let next_above = candidate.wrapping_sub(limit + 1);
            let nearer = next_above < above;
            above = next_above;
            budget = budget.wrapping_sub(1);
            nearer && budget != 0
        };

        // SAFETY: the caller promises the bytes at p.
        let first = unsafe { window.probe(p) };
        if best.length < MIN_MATCH {
            let byte_before = best.length == 0;
            loop {
                // SAFETY: 1 <= candidate < p, so a byte lies before both, and 258 bytes lie at
                // both.
                unsafe {
                    if (window.probe(candidate) ^ first) & FIRST_3 == 0
                        && !(byte_before
                            && window.probe(candidate - 1) as u8 != window.probe(p - 1) as u8)
                    {
                        best.length = window.common_length(Scalar, p, candidate);
                        best.start = candidate;
                        break;
                    }
                }
                if !advance(&mut candidate) {
                    return best;
                }
            }
            if best.length >= nice_length || !advance(&mut candidate) {
                return best;
            }
        }

        let last_probe = |best: Match| best.length + 1 - PROBE;
        // SAFETY: best.length is the length to exceed, or below nice_length: at most 257 either
        // way, so the probe ends at most 258 bytes from p.
        let mut last = unsafe { window.probe(p + last_probe(best)) };
        loop {
            // SAFETY: candidate < p, so its probes and its 258 bytes end before those of p;
            // best.length stays at most 257, as above.
            unsafe {
                if window.probe(candidate + last_probe(best)) == last
                    && window.probe(candidate) == first
                {
                    let length = window.common_length(Scalar, p, candidate);
                    if length > best.length {
                        best = Match {
                            length,
                            start: candidate,
                        };
                        if length >= nice_length {
                            break;
                        }
                        last = window.probe(p + last_probe(best));
                    }
                }
            }
            if !advance(&mut candidate) {
                break;
            }
        }
        best
    }

    /// The same on an index, where `before` leads from a string to the one before it in its chain:
    /// the walk goes on after the match `best`, or begins after the string at `reach.p` itself.
    ///
    /// # Safety
    /// - 258 bytes lie at `reach.p`, `best.start` is at most that, and `before` of what is above
    ///   `reach.limit` is less than that.
    /// - `best.length` is at most 257.
    #[cold]
    pub(crate) unsafe fn walk_after(
        self,
        reach: Reach,
        best: Match,
        ends: Ends,
        before: impl Fn(usize) -> usize,
    ) -> Match {
        let mut candidate = before(best.start);
        if ends.budget == 0 || candidate <= reach.limit {
            return best;
        }
        let first = candidate;
        let next = || {
            candidate = before(candidate);
            candidate
        };
        // SAFETY: the caller promises the bytes, and limit < candidate < p.
        unsafe { self.walk(reach, ends, first, best, next) }
    }
}

#[cfg(test)]
#[path = "../../../../tests/unit/deflate_search.rs"]
mod tests;
