//! deflate_fast on an index: the decisions of `fast.rs` in one loop over local variables.
//!
//! Which strings are in the chains depends on the parse, so they are inserted as it goes, and what
//! is inserted is noted in zlib's `prev` (`chains.rs`). `bulk.rs`
//! says where the loop ends.
//!
//! Unsafe because the search's loads are, and instructions that not all processors have.
#![allow(unsafe_code)]

use crate::deflate::classic::parse::bulk::{Bulk, Cursor};
use crate::deflate::classic::search::buckets::{Bucket, Buckets, Kept};
use crate::deflate::classic::search::index::Index;
use crate::deflate::classic::search::query::{Bytes, Query};
use crate::deflate::classic::state::Classic;
use crate::deflate::config::Flush;
use crate::deflate::output::Output;
use crate::format::deflate::{MAX_MATCH, MIN_MATCH};
use crate::io::Io;

impl Classic {
    /// Parses on an index. Returns true if the block is full, with the last symbol passed over.
    #[cfg_attr(not(target_arch = "x86_64"), allow(unused_unsafe))]
    pub(crate) fn fast_bulk(&mut self, io: &Io, out: &mut Output, flush: Flush) -> bool {
        let full = self.bulk(io, out, flush, |index, bulk, cursor| {
            // SAFETY: buckets hold the proof that the CPU has what is needed.
            unsafe {
                match index {
                    Index::HeadBuckets(buckets) => parse(buckets, bulk, cursor),
                    Index::Buckets(buckets) => parse(buckets, bulk, cursor),
                    Index::Anchors(_) => false,
                }
            }
        });
        full == Some(true)
    }
}

/// The loop. Returns true if the block is full.
#[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2,bmi1,bmi2"))]
fn parse<K: Kept>(buckets: &mut Buckets<K>, bulk: Bulk, cursor: &mut Cursor) -> bool {
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
            ..MIN_MATCH => {
                prev.skip(p, p + 1);
                Bucket::default()
            }
            // SAFETY: p is before data_end, which was asserted to be filled.
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
            let found = unsafe { buckets.search(Bytes(window), query, bucket, |c| prev.before(c)) };
            length = found.length.min(lookahead);
            start = found.start;
        }
        let full = if length >= MIN_MATCH {
            let end = p + length;
            if length <= max_insert && end + MIN_MATCH <= data_end {
                // SAFETY: MIN_MATCH bytes of data lie at end, and it was asserted that it is filled.
                unsafe { buckets.insert_between(&mut prev, Bytes(window), p + 1, end) };
            } else {
                prev.skip(p + 1, end);
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
