//! The search on the index: zlib's result without zlib's walk.
//!
//! # What has to be found
//!
//! Given a match of `best` bytes to beat, zlib visits up to max_chain members of the chain and
//! takes the first that reaches nice_length, or else the nearest of those with the greatest
//! length. That is a series of improvements: the nearest member longer than `best`, then the
//! nearest one before it that is longer still. This search finds each member of the series by
//! a shorter way, and stops where zlib's count would have stopped.
//!
//! # Anchors
//!
//! A candidate `c` longer than `best` agrees with `p` in `best + 1` bytes. So for every offset
//! `o` up to `best - 3`, the 4 bytes at `c + o` are those at `p + o`, and `c + o` is on the
//! chain of 4-byte strings that begins at `p + o`. Any of these chains leads to all candidates;
//! the best one is that of the rarest string, whose next member is farthest away: no candidate
//! is nearer than that, on whichever chain. The offsets looked at are the first 8 and the last
//! 8, each with one vector instruction (`lanes.rs`).
//!
//! When `c` is found to be longer, the next one must agree with `c` as well, in `best` bytes,
//! so the next anchor is looked for from `c`; and the one offset whose string has a byte more,
//! `best - 3`, from `p`.
//!
//! With no match in hand the first anchor is the string at `p` itself. When its chain has
//! nothing, the result can only be a match of 3 bytes, and the slow parse drops those beyond
//! 4096 bytes: zlib's chain is walked so far.
//!
//! # Cost
//!
//! 2 to 15 steps a search on most data, where zlib takes 30 to 700. A step that is no candidate
//! does not know how far zlib's walk would have come; every 8 steps, and at each candidate,
//! the numbers are compared. Data in which an anchor's chain is longer than zlib's own is
//! possible, so after max_chain + 16 steps the search goes back to zlib's chain, at the last
//! candidate that counted: at most twice zlib's steps in all.
//!
//! Unsafe because loads of the search are not checked against the window's end. Links lead to
//! positions before the one they are from, so every candidate is below `p`; the caller asserts
//! that the bytes behind `p` exist.
#![allow(unsafe_code)]

use super::index::{Index, LANES};
use super::lanes::Lanes;
use super::longest_match::{Bytes, FIRST_3, Match};
use crate::format::deflate::{MAX_MATCH, MIN_MATCH};

/// Bytes of an anchor's string.
const ANCHOR: usize = 4;
/// Steps between two looks at the numbers, a power of two.
const COUNT_EVERY: i32 = 8;
/// Steps beyond max_chain after which zlib's own walk is the shorter way.
const PATIENCE: i32 = 16;

/// Where to search, and when to stop.
#[derive(Clone, Copy)]
pub(super) struct Hunt {
    /// The string's position.
    pub p: usize,
    /// The length to beat, at least 2 and below `nice_length`.
    pub best: usize,
    /// Candidates must be above this.
    pub limit: usize,
    /// Members of zlib's chain that it visits, at least 1.
    pub max_chain: u16,
    /// The length that ends the search.
    pub nice_length: usize,
    /// Matches of 3 bytes count down to above this position.
    pub short_limit: usize,
}

/// An offset, and the next place where its chain allows a candidate; negative when it has none.
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

    /// The next on this anchor's chain.
    #[inline(always)]
    fn next(self, index: &Index) -> Anchor {
        let at = (self.candidate as usize).wrapping_add(self.offset);
        Anchor {
            candidate: index.four.before(at) as isize - self.offset as isize,
            ..self
        }
    }
}

/// The rarest anchor among the offsets 0 to `last` of the string at `from`, as far as the first
/// and the last few are looked at, and as far as the index is filled: beyond `from`.
#[inline(always)]
fn rarest<L: Lanes>(lanes: L, index: &Index, from: usize, last: usize) -> Anchor {
    let at = |first: usize, count: usize| {
        let (least, place) = lanes.least(index.four.before_each(from + first), count);
        Anchor {
            candidate: least as isize - first as isize,
            offset: first + place,
        }
    };
    let last = last.min(index.four.frontier() - 1 - from);
    let first = at(0, (last + 1).min(LANES));
    if last < LANES {
        return first;
    }
    first.rarer(at(last + 1 - LANES, LANES))
}

