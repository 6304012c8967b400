//! deflate_huff, strategy Z_HUFFMAN_ONLY: every byte becomes a literal.
//!
//! No string is inserted; the chains are filled again when another strategy takes over.
//! Source: zlib 1.3.2 deflate.c, deflate_huff.
#![forbid(unsafe_code)]

use crate::deflate::classic::state::Classic;
use crate::deflate::config::{BlockState, Flush};
use crate::deflate::output::Output;
use crate::io::Io;

impl Classic {
    /// Codes literals until the input or the room in next_out ends, or the flush is done.
    pub(crate) fn parse_huff(&mut self, io: &mut Io, out: &mut Output, flush: Flush) -> BlockState {
        while self.has_ahead(io, flush, 1) {
            self.match_length = 0;
            if self.take_literal(out) && self.block_is_full(io, out) {
                return BlockState::NeedMore;
            }
        }
        self.end_of_input(io, out, flush, 0)
    }
}
