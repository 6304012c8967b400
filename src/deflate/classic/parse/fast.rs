//! deflate_fast, levels 1 to 3: takes each match as soon as it is found.
//!
//! Every position that begins a literal or a match is inserted. The strings inside a match are
//! inserted only if it is short (at most max_lazy), which saves most insertions and loses some
//! matches; in the chains they leave gaps that later searches never see. `prev` says where
//! (`chains.rs`), for an index that takes their place.
//!
//! This is the parse on zlib's chains; `fast_bulk.rs` is the same on buckets.
//!
//! Source: zlib 1.3.2 deflate.c, deflate_fast.
#![forbid(unsafe_code)]

use crate::deflate::classic::search::query::MIN_LOOKAHEAD;
use crate::deflate::classic::state::Classic;
use crate::deflate::config::{BlockState, Flush};
use crate::deflate::output::Output;
use crate::format::deflate::MIN_MATCH;
use crate::io::Io;

impl Classic {
    /// Parses until the input or the room in next_out ends, or the flush is done.
    pub(crate) fn parse_fast(&mut self, io: &mut Io, out: &mut Output, flush: Flush) -> BlockState {
        while self.has_ahead(io, flush, MIN_LOOKAHEAD) {
            if self.index.is_in_use() {
                if self.fast_bulk(io, out, flush) && self.block_is_full(io, out) {
                    return BlockState::NeedMore;
                }
                continue;
            }
            let candidate = self.insert_here();
            if self.is_in_reach(candidate) {
                self.search(candidate);
            }
            let full = if self.match_length >= MIN_MATCH {
                self.take_match(out)
            } else {
                self.take_literal(out)
            };
            if full && self.block_is_full(io, out) {
                return BlockState::NeedMore;
            }
        }
        self.end_of_input(io, out, flush, self.strstart.min(MIN_MATCH - 1))
    }

    /// Makes the match at strstart a symbol and passes over it. Returns true if the block is full.
    #[inline(always)]
    fn take_match(&mut self, out: &mut Output) -> bool {
        let length = self.match_length;
        let distance = self.strstart - self.match_start;
        let end = self.strstart + length;
        self.lookahead -= length;
        let first = self.strstart + 1;
        if length <= self.tunables.max_lazy as usize && self.lookahead >= MIN_MATCH {
            self.insert_strings(first, end + MIN_MATCH - 1);
        } else {
            self.chains.skip(first, end, end + self.lookahead);
        }
        self.match_length = 0;
        self.strstart = end;
        self.symbols.push_match(&mut out.buf, distance, length)
    }
}
