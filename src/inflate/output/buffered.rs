//! The output of most calls: decoded to a buffer, and copied from there to next_out.
//!
//! # What must not be touched
//!
//! Programs rely on it that bytes after the produced output are left alone, even where avail_out
//! would allow a write: another thread may be writing there, or there may be no memory at all,
//! because some programs say INT_MAX for "it fits anyway". But the fast loops' copies overshoot;
//! exact ones cost a sixth of the speed. So nothing is decoded to next_out itself, but to a
//! [`Buffer`]: the line (`lined.rs`), or the staging buffer (`staged.rs`). From there the output is
//! copied to next_out in pieces that are still in the nearest cache, and added to the check value on
//! the way. When the buffer is full and next_out is not, decoding goes on in it after all output is
//! at next_out.
//!
//! Unsafe because memory of next_out and of buffers is not initialised before, and because it hands
//! pointers to the fast loop, which writes beyond the output.
#![allow(unsafe_code)]

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use crate::buf::InBuf;
use crate::checksum::check::Check;
use crate::inflate::codes::bits::Bits;
use crate::inflate::codes::table::DecodeTables;
use crate::inflate::decode::copy::OVERSHOOT;
use crate::inflate::decode::cpu::kernel::Cpu;
use crate::inflate::decode::cpu::scalar::Scalar;
use crate::inflate::decode::fast::OUTPUT_MARGIN;
use crate::inflate::decode::loops::{History, Sources};
use crate::inflate::decode::position::{Exit, FoundMatch, Space};
use crate::inflate::decode::sink::Sink;
use crate::inflate::decode::tail;

/// Bytes that a loop writes at most from the end of the room it was given on; a buffer has so many
/// after its room.
pub(crate) const MARGIN: usize = OUTPUT_MARGIN + OVERSHOOT;
/// Stored data from which it is not worth while to go through the buffer.
const LONG_STORED: usize = 32;

/// What a call decodes to.
pub(crate) trait Buffer {
    /// Some bytes of matches are far ([`Sources`]).
    const HAS_FAR: bool;
    /// Bytes decoded before they are copied to next_out.
    const PIECE: usize;

    /// Bytes of history before the call.
    fn history_len(&self) -> usize;

    /// Where the bytes of matches lie.
    fn sources(&self, at: &Place) -> Sources;

    /// [`History::copy_to`].
    ///
    /// # Safety
    /// - As there.
    unsafe fn copy_to<C: Cpu>(
        &self,
        at: &Place,
        cpu: C,
        out: *mut u8,
        dist: usize,
        len: usize,
    ) -> bool;

    /// Makes room in the buffer, after the output, all of which is at next_out.
    fn go_on(&mut self, at: &mut Place);

    /// So many bytes of stored data went to next_out alone.
    fn pass_by(&mut self, _count: usize) {}
}

/// How far a call's output has come, in the buffer and at next_out.
pub(crate) struct Place {
    /// next_out, and avail_out when the call began.
    pub next_out: *mut u8,
    pub room: usize,
    /// Output so far, in bytes; how much of it is at next_out and in the check value.
    pub produced: usize,
    delivered: usize,
    /// Where the call's first byte is in the buffer, or would be if it went on so far back.
    pub origin: *mut u8,
    /// The first byte that lies right before the output in the buffer.
    pub near: *mut u8,
    /// Bytes of the call's output for which there is room in the buffer.
    pub limit: usize,
}

impl Place {
    /// Where the next byte goes in the buffer.
    #[inline(always)]
    pub(crate) fn out(&self) -> *mut u8 {
        self.origin.wrapping_add(self.produced)
    }

    /// The room in the buffer, as the fast loop sees it, of which `piece` bytes are used before the
    /// output is copied.
    #[inline(always)]
    fn space(&self, piece: usize) -> Space {
        let out_end = self.limit.min(self.delivered.saturating_add(piece));
        // avail_out may be more than there are addresses.
        let room = self.room.min(out_end + MARGIN);
        Space {
            out: self.out(),
            out_end: self.origin.wrapping_add(out_end),
            room_end: self.origin.wrapping_add(room),
        }
    }
}

/// inflate's output in one call, decoded to a buffer.
pub(crate) struct BufferedOutput<'room, B> {
    pub buffer: B,
    at: Place,
    check: Check,
    check_value: u32,
    _room: PhantomData<&'room mut [MaybeUninit<u8>]>,
}

impl<'room, B: Buffer> BufferedOutput<'room, B> {
    /// Output to `room`, through `buffer`, whose history, the bytes from `near` on, ends at
    /// `origin`, and has room for `limit` bytes more. `check_value` is that of the output before.
    #[inline(always)]
    pub(crate) fn new(
        room: &'room mut [MaybeUninit<u8>],
        buffer: B,
        [near, origin]: [*mut u8; 2],
        limit: usize,
        (check, check_value): (Check, u32),
    ) -> Self {
        BufferedOutput {
            buffer,
            at: Place {
                next_out: room.as_mut_ptr().cast(),
                room: room.len(),
                produced: 0,
                delivered: 0,
                origin,
                near,
                limit: limit.min(room.len()),
            },
            check,
            check_value,
            _room: PhantomData,
        }
    }

