//! The slow parse on an index, as long as the lookahead is so large that no search is cut
//! short: the same decisions as in `slow.rs`, in one loop over local variables.
//!
//! The index is filled ahead of the parse, so a match costs no insertions. The loop ends
//! where `slow.rs` has something else to do: a block is full, or the lookahead runs low.
//!
//! Unsafe because the search's loads and the vector instructions are.
#![allow(unsafe_code)]

use super::anchors::Hunt;
use super::chains::{Chain, Link};
use super::index::{Index, MOST_AHEAD};
#[cfg(target_arch = "x86_64")]
use super::lanes::Sse41;
use super::lanes::{AnyCpu, Lanes};
use super::longest_match::{Bytes, Match};
use super::quads::Quads;
use super::slow::{FILTERED_MATCH, TOO_FAR};
use super::state::{Classic, MIN_LOOKAHEAD};
use super::symbols::Symbols;
use super::tables::InUse;
use crate::deflate::config::Strategy;
use crate::deflate::levels::Tunables;
use crate::deflate::output::Output;
use crate::format::deflate::MIN_MATCH;

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BulkEnd {
    /// The lookahead is below [`MIN_LOOKAHEAD`].
    Lookahead,
    /// The block is full with a match, which is passed over.
    Match,
    /// The block is full with the literal before strstart; strstart is to be passed over.
    Literal,
}

/// The index is filled again when it is less than this far ahead.
const LEAST_AHEAD: usize = 24;

impl Classic {
    /// True if the loop can begin here.
    #[inline(always)]
    pub(super) fn can_run_ahead(&self) -> bool {
        // A match length below 2 is left behind by another parse (`state.rs`).
        self.lookahead >= MIN_LOOKAHEAD
            && self.match_length >= MIN_MATCH - 1
            && self.tables.are_in_use()
    }

    /// Parses on, with the vectors of this CPU.
    pub(super) fn slow_bulk(&mut self, out: &mut Output) -> BulkEnd {
        #[cfg(target_arch = "x86_64")]
        if let Some(lanes) = Sse41::new() {
            if is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
            {
                // SAFETY: the CPU has all three, and SSE4.1.
                return unsafe { self.slow_bulk_avx2(lanes, out) };
            }
            // SAFETY: the CPU has it.
            return unsafe { self.slow_bulk_sse41(lanes, out) };
        }
        self.slow_bulk_any(AnyCpu, out)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn slow_bulk_avx2(&mut self, lanes: Sse41, out: &mut Output) -> BulkEnd {
        self.slow_bulk_any(lanes, out)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "sse4.1")]
    fn slow_bulk_sse41(&mut self, lanes: Sse41, out: &mut Output) -> BulkEnd {
        self.slow_bulk_any(lanes, out)
    }

    #[inline(always)]
    fn slow_bulk_any<L: Lanes>(&mut self, lanes: L, out: &mut Output) -> BulkEnd {
        let mut run = Run {
            p: self.strstart,
            length: self.match_length,
            start: self.match_start,
            prev_length: self.prev_length,
            available: self.match_available,
        };
        let data_end = self.strstart + self.lookahead;
        let place = Place {
            window: &self.window,
            data_end,
            max_dist: self.max_dist(),
            tunables: self.tunables,
            filtered: self.params.strategy == Strategy::Filtered,
        };
        let symbols = (&mut self.symbols, &mut out.buf[..]);
        let end = match self.tables.in_use() {
            InUse::Anchors(index) => run.go(&mut Anchored { index, lanes }, place, symbols),
            InUse::Quads(quads) => run.go(quads, place, symbols),
            InUse::Chains => BulkEnd::Lookahead,
        };
        self.strstart = run.p;
        self.lookahead = data_end - run.p;
        self.match_length = run.length;
        self.match_start = run.start;
        self.prev_length = run.prev_length;
        self.match_available = run.available;
        end
    }
}

/// An index as this parse sees it.
trait Finder {
    /// The first string that is not inserted.
    fn frontier(&self) -> usize;
    /// Inserts the strings before `end`, as far as they are whole in `data`.
    fn insert_until(&mut self, data: &[u8], end: usize);
    /// Where the string before the one at `p` in its chain begins, or 0.
    fn head(&self, p: usize) -> usize;
    /// Searches for a longer match than `hunt.best`.
    ///
    /// # Safety
    /// - 258 bytes of `window` lie at `hunt.p`, and `hunt.limit < hunt.p`.
    unsafe fn hunt(&self, window: Bytes, hunt: Hunt) -> Option<Match>;
}