impl Index {
    /// Searches for a longer match than `hunt.best`.
    ///
    /// # Safety
    /// - 258 bytes of `window` lie at `hunt.p`, and `hunt.limit < hunt.p`.
    #[inline(always)]
    pub(super) unsafe fn hunt<L: Lanes>(
        &self,
        lanes: L,
        window: Bytes,
        hunt: Hunt,
    ) -> Option<Match> {
        let Hunt { p, limit, .. } = hunt;
        let mut best = Match {
            length: hunt.best,
            start: p,
        };
        let number = self.member(p).number;
        let steps_to = |c: usize| number.wrapping_sub(self.member(c).number);
        let mut patience = i32::from(hunt.max_chain) + PATIENCE;
        // SAFETY: the caller promises the bytes at p; candidates are between limit and p.
        let first = unsafe { window.probe(p) };

        let mut anchor;
        if best.length < MIN_MATCH {
            let mut c = self.four.before(p);
            loop {
                if c <= limit {
                    // SAFETY: as the caller promises.
                    return unsafe { self.short_match(window, hunt) };
                }
                // SAFETY: limit < c < p.
                if unsafe { window.probe(c) } == first {
                    break;
                }
                patience -= 1;
                if patience == 0 {
                    // SAFETY: as the caller promises.
                    return unsafe { self.walk(window, hunt, best) };
                }
                c = self.four.before(c);
            }
            if steps_to(c) > hunt.max_chain {
                // SAFETY: as the caller promises.
                return unsafe { self.short_match(window, hunt) };
            }
            best = Match {
                // SAFETY: limit < c < p.
                length: unsafe { window.common_length(p, c) },
                start: c,
            };
            if best.length >= hunt.nice_length {
                return Some(best);
            }
            anchor = self.next_anchor(lanes, p, best);
        } else {
            anchor = rarest(lanes, self, p, best.length + 1 - ANCHOR);
        }

        let last_probe = |best: Match| best.length + 1 - ANCHOR;
        // SAFETY: best.length is below nice_length, so at most 257.
        let mut last = unsafe { window.probe(p + last_probe(best)) };
        while anchor.candidate > limit as isize {
            let c = anchor.candidate as usize;
            // SAFETY: limit < c < p, and as above.
            unsafe {
                if window.probe(c + last_probe(best)) == last && window.probe(c) == first {
                    if steps_to(c) > hunt.max_chain {
                        break;
                    }
                    let length = window.common_length(p, c);
                    if length > best.length {
                        best = Match { length, start: c };
                        if length >= hunt.nice_length {
                            break;
                        }
                        last = window.probe(p + last_probe(best));
                        anchor = self.next_anchor(lanes, p, best);
                        continue;
                    }
                }
                patience -= 1;
                if patience & (COUNT_EVERY - 1) == 0 {
                    if patience == 0 {
                        return self.walk(window, hunt, best);
                    }
                    if window.probe(c) == first && steps_to(c) >= hunt.max_chain {
                        break;
                    }
                }
            }
            anchor = anchor.next(self);
        }
        (best.start != p).then_some(best)
    }

    /// The rarest anchor for what is longer than `best`, which was just found.
    #[inline(always)]
    fn next_anchor<L: Lanes>(&self, lanes: L, p: usize, best: Match) -> Anchor {
        // Its last byte is one behind those in which p and the match agree.
        let offset = best.length + 1 - ANCHOR;
        let new = if p + offset < self.four.frontier() {
            Anchor {
                candidate: self.four.before(p + offset) as isize - offset as isize,
                offset,
            }
        } else {
            Anchor {
                candidate: isize::MAX,
                offset,
            }
        };
        rarest(lanes, self, best.start, offset - 1).rarer(new)
    }

    /// The nearest match of 3 bytes: none of 4 can be had.
    ///
    /// # Safety
    /// - As for [`hunt`](Self::hunt).
    #[inline(always)]
    unsafe fn short_match(&self, window: Bytes, hunt: Hunt) -> Option<Match> {
        // SAFETY: the caller promises the bytes at p.
        let first = unsafe { window.probe(hunt.p) };
        let limit = hunt.short_limit.max(hunt.limit);
        let mut c = hunt.p;
        for _ in 0..hunt.max_chain {
            c = usize::from(self.member(c).before);
            if c <= limit {
                break;
            }
            // SAFETY: limit < c < p.
            if (unsafe { window.probe(c) } ^ first) & FIRST_3 == 0 {
                return Some(Match {
                    length: MIN_MATCH,
                    start: c,
                });
            }
        }
        None
    }

    /// zlib's own walk, from the match at `best` on, or from the beginning.
    ///
    /// # Safety
    /// - As for [`hunt`](Self::hunt).
    #[cold]
    unsafe fn walk(&self, window: Bytes, hunt: Hunt, mut best: Match) -> Option<Match> {
        let Hunt { p, limit, .. } = hunt;
        // SAFETY: the caller promises the bytes at p.
        let first = unsafe { window.probe(p) };
        // The byte that a longer match has more, and those before it.
        let mut tail_mask = if best.length < MIN_MATCH { FIRST_3 } else { !0 };
        let mut tail = best.length.max(MIN_MATCH) + 1 - ANCHOR;
        // SAFETY: the length is below nice_length, so at most 257.
        let mut last = unsafe { window.probe(p + tail) };
        let mut c = best.start;
        let done = self.member(p).number.wrapping_sub(self.member(c).number);
        for _ in done..hunt.max_chain {
            c = usize::from(self.member(c).before);
            if c <= limit {
                break;
            }
            // SAFETY: limit < c < p; the length is below nice_length, so at most 257.
            unsafe {
                if (window.probe(c) ^ first) & FIRST_3 != 0
                    || (window.probe(c + tail) ^ last) & tail_mask != 0
                {
                    continue;
                }
                let length = window.common_length(p, c);
                if length > best.length {
                    best = Match { length, start: c };
                    if length >= hunt.nice_length {
                        break;
                    }
                    tail = length + 1 - ANCHOR;
                    tail_mask = !0;
                    last = window.probe(p + tail);
                }
            }
        }
        (best.start != p).then_some(best)
    }
}

const _: () = assert!(COUNT_EVERY & (COUNT_EVERY - 1) == 0 && MAX_MATCH > ANCHOR);
