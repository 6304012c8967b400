//! deflate_rle, strategy Z_RLE: matches of distance 1 only, that is, runs of one byte.
//!
//! No string is inserted; the chains are filled again when another strategy takes over.
//! Source: zlib 1.3.2 deflate.c, deflate_rle.
#![forbid(unsafe_code)]

use crate::deflate::classic::state::Classic;
use crate::deflate::config::{BlockState, Flush};
use crate::deflate::output::Output;
use crate::format::deflate::{MAX_MATCH, MIN_MATCH};
use crate::io::Io;

impl Classic {
    /// Parses until the input or the room in next_out ends, or the flush is done.
    pub(crate) fn parse_rle(&mut self, io: &mut Io, out: &mut Output, flush: Flush) -> BlockState {
        // With more than the longest run ahead, no run is cut short by the input's pieces.
        while self.has_ahead(io, flush, MAX_MATCH + 1) {
            self.match_length = 0;
            let run = self.run_length();
            let full = if run >= MIN_MATCH {
                self.lookahead -= run;
                self.strstart += run;
                self.symbols.push_match(&mut out.buf, 1, run)
            } else {
                self.take_literal(out)
            };
            if full && self.block_is_full(io, out) {
                return BlockState::NeedMore;
            }
        }
        self.end_of_input(io, out, flush, 0)
    }

    /// How often the byte before strstart follows there, at most 258 times.
    fn run_length(&self) -> usize {
        if self.strstart == 0 {
            return 0;
        }
        let end = self.strstart + self.lookahead.min(MAX_MATCH);
        let byte = self.window[self.strstart - 1];
        let ahead = &self.window[self.strstart..end];
        ahead.iter().position(|&b| b != byte).unwrap_or(ahead.len())
    }
}
