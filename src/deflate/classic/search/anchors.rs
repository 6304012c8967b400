//! The search of levels 6 to 9: the result of zlib's chain walk, reached along rarer strings.
//!
//! # What has to be found
//!
//! Given a match of `best` bytes to beat, zlib visits up to max_chain nodes of the chain and takes
//! the first that reaches nice_length, or else the nearest of those with the greatest length. That
//! is a series of improvements: the nearest node longer than `best`, then the nearest one before it
//! that is longer still. This search finds each node of the series by a shorter way, and stops
//! where zlib's count would have stopped.
//!
//! # Anchors
//!
//! A candidate `c` longer than `best` agrees with `p` in `best + 1` bytes. So for every offset `o`
//! up to `best - 3`, the 4 bytes at `c + o` are those at `p + o`, and `c + o` is on the chain of
//! 4-byte strings that begins at `p + o`. Any of these chains leads to all candidates; the best one
//! is that of the rarest string, whose next node is farthest away: no candidate is nearer than
//! that, on whichever chain. The offsets looked at are the first 8 and the last 8, each with one
//! vector instruction (`cpu/avx2.rs`).
//!
//! When `c` is found to be longer, the next one must agree with `c` as well, in `best` bytes, so
//! the next anchor is looked for from `c`; and the one offset whose string has a byte more,
//! `best - 3`, from `p`.
//!
//! From 8 bytes on the same is done with strings of 8, whose chains are shorter still.
//!
//! With no match in hand the first anchor is the string at `p` itself. When its chain has nothing,
//! the result can only be a match of 3 bytes, and the slow parse drops those beyond 4096 bytes:
//! zlib's chain is walked so far.
//!
//! # Cost
//!
//! 2 to 15 steps a search on most data, where zlib takes 30 to 700. A step that is no candidate
//! does not know how far zlib's walk would have come; every 8 steps, and at each candidate, the
//! numbers are compared. Data in which an anchor's chain is longer than zlib's own is possible,
//! also by collisions made on purpose. So the search goes back to zlib's chain, at the last
//! candidate that counted, after 4 steps that only found other strings with the hash of those at
//! `p`; or after 16 steps more than zlib could take, which is max_chain or what the chain has had
//! so far: the steps are at most twice zlib's and 20, unless most of a long chain has left the
//! window.
//!
//! Unsafe because loads of the search are not checked against the window's end. Links lead to
//! positions before the one they are from, so every candidate is below `p`; the caller asserts that
//! the bytes from `p` on exist.
#![allow(unsafe_code)]

use crate::deflate::classic::search::anchor_index::{AnchorIndex, EIGHT, Links};
use crate::deflate::classic::search::cpu::kernel::{Cpu, LANES};
use crate::deflate::classic::search::query::{Bytes, Ends, FIRST_3, Match, PROBE, Query, Reach};
use crate::format::deflate::MIN_MATCH;

/// Steps between two looks at the numbers.
const COUNT_EVERY: i32 = 8;
/// Steps beyond what zlib could take after which its own walk is the shorter way.
const PATIENCE: i32 = 16;
/// Steps to other strings of the same hash, of which there are few unless on purpose.
const COLLISIONS: u32 = 4;

/// An offset, and the next position where its chain allows a candidate; negative when it has none.
#[derive(Clone, Copy)]
struct Anchor {
    candidate: isize,
    offset: usize,
}

impl Anchor {
    /// The one whose candidate is farther.
    #[inline(always)]
    fn rarer(self, other: Anchor) -> Anchor {
        if other.candidate < self.candidate {
            other
        } else {
            self
        }
    }
}

impl<const N: usize> Links<N> {
    /// The rarest anchor for what agrees with the string at `from` in `length` bytes, at least `N`:
    /// of the first few and the last few, as far as the chains are filled, which is beyond `from`.
    #[inline(always)]
    fn rarest(&self, cpu: impl Cpu, from: usize, length: usize) -> Anchor {
        let at = |first: usize, count: usize| {
            let (least, lane) = cpu.least(self.before_each(from + first), count);
            Anchor {
                candidate: least as isize - first as isize,
                offset: first + lane,
            }
        };
        let last = (length - N).min(self.frontier - 1 - from);
        let first = at(0, (last + 1).min(LANES));
        if last < LANES {
            return first;
        }
        first.rarer(at(last + 1 - LANES, LANES))
    }

