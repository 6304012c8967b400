//! deflate_slow, levels 4 to 9: takes a match only if the next byte begins no longer one.
//!
//! At each position the search must exceed the match at the position before. If it does, that one
//! shrinks to a literal and the new one waits; otherwise it is taken. A match of at least max_lazy
//! bytes is taken without a further search. All strings are inserted.
//!
//! A match of 3 bytes far away costs more bits than 3 literals, so beyond TOO_FAR it does not
//! count; with strategy Filtered no match of up to 5 bytes does (`query.rs`).
//!
//! This is the parse on zlib's chains; `slow_bulk.rs` is the same on an index.
//!
//! Source: zlib 1.3.2 deflate.c, deflate_slow.
#![forbid(unsafe_code)]

use crate::deflate::classic::parse::slow_bulk::BulkEnd;
use crate::deflate::classic::search::query::{MIN_LOOKAHEAD, Match};
use crate::deflate::classic::state::Classic;
use crate::deflate::config::{BlockState, Flush, Last, Strategy};
use crate::deflate::output::Output;
use crate::format::deflate::MIN_MATCH;
use crate::io::Io;

impl Classic {
    /// Parses until the input or the room in next_out ends, or the flush is done.
    pub(crate) fn parse_slow(&mut self, io: &mut Io, out: &mut Output, flush: Flush) -> BlockState {
        while self.has_ahead(io, flush, MIN_LOOKAHEAD) {
            if self.index.is_in_use() {
                if self.index.is_needless(self.w_size()) {
                    self.pause_index();
                    continue;
                }
                match self.slow_bulk(io, out, flush) {
                    BulkEnd::Lookahead => {}
                    BulkEnd::Match => {
                        if self.block_is_full(io, out) {
                            return BlockState::NeedMore;
                        }
                    }
                    BulkEnd::Literal => {
                        self.flush_block(io, out, Last::No);
                        self.strstart += 1;
                        self.lookahead -= 1;
                        if io.output.avail() == 0 {
                            return BlockState::NeedMore;
                        }
                    }
                }
                continue;
            }
            let candidate = self.insert_here();
            let prev_start = self.match_start;
            self.prev_length = self.match_length;
            self.match_length = MIN_MATCH - 1;
            if self.prev_length < self.tunables.max_lazy as usize && self.is_in_reach(candidate) {
                self.search(candidate);
                let (length, start) = (self.match_length, self.match_start);
                let filtered = self.params.strategy == Strategy::Filtered;
                if (Match { length, start }).is_poor(self.strstart, filtered) {
                    self.match_length = MIN_MATCH - 1;
                }
            }
            if self.prev_length >= MIN_MATCH && self.match_length <= self.prev_length {
                if self.take_previous_match(out, prev_start) && self.block_is_full(io, out) {
                    return BlockState::NeedMore;
                }
                continue;
            }
            let held_back = self.match_available;
            self.match_available = true;
            if held_back && self.push_previous_literal(out) {
                self.flush_block(io, out, Last::No);
            }
            self.strstart += 1;
            self.lookahead -= 1;
            if held_back && io.output.avail() == 0 {
                return BlockState::NeedMore;
            }
        }
        if flush != Flush::No && self.match_available {
            self.push_previous_literal(out);
            self.match_available = false;
        }
        self.end_of_input(io, out, flush, self.strstart.min(MIN_MATCH - 1))
    }

    /// Makes the byte before strstart a literal. Returns true if the block is full.
    #[inline(always)]
    fn push_previous_literal(&mut self, out: &mut Output) -> bool {
        let literal = self.window[self.strstart - 1];
        self.symbols.push_literal(&mut out.buf, literal)
    }

    /// Makes the match at the position before a symbol and passes over it, inserting its strings as
    /// far as their bytes exist. Returns true if the block is full.
    #[inline(always)]
    fn take_previous_match(&mut self, out: &mut Output, prev_start: usize) -> bool {
        let length = self.prev_length;
        // A slide since the match was found may have put its first byte just before the window: the
        // position wraps, and the distance is right all the same.
        let distance = self.strstart.wrapping_sub(1).wrapping_sub(prev_start);
        let data_end = self.strstart + self.lookahead;
        let end = self.strstart - 1 + length;
        let first = self.strstart + 1;
        let insert_end = (end + MIN_MATCH - 1).min(data_end);
        self.insert_strings(first, insert_end);
        self.lookahead -= length - 1;
        self.strstart = end;
        self.prev_length = 0;
        self.match_available = false;
        self.match_length = MIN_MATCH - 1;
        self.symbols.push_match(&mut out.buf, distance, length)
    }
}
