//! The fast parse on buckets: the same decisions as in `fast.rs`, in one loop over local variables.
//!
//! Which strings are nodes depends on the parse, so they are inserted as it goes. The loop
//! ends where `fast.rs` has something else to do: a block is full, or the window must be filled.
//!
//! At the end of the data, which a flush wants done, a search is cut short: a match is at most as
//! long as the lookahead, and one that long ends the search.
//!
//! Unsafe because the search's loads are, and instructions that not all processors have.
#![allow(unsafe_code)]

use crate::deflate::classic::block::symbols::Symbols;
use crate::deflate::classic::levels::Tunables;
use crate::deflate::classic::search::buckets::{Bucket, Buckets, Kept};
use crate::deflate::classic::search::index::Index;
use crate::deflate::classic::search::query::{Bytes, Query};
use crate::deflate::classic::state::Classic;
use crate::deflate::output::Output;
use crate::format::deflate::{MAX_MATCH, MIN_MATCH};

impl Classic {
    /// Parses on, to the last position, `last`, that needs no further look at the window. The
    /// stream uses buckets. Returns true if the block is full, with the last symbol passed over.
    #[cfg_attr(not(target_arch = "x86_64"), allow(unused_unsafe))]
    pub(crate) fn fast_bulk(&mut self, out: &mut Output, last: usize) -> bool {
        let data_end = self.strstart + self.lookahead;
        let mut run = Run {
            p: self.strstart,
            length: self.match_length,
            start: self.match_start,
        };
        let place = Place {
            window: &self.window,
            data_end,
            last,
            max_dist: self.max_dist(),
            tunables: self.tunables,
        };
        let symbols = (&mut self.symbols, &mut out.buf[..]);
        // SAFETY: buckets hold the proof that the CPU has what is needed.
        let full = unsafe {
            match self.index.in_use() {
                Some(Index::HeadBuckets(buckets)) => run.go(buckets, place, symbols),
                Some(Index::Buckets(buckets)) => run.go(buckets, place, symbols),
                Some(Index::Anchors(_)) | None => false,
            }
        };
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
    last: usize,
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
    #[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2,bmi1,bmi2"))]
    fn go<K: Kept>(
        &mut self,
        buckets: &mut Buckets<K>,
        place: Place,
        (symbols, buf): (&mut Symbols, &mut [u8]),
    ) -> bool {
        let Place {
            window,
            data_end,
            last,
            max_dist,
            tunables,
        } = place;
        assert!(last < data_end && data_end <= window.len() && last + MAX_MATCH <= window.len());
        let max_insert = tunables.max_lazy as usize;
        let Run {
            mut p,
            mut length,
            mut start,
        } = *self;
        let full = loop {
            if p > last {
                break false;
            }
            let lookahead = data_end - p;
            // SAFETY: p is at most `last`, and 258 bytes from there on were asserted to be in the
            // window.
            let [b0, b1, b2, _] = unsafe { Bytes(window).probe(p) }.to_le_bytes();
            let bucket = match lookahead {
                ..MIN_MATCH => Bucket::default(),
                _ => buckets.insert(p, [b0, b1, b2]),
            };
            let head = bucket.at(0);
            let limit = p.saturating_sub(max_dist);
            if head >= limit && head != 0 {
                let query = Query {
                    p,
                    best: MIN_MATCH - 1,
                    // The first of a chain may be max_dist away, the others only less.
                    limit: limit - usize::from(head == limit),
                    max_chain: tunables.max_chain as u16,
                    nice_length: (tunables.nice_length as usize).min(lookahead),
                    short_reach: max_dist,
                };
                // SAFETY: as above; the string at p is inserted, and the lookahead is at least 3.
                let found = unsafe { buckets.search(Bytes(window), query, bucket) };
                length = found.length.min(lookahead);
                start = found.start;
            }
            let full = if length >= MIN_MATCH {
                let end = p + length;
                if length <= max_insert && end + MIN_MATCH <= data_end {
                    // SAFETY: MIN_MATCH bytes of data lie at end.
                    unsafe { buckets.insert_between(Bytes(window), p + 1, end) };
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
