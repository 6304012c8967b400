//! What the stream machine calls of the classic engine: compress, change the level, reset.
#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use crate::alloc::Block;
use crate::buf::{InBuf, OutBuf};
use crate::deflate::classic::levels::{CLASSIC, Parse};
use crate::deflate::classic::search::query::MIN_LOOKAHEAD;
use crate::deflate::classic::state::Classic;
use crate::deflate::config::{BlockState, Flush, Params, Strategy, Tunables};
use crate::deflate::engine::Engine;
use crate::deflate::output::Output;
use crate::format::deflate::MIN_MATCH;
use crate::io::Io;

/// Bytes that are put off at most beyond those that a parse needs ahead.
const MOST_PUT_OFF: usize = 64;

/// Hash heads that are cleared in the time in which the head of one string is found.
const HEADS_PER_STRING: usize = 64;

impl Engine for Classic {
    // Level 0 stores; then the strategy chooses the parse, then the level.
    fn compress(&mut self, io: &mut Io, out: &mut Output, flush: Flush) -> BlockState {
        let parse = Parse::of(self.params.level, self.params.strategy);
        if flush == Flush::No && self.can_put_off(parse, io) {
            self.fill_window(io);
            self.has_put_off = true;
            return BlockState::NeedMore;
        }
        self.run(parse, io, out, flush)
    }

    fn catch_up(&mut self, out: &mut Output) {
        if self.has_put_off {
            let parse = Parse::of(self.params.level, self.params.strategy);
            // A next_out that is full would end the parse; nothing is written to this one.
            let mut next_out = [MaybeUninit::uninit()];
            let mut io = Io::new(InBuf::new(&[]), OutBuf::new(&mut next_out));
            self.run(parse, &mut io, out, Flush::No);
        }
    }

    fn params(&self) -> &Params {
        &self.params
    }

    fn has_lookahead(&self) -> bool {
        self.lookahead != 0
    }

    fn has_symbols(&self) -> bool {
        !self.symbols.is_empty()
    }

    fn has_unflushed(&self) -> bool {
        self.lookahead != 0 || self.strstart as isize != self.block_start
    }

    // (zlib would have passed over bytes that were put off, if there are enough to parse.)
    fn has_history(&self) -> bool {
        self.strstart != 0 || (self.has_put_off && self.lookahead >= MIN_LOOKAHEAD)
    }

    // The window starts anew unless bytes wait in it.
    fn forget_history(&mut self) {
        self.chains.clear();
        let seen = self.data().len();
        if self.lookahead == 0 {
            self.strstart = 0;
            self.block_start = 0;
            self.insert = 0;
        }
        self.index.forget(seen, self.strstart);
    }

    // zlib asks for it at every change of strategy, though not every one changes the parse.
    fn needs_block_end(&self, level: u8, strategy: Strategy) -> bool {
        let parse = |level: u8| -> Parse { CLASSIC[usize::from(level)].parse };
        strategy != self.params.strategy || parse(level) != parse(self.params.level)
    }

    // The search's numbers change only with the level.
    fn set_level(&mut self, level: u8, strategy: Strategy) {
        let (old_level, old_strategy) = (self.params.level, self.params.strategy);
        if Parse::of(level, strategy) != Parse::of(old_level, old_strategy) {
            self.end_parse();
            self.leave_index();
        }
        if level != old_level {
            self.settle_slides();
            self.params.level = level;
            self.tunables = CLASSIC[usize::from(level)].tunables;
        }
        self.params.strategy = strategy;
    }

    fn tune(&mut self, tunables: Tunables) {
        self.tunables = tunables;
    }

