//! The way from the buffer that a call decodes to, to next_out.
//!
//! # What must not be touched
//!
//! Programs rely on it that bytes after the produced output are left alone, even where avail_out
//! would allow a write: another thread may be writing there, or there may be no memory at all,
//! because some programs say INT_MAX for "it fits anyway". But the fast loops' copies overshoot;
//! exact ones cost a sixth of the speed. So nothing is decoded to next_out itself, but to a buffer:
//! the line (`lined.rs`), or the staging buffer (`staged.rs`). From there the output is copied to
//! next_out in pieces that are still in the nearest cache, and added to the check value on the way.
//!
//! Unsafe because next_out's memory is not initialised before.
#![allow(unsafe_code)]

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use crate::checksum::check::Check;

/// A call's output at next_out.
pub(crate) struct Delivery<'room> {
    /// next_out, and avail_out when the call began.
    pub next_out: *mut u8,
    pub room: usize,
    /// Output so far, in bytes; how much of it is at next_out and in the check value.
    pub produced: usize,
    pub delivered: usize,
    check: Check,
    check_value: u32,
    _room: PhantomData<&'room mut [MaybeUninit<u8>]>,
}

impl<'room> Delivery<'room> {
    /// Output to `room`. `check_value` is that of the output before.
    #[inline(always)]
    pub(crate) fn new(room: &'room mut [MaybeUninit<u8>], check: Check, check_value: u32) -> Self {
        Delivery {
            next_out: room.as_mut_ptr().cast(),
            room: room.len(),
            produced: 0,
            delivered: 0,
            check,
            check_value,
            _room: PhantomData,
        }
    }

    /// Copies what comes after the delivered bytes to next_out, and adds it to the check value.
    pub(crate) fn deliver(&mut self, data: &[u8]) {
        debug_assert!(self.delivered + data.len() <= self.room);
        // SAFETY: all output fits next_out. It comes from a buffer of ours, or is stored data,
        // which the program may have put into the same memory: `update_copying` expects that.
        let to = unsafe {
            let to = self.next_out.add(self.delivered).cast();
            core::slice::from_raw_parts_mut(to, data.len())
        };
        let value = self.check_value.into();
        self.check_value = self.check.update_copying(value, data, to).0 as u32;
        self.delivered += data.len();
    }

    /// Ends the call's output, all of which is at next_out; nothing is left here. (By reference,
    /// because to move an output costs a short call a twentieth of its time.)
    #[inline(always)]
    pub(crate) fn finish(&mut self) -> Finished<'room> {
        debug_assert!(self.delivered == self.produced);
        let rest_len = self.room - self.produced;
        // SAFETY: `produced` is at most the room.
        let end = unsafe { self.next_out.add(self.produced) };
        // SAFETY: that many bytes of the caller's room are initialised now, and the call's
        // output, which alone wrote there, is at its end: it gives up its room below.
        let data = unsafe { core::slice::from_raw_parts(self.next_out, self.produced) };
        // SAFETY: the rest of the caller's room, which nothing else refers to.
        let rest = unsafe { core::slice::from_raw_parts_mut(end.cast(), rest_len) };
        self.next_out = end;
        (self.room, self.produced, self.delivered) = (0, 0, 0);
        Finished {
            data,
            rest,
            check_value: self.check_value,
        }
    }
}

/// A call's output when it is complete.
pub(crate) struct Finished<'room> {
    /// All of it, at next_out.
    pub data: &'room [u8],
    /// What is left of next_out's room.
    pub rest: &'room mut [MaybeUninit<u8>],
    /// The check value with it.
    pub check_value: u32,
}
