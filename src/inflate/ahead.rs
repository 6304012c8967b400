//! The caller's bytes behind the output, saved ahead of it and put back at the end.
//!
//! Copies of matches overshoot, and programs rely on it that bytes behind the produced output
//! keep their values. So next_out is decoded to in stretches of [`STRETCH`] bytes: before the
//! first byte of one is written, the stretch behind it is copied to a ring of two. Wherever
//! the output ends then, what was written behind it can be put back. That costs less than
//! exact copies (5 % against 17 %, libdeflate's shape on a Zen 4), because it is sequential;
//! the lines are asked for one stretch earlier. The saved bytes may be uninitialised memory:
//! they are moved, never looked at.
//!
//! Unsafe because it copies bytes of which it is not known whether they are initialised.
#![allow(unsafe_code)]

use core::mem::MaybeUninit;

use super::copy::OVERSHOOT;
use super::fast::OUTPUT_MARGIN;

/// Bytes that a loop writes at most from the end of the room it was given on.
pub const MARGIN: usize = OUTPUT_MARGIN + OVERSHOOT;
/// Bytes of next_out that are saved at once; half as much or twice is slower.
const STRETCH: usize = 1024;
/// Bytes saved at a time: a stretch is decoded to while the next one is saved.
pub const SAVED: usize = 2 * STRETCH;
const _: () = assert!(MARGIN < STRETCH);

/// Memory for the saved bytes. It is apart from [`Ahead`], so that it is never moved.
pub struct Saved(MaybeUninit<[u8; SAVED]>);

impl Saved {
    /// Nothing is saved.
    #[inline(always)]
    pub fn nothing() -> Self {
        Saved(MaybeUninit::uninit())
    }

    /// Where the bytes lie: [`SAVED`] of them.
    pub fn bytes(&mut self) -> *mut u8 {
        self.0.as_mut_ptr().cast()
    }
}

/// What is saved of next_out.
pub struct Ahead<'call> {
    /// next_out, and avail_out when the call began.
    caller: *mut u8,
    room: usize,
    saved: &'call mut Saved,
    /// Stretches saved so far, counted from the beginning of next_out.
    stretches: usize,
}

impl<'call> Ahead<'call> {
    /// For `room`, of which nothing is saved yet, with memory in `saved`.
    pub fn new(room: &mut [MaybeUninit<u8>], saved: &'call mut Saved) -> Self {
        Ahead {
            caller: room.as_mut_ptr().cast(),
            room: room.len(),
            saved,
            stretches: 0,
        }
    }

    /// The memory for another use; what was saved is lost.
    pub fn take_memory(&mut self) -> *mut u8 {
        self.stretches = 0;
        self.saved.bytes()
    }

    /// Saves what the next stretch needs, with `produced` bytes at next_out, of which at
    /// least [`MARGIN`] are left. Returns up to how many the loop may go.
    pub fn advance(&mut self, produced: usize) -> usize {
        let stretch = produced / STRETCH;
        self.save_through(stretch + 1);
        ((stretch + 1) * STRETCH).min(self.room - MARGIN)
    }

    /// Saves the caller's bytes up to the end of the stretch with this number.
    fn save_through(&mut self, last: usize) {
        // Stretches that were passed without the fast loop need not be saved any more.
        let first = self.stretches.max(last - 1);
        for stretch in first..=last {
            let begin = stretch * STRETCH;
            let count = STRETCH.min(self.room.saturating_sub(begin));
            let slot = begin % SAVED;
            if count == 0 {
                break;
            }
            // SAFETY: the bytes lie in the caller's room, which the loop has not touched so
            // far on, and the slot holds a stretch.
            unsafe {
                let from = self.caller.add(begin).cast::<MaybeUninit<u8>>();
                let to = self.saved.bytes().cast::<MaybeUninit<u8>>().add(slot);
                from.copy_to_nonoverlapping(to, count);
            }
            prefetch_for_write(self.caller.wrapping_add(begin + STRETCH), STRETCH);
        }
        self.stretches = self.stretches.max(last + 1);
    }

    /// Puts the caller's bytes behind `produced` bytes of output back.
    pub fn restore(&mut self, produced: usize) {
        for at in produced..self.room.min(produced + OVERSHOOT) {
            // SAFETY: `at` lies in the caller's room and in a stretch that is saved.
            unsafe {
                let from = self.saved.bytes().add(at % SAVED).cast::<MaybeUninit<u8>>();
                from.copy_to_nonoverlapping(self.caller.add(at).cast(), 1);
            }
        }
    }
}

/// Asks for lines that will be written soon.
#[inline(always)]
fn prefetch_for_write(begin: *mut u8, len: usize) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..len).step_by(64) {
        use core::arch::x86_64::{_MM_HINT_ET0, _mm_prefetch};
        // SAFETY: prefetching any address has no effect that a program sees.
        unsafe { _mm_prefetch::<_MM_HINT_ET0>(begin.wrapping_add(line).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (begin, len);
}
