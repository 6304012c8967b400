//! Keeps sequences to calls for which zlib's own behaviour is defined.
//!
//! zlib trusts its caller in places, and a random sequence finds each of them: zlib then
//! reads memory that nobody wrote, or writes beyond a buffer, and its output is an accident.
//! These cases are known (zlib 1.3.2, deflate.c; names are those of its state):
//!
//! - deflatePrime appends at pending_buf + pending. After output was taken in part, the
//!   bytes that wait begin further on, so that the new one lands among them and the last
//!   byte sent is one nobody wrote. And it never looks how much waits already: enough calls
//!   in a row run over the symbols of the current block, and then over the buffer's end.
//!   Here: bits are added only when nothing waits but bits added right before, and less than
//!   the symbols' offset. Exception: so much was taken already that zlib refuses the call.
//! - deflateResetKeep with input still in the window makes deflateParams believe that the
//!   stream is fresh: it changes the function without flushing, and the new one starts with
//!   the match, the lookahead and the block start of the old one. Here: no such change until
//!   deflate was called.
//! - Level 0 does not slide the hash chains with the window, it counts the slides due.
//!   deflateResetKeep drops the count, and deflateSetDictionary inserts new positions among
//!   old ones, which can close a chain to a ring. Here: no dictionary once level 0 may have
//!   moved the window, and no other level after deflateResetKeep then.
//! - The fields of a gzip header are read until all is written. Here: no other header while
//!   one is being written.

use crate::common::api::*;
use crate::common::log::Settings;
use crate::plan::Action;
use std::ffi::c_int;

/// What is known about a stream's inside. A copy of a stream takes it over.
#[derive(Clone)]
pub struct Guard {
    gzip: bool,
    level: c_int,
    strategy: c_int,
    window: usize,
    /// Symbols of a block; as many bytes may wait before they run into symbols.
    symbols: usize,
    /// Bytes that entered the window since it was empty.
    entered: usize,
    /// Some of them may be in the hash chains.
    hashed: bool,
    /// Level 0 may have slid or replaced the window, and the chains have not followed.
    slides_due: bool,
    /// All input was taken and its block written.
    flushed: bool,
    /// deflateResetKeep was called while not flushed, and deflate not since.
    kept_unflushed: bool,
    /// deflateResetKeep was called while slides were due for chains in use.
    slides_lost: bool,
    /// What waits was added by deflatePrime only.
    only_primed: bool,
    /// At least so many bytes of what waits were taken, since the last time nothing waited.
    taken: usize,
    /// Bytes of the gzip header to write at the next start, and of the one being written.
    header: usize,
    header_open: usize,
    /// Bytes added by deflatePrime and written since the stream's start.
    primed: usize,
    written: usize,
    /// deflate was called since the stream's start.
    started: bool,
}

impl Guard {
    /// What is known after init.
    pub fn new(settings: Settings) -> Self {
        let bits = match settings.window_bits {
            bits @ ..0 => -bits,
            bits @ 16.. => bits - 16,
            bits => bits.max(9),
        };
        Guard {
            gzip: settings.window_bits > 15,
            level: if settings.level == -1 {
                6
            } else {
                settings.level
            },
            strategy: settings.strategy,
            window: 1 << bits,
            symbols: 1 << (settings.mem_level + 6),
            entered: 0,
            hashed: false,
            slides_due: false,
            flushed: true,
            kept_unflushed: false,
            slides_lost: false,
            only_primed: true,
            taken: 0,
            header: 0,
            header_open: 0,
            primed: 0,
            written: 0,
            started: false,
        }
    }