    // As if the dictionary had been compressed before.
    fn set_dictionary(&mut self, io: &mut Io, in_midstream: bool) {
        self.settle_slides();
        self.leave_index();
        self.index.forget_pause();
        let w_size = self.w_size();
        if io.input.avail() >= w_size {
            if in_midstream {
                self.chains.clear();
                self.index.forget(self.strstart + self.lookahead, 0);
                self.strstart = 0;
                self.block_start = 0;
                self.insert = 0;
            }
            io.input.take(io.input.avail() - w_size);
        }
        self.fill_window(io);
        while self.lookahead >= MIN_MATCH {
            let count = self.lookahead - (MIN_MATCH - 1);
            let end = self.strstart + self.lookahead;
            self.chains
                .insert_each(self.strstart, &self.window[self.strstart..end]);
            self.strstart += count;
            self.lookahead = MIN_MATCH - 1;
            self.fill_window(io);
        }
        self.strstart += self.lookahead;
        self.block_start = self.strstart as isize;
        if self.insert != 0 {
            // The dictionary was too short for the strings that reach into it.
            self.index.has_gap(self.strstart);
        }
        self.insert = self.lookahead;
        self.lookahead = 0;
        self.forget_match();
        self.index.leave(self.strstart, self.strstart.min(w_size));
    }

    fn dictionary(&self) -> &[u8] {
        let end = self.strstart + self.lookahead;
        &self.window[end.saturating_sub(self.w_size())..end]
    }

    // zlib forgets the account of slides with the symbols, and may then find strings that are not
    // there.
    fn drop_block(&mut self) {
        self.symbols.clear();
        self.settle_slides();
    }

    fn reset(&mut self) {
        self.clear_chains();
        self.index.forget(self.data().len(), 0);
        self.tunables = CLASSIC[usize::from(self.params.level)].tunables;
        self.strstart = 0;
        self.lookahead = 0;
        self.block_start = 0;
        self.insert = 0;
        self.forget_match();
        self.has_put_off = false;
    }

    fn blocks(&self) -> [Option<Block>; 3] {
        let [head, prev] = self.chains.blocks();
        [Some(head), Some(prev), Some(self.window.block())]
    }
}

impl Classic {
    /// Compresses by this parse.
    fn run(&mut self, parse: Parse, io: &mut Io, out: &mut Output, flush: Flush) -> BlockState {
        self.has_put_off = false;
        if parse != Parse::Stored {
            // Every symbol stands for a byte of the lookahead or the input, but for the one that
            // the slow parse holds back.
            let bytes = self.lookahead + io.input.avail() + 1;
            self.symbols.make_ready(out, bytes);
        }
        self.choose_search(parse, io);
        let state = match parse {
            Parse::Stored => self.store(io, out, flush),
            Parse::Fast => self.parse_fast(io, out, flush),
            Parse::Slow => self.parse_slow(io, out, flush),
            Parse::Huff => self.parse_huff(io, out, flush),
            Parse::Rle => self.parse_rle(io, out, flush),
        };
        self.note_gaps(parse);
        self.index.put();
        state
    }

    /// True if this call can do without a parse, because it brings little input, and neither would
    /// a block end in it nor the window slide. A call of a few bytes takes half the time then.
    fn can_put_off(&self, parse: Parse, io: &Io) -> bool {
        let bytes = self.lookahead + io.input.avail();
        bytes < MIN_LOOKAHEAD + MOST_PUT_OFF
            && matches!(parse, Parse::Slow | Parse::Fast)
            && self.insert == 0
            && self.strstart + bytes < self.w_size() + self.max_dist()
            && self.symbols.has_room_for(bytes)
            && io.output.avail() != 0
    }

    /// Forgets all strings of the chains and the slides that they have missed. Strings that are few
    /// are forgotten one by one, so that a stream that is reset after a short message need not
    /// clear all heads: a head is NIL or a string of the window, unless slides were missed or an
    /// index is in use.
    fn clear_chains(&mut self) {
        let data = &self.window[..self.strstart + self.lookahead];
        let have_all = self.pending_slides == 0 && !self.index.is_in_use();
        if have_all && data.len() * HEADS_PER_STRING <= self.chains.hash().count() {
            self.chains.clear_strings(data);
            self.chains.clear_prev();
        } else {
            self.chains.clear();
        }
        self.pending_slides = 0;
    }

    /// Brings the state to where a parse leaves it when it has reached the end of its input. It is
    /// there already, unless deflateResetKeep was called in the middle of the data (zlib's next
    /// parse then takes a match for its own that is not there).
    fn end_parse(&mut self) {
        if self.match_length.max(self.prev_length) >= MIN_MATCH || self.match_available {
            self.forget_match();
        }
    }
}
