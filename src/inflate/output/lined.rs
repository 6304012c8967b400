//! The output of a call that has a line (`line.rs`): decoded there, right after the history.
//!
//! All matches begin in the line, so the loops have one source only: pieces of 8 KiB are decoded
//! half as fast again as by `staged.rs`, whole buffers 6 % faster (Zen 5). The output is copied to
//! next_out every [`PIECE`](Buffer::PIECE) bytes, while it is in the nearest cache. When the line is
//! full, or stored data went to next_out by itself, the history moves to the line's front, or the
//! line catches up, and decoding goes on in it.
//!
//! Unsafe because the history before the output is known by a pointer only.
#![allow(unsafe_code)]

use core::mem::MaybeUninit;

use crate::checksum::check::Check;
use crate::inflate::decode::copy::copy_overlapping;
use crate::inflate::decode::cpu::kernel::Cpu;
use crate::inflate::decode::loops::Sources;
use crate::inflate::output::buffered::{Buffer, BufferedOutput, Finished, MARGIN, Place};
use crate::inflate::output::line::{CAPACITY, HISTORY, Line, SLACK};
use crate::inflate::output::window::Window;

const _: () = assert!(SLACK >= MARGIN);

/// The line in a call.
pub(crate) struct Lined<'line> {
    line: &'line mut Line,
    /// The history when the call began.
    window: &'line Window,
    /// Bytes of the output, the last ones, that are at next_out or in the window, but not in the
    /// line.
    lag: usize,
}

/// inflate's output in a call with a line.
pub(crate) type LineOutput<'room, 'line> = BufferedOutput<'room, Lined<'line>>;

impl<'room, 'line> LineOutput<'room, 'line> {
    /// Output to `room`, after the history in `window`, which `line` was borrowed from.
    /// `check_value` is that of the output before.
    #[inline(always)]
    pub(crate) fn in_line(
        room: &'room mut [MaybeUninit<u8>],
        line: &'line mut Line,
        window: &'line Window,
        check: Check,
        check_value: u32,
    ) -> Self {
        let lag = window.line_lag();
        let limit = match lag {
            0 => CAPACITY.saturating_sub(line.end),
            _ => 0,
        };
        debug_assert!(line.memory().len() == CAPACITY + SLACK);
        debug_assert!(lag != 0 || window.history_len() <= line.end);
        let origin = line.memory().as_mut_ptr().wrapping_add(line.end + lag);
        let near = origin.wrapping_sub(window.history_len());
        let buffer = Lined { line, window, lag };
        BufferedOutput::new(room, buffer, [near, origin], limit, (check, check_value))
    }

    /// [`finish`](Self::finish), after which all output is in the line, too, but for so many bytes.
    #[inline(always)]
    pub(crate) fn finish_line(&mut self) -> (Finished<'room>, usize) {
        let out = self.place().out();
        self.buffer.set_end(out);
        (self.finish(), self.buffer.lag)
    }
}

impl Lined<'_> {
    /// Tells the line where the output ends in it. `out` is where the next byte goes.
    #[inline(always)]
    fn set_end(&mut self, out: *mut u8) {
        self.line.end = out as usize - self.lag - self.line.memory().as_ptr() as usize;
    }
}

impl Buffer for Lined<'_> {
    const HAS_FAR: bool = false;
    const PIECE: usize = 8192;

    #[inline(always)]
    fn history_len(&self) -> usize {
        self.window.history_len()
    }

    #[inline(always)]
    fn sources(&self, at: &Place) -> Sources {
        Sources::one(at.near)
    }

    #[inline(always)]
    unsafe fn copy_to<C: Cpu>(
        &self,
        at: &Place,
        cpu: C,
        out: *mut u8,
        dist: usize,
        len: usize,
    ) -> bool {
        let written = out as usize - at.near as usize;
        if dist > written {
            return false;
        }
        // SAFETY: all of the history up to `out` is written, and the match begins in it. The caller
        // promises the room.
        unsafe { copy_overlapping(cpu, out, out.sub(dist), dist, len, written) };
        true
    }

    #[inline(never)]
    fn go_on(&mut self, at: &mut Place) {
        self.set_end(at.out());
        let all = at.produced + self.window.history_len();
        let missing = self.lag.min(HISTORY);
        let here = missing.min(at.produced);
        // SAFETY: so many bytes of the output are written, the last ones at next_out.
        let written = unsafe {
            let end = at.next_out.add(at.produced);
            core::slice::from_raw_parts(end.sub(here), here)
        };
        let [older, newer] = self.window.newest(missing - here);
        let kept = (HISTORY - missing).min(all - self.lag);
        self.line.extend(kept, [older, newer, written]);
        self.lag = 0;
        let end = self.line.end;
        let memory = self.line.memory().as_mut_ptr();
        at.origin = memory.wrapping_add(end).wrapping_sub(at.produced);
        at.near = memory.wrapping_add(end - (kept + missing));
        at.limit = at.room.min(at.produced + (CAPACITY - end));
    }

    fn pass_by(&mut self, count: usize) {
        self.lag += count;
    }
}
