//! Copies matches from history that the fast loop cannot reach, in up to three places in memory.
//!
//! Unsafe because the segments are raw memory: the history grows after the fast loop, without a
//! slice that could say so.
#![allow(unsafe_code)]

use crate::inflate::decode::copy::copy_exact;

/// A segment of the history.
#[derive(Clone, Copy)]
pub(crate) struct Segment {
    /// After its last byte.
    pub end: *const u8,
    /// Bytes.
    pub len: usize,
}

impl Segment {
    /// These bytes.
    pub(crate) fn new(bytes: &[u8]) -> Segment {
        Segment {
            end: bytes.as_ptr_range().end,
            len: bytes.len(),
        }
    }
}

/// The history of an output: what lies right before it, and segments that lie elsewhere.
pub(crate) struct SegmentedHistory {
    /// The first byte of the history that lies right before the output.
    pub near: *const u8,
    /// What comes before it, the newest segment first.
    pub segments: [Segment; 3],
}

impl SegmentedHistory {
    /// Copies the beginning of a match from the segments, and then the rest. False if it is too
    /// far back. Nothing is written after the match.
    ///
    /// # Safety
    /// - `len` bytes can be written at `out`, which is at or after `near`, and all between
    ///   is initialised.
    /// - The match begins before `near`.
    pub(crate) unsafe fn copy_far(&self, out: *mut u8, dist: usize, len: usize) -> bool {
        let mut back = dist - (out as usize - self.near as usize);
        let Some(oldest) = self.segments.iter().position(|segment| {
            let here = back <= segment.len;
            if !here {
                back -= segment.len;
            }
            here
        }) else {
            return false;
        };
        let mut done = 0;
        for index in (0..=oldest).rev() {
            let segment = self.segments[index];
            let count = back.min(len - done);
            // SAFETY: `back` is at most the segment's length, and `count` at most that.
            unsafe { copy_exact(segment.end.sub(back), out.add(done), count) };
            done += count;
            // The newer segments are copied from their beginning.
            back = index
                .checked_sub(1)
                .map_or(0, |newer| self.segments[newer].len);
        }
        // SAFETY: what is left of the match begins at `near`.
        unsafe { copy_exact(self.near, out.add(done), len - done) };
        true
    }
}

#[cfg(test)]
#[path = "../../../tests/unit/inflate_history.rs"]
mod tests;
