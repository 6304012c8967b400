//! Chooses the parse: level 0 stores, then the strategy, then the level.
#![forbid(unsafe_code)]

use crate::deflate::classic::levels::Parse;
use crate::deflate::classic::state::Classic;
use crate::deflate::config::{BlockState, Flush, Last};
use crate::deflate::output::Output;
use crate::io::Io;

impl Classic {
    /// Compresses what there is, as far as input and output allow.
    pub fn compress(&mut self, io: &mut Io, out: &mut Output, flush: Flush) -> BlockState {
        let parse = Parse::of(self.params.level, self.params.strategy);
        if parse != Parse::Stored {
            // Every symbol stands for a byte of the lookahead or the input, but for the one
            // that the slow parse holds back.
            let bytes = self.lookahead + io.input.avail() + 1;
            self.symbols.make_ready(out, bytes);
        }
        self.choose_search(parse, io);
        let state = match parse {
            Parse::Stored => self.deflate_stored(io, out, flush),
            Parse::Fast => self.deflate_fast(io, out, flush),
            Parse::Slow => self.deflate_slow(io, out, flush),
            Parse::Huff => self.deflate_huff(io, out, flush),
            Parse::Rle => self.deflate_rle(io, out, flush),
        };
        self.note_gaps(parse);
        state
    }

    /// True if a parse can go on: `wanted` bytes lie ahead, after reading more if need be, or
    /// fewer but some, and a flush wants them done. When this is false without a flush, the
    /// parse needs more input.
    #[inline(always)]
    pub(crate) fn has_ahead(&mut self, io: &mut Io, flush: Flush, wanted: usize) -> bool {
        if self.lookahead >= wanted {
            return true;
        }
        self.fill_window(io);
        self.lookahead >= wanted || (flush != Flush::No && self.lookahead != 0)
    }

    /// Makes the byte at strstart a literal and passes over it. Returns true if the block is
    /// full.
    #[inline(always)]
    pub(crate) fn take_literal(&mut self, out: &mut Output) -> bool {
        let literal = self.window[self.strstart];
        self.lookahead -= 1;
        self.strstart += 1;
        self.symbols.push_literal(&mut out.buf, literal)
    }

    /// Ends the block in the middle of the data. Returns true if next_out is full.
    pub(crate) fn block_is_full(&mut self, io: &mut Io, out: &mut Output) -> bool {
        self.flush_block(io, out, Last::No);
        io.output.avail() == 0
    }

    /// Ends what a parse does when it has reached the end of its input: the last block of
    /// this flush, if there is anything in it, or of the stream.
    pub(crate) fn end_of_input(
        &mut self,
        io: &mut Io,
        out: &mut Output,
        flush: Flush,
    ) -> BlockState {
        if flush == Flush::Finish {
            self.flush_block(io, out, Last::Yes);
            return match io.output.avail() {
                0 => BlockState::FinishStarted,
                _ => BlockState::FinishDone,
            };
        }
        if !self.symbols.is_empty() && self.block_is_full(io, out) {
            return BlockState::NeedMore;
        }
        BlockState::BlockDone
    }
}
