//! deflate_slow on an index: the decisions of `slow.rs` in one loop over local variables.
//!
//! The index is filled ahead of the parse, so a match costs no insertions. `bulk.rs` says where the
//! loop ends.
//!
//! Unsafe because the search's loads are.
#![allow(unsafe_code)]

use crate::deflate::classic::levels::{CLASSIC, IndexKind, Parse};
use crate::deflate::classic::parse::bulk::{Bulk, Cursor};
use crate::deflate::classic::search::anchor_index::{AnchorIndex, EIGHT, MOST_AHEAD};
use crate::deflate::classic::search::buckets::{Bucket, Buckets};
use crate::deflate::classic::search::cpu::kernel::{Cpu, Kernel};
use crate::deflate::classic::search::index::Index;
use crate::deflate::classic::search::query::{Bytes, MIN_LOOKAHEAD, Match, Query, TOO_FAR, WORD};
use crate::deflate::classic::state::Classic;
use crate::deflate::config::{Flush, Tunables};
use crate::deflate::output::Output;
use crate::format::deflate::{MAX_MATCH, MIN_MATCH};
use crate::io::Io;

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BulkEnd {
    /// The window is to be filled, or there is no more.
    Lookahead,
    /// The block is full with a match, which is passed over.
    Match,
    /// The block is full with the literal before strstart; strstart is to be passed over.
    Literal,
}

/// Steps of zlib's walk that cost no more than a search on the index.
const FEW_STEPS: u16 = 8;
/// The index is filled again when it is less than this far ahead.
const LEAST_AHEAD: usize = 24;
const _: () = assert!(EIGHT < LEAST_AHEAD && LEAST_AHEAD < MOST_AHEAD);
const _: () = assert!(MOST_AHEAD < MIN_LOOKAHEAD);
/// What the searches on an index rely on, at every level that has one.
const _: () = {
    let mut level = 1;
    while level < CLASSIC.len() {
        let Tunables {
            max_lazy,
            nice_length,
            max_chain,
            ..
        } = CLASSIC[level].tunables;
        let nice = nice_length as usize;
        assert!(WORD <= nice && nice <= MAX_MATCH);
        if matches!(CLASSIC[level].parse, Parse::Slow) {
            assert!(max_lazy as usize <= nice && max_chain >> 2 != 0);
        }
        // Also a quarter of it, in the slow parse, is a number of whole buckets.
        let slow = matches!(CLASSIC[level].parse, Parse::Slow);
        assert!(match CLASSIC[level].index {
            IndexKind::HeadBuckets => max_chain == 4 && !slow,
            IndexKind::Buckets => max_chain.is_multiple_of(if slow { 16 } else { 4 }),
            IndexKind::Anchors => slow,
        });
        assert!(max_chain <= u16::MAX as u32);
        level += 1;
    }
};

impl Classic {
    /// Parses on an index.
    pub(crate) fn slow_bulk(&mut self, io: &Io, out: &mut Output, flush: Flush) -> BulkEnd {
        let end = self.bulk(io, out, flush, |index, bulk, cursor| match index {
            Index::Anchors(anchors) => anchors.set.run(Slow(anchors, bulk, cursor)),
            Index::Buckets(buckets) => buckets.set.run(Slow(buckets, bulk, cursor)),
            Index::HeadBuckets(_) => BulkEnd::Lookahead,
        });
        end.unwrap_or(BulkEnd::Lookahead)
    }
}

/// An index as this parse sees it.
trait Finder {
    /// Inserts the strings before `end`, as far as they are whole in `data`, unless all before
    /// `least` are inserted.
    fn insert_ahead(&mut self, data: &[u8], least: usize, end: usize);
    /// Where the string before the one at `p` in its chain begins, or 0.
    fn head(&self, p: usize) -> usize;
    /// True if zlib is better off here: it finds the match of the string at `p` that begins at
    /// `start` in a few steps.
    fn is_found_at_once(&self, _p: usize, _start: usize) -> bool {
        false
    }
    /// Searches for a longer match than `query.best`, in data of `lookahead` bytes.
    ///
    /// # Safety
    /// - 258 bytes of `window` lie at `query.p`, of which `lookahead` are data, at least 3; all
    ///   strings up to the one there are inserted.
    /// - `query.limit < query.p`, and 2 <= `query.best` < `query.nice_length` <= 258.
    unsafe fn search(&self, cpu: impl Cpu, window: Bytes, query: Query, lookahead: usize) -> Match;
}

