//! Where a match is found that begins before all that the fast loop knows of: in up to three
//! parts.
//!
//! Unsafe because the parts are raw memory: the history grows after the fast loop, without a
//! slice that could say so.
#![allow(unsafe_code)]

use crate::inflate::decode::copy::copy_exact;

/// Segment of the history.
#[derive(Clone, Copy)]
pub struct Segment {
    /// After its last byte.
    pub end: *const u8,
    /// Bytes.
    pub len: usize,
}

impl Segment {
    /// No bytes.
    pub const NONE: Segment = Segment {
        end: core::ptr::null(),
        len: 0,
    };

    /// These bytes.
    pub fn new(bytes: &[u8]) -> Segment {
        Segment {
            end: bytes.as_ptr_range().end,
            len: bytes.len(),
        }
    }
}

/// The history of a place: what lies right before its output, and parts that lie elsewhere.
pub struct SegmentedHistory {
    /// The first byte of the history that lies right before the output.
    pub start: *const u8,
    /// What comes before it, the newest part first.
    pub parts: [Segment; 3],
}

impl SegmentedHistory {
    /// Copies the beginning of a match from the parts, and then the rest. False if it is too
    /// far back. Nothing is written after the match.
    ///
    /// # Safety
    /// - `len` bytes can be written at `out`, which is at or after `start`, and all between
    ///   is initialised.
    /// - The match begins before `start`.
    pub unsafe fn copy_far(&self, out: *mut u8, dist: usize, len: usize) -> bool {
        let mut back = dist - (out as usize - self.start as usize);
        let Some(oldest) = self.parts.iter().position(|part| {
            let here = back <= part.len;
            if !here {
                back -= part.len;
            }
            here
        }) else {
            return false;
        };
        let mut done = 0;
        for index in (0..=oldest).rev() {
            let part = self.parts[index];
            let count = back.min(len - done);
            // SAFETY: `back` is at most the part's length, and `count` at most that.
            unsafe { copy_exact(part.end.sub(back), out.add(done), count) };
            done += count;
            // The newer parts are copied from their beginning.
            back = index
                .checked_sub(1)
                .map_or(0, |newer| self.parts[newer].len);
        }
        // SAFETY: what is left of the match begins at `start`.
        unsafe { copy_exact(self.start, out.add(done), len - done) };
        true
    }
}