    /// The rarest anchor for what is longer than `best`, a match of `p` that was just found and is
    /// at least `N` long.
    #[inline(always)]
    fn next_rarest(&self, cpu: impl Cpu, p: usize, best: Match) -> Anchor {
        let anchor = self.rarest(cpu, best.start, best.length);
        // The string that ends with the byte after those in which p and the match agree.
        let offset = best.length + 1 - N;
        if p + offset >= self.frontier {
            return anchor;
        }
        anchor.rarer(Anchor {
            candidate: self.before(p + offset) as isize - offset as isize,
            offset,
        })
    }

    /// The rarest anchor for what is longer than `best`, which starts at `p` itself when only its
    /// length is known.
    #[inline(always)]
    fn rarest_beyond(&self, cpu: impl Cpu, p: usize, best: Match) -> Anchor {
        if best.start == p {
            self.rarest(cpu, p, best.length + 1)
        } else {
            self.next_rarest(cpu, p, best)
        }
    }
}

/// How far a search has come.
struct Progress {
    best: Match,
    /// Steps that may still be taken.
    patience: i32,
}

/// How the walk along anchors of one length ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Walked {
    /// There is nothing better.
    Done,
    /// The match is now long enough for longer anchors.
    Longer,
    /// It takes too many steps.
    Lost,
}

impl AnchorIndex {
    /// Searches for a longer match than `query.best`.
    ///
    /// # Safety
    /// - 258 bytes of `window` lie at `query.p`, of which [`EIGHT`] are data; the strings there are
    ///   inserted, at most
    ///   [`MOST_AHEAD`](crate::deflate::classic::search::anchor_index::MOST_AHEAD) beyond it
    ///   others.
    /// - `query.limit < query.p`, and 2 <= `query.best` < `query.nice_length` <= 258.
    #[inline(always)]
    pub(crate) unsafe fn search(&self, cpu: impl Cpu, window: Bytes, query: Query) -> Match {
        let p = query.p;
        let mut best = query.nothing();
        let mut walked = Walked::Longer;
        if best.length < MIN_MATCH {
            // SAFETY: as the caller promises.
            match unsafe { self.first_match(cpu, window, query) } {
                Ok(first) => best = first,
                Err(result) => return result,
            }
            if best.length >= query.nice_length {
                return best;
            }
        }
        let had = self.node(p).number();
        let patience = i32::from(query.max_chain.min(had)) + PATIENCE;
        let mut progress = Progress { best, patience };
        if best.length < EIGHT {
            // SAFETY: as the caller promises.
            walked = unsafe { self.chase(&self.four, cpu, window, query, &mut progress) };
        }
        if walked == Walked::Longer {
            // SAFETY: as the caller promises.
            walked = unsafe { self.chase(&self.eight, cpu, window, query, &mut progress) };
        }
        if walked == Walked::Lost {
            // SAFETY: as the caller promises.
            return unsafe { self.walk(window, query.reach(), progress.best, query.ends()) };
        }
        progress.best
    }

    /// The nearest match of at least 4 bytes; or, as an error, the search's result without one.
    ///
    /// # Safety
    /// - As for [`search`](Self::search).
    #[inline(always)]
    unsafe fn first_match(
        &self,
        cpu: impl Cpu,
        window: Bytes,
        query: Query,
    ) -> Result<Match, Match> {
        let p = query.p;
        // SAFETY: the caller promises the bytes at p.
        let first = unsafe { window.probe(p) };
        let mut c = self.four.before(p);
        let mut patience = COLLISIONS;
        loop {
            if c <= query.limit {
                // SAFETY: as the caller promises.
                return Err(unsafe { self.short_match(window, query) });
            }
            // SAFETY: limit < c < p.
            if unsafe { window.probe(c) } == first {
                break;
            }
            patience -= 1;
            if patience == 0 {
                // SAFETY: as the caller promises.
                return Err(unsafe {
                    self.walk(window, query.reach(), query.nothing(), query.ends())
                });
            }
            c = self.four.before(c);
        }
        if self.steps(p, c) > query.max_chain {
            // SAFETY: as the caller promises.
            return Err(unsafe { self.short_match(window, query) });
        }
        Ok(Match {
            // SAFETY: limit < c < p.
            length: unsafe { window.common_length(cpu, p, c) },
            start: c,
        })
    }

