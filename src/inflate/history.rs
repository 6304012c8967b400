//! Where the fast loop and the careful decoder find a match's bytes while output goes to a flat
//! place: before it, and in up to three parts elsewhere.
//!
//! Unsafe because the parts are raw memory: the history grows behind the fast loop, without a
//! slice that could say so.
#![allow(unsafe_code)]

use super::ahead::Ahead;
use super::copy::{Near, copy_exact, copy_match};
use super::loops::History;

/// Part of the history.
#[derive(Clone, Copy)]
pub struct Part {
    /// Behind its last byte.
    pub end: *const u8,
    /// Bytes.
    pub len: usize,
}

impl Part {
    /// No bytes.
    pub const NONE: Part = Part {
        end: core::ptr::null(),
        len: 0,
    };

    /// These bytes.
    pub fn new(bytes: &[u8]) -> Part {
        Part {
            end: bytes.as_ptr_range().end,
            len: bytes.len(),
        }
    }
}

/// The history of a place: what lies right before its output, and parts that lie elsewhere.
pub struct Flat {
    /// The first byte of the history that lies right before the output.
    pub start: *const u8,
    /// What comes before it, the newest part first.
    pub parts: [Part; 3],
}

impl Flat {
    /// Copies the beginning of a match from the parts, and then the rest. False if it is too
    /// far back. Nothing is written behind the match.
    ///
    /// # Safety
    /// - `len` bytes can be written at `out`, which is at or behind `start`, and all between
    ///   is initialised.
    #[cold]
    #[inline(never)]
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

/// The history of output to a flat place, and how its room goes on.
pub struct Reach<'call, 'saved> {
    /// The history itself.
    pub flat: Flat,
    /// At next_out, which is decoded to stretch after stretch: the next ones.
    pub stretches: Option<Stretches<'call, 'saved>>,
}

/// The stretches of next_out.
pub struct Stretches<'call, 'saved> {
    /// What is saved of next_out.
    pub ahead: &'call mut Ahead<'saved>,
    /// The first byte of the call's output.
    pub begin: *mut u8,
    /// Bytes of output at which to stop, so that they are added to the check value.
    pub stop: usize,
}

impl History for Reach<'_, '_> {
    #[inline(always)]
    fn start(&self) -> Option<*const u8> {
        Some(self.flat.start)
    }

    #[inline(always)]
    unsafe fn copy_match<N: Near>(&self, out: *mut u8, dist: usize, len: usize) -> bool {
        let written = out as usize - self.flat.start as usize;
        if dist > written {
            // SAFETY: the caller promises the room.
            return unsafe { self.flat.copy_far(out, dist, len) };
        }
        // SAFETY: the distance lies within what was written; the caller promises the room.
        unsafe { copy_match::<N>(out, dist, len, written) };
        true
    }

    #[cold]
    #[inline(never)]
    fn extend(&mut self, out: *mut u8, out_end: *mut u8) -> *mut u8 {
        let Some(stretches) = &mut self.stretches else {
            return out_end;
        };
        let produced = out as usize - stretches.begin as usize;
        if produced >= stretches.stop {
            return out_end;
        }
        stretches
            .begin
            .wrapping_add(stretches.ahead.advance(produced))
    }
}