impl Finder for AnchorIndex {
    #[inline(always)]
    fn insert_ahead(&mut self, data: &[u8], least: usize, end: usize) {
        if self.frontier < least {
            self.insert_until(data, end);
        }
    }

    #[inline(always)]
    fn head(&self, p: usize) -> usize {
        usize::from(self.node(p).before())
    }

    #[inline(always)]
    fn is_found_at_once(&self, p: usize, start: usize) -> bool {
        self.steps(p, start) <= FEW_STEPS
    }

    #[inline(always)]
    unsafe fn search(&self, cpu: impl Cpu, window: Bytes, query: Query, lookahead: usize) -> Match {
        // SAFETY: as the caller promises.
        unsafe {
            if lookahead >= EIGHT {
                self.search(cpu, window, query)
            } else {
                self.walk(window, query.reach(), query.nothing(), query.ends())
            }
        }
    }
}

impl Finder for Buckets<Bucket> {
    #[inline(always)]
    fn insert_ahead(&mut self, data: &[u8], least: usize, end: usize) {
        if self.frontier < least {
            self.insert_until(data, end);
        }
    }

    #[inline(always)]
    fn head(&self, p: usize) -> usize {
        self.kept(p).at(0)
    }

    #[inline(always)]
    unsafe fn search(&self, cpu: impl Cpu, window: Bytes, query: Query, _: usize) -> Match {
        // SAFETY: as the caller promises.
        unsafe { self.search(cpu, window, query, self.kept(query.p), |c| self.head(c)) }
    }
}

/// The loop.
struct Slow<'a, F>(&'a mut F, Bulk<'a>, &'a mut Cursor);

impl<F: Finder> Kernel for Slow<'_, F> {
    type End = BulkEnd;

    #[inline(always)]
    fn run<C: Cpu>(self, cpu: C) -> BulkEnd {
        let Slow(finder, bulk, cursor) = self;
        let Bulk {
            window,
            data_end,
            last,
            max_dist,
            tunables,
            filtered,
            symbols,
            buf,
            ..
        } = bulk;
        assert!(last < data_end && data_end <= window.len() && last + MAX_MATCH <= window.len());
        let max_lazy = tunables.max_lazy as usize;
        let good_length = tunables.good_length as usize;
        let max_chain = tunables.max_chain as u16;
        let nice_length = tunables.nice_length as usize;
        // Strings from here on are not whole yet.
        let whole_end = data_end.saturating_sub(MIN_MATCH - 1);
        let short_reach = if filtered { 0 } else { TOO_FAR };

        // (As one variable they take 1 % more instructions at level 9.)
        let Cursor {
            mut p,
            mut length,
            mut start,
            mut prev_length,
            mut available,
            mut long_match_bytes,
        } = *cursor;
        let end = loop {
            if p > last {
                break BulkEnd::Lookahead;
            }
            let least = (p + LEAST_AHEAD).min(whole_end);
            finder.insert_ahead(&window[..data_end], least, p + MOST_AHEAD);
            prev_length = length;
            let prev_start = start;
            length = MIN_MATCH - 1;
            let lookahead = data_end - p;
            let head = finder.head(p);
            let limit = p.saturating_sub(max_dist);
            // A match as long as the lookahead cannot be exceeded; so the string at p is whole.
            if prev_length < max_lazy.min(lookahead) && head >= limit && head != 0 {
                let query = Query {
                    p,
                    best: prev_length,
                    // The first of a chain may be max_dist away, the others only less.
                    limit: limit - usize::from(head == limit),
                    max_chain: if prev_length >= good_length {
                        max_chain >> 2
                    } else {
                        max_chain
                    },
                    nice_length: nice_length.min(lookahead),
                    short_reach,
                };
                // SAFETY: p is at most `last`, and 258 bytes from there on were asserted to be in
                // the window; the lookahead is more than prev_length, which is at least 2. Where
                // the levels say what is nice, it is at least max_lazy and at most 258.
                let mut found = unsafe { finder.search(cpu, Bytes(window), query, lookahead) };
                if found.length > prev_length {
                    found.length = found.length.min(lookahead);
                    if !found.is_poor(p, filtered) {
                        Match { length, start } = found;
                    }
                }
            }
            if prev_length >= MIN_MATCH && length <= prev_length {
                if prev_length >= nice_length && finder.is_found_at_once(p - 1, prev_start) {
                    long_match_bytes += prev_length;
                }
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
        *cursor = Cursor {
            p,
            length,
            start,
            prev_length,
            available,
            long_match_bytes,
        };
        end
    }
}