    /// zlib's steps from a node to one before it in the same chain.
    #[inline(always)]
    pub(crate) fn steps(&self, from: usize, to: usize) -> u16 {
        let number = |position: usize| self.node(position).number();
        number(from).wrapping_sub(number(to))
    }

    /// Walks along the chains of `links` from the rarest anchor on, at most to where longer anchors
    /// can be had.
    ///
    /// # Safety
    /// - As for [`search`](Self::search).
    #[inline(always)]
    unsafe fn chase<const N: usize>(
        &self,
        links: &Links<N>,
        cpu: impl Cpu,
        window: Bytes,
        query: Query,
        progress: &mut Progress,
    ) -> Walked {
        let Progress { best, patience } = progress;
        let Query { p, limit, .. } = query;
        // SAFETY: the caller promises the bytes at p.
        let first = unsafe { window.probe(p) };
        let mut anchor = links.rarest_beyond(cpu, p, *best);
        let mut until_count = COUNT_EVERY;
        // The bytes that a candidate must have at its beginning and at its end, as one number: two
        // comparisons would be two branches that are hard to predict.
        let both = |first: u32, last: u32| u64::from(first) << u32::BITS | u64::from(last);
        'anchors: loop {
            let Anchor { candidate, offset } = anchor;
            if candidate <= limit as isize {
                return Walked::Done;
            }
            // The walk is along the anchor's string, `offset` bytes into the candidate.
            let mut at = candidate as usize + offset;
            let tail = best.length + 1 - PROBE;
            // SAFETY: best.length is below nice_length, so at most 257.
            let wanted = both(first, unsafe { window.probe(p + tail) });
            loop {
                let c = at - offset;
                // SAFETY: limit < c < p, and as above.
                unsafe {
                    if both(window.probe(c), window.probe(c + tail)) == wanted {
                        if self.steps(p, c) > query.max_chain {
                            return Walked::Done;
                        }
                        let length = window.common_length(cpu, p, c);
                        if length > best.length {
                            *best = Match { length, start: c };
                            if length >= query.nice_length {
                                return Walked::Done;
                            }
                            if N < EIGHT && length >= EIGHT {
                                return Walked::Longer;
                            }
                            anchor = links.next_rarest(cpu, p, *best);
                            continue 'anchors;
                        }
                    }
                    until_count -= 1;
                    if until_count == 0 {
                        until_count = COUNT_EVERY;
                        *patience -= COUNT_EVERY;
                        if *patience <= 0 {
                            return Walked::Lost;
                        }
                        if window.probe(c) == first && self.steps(p, c) >= query.max_chain {
                            return Walked::Done;
                        }
                    }
                }
                at = links.before(at);
                if at <= limit + offset {
                    return Walked::Done;
                }
            }
        }
    }

    /// The nearest match of 3 bytes: none of 4 can be had.
    ///
    /// # Safety
    /// - As for [`search`](Self::search).
    #[inline(always)]
    unsafe fn short_match(&self, window: Bytes, query: Query) -> Match {
        // SAFETY: the caller promises the bytes at p.
        let first = unsafe { window.probe(query.p) };
        let limit = query
            .p
            .saturating_sub(query.short_reach + 1)
            .max(query.limit);
        let mut c = query.p;
        for _ in 0..query.max_chain {
            c = usize::from(self.node(c).before());
            if c <= limit {
                break;
            }
            // SAFETY: limit < c < p.
            if (unsafe { window.probe(c) } ^ first) & FIRST_3 == 0 {
                return Match {
                    length: MIN_MATCH,
                    start: c,
                };
            }
        }
        query.nothing()
    }

    /// zlib's own walk, from the match `best` on, or from the string at `p` itself.
    ///
    /// # Safety
    /// - As for [`search`](Self::search), but that 3 bytes of data are enough.
    #[cold]
    pub(crate) unsafe fn walk(
        &self,
        window: Bytes,
        reach: Reach,
        best: Match,
        mut ends: Ends,
    ) -> Match {
        ends.budget -= u32::from(self.steps(reach.p, best.start));
        let before = |c| usize::from(self.node(c).before());
        // SAFETY: as the caller promises; a node is after the one before it.
        unsafe { window.walk_after(reach, best, ends, before) }
    }
}
