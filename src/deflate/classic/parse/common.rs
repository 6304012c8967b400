//! What all parses share: reading ahead, inserting and searching, literals, and the end of a block.
#![forbid(unsafe_code)]

use crate::deflate::classic::block::trees::{EndedBlock, data_type};
use crate::deflate::classic::search::chains::Link;
use crate::deflate::classic::search::longest_match::ChainQuery;
use crate::deflate::classic::search::query::Match;
use crate::deflate::classic::state::Classic;
use crate::deflate::config::{BlockState, Flush, Last, Z_UNKNOWN};
use crate::deflate::output::Output;
use crate::format::deflate::MIN_MATCH;
use crate::io::Io;

impl Classic {
    /// True if a parse can go on: `wanted` bytes lie ahead, after reading more if need be, or fewer
    /// but some, and a flush wants them done. When this is false without a flush, the parse needs
    /// more input.
    #[inline(always)]
    pub(crate) fn has_ahead(&mut self, io: &mut Io, flush: Flush, wanted: usize) -> bool {
        if self.lookahead >= wanted {
            return true;
        }
        self.fill_window(io);
        self.lookahead >= wanted || (flush != Flush::No && self.lookahead != 0)
    }

    /// Inserts the string at strstart if its 3 bytes exist; returns the one before it in its chain.
    #[inline(always)]
    pub(crate) fn insert_here(&mut self) -> Link {
        let at = self.strstart;
        if self.lookahead < MIN_MATCH {
            self.chains.skip(at, at + 1, at + self.lookahead);
            return Link::NIL;
        }
        let bytes = &self.window[at..at + MIN_MATCH];
        let bytes = [bytes[0], bytes[1], bytes[2]];
        self.chains.insert(at, bytes)
    }

    /// True if a search may begin at `candidate`. (The first of a chain may be max_dist away, the
    /// others only less.)
    #[inline(always)]
    pub(crate) fn is_in_reach(&self, candidate: Link) -> bool {
        let distance = self.strstart.wrapping_sub(candidate.position());
        candidate != Link::NIL && distance.wrapping_sub(1) < self.max_dist()
    }

    /// Searches from `candidate` for a match longer than prev_length.
    #[inline(never)] // once for all parses
    pub(crate) fn search(&mut self, candidate: Link) {
        let query = ChainQuery {
            window: &self.window,
            strstart: self.strstart,
            lookahead: self.lookahead,
            candidate,
            best: Match {
                length: self.prev_length,
                start: self.match_start,
            },
            max_dist: self.max_dist(),
            tunables: &self.tunables,
        };
        let found = self.chains.longest_match(query);
        self.match_length = found.length;
        self.match_start = found.start;
    }

    /// Makes the byte at strstart a literal and passes over it. Returns true if the block is full.
    #[inline(always)]
    pub(crate) fn take_literal(&mut self, out: &mut Output) -> bool {
        let literal = self.window[self.strstart];
        self.lookahead -= 1;
        self.strstart += 1;
        self.symbols.push_literal(&mut out.buf, literal)
    }

    /// Ends the block at strstart and writes what fits to next_out.
    pub(crate) fn flush_block(&mut self, io: &mut Io, out: &mut Output, last: Last) {
        if io.data_type == Z_UNKNOWN {
            io.data_type = data_type(&self.symbols.litlen_freq);
        }
        let start = usize::try_from(self.block_start).ok();
        let block = EndedBlock {
            symbols: &self.symbols,
            bytes: start.map(|start| &self.window[start..self.strstart]),
            strategy: self.params.strategy,
            last,
        };
        block.write(&mut self.scratch, out);
        if last.is_yes() {
            out.align();
        }
        self.symbols.clear();
        self.block_start = self.strstart as isize;
        out.flush_pending(io);
    }

    /// Ends the block in the middle of the data. Returns true if next_out is full.
    pub(crate) fn block_is_full(&mut self, io: &mut Io, out: &mut Output) -> bool {
        self.flush_block(io, out, Last::No);
        io.output.avail() == 0
    }

    /// Ends what a parse does when it has reached the end of its input: the last block of this
    /// flush, if there is anything in it, or of the stream. `insert` strings could not be inserted
    /// yet.
    pub(crate) fn end_of_input(
        &mut self,
        io: &mut Io,
        out: &mut Output,
        flush: Flush,
        insert: usize,
    ) -> BlockState {
        if flush == Flush::No {
            return BlockState::NeedMore;
        }
        self.insert = insert;
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