    /// True if zlib's behaviour is defined for an action on the stream, of whose output
    /// `pending` bytes wait.
    pub fn allows(&self, action: &Action, pending: usize) -> bool {
        match action {
            Action::Params {
                level, strategy, ..
            } => {
                let level = if *level == -1 { 6 } else { *level };
                let same_function = function(level) == function(self.level);
                let same = *strategy == self.strategy && same_function;
                !(self.slides_lost && level != self.level) && (same || !self.kept_unflushed)
            }
            Action::Prime { .. } => {
                let refused = self.taken >= self.symbols;
                let room = self.only_primed && pending + 4 < self.symbols;
                refused || pending == 0 || room
            }
            Action::SetDictionary(_) => !self.slides_due,
            Action::SetHeader(_) => {
                !self.gzip || !self.started || self.written >= self.header_open + self.primed
            }
            _ => true,
        }
    }

    /// Notes a call of deflate or deflateParams. `room_left` is avail_out after it.
    pub fn deflated(&mut self, flush: c_int, code: c_int, done: Done) {
        let went_well = code == Z_OK || code == Z_STREAM_END;
        let put_out = done.wrote > 0 || done.pending != done.pending_before;
        if !self.started && (went_well || put_out) {
            self.started = true;
            self.header_open = self.header;
        }
        if went_well {
            self.kept_unflushed = false;
        }
        self.entered += done.read;
        self.hashed |= done.read > 0 && self.level != 0;
        let moved = self.entered >= 2 * self.window || done.read >= self.window;
        self.slides_due |= self.level == 0 && done.read > 0 && moved;
        self.written += done.wrote;
        let complete = flush != Z_NO_FLUSH && done.input_left == 0 && done.room_left > 0;
        if code == Z_STREAM_END || (code == Z_OK && complete) {
            self.flushed = true;
        } else if done.read > 0 {
            self.flushed = false;
        }
        if put_out {
            self.only_primed = false;
        }
        if done.pending == 0 {
            self.only_primed = true;
            self.taken = 0;
        } else if done.pending_before >= done.wrote + done.pending {
            // Nothing new was put behind what waited.
            self.taken += done.wrote;
        } else {
            self.taken = 0;
        }
    }

    /// Notes an action that went well.
    pub fn done(&mut self, action: &Action, pending: usize) {
        match action {
            Action::Params {
                level, strategy, ..
            } => {
                self.level = if *level == -1 { 6 } else { *level };
                self.strategy = *strategy;
                self.slides_due &= self.level == 0;
            }
            Action::Prime { bits, .. } => self.primed += *bits as usize / 8 + 1,
            Action::SetDictionary(Some(dictionary)) => {
                self.entered += dictionary.len();
                self.hashed = true;
                self.flushed = true;
            }
            Action::SetHeader(header) => {
                self.header = header.as_ref().map_or(0, |header| header.most_encoded());
                if !self.started {
                    self.header_open = self.header;
                }
            }
            Action::Reset => {
                (self.entered, self.hashed, self.flushed) = (0, false, true);
                (self.kept_unflushed, self.slides_lost) = (false, false);
                self.slides_due = false;
                self.restarted();
            }
            Action::ResetKeep => {
                self.kept_unflushed |= !self.flushed;
                self.slides_lost |= self.slides_due && self.hashed;
                self.restarted();
            }
            _ => {}
        }
        if pending == 0 {
            (self.only_primed, self.taken) = (true, 0);
        }
    }

    fn restarted(&mut self) {
        (self.only_primed, self.taken) = (true, 0);
        (self.primed, self.written, self.started) = (0, 0, false);
    }

    /// True if deflate was called since the stream's start.
    pub fn started(&self) -> bool {
        self.started
    }

    /// True if nothing entered the window yet.
    pub fn window_empty(&self) -> bool {
        self.entered == 0
    }
}

/// What a call of deflate did.
#[derive(Clone, Copy)]
pub struct Done {
    pub read: usize,
    pub wrote: usize,
    pub input_left: usize,
    pub room_left: usize,
    /// Bytes that waited before and wait after the call.
    pub pending_before: usize,
    pub pending: usize,
}

/// Which of zlib's functions a level uses: storing, fast, or lazy matching.
fn function(level: c_int) -> c_int {
    match level {
        0 => 0,
        1..=3 => 1,
        _ => 2,
    }
}
