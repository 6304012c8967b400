//! The slow parse on an index, as long as the lookahead is so large that no search is cut
//! short: the same decisions as in `slow.rs`, in one loop over local variables.
//!
//! The index is filled ahead of the parse, so a match costs no insertions. The loop ends
//! where `slow.rs` has something else to do: a block is full, or the lookahead runs low.
//!
//! Unsafe because the search's loads and the vector instructions are.
#![allow(unsafe_code)]

use super::anchors::Hunt;
use super::index::MOST_AHEAD;
use super::lanes::{AnyCpu, Lanes};
use super::longest_match::Bytes;
use super::slow::{FILTERED_MATCH, TOO_FAR};
use super::state::{Classic, MIN_LOOKAHEAD};
use crate::deflate::config::Strategy;
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
            && self.tables.used().is_some()
    }

    /// Parses on, with the vectors of this CPU.
    pub(super) fn slow_bulk(&mut self, out: &mut Output) -> BulkEnd {
        #[cfg(target_arch = "x86_64")]
        if let Some(lanes) = super::lanes::Sse41::new() {
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
        self.slow_bulk_with(AnyCpu, out)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn slow_bulk_avx2(&mut self, lanes: super::lanes::Sse41, out: &mut Output) -> BulkEnd {
        self.slow_bulk_with(lanes, out)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "sse4.1")]
    fn slow_bulk_sse41(&mut self, lanes: super::lanes::Sse41, out: &mut Output) -> BulkEnd {
        self.slow_bulk_with(lanes, out)
    }

    #[inline(always)]
    fn slow_bulk_with<L: Lanes>(&mut self, lanes: L, out: &mut Output) -> BulkEnd {
        let max_dist = self.max_dist();
        let data_end = self.strstart + self.lookahead;
        let window = &self.window[..];
        assert!(data_end <= window.len());
        let Some(index) = self.tables.in_use() else {
            return BulkEnd::Lookahead;
        };
        let tunables = self.tunables;
        let max_lazy = tunables.max_lazy as usize;
        let good_length = tunables.good_length as usize;
        let max_chain = tunables.max_chain as u16;
        let nice_length = tunables.nice_length as usize;
        let filtered = self.params.strategy == Strategy::Filtered;
        let short_reach = if filtered { 0 } else { TOO_FAR };

        let mut p = self.strstart;
        let mut length = self.match_length;
        let mut start = self.match_start;
        let mut available = self.match_available;
        let mut prev_length = self.prev_length;
        let stop = loop {
            if p + MIN_LOOKAHEAD > data_end {
                break BulkEnd::Lookahead;
            }
            if index.frontier() < p + LEAST_AHEAD {
                index.insert_until(&window[..data_end], p + MOST_AHEAD);
            }
            prev_length = length;
            let prev_start = start;
            length = MIN_MATCH - 1;
            let head = usize::from(index.member(p).before());
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
                if let Some(found) = unsafe { index.hunt(lanes, Bytes(window), hunt) } {
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
                let full = self.symbols.push_match(&mut out.buf, distance, prev_length);
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
            if held_back && self.symbols.push_literal(&mut out.buf, window[p - 1]) {
                break BulkEnd::Literal;
            }
            p += 1;
        };
        self.lookahead = data_end - p;
        self.strstart = p;
        self.match_length = length;
        self.match_start = start;
        self.match_available = available;
        self.prev_length = prev_length;
        stop
    }
}
