//! The line: memory of the library's in which output is decoded right after its history.
//!
//! # Idea
//!
//! A match is copied fastest from right before the output, by copies that may overshoot. But the
//! window is zlib's ring of 2^windowBits bytes, because programs budget for that, and next_out may
//! be elsewhere in each call. So the library owns a few lines (`pool`). A stream borrows one: its
//! history is copied to the front, output is decoded after it and copied to next_out from there
//! (`lined.rs`), and where the line ends, the last [`HISTORY`] bytes move to the front.
//!
//! # Invariants
//!
//! 1. The window has all history at the end of each call. The line is a cache of it: it may be
//!    lost between two calls.
//! 2. As long as the claim holds, the line ends with the stream's output, but for the last
//!    [`lag`](Claim::lag) bytes. What came by short calls, or was stored, is in the window only,
//!    until output is decoded in the line again: nothing is copied to it for calls that do not.
//! 3. A line that does not lag has at least as much history as the window.
//!
//! # When a line is worth it
//!
//! Without a line, `staged.rs` decodes at half the speed where matches begin before the call. To
//! bring a line up to date takes 1.2 us for all 32 KiB. So a line is taken, from another stream
//! if need be, where a call's output repays that ([`is_repaid`]): from 2 KiB on. Many short calls
//! repay it together: they take one once there was [`LEAST_WAIT`] output without, but only one
//! that nobody has been using for a while.
#![forbid(unsafe_code)]

use core::mem::ManuallyDrop;

use crate::inflate::output::bulk::{copy_in_pieces, move_to_front};
use crate::pool::pages::Pages;
use crate::pool::slot::{Held, Lease, Pool, Pooled};

/// Bytes of history at most: the longest distance.
pub(crate) const HISTORY: usize = 1 << 15;
/// Bytes after a line's end that the fast loops may write (`MARGIN` in `buffered.rs`).
pub(crate) const SLACK: usize = 384;
/// Bytes of a line's memory. With 96 KiB pieces of 64 KiB are decoded 1 % slower, with 256 KiB
/// nothing is faster.
const LINE: usize = 128 << 10;
/// Bytes of history and output in a line.
pub(crate) const CAPACITY: usize = LINE - SLACK;
/// With less room than this the history moves to the front.
const LEAST_ROOM: usize = 4096;
const _: () = assert!(CAPACITY >= 2 * HISTORY + LEAST_ROOM);

/// Lines up to which a stream gets a new one rather than another's. Many would fall out of the
/// second-level cache.
const HOT: usize = 4;
/// Lines at most, for as many threads.
const LINES_AT_MOST: usize = 64;
/// All lines.
pub(crate) static LINES: Pool<Line, LINES_AT_MOST, HOT> = Pool::new();

/// Bytes copied to a line that one byte of output repays. Of 16 or 256 streams that take turns,
/// this is what suits all sizes of pieces: with twice as much, 16 streams in pieces of 1 KiB are
/// decoded 15 % slower.
const REPAID: usize = 16;
/// Bytes that count as copied at least where a line must be found first.
const FINDING: usize = 1 << 15;
/// Output in bytes after which short calls look for a line.
const LEAST_WAIT: usize = 4096;
/// Short calls take a line from a stream that has not used it for so many milliseconds.
const LEAST_IDLE: u32 = 1000;
/// Bytes of output after which a line counts as used once more. To look at the clock in each call
/// costs one with 20 bytes of output a twentieth.
const SEEN: usize = 1024;
/// Bytes of output that a byte of input gives, more or less.
const TYPICAL_RATIO: usize = 4;

/// A line in use. It goes back by [`Claim::put`] alone, so that the frames that have one have nothing
/// to clean up: programs may leave inflate by an exception or a longjmp, though not in between.
pub(crate) type Borrowed = ManuallyDrop<Held<'static, Line>>;

/// A line.
pub(crate) struct Line {
    pages: Option<Pages>,
    /// Where the output ends.
    pub end: usize,
}

impl Pooled for Line {
    const EMPTY: Self = Line {
        pages: None,
        end: 0,
    };
    const BYTES: usize = LINE;

    fn is_empty(&self) -> bool {
        self.pages.is_none()
    }
}

