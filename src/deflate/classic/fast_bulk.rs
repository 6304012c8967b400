//! The fast parse on quads, as long as the lookahead is so large that no search is cut short:
//! the same decisions as in `fast.rs`, in one loop over local variables.
//!
//! Which strings are members depends on the parse, so they are inserted as it goes. The loop
//! ends where `fast.rs` has something else to do: a block is full, or the lookahead runs low.
//!
//! Unsafe because the search's loads and the vector instructions are.
#![allow(unsafe_code)]

use super::anchors::Hunt;
use super::longest_match::Bytes;
use super::quads::Quads;
use super::state::{Classic, MIN_LOOKAHEAD};
use super::symbols::Symbols;
use super::tables::InUse;
use crate::deflate::levels::Tunables;
use crate::deflate::output::Output;
use crate::format::deflate::MIN_MATCH;

impl Classic {
    /// True if the loop can begin here.
    #[inline(always)]
    pub(super) fn can_run_fast(&self) -> bool {
        // Another length to exceed is left behind by another parse (`state.rs`).
        self.lookahead >= MIN_LOOKAHEAD
            && self.prev_length == MIN_MATCH - 1
            && matches!(self.tables.used(), InUse::Quads(_))
    }

    /// Parses on. Returns true if the block is full, with the last symbol passed over.
    pub(super) fn fast_bulk(&mut self, out: &mut Output) -> bool {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2") {
            // SAFETY: the CPU has both.
            return unsafe { self.fast_bulk_bmi(out) };
        }
        self.fast_bulk_any(out)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "bmi1,bmi2")]
    fn fast_bulk_bmi(&mut self, out: &mut Output) -> bool {
        self.fast_bulk_any(out)
    }

    #[inline(always)]
    fn fast_bulk_any(&mut self, out: &mut Output) -> bool {
        let data_end = self.strstart + self.lookahead;
        let mut run = Run {
            p: self.strstart,
            length: self.match_length,
            start: self.match_start,
        };
        let place = Place {
            window: &self.window,
            data_end,
            max_dist: self.max_dist(),
            tunables: self.tunables,
        };
        let InUse::Quads(quads) = self.tables.in_use() else {
            return false;
        };
        let full = run.go(quads, place, (&mut self.symbols, &mut out.buf[..]));
        self.strstart = run.p;
        self.lookahead = data_end - run.p;
        self.match_length = run.length;
        self.match_start = run.start;
        full
    }
}

/// What does not change during the loop.
struct Place<'a> {
    window: &'a [u8],
    data_end: usize,
    max_dist: usize,
    tunables: Tunables,
}

/// The parse's variables, as in `Classic`.
struct Run {
    p: usize,
    length: usize,
    start: usize,
}

impl Run {
    /// The loop. Returns true if the block is full.
    #[inline(always)]
    fn go(
        &mut self,
        quads: &mut Quads,
        place: Place,
        (symbols, buf): (&mut Symbols, &mut [u8]),
    ) -> bool {
        let Place {
            window,
            data_end,
            max_dist,
            tunables,
        } = place;
        assert!(data_end <= window.len());
        let max_insert = tunables.max_lazy as usize;
        let Run {
            mut p,
            mut length,
            mut start,
        } = *self;
        let full = loop {
            if p + MIN_LOOKAHEAD > data_end {
                break false;
            }
            // SAFETY: p is at most data_end - MIN_LOOKAHEAD, which is more than 258, and data_end
            // was asserted to be in the window.
            let [b0, b1, b2, _] = unsafe { Bytes(window).probe(p) }.to_le_bytes();
            let head = quads.insert(p, [b0, b1, b2]);
            let limit = p.saturating_sub(max_dist);
            if head >= limit && head != 0 {
                let hunt = Hunt {
                    p,
                    best: MIN_MATCH - 1,
                    // The first of a chain may be max_dist away, the others only less.
                    limit: limit - usize::from(head == limit),
                    max_chain: tunables.max_chain as u16,
                    nice_length: tunables.nice_length as usize,
                    short_limit: limit,
                };
                length = MIN_MATCH - 1;
                // SAFETY: as above.
                if let Some(found) = unsafe { quads.hunt(Bytes(window), hunt) } {
                    length = found.length;
                    start = found.start;
                }
            }
            let full = if length >= MIN_MATCH {
                let end = p + length;
                if length <= max_insert {
                    quads.insert_run(p + 1, &window[p + 1..end + MIN_MATCH - 1]);
                }
                let full = symbols.push_match(buf, p - start, length);
                p = end;
                length = 0;
                full
            } else {
                p += 1;
                symbols.push_literal(buf, b0)
            };
            if full {
                break true;
            }
        };
        *self = Run { p, length, start };
        full
    }
}