/// The index of anchors, with the vectors of this CPU.
struct Anchored<'a, L> {
    index: &'a mut Index,
    lanes: L,
}

impl<L: Lanes> Finder for Anchored<'_, L> {
    #[inline(always)]
    fn frontier(&self) -> usize {
        self.index.frontier()
    }

    #[inline(always)]
    fn insert_until(&mut self, data: &[u8], end: usize) {
        self.index.insert_until(data, end);
    }

    #[inline(always)]
    fn head(&self, p: usize) -> usize {
        usize::from(self.index.member(p).before())
    }

    #[inline(always)]
    unsafe fn hunt(&self, window: Bytes, hunt: Hunt) -> Option<Match> {
        // SAFETY: as the caller promises.
        unsafe { self.index.hunt(self.lanes, window, hunt) }
    }
}

impl Finder for Quads {
    #[inline(always)]
    fn frontier(&self) -> usize {
        self.frontier()
    }

    #[inline(always)]
    fn insert_until(&mut self, data: &[u8], end: usize) {
        self.insert_until(data, end);
    }

    #[inline(always)]
    fn head(&self, p: usize) -> usize {
        self.before(Link::at(p as u16)).position()
    }

    #[inline(always)]
    unsafe fn hunt(&self, window: Bytes, hunt: Hunt) -> Option<Match> {
        // SAFETY: as the caller promises.
        unsafe { self.hunt(window, hunt) }
    }
}

/// What does not change during the loop.
struct Place<'a> {
    window: &'a [u8],
    data_end: usize,
    max_dist: usize,
    tunables: Tunables,
    filtered: bool,
}

/// The parse's variables, as in `Classic`.
struct Run {
    p: usize,
    length: usize,
    start: usize,
    prev_length: usize,
    available: bool,
}

impl Run {
    /// The loop.
    #[inline(always)]
    fn go<F: Finder>(
        &mut self,
        finder: &mut F,
        place: Place,
        (symbols, buf): (&mut Symbols, &mut [u8]),
    ) -> BulkEnd {
        let Place {
            window,
            data_end,
            max_dist,
            tunables,
            filtered,
        } = place;
        assert!(data_end <= window.len());
        let max_lazy = tunables.max_lazy as usize;
        let good_length = tunables.good_length as usize;
        let max_chain = tunables.max_chain as u16;
        let nice_length = tunables.nice_length as usize;
        let short_reach = if filtered { 0 } else { TOO_FAR };

        let Run {
            mut p,
            mut length,
            mut start,
            mut prev_length,
            mut available,
        } = *self;
        let end = loop {
            if p + MIN_LOOKAHEAD > data_end {
                break BulkEnd::Lookahead;
            }
            if finder.frontier() < p + LEAST_AHEAD {
                finder.insert_until(&window[..data_end], p + MOST_AHEAD);
            }
            prev_length = length;
            let prev_start = start;
            length = MIN_MATCH - 1;
            let head = finder.head(p);
            let limit = p.saturating_sub(max_dist);
            if prev_length < max_lazy && head >= limit && head != 0 {
                let hunt = Hunt {
                    p,
                    best: prev_length,
                    // The first of a chain may be max_dist away, the others only less.
                    limit: limit - usize::from(head == limit),
                    max_chain: if prev_length >= good_length {
                        max_chain >> 2
                    } else {
                        max_chain
                    },
                    nice_length,
                    short_limit: p.saturating_sub(short_reach + 1),
                };
                // SAFETY: p is at most data_end - MIN_LOOKAHEAD, which is more than 258, and
                // data_end was asserted to be in the window.
                if let Some(found) = unsafe { finder.hunt(Bytes(window), hunt) } {
                    start = found.start;
                    let poor = found.length <= FILTERED_MATCH
                        && (filtered || found.length == MIN_MATCH && p - start > TOO_FAR);
                    if !poor {
                        length = found.length;
                    }
                }
            }
            if prev_length >= MIN_MATCH && length <= prev_length {
                let distance = p.wrapping_sub(1).wrapping_sub(prev_start);
                p += prev_length - 1;
                let full = symbols.push_match(buf, distance, prev_length);
                prev_length = 0;
                available = false;
                length = MIN_MATCH - 1;
                if full {
                    break BulkEnd::Match;
                }
                continue;
            }
            let held_back = available;
            available = true;
            if held_back && symbols.push_literal(buf, window[p - 1]) {
                break BulkEnd::Literal;
            }
            p += 1;
        };
        *self = Run {
            p,
            length,
            start,
            prev_length,
            available,
        };
        end
    }
}