impl Line {
    /// The memory: [`CAPACITY`] bytes and [`SLACK`].
    #[inline(always)]
    pub(crate) fn memory(&mut self) -> &mut [u8] {
        self.pages.as_deref_mut().unwrap_or_default()
    }

    /// Has memory; whether that worked.
    fn allocate(&mut self) -> bool {
        if self.pages.is_none() {
            self.pages = Pages::new(LINE);
        }
        self.pages.is_some()
    }

    /// Adds `data`, the oldest part first. Of what comes before, `kept` bytes or more stay; there
    /// is [`LEAST_ROOM`] afterwards. All together is no more than [`HISTORY`].
    pub(crate) fn extend(&mut self, kept: usize, data: [&[u8]; 3]) {
        let mut end = self.end;
        let count: usize = data.iter().map(|part| part.len()).sum();
        if kept == 0 || end + count + LEAST_ROOM > CAPACITY {
            move_to_front(self.memory(), end - kept, end);
            end = kept;
        }
        for part in data {
            copy_in_pieces(&mut self.memory()[end..end + part.len()], part);
            end += part.len();
        }
        self.end = end;
    }
}

/// A stream's claim to a line.
pub(crate) struct Claim {
    lease: Option<Lease>,
    /// Bytes of output since the stream had a line with all history. While a line is borrowed, the
    /// bytes of history, the last ones, that it has not.
    pub lag: usize,
}

impl Claim {
    /// No line.
    pub(crate) const NONE: Claim = Claim {
        lease: None,
        lag: 0,
    };

    /// There was so much output that the line has not.
    #[inline(always)]
    pub(crate) fn fall_behind(&mut self, count: usize) {
        self.lag = self.lag.saturating_add(count);
    }

    /// A line for a call with so much input and room, after `history` bytes of history. None if
    /// none is to be had, or is worth it. ([`lag`](Self::lag) is not returned with it, since both
    /// together pass through memory, and cost a short call a tenth of its time.)
    #[inline(always)]
    pub(crate) fn borrow(&mut self, history: usize, input: usize, room: usize) -> Option<Borrowed> {
        if room == 0 {
            // Nothing is decoded.
            return None;
        }
        if self.lag == 0
            && let Some(lease) = self.lease
            && let Some(line) = LINES.hold(lease)
        {
            return Some(ManuallyDrop::new(line));
        }
        self.borrow_anew(history, room.min(input.saturating_mul(TYPICAL_RATIO)))
    }

    /// [`borrow`](Self::borrow) where the line lags, or there is none. `output` is how much may
    /// come.
    #[inline(never)]
    fn borrow_anew(&mut self, history: usize, output: usize) -> Option<Borrowed> {
        let has_waited = self.lag >= LEAST_WAIT;
        let lag = self.lag.min(history);
        if let Some(lease) = self.lease {
            if !has_waited && !is_repaid(lag, output) {
                return None;
            }
            if self.lag != 0
                && let Some(line) = LINES.hold(lease)
            {
                self.lag = lag;
                return Some(ManuallyDrop::new(line));
            }
            // It was lost.
            (self.lease, self.lag) = (None, 0);
        }
        let least_idle = match is_repaid(history.max(FINDING), output) {
            true => 0,
            false if has_waited => LEAST_IDLE,
            false => return None,
        };
        // If there is none, short calls wait again.
        self.lag = 0;
        let mut line = ManuallyDrop::new(LINES.acquire(least_idle, HOT)?);
        line.end = 0;
        if !line.allocate() {
            ManuallyDrop::into_inner(line).free();
            return None;
        }
        self.lag = history;
        Some(line)
    }

    /// Gives the line back after a call with so much output, until the next one. The last `lag`
    /// bytes of it are not in the line.
    #[inline(always)]
    pub(crate) fn put(&mut self, line: Borrowed, output: usize, lag: usize) {
        let line = ManuallyDrop::into_inner(line);
        let lease = match line.end % SEEN < output {
            true => line.put(),
            false => line.put_unseen(),
        };
        (self.lease, self.lag) = (Some(lease), lag);
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(lease) = self.lease {
            LINES.release(lease);
        }
    }
}

/// Whether so much output repays that so many bytes are copied to a line.
fn is_repaid(copied: usize, output: usize) -> bool {
    copied <= output.saturating_mul(REPAID)
}

#[cfg(test)]
#[path = "../../../tests/unit/inflate_line.rs"]
mod tests;
