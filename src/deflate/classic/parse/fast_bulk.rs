//! deflate_fast on an index: the decisions of `fast.rs` in one loop over local variables.
//!
//! Which strings are in the chains depends on the parse, so they are inserted as it goes, and what
//! is inserted is noted in zlib's `prev` (`chains.rs`). `bulk.rs` says where the loop ends.
//!
//! Unsafe because the search's loads are.
#![allow(unsafe_code)]

use crate::deflate::classic::parse::bulk::{Bulk, Cursor};
use crate::deflate::classic::search::buckets::{Bucket, Buckets, Kept};
use crate::deflate::classic::search::cpu::kernel::{Cpu, Kernel};
use crate::deflate::classic::search::index::Index;
use crate::deflate::classic::search::query::{Bytes, Query};
use crate::deflate::classic::state::Classic;
use crate::deflate::config::Flush;
use crate::deflate::output::Output;
use crate::format::deflate::{MAX_MATCH, MIN_MATCH};
use crate::io::Io;

impl Classic {
    /// Parses on an index. Returns true if the block is full, with the last symbol passed over.
    pub(crate) fn fast_bulk(&mut self, io: &Io, out: &mut Output, flush: Flush) -> bool {
        let full = self.bulk(io, out, flush, |index, bulk, cursor| match index {
            Index::HeadBuckets(buckets) => buckets.set.run(Fast(buckets, bulk, cursor)),
            Index::Buckets(buckets) => buckets.set.run(Fast(buckets, bulk, cursor)),
            Index::Anchors(_) => false,
        });
        full == Some(true)
    }
}

/// The loop. Ends with true if the block is full.
struct Fast<'a, K>(&'a mut Buckets<K>, Bulk<'a>, &'a mut Cursor);

impl<K: Kept> Kernel for Fast<'_, K> {
    type End = bool;

    #[inline(always)]
    fn run<C: Cpu>(self, cpu: C) -> bool {
        let Fast(buckets, bulk, cursor) = self;
        let Bulk {
            window,
            data_end,
            last,
            max_dist,
            tunables,
            symbols,
            mut prev,
            buf,
            ..
        } = bulk;
        assert!(last < data_end && data_end <= window.len() && last + MAX_MATCH <= window.len());
        prev.assert_ready(data_end);
        let max_insert = tunables.max_lazy as usize;
        let Cursor {
            mut p,
            mut length,
            mut start,
            ..
        } = *cursor;
        let full = loop {
            if p > last {
                break false;
            }
            let lookahead = data_end - p;
            // SAFETY: p is at most `last`, and 258 bytes from there on were asserted to be in the
            // window.
            let [b0, b1, b2, _] = unsafe { Bytes(window).probe(p) }.to_le_bytes();
            let bucket = match lookahead {
                // SAFETY: p is before data_end, to which the window was asserted to be filled.
                ..MIN_MATCH => unsafe {
                    prev.skip(p, p + 1, data_end);
                    Bucket::default()
                },
                // SAFETY: as above.
                _ => unsafe { buckets.insert_noted(&mut prev, p, [b0, b1, b2]) },
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
                let found = unsafe {
                    buckets.search(cpu, Bytes(window), query, bucket, |c| prev.before(c))
                };
                length = found.length.min(lookahead);
                start = found.start;
            }
            let full = if length >= MIN_MATCH {
                let end = p + length;
                if length <= max_insert && end + MIN_MATCH <= data_end {
                    // SAFETY: MIN_MATCH bytes of data lie at end.
                    unsafe { buckets.insert_between(&mut prev, Bytes(window), p + 1, end) };
                } else {
                    // SAFETY: the match ends in the data.
                    unsafe { prev.skip(p + 1, end, data_end) };
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
        (cursor.p, cursor.length, cursor.start) = (p, length, start);
        full
    }
}
