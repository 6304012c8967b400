//! The output of a call that has a line (`line.rs`): decoded there, right after the history.
//!
//! All matches begin in the line, so the loops have one source only: pieces of 8 KiB are decoded
//! half as fast again as by `staged.rs`, whole buffers 6 % faster (Zen 5). The output is copied to
//! next_out every [`PIECE`] bytes, while it is in the nearest cache. When the line is full, or
//! stored data went to next_out by itself, the history moves to the line's front, or the line
//! catches up, and decoding goes on in it.
//!
//! Unsafe because it hands pointers to the fast loop, which writes beyond the output.
#![allow(unsafe_code)]

use core::mem::MaybeUninit;

use crate::buf::InBuf;
use crate::checksum::check::Check;
use crate::inflate::codes::bits::Bits;
use crate::inflate::codes::table::DecodeTables;
use crate::inflate::decode::copy::{OVERSHOOT, copy_overlapping};
use crate::inflate::decode::cpu::kernel::Cpu;
use crate::inflate::decode::cpu::scalar::Scalar;
use crate::inflate::decode::fast::OUTPUT_MARGIN;
use crate::inflate::decode::loops::{History, Sources};
use crate::inflate::decode::position::{Exit, FoundMatch, Space};
use crate::inflate::decode::sink::Sink;
use crate::inflate::decode::tail;
use crate::inflate::output::delivery::{Delivery, Finished};
use crate::inflate::output::line::{CAPACITY, HISTORY, Line, SLACK};
use crate::inflate::output::window::Window;

/// Bytes that a loop writes at most from the end of the room it was given on.
const MARGIN: usize = OUTPUT_MARGIN + OVERSHOOT;
const _: () = assert!(SLACK >= MARGIN);
/// Bytes decoded before they are copied to next_out.
const PIECE: usize = 8192;
/// Stored data from which it is not worth while to go through the line.
const LONG_STORED: usize = 32;

/// inflate's output in a call with a line.
pub(crate) struct LineOutput<'room, 'line> {
    at: Delivery<'room>,
    line: &'line mut Line,
    /// The history when the call began.
    window: &'line Window,
    /// Where the call's first byte is in the line, or would be if it went on so far back.
    origin: *mut u8,
    /// The first byte of the history in the line.
    near: *mut u8,
    /// Bytes of the call's output for which there is room in the line; none while it lags.
    limit: usize,
    /// Bytes of the output, the last ones, that are at next_out or in the window, but not in the
    /// line.
    lag: usize,
}

impl<'room, 'line> LineOutput<'room, 'line> {
    /// Output to `room`, after the history in `window`, which `line` was borrowed from.
    /// `check_value` is that of the output before.
    #[inline(always)]
    pub(crate) fn new(
        room: &'room mut [MaybeUninit<u8>],
        line: &'line mut Line,
        window: &'line Window,
        check: Check,
        check_value: u32,
    ) -> Self {
        let lag = window.line_lag();
        let room_in_line = match lag {
            0 => CAPACITY.saturating_sub(line.end),
            _ => 0,
        };
        debug_assert!(line.memory().len() == CAPACITY + SLACK);
        debug_assert!(lag != 0 || window.history_len() <= line.end);
        let origin = line.memory().as_mut_ptr().wrapping_add(line.end + lag);
        LineOutput {
            limit: room.len().min(room_in_line),
            at: Delivery::new(room, check, check_value),
            line,
            origin,
            near: origin.wrapping_sub(window.history_len()),
            window,
            lag,
        }
    }

    /// Ends the call's output: all of it is at next_out and in the check value; and all in the
    /// line, but for so many bytes.
    #[inline(always)]
    pub(crate) fn finish(&mut self) -> (Finished<'room>, usize) {
        self.deliver();
        self.set_end();
        self.limit = 0;
        (self.at.finish(), self.lag)
    }

    /// Where the next byte goes in the line.
    #[inline(always)]
    fn out(&self) -> *mut u8 {
        self.origin.wrapping_add(self.at.produced)
    }

    /// Tells the line where the output ends in it.
    #[inline(always)]
    fn set_end(&mut self) {
        let end = self.out() as usize - self.lag;
        self.line.end = end - self.line.memory().as_ptr() as usize;
    }

    /// Copies to next_out what is not there yet, and adds it to the check value.
    fn deliver(&mut self) {
        let count = self.at.produced - self.at.delivered;
        if count == 0 {
            return;
        }
        let from = self.origin.wrapping_add(self.at.delivered);
        // SAFETY: these bytes were decoded to the line.
        self.at
            .deliver(unsafe { core::slice::from_raw_parts(from, count) });
    }