    /// How far it has come.
    #[inline(always)]
    pub(crate) fn place(&self) -> &Place {
        &self.at
    }

    /// Ends the call's output: all of it is at next_out and in the check value; nothing is left
    /// here. (By reference, because to move an output costs a short call a twentieth of its time.)
    #[inline(always)]
    pub(crate) fn finish(&mut self) -> Finished<'room> {
        self.deliver();
        let at = &mut self.at;
        let rest_len = at.room - at.produced;
        // SAFETY: `produced` is at most the room.
        let end = unsafe { at.next_out.add(at.produced) };
        // SAFETY: that many bytes of the caller's room are initialised now, and the call's
        // output, which alone wrote there, is at its end: it gives up its room below.
        let data = unsafe { core::slice::from_raw_parts(at.next_out, at.produced) };
        // SAFETY: the rest of the caller's room, which nothing else refers to.
        let rest = unsafe { core::slice::from_raw_parts_mut(end.cast(), rest_len) };
        at.next_out = end;
        (at.room, at.limit) = (0, 0);
        (at.produced, at.delivered) = (0, 0);
        Finished {
            data,
            rest,
            check_value: self.check_value,
        }
    }

    /// Copies to next_out what is not there yet, and adds it to the check value.
    fn deliver(&mut self) {
        let count = self.at.produced - self.at.delivered;
        if count == 0 {
            return;
        }
        let from = self.at.origin.wrapping_add(self.at.delivered);
        // SAFETY: these bytes were decoded to the buffer.
        self.copy_to_next_out(unsafe { core::slice::from_raw_parts(from, count) });
    }

    /// Copies what comes after the delivered bytes to next_out, and adds it to the check value.
    fn copy_to_next_out(&mut self, data: &[u8]) {
        debug_assert!(self.at.delivered + data.len() <= self.at.room);
        // SAFETY: all output fits next_out. It comes from a buffer of ours, or is stored data,
        // which the program may have put into the same memory: `update_copying` expects that.
        let to = unsafe {
            let to = self.at.next_out.add(self.at.delivered).cast();
            core::slice::from_raw_parts_mut(to, data.len())
        };
        let value = self.check_value.into();
        self.check_value = self.check.update_copying(value, data, to).0 as u32;
        self.at.delivered += data.len();
    }

    /// Room in the buffer; if it is full and next_out is not, there is more afterwards.
    #[inline(always)]
    fn room_here(&mut self) -> usize {
        if self.at.produced >= self.at.limit && self.at.produced < self.at.room {
            self.deliver();
            self.buffer.go_on(&mut self.at);
        }
        self.at.limit.saturating_sub(self.at.produced)
    }
}

impl<B: Buffer> History for BufferedOutput<'_, B> {
    const HAS_FAR: bool = B::HAS_FAR;

    #[inline(always)]
    fn sources(&self) -> Option<Sources> {
        Some(self.buffer.sources(&self.at))
    }

    #[inline(always)]
    unsafe fn copy_to<C: Cpu>(&self, cpu: C, out: *mut u8, dist: usize, len: usize) -> bool {
        // SAFETY: the caller promises the same.
        unsafe { self.buffer.copy_to(&self.at, cpu, out, dist, len) }
    }

    #[inline(never)]
    fn extend(&mut self, space: &mut Space) {
        self.at.produced = space.out as usize - self.at.origin as usize;
        if self.at.produced >= self.at.room {
            return;
        }
        self.deliver();
        if self.at.produced >= self.at.limit {
            self.buffer.go_on(&mut self.at);
        }
        *space = self.at.space(B::PIECE);
    }
}

impl<B: Buffer> Sink for BufferedOutput<'_, B> {
    const CHECKS_DISTANCE_AT_ONCE: bool = false;

    fn room(&self) -> usize {
        self.at.room - self.at.produced
    }

    fn put(&mut self, byte: u8) {
        if self.room_here() == 0 {
            return;
        }
        // SAFETY: there is room in the buffer.
        unsafe { self.at.out().write(byte) };
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
        self.copy_to_next_out(data);
        self.at.produced += data.len();
        self.buffer.pass_by(data.len());
        // The buffer lacks these bytes: whoever decodes next has it go on after them.
        self.at.limit = self.at.produced;
    }

    fn reaches(&self, dist: usize) -> bool {
        dist <= self.at.produced + self.buffer.history_len()
    }

    fn write_match(&mut self, dist: usize, len: usize) -> usize {
        let count = len.min(self.room_here());
        // SAFETY: there is room for `count` bytes, and MARGIN after it.
        let found = unsafe { self.copy_to(Scalar, self.at.out(), dist, count) };
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
        if self.at.produced - self.at.delivered >= B::PIECE {
            self.deliver();
        }
        let mut space = self.at.space(B::PIECE);
        debug_assert!(space.out < space.out_end);
        // SAFETY: MARGIN bytes after the end of each space are in the buffer.
        let ended = unsafe { tail::run(&mut space, self, tables, bits, input) };
        self.at.produced = space.out as usize - self.at.origin as usize;
        ended
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
