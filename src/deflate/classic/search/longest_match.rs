//! The search: the longest earlier string that agrees with the one at strstart.
//!
//! The chain is walked from the most recent candidate back, over at most max_chain of
//! them. A candidate counts if it agrees with more bytes than the best one so far; the
//! first that reaches nice_length ends the walk. So among equals the nearest wins, and
//! candidates that differ (hash collisions) use up the budget too.
//!
//! What makes it fast: almost every candidate is no improvement, so the test that shows
//! this must be cheap. To agree in `best + 1` bytes a candidate must agree in the last
//! four of them and in the first four, which are two loads and two compares against
//! numbers that change only with `best`. Lengths are then measured 8 bytes at a time; the
//! first differing byte is the number of trailing zero bits of the xor, over 8 (`query.rs`).
//!
//! While `best` is below 3, four bytes are too many: a match of 3 counts. Then the first 3
//! bytes are compared, and with `best == 0` also the byte before, as zlib does (`state.rs`
//! says when this happens).
//!
//! Invariants: the window is initialised up to min(strstart + lookahead + 266, its end),
//! and strstart is at most its end - 262, so 258 bytes from strstart on can be compared;
//! this is asserted once a search. The walk goes on only to candidates above `limit` and
//! below the one before. So whatever the tables hold, it ends, and it looks only at
//! `1 <= candidate < strstart`, which leaves a byte before each and 258 behind.
//!
//! Source of the walk's rules: zlib 1.3.2 deflate.c, longest_match.
//!
//! Unsafe because loads in the walk are not checked against the window's end.
#![allow(unsafe_code)]

use crate::deflate::classic::search::chains::Link;
use crate::deflate::classic::search::query::{Bytes, FIRST_3, Match, PROBE};
use crate::deflate::classic::state::Classic;
use crate::format::deflate::{MAX_MATCH, MIN_MATCH};

/// Where to search and what to beat.
#[derive(Clone, Copy)]
pub struct ChainQuery {
    /// The string's position.
    pub strstart: usize,
    /// Bytes from there on that exist; at least 3.
    pub lookahead: usize,
    /// The first candidate, not NIL, at most max_dist away.
    pub candidate: Link,
    /// The match in hand: its length is to be exceeded.
    pub best: Match,
}

impl Classic {
    /// Searches the chains from `query.candidate` on.
    #[inline(always)]
    pub(crate) fn longest_match(&self, query: ChainQuery) -> Match {
        let ChainQuery {
            strstart,
            lookahead,
            candidate: mut link,
            mut best,
        } = query;
        let tunables = &self.tunables;
        let mut budget = tunables.max_chain;
        if best.length >= tunables.good_length as usize {
            budget >>= 2;
        }
        if best.length >= lookahead.min(MAX_MATCH) {
            best.length = best.length.min(lookahead);
            return best;
        }
        // A negative nice_length counts as a large one here. The longest match is always
        // nice enough: nothing can be better.
        let nice_length = (tunables.nice_length as u32 as usize)
            .min(lookahead)
            .min(MAX_MATCH);
        let limit = strstart.saturating_sub(self.max_dist());
        let window = Bytes(&self.window);
        let mut candidate = link.position();
        assert!(strstart + MAX_MATCH <= window.0.len() && (1..strstart).contains(&candidate));
        // How far the candidate is above the nearest one that is out of reach. (The first
        // may be just out of reach.)
        let mut above = candidate.saturating_sub(limit + 1);
        // Moves on to the next candidate; false when there is none.
        let mut advance = |candidate: &mut usize| {
            link = self.chains.before(link);
            *candidate = link.position();
            // One comparison for "above the limit" and "below the one before".
            let next_above = candidate.wrapping_sub(limit + 1);
            let nearer = next_above < above;
            above = next_above;
            budget = budget.wrapping_sub(1);
            nearer && budget != 0
        };

        // SAFETY: strstart + 4 is below strstart + 258, which was just checked.
        let first = unsafe { window.probe(strstart) };
        if best.length < MIN_MATCH {
            let byte_before = best.length == 0;
            loop {
                // SAFETY: 1 <= candidate < strstart, so a byte lies before both, and 258
                // behind both.
                unsafe {
                    if (window.probe(candidate) ^ first) & FIRST_3 == 0
                        && !(byte_before
                            && window.probe(candidate - 1) as u8
                                != window.probe(strstart - 1) as u8)
                    {
                        best.length = window.common_length(strstart, candidate);
                        best.start = candidate;
                        break;
                    }
                }
                if !advance(&mut candidate) {
                    return best;
                }
            }
            if best.length >= nice_length || !advance(&mut candidate) {
                best.length = best.length.min(lookahead);
                return best;
            }
        }

        let last_probe = |best: Match| best.length + 1 - PROBE;
        // SAFETY: best.length is the length to exceed, or below nice_length: at most 257
        // either way, so the probe ends at most 258 bytes behind strstart.
        let mut last = unsafe { window.probe(strstart + last_probe(best)) };
        loop {
            // SAFETY: candidate < strstart, so its probes and its 258 bytes end before
            // those of strstart; best.length stays at most 257, as above.
            unsafe {
                if window.probe(candidate + last_probe(best)) == last
                    && window.probe(candidate) == first
                {
                    let length = window.common_length(strstart, candidate);
                    if length > best.length {
                        best = Match {
                            length,
                            start: candidate,
                        };
                        if length >= nice_length {
                            break;
                        }
                        last = window.probe(strstart + last_probe(best));
                    }
                }
            }
            if !advance(&mut candidate) {
                break;
            }
        }
        best.length = best.length.min(lookahead);
        best
    }
}