    /// Makes room in the line, and has it catch up. All output is at next_out.
    #[inline(never)]
    fn go_on(&mut self) {
        self.set_end();
        let all = self.at.produced + self.window.history_len();
        let missing = self.lag.min(HISTORY);
        let here = missing.min(self.at.produced);
        // SAFETY: so many bytes of the output are written, the last ones at next_out.
        let written = unsafe {
            let end = self.at.next_out.add(self.at.produced);
            core::slice::from_raw_parts(end.sub(here), here)
        };
        let [older, newer] = self.window.newest(missing - here);
        let kept = (HISTORY - missing).min(all - self.lag);
        self.line.extend(kept, [older, newer, written]);
        self.lag = 0;
        let end = self.line.end;
        let memory = self.line.memory().as_mut_ptr();
        self.origin = memory.wrapping_add(end).wrapping_sub(self.at.produced);
        self.near = memory.wrapping_add(end - (kept + missing));
        self.limit = self.at.room.min(self.at.produced + (CAPACITY - end));
    }

    /// Room in the line; if it is full and next_out is not, there is more afterwards.
    #[inline(always)]
    fn room_here(&mut self) -> usize {
        if self.at.produced >= self.limit && self.at.produced < self.at.room {
            self.deliver();
            self.go_on();
        }
        self.limit.saturating_sub(self.at.produced)
    }

    /// The room in the line, as the fast loop sees it.
    #[inline(always)]
    fn space(&self) -> Space {
        let out_end = self.limit.min(self.at.delivered + PIECE);
        // avail_out may be more than there are addresses.
        let room = self.at.room.min(out_end + MARGIN);
        Space {
            out: self.out(),
            out_end: self.origin.wrapping_add(out_end),
            room_end: self.origin.wrapping_add(room),
        }
    }
}

impl History for LineOutput<'_, '_> {
    const HAS_FAR: bool = false;

    #[inline(always)]
    fn sources(&self) -> Option<Sources> {
        Some(Sources::one(self.near))
    }

    #[inline(always)]
    unsafe fn copy_to<C: Cpu>(&self, cpu: C, out: *mut u8, dist: usize, len: usize) -> bool {
        let written = out as usize - self.near as usize;
        if dist > written {
            return false;
        }
        // SAFETY: all of the history up to `out` is written, and the match begins in it. The caller
        // promises the room.
        unsafe { copy_overlapping(cpu, out, out.sub(dist), dist, len, written) };
        true
    }

    #[inline(never)]
    fn extend(&mut self, space: &mut Space) {
        self.at.produced = space.out as usize - self.origin as usize;
        if self.at.produced >= self.at.room {
            return;
        }
        self.deliver();
        if self.at.produced >= self.limit {
            self.go_on();
        }
        *space = self.space();
    }
}

impl Sink for LineOutput<'_, '_> {
    const CHECKS_DISTANCE_AT_ONCE: bool = false;

    fn room(&self) -> usize {
        self.at.room - self.at.produced
    }

    fn put(&mut self, byte: u8) {
        if self.room_here() == 0 {
            return;
        }
        // SAFETY: there is room in the line.
        unsafe { self.out().write(byte) };
        self.at.produced += 1;
    }

    fn write(&mut self, data: &[u8]) {
        if data.len() < LONG_STORED {
            for &byte in data {
                self.put(byte);
            }
            return;
        }
        self.deliver();
        self.at.deliver(data);
        self.at.produced += data.len();
        self.lag += data.len();
        // Whoever decodes next has the line catch up.
        self.limit = self.at.produced;
    }

    fn reaches(&self, dist: usize) -> bool {
        dist <= self.at.produced + self.window.history_len()
    }

    fn write_match(&mut self, dist: usize, len: usize) -> usize {
        let count = len.min(self.room_here());
        // SAFETY: there is room for `count` bytes, and MARGIN after it.
        let found = unsafe { self.copy_to(Scalar, self.out(), dist, count) };
        debug_assert!(found || count == 0, "the distance is in reach");
        self.at.produced += count;
        count
    }

    fn fast(
        &mut self,
        tables: &DecodeTables,
        bits: &mut Bits,
        input: &mut InBuf,
    ) -> (Exit, FoundMatch) {
        if self.room_here() == 0 {
            return (Exit::Limit, FoundMatch::default());
        }
        if self.at.produced - self.at.delivered >= PIECE {
            self.deliver();
        }
        let mut space = self.space();
        debug_assert!(space.out < space.out_end);
        // SAFETY: MARGIN bytes after the end of each space are in the line.
        let ended = unsafe { tail::run(&mut space, self, tables, bits, input) };
        self.at.produced = space.out as usize - self.origin as usize;
        ended
    }
}
