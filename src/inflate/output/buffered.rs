//! The output of most inflate calls: decoded to a buffer, and copied from there to next_out.
//!
//! Short calls have `short.rs`.
//!
//! # What must not be touched
//!
//! Programs rely on it that bytes after the produced output are left alone, even where avail_out
//! would allow a write: another thread may be writing there, or there may be no memory at all,
//! because some programs say INT_MAX for "it fits anyway". But the fast loops' copies overshoot;
//! exact ones cost a sixth of the speed. So nothing is decoded to next_out itself:
//!
//! | buffer | when | history |
//! | --- | --- | --- |
//! | the window | it is a line (`window.rs`) with room | right before the output |
//! | the staging buffer | otherwise | its first [`KEPT`] bytes, then next_out, then the window |
//!
//! From there the output is copied to next_out in pieces that are still in the nearest cache, and
//! added to the check value on the way. On a Zen 5 that takes 3 to 6 % more time for whole buffers
//! than to decode to next_out and to put back what the copies wrote over, 2 % in pieces of 64 KiB. A
//! staging buffer of 1 KiB takes another 1 to 3 %, one of 8 KiB saves 1 %.
//!
//! The staging buffer is small, since it lies on the stack, and most matches begin before it. All
//! of the call's earlier output lies at next_out; so a match of the call's output has one of two
//! sources, which the loops select by one comparison ([`Sources`]). The buffer begins with a copy of
//! the last [`KEPT`] bytes of that output, so that a short match needs one of them only; a long one
//! that goes on from one to the other is copied in two parts (`copy_across`).
//!
//! Within a call the buffer changes from the window to the staging buffer when the window is full,
//! never back: the window is then as it was when the call began.
//!
//! Unsafe because it decodes to raw memory that is not initialised yet, and hands pointers
//! to the fast loop.
#![allow(unsafe_code)]

use core::hint::select_unpredictable;
use core::marker::PhantomData;
use core::mem::MaybeUninit;

use crate::buf::InBuf;
use crate::checksum::check::Check;
use crate::inflate::codes::bits::Bits;
use crate::inflate::codes::table::DecodeTables;
use crate::inflate::decode::copy::{OVERSHOOT, copy_in_pairs, copy_overlapping};
use crate::inflate::decode::cpu::kernel::Cpu;
use crate::inflate::decode::cpu::scalar::Scalar;
use crate::inflate::decode::fast::OUTPUT_MARGIN;
use crate::inflate::decode::loops::{History, KEPT, Sources, is_before};
use crate::inflate::decode::position::{Exit, FoundMatch, Space};
use crate::inflate::decode::sink::Sink;
use crate::inflate::decode::tail;
use crate::inflate::output::history::{Segment, SegmentedHistory};
use crate::inflate::output::window::{SLACK, Window};

/// Bytes that a loop writes at most from the end of the room it was given on.
const MARGIN: usize = OUTPUT_MARGIN + OVERSHOOT;
const _: () = assert!(SLACK >= MARGIN);
/// Bytes decoded to the window before they are copied to next_out.
const PIECE: usize = 8192;
/// Bytes decoded to the staging buffer before they are copied to next_out.
const STAGED: usize = 1280;
/// Stored data from which it is not worth while to go through a buffer.
const LONG_STORED: usize = 32;

/// The staging buffer's memory. It is apart from [`BufferedOutput`], so that it is never moved.
#[repr(align(32))]
pub(crate) struct Staging(MaybeUninit<[u8; KEPT + STAGED + MARGIN]>);

impl Staging {
    /// Nothing is in it.
    #[inline(always)]
    pub(crate) fn empty() -> Self {
        Staging(MaybeUninit::uninit())
    }
}

/// inflate's output in one call.
pub(crate) struct BufferedOutput<'room, 'window> {
    /// next_out, and avail_out when the call began.
    next_out: *mut u8,
    room: usize,
    /// The buffer is the window.
    in_window: bool,
    /// Where the call's first byte is in the buffer, or would be if it went on so far back.
    origin: *mut u8,
    /// The first byte of the history that lies right before the output in the buffer.
    near: *mut u8,
    /// Bytes of the call's output for which there is room in the buffer.
    limit: usize,
    /// Output so far, in bytes; how much of it is at next_out and in the check value.
    produced: usize,
    delivered: usize,
    /// The window when the call began, the newer part first.
    window: [Segment; 2],
    staging: *mut u8,
    /// Output that was decoded to the window before it was left.
    left_in_window: usize,
    check: Check,
    check_value: u32,
    _room: PhantomData<&'room mut [MaybeUninit<u8>]>,
    _buffers: PhantomData<&'window mut Window>,
}

impl<'room, 'window> BufferedOutput<'room, 'window> {
    /// Output to `room`, with `window` as history. `check_value` is that of the output
    /// before.
    #[inline(always)]
    pub(crate) fn new(
        room: &'room mut [MaybeUninit<u8>],
        window: &'window mut Window,
        staging: &'window mut Staging,
        check: Check,
        check_value: u32,
    ) -> Self {
        let staging = staging.0.as_mut_ptr().cast::<u8>();
        let begin = staging.wrapping_add(KEPT);
        let mut output = BufferedOutput {
            next_out: room.as_mut_ptr().cast(),
            room: room.len(),
            in_window: false,
            origin: begin,
            near: begin,
            limit: STAGED.min(room.len()),
            produced: 0,
            delivered: 0,
            window: [Segment::NONE; 2],
            staging,
            left_in_window: 0,
            check,
            check_value,
            _room: PhantomData,
            _buffers: PhantomData,
        };
        if room.is_empty() {
            // Nothing is decoded, so nothing need be moved.
        } else if let Some((buf, begin, end)) = window.stage(room.len()) {
            output.in_window = true;
            output.limit = (buf.len() - SLACK - end).min(room.len());
            let buf = buf.as_mut_ptr();
            (output.near, output.origin) = (buf.wrapping_add(begin), buf.wrapping_add(end));
            let history = Segment {
                end: output.origin,
                len: end - begin,
            };
            output.window = [history, Segment::NONE];
            return output;
        }
        let (newer, older) = window.history();
        output.window = [Segment::new(newer), Segment::new(older)];
        output
    }

    /// The check value of all output so far.
    pub(crate) fn check_value(&mut self) -> u32 {
        self.deliver();
        self.check_value
    }

    /// Ends the call's output: all of it is at next_out and in the check value. Returns it,
    /// and how many bytes of it were decoded to the window; nothing is left here. (By
    /// reference, because to move this costs a short call a twentieth of its time.)
    #[inline(always)]
    pub(crate) fn finish(&mut self) -> Finished<'room> {
        let check_value = self.check_value();
        let staged = if self.in_window {
            self.produced
        } else {
            self.left_in_window
        };
        let rest_len = self.room - self.produced;
        // SAFETY: `produced` is at most the room.
        let end = unsafe { self.next_out.add(self.produced) };
        // SAFETY: that many bytes of the caller's room are initialised now, and the call's
        // output, which alone wrote there, is at its end: it gives up its room below.
        let data = unsafe { core::slice::from_raw_parts(self.next_out, self.produced) };
        // SAFETY: the rest of the caller's room, which nothing else refers to.
        let rest = unsafe { core::slice::from_raw_parts_mut(end.cast(), rest_len) };
        self.next_out = end;
        (self.room, self.limit) = (0, 0);
        (self.produced, self.delivered) = (0, 0);
        Finished {
            data,
            rest,
            staged,
            check_value,
        }
    }

    /// Where the next byte goes in the buffer.
    #[inline(always)]
    fn out(&self) -> *mut u8 {
        self.origin.wrapping_add(self.produced)
    }

    /// Copies to next_out what is not there yet, and adds it to the check value.
    fn deliver(&mut self) {
        let count = self.produced - self.delivered;
        if count == 0 {
            return;
        }
        // SAFETY: these bytes were decoded to the buffer.
        let data =
            unsafe { core::slice::from_raw_parts(self.origin.wrapping_add(self.delivered), count) };
        self.copy_to_next_out(data);
    }

    /// Copies what comes after the delivered bytes to next_out, and adds it to the check value.
    fn copy_to_next_out(&mut self, data: &[u8]) {
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

    /// Decodes no more to the window in this call.
    fn leave_window(&mut self) {
        if self.in_window {
            self.in_window = false;
            self.left_in_window = self.produced;
        }
    }

    /// Goes on at the beginning of the staging buffer, after the last bytes of the output. All
    /// output is at next_out.
    fn begin_staging(&mut self) {
        self.leave_window();
        let begin = self.staging.wrapping_add(KEPT);
        let kept = KEPT.min(self.produced);
        self.origin = begin.wrapping_sub(self.produced);
        self.near = begin.wrapping_sub(kept);
        self.limit = self.room.min(self.produced + STAGED);
        // SAFETY: so many bytes are written at next_out, and lie before the buffer's KEPT-th.
        unsafe {
            let end = self.next_out.add(self.produced);
            end.sub(kept).copy_to_nonoverlapping(self.near, kept);
        }
    }

    /// Room in the buffer; if it is full and next_out is not, it is emptied first.
    #[inline(always)]
    fn room_here(&mut self) -> usize {
        if self.produced >= self.limit && self.produced < self.room {
            self.deliver();
            self.begin_staging();
        }
        self.limit.saturating_sub(self.produced)
    }

    /// The room in the buffer, as the fast loop sees it.
    #[inline(always)]
    fn space(&self) -> Space {
        let out_end = match self.in_window {
            true => self.limit.min(self.delivered + PIECE),
            false => self.limit,
        };
        // avail_out may be more than there are addresses.
        let room = self.room.min(out_end + MARGIN);
        Space {
            out: self.out(),
            out_end: self.origin.wrapping_add(out_end),
            room_end: self.origin.wrapping_add(room),
        }
    }

    /// Copies a match that begins at `far`, at next_out, and goes on in the staging buffer.
    ///
    /// # Safety
    /// - As for [`copy_far`](Self::copy_far); `far` is the like of `out - dist`.
    #[inline(never)]
    unsafe fn copy_across(&self, out: *mut u8, far: *const u8, dist: usize, len: usize) {
        let first = dist - (out as usize - self.near as usize);
        // SAFETY: the pairs that are read from `far` end among the KEPT bytes, which are at next_out,
        // too. More than KEPT bytes lie between `near` and `out`.
        unsafe {
            copy_in_pairs(far, out, first);
            copy_in_pairs(self.near, out.add(first), len - first);
        }
    }

    /// Copies a match that begins before the sources of the fast loop: in streams with a zalloc of
    /// their own, nearly always as a whole from one segment of the window. False if it is too far
    /// back.
    ///
    /// # Safety
    /// - Output was decoded up to `out`, where `len + OVERSHOOT` bytes can be written; the match
    ///   begins before [`near`](Self::near).
    #[cold]
    #[inline(never)]
    unsafe fn copy_far(&self, out: *mut u8, dist: usize, len: usize) -> bool {
        if !self.in_window {
            let mut back = dist - (out as usize).wrapping_sub(self.origin as usize);
            for segment in self.window {
                if len.next_multiple_of(OVERSHOOT) <= back && back <= segment.len {
                    // SAFETY: all of the match lies in this segment, and pairs of pieces do.
                    unsafe { copy_in_pairs(segment.end.sub(back), out, len) };
                    return true;
                }
                back = back.wrapping_sub(segment.len);
            }
        }
        let mut segments = [Segment::NONE; 3];
        if !self.in_window {
            let len = (self.near as usize).wrapping_sub(self.origin as usize);
            let here = Segment {
                end: self.next_out.wrapping_add(len),
                len,
            };
            segments = [here, self.window[0], self.window[1]];
        }
        let history = SegmentedHistory {
            near: self.near,
            segments,
        };
        // SAFETY: the caller promises the room; all output before `out` is written.
        unsafe { history.copy_far(out, dist, len) }
    }
}

impl Sources {
    /// The sources of an output: its buffer, and next_out.
    #[inline(always)]
    fn of(output: &BufferedOutput) -> Self {
        let (far, origin) = match output.in_window {
            true => (output.near, output.near),
            false => (output.next_out, output.origin),
        };
        Sources {
            near: output.near,
            far,
            far_base: far.wrapping_sub(origin as usize),
        }
    }
}

impl History for BufferedOutput<'_, '_> {
    #[inline(always)]
    fn sources(&self) -> Option<Sources> {
        Some(Sources::of(self))
    }

    #[inline(always)]
    unsafe fn copy_to<C: Cpu>(&self, cpu: C, out: *mut u8, dist: usize, len: usize) -> bool {
        let sources = Sources::of(self);
        let from = out.wrapping_sub(dist).cast_const();
        let far = sources.far_from(from);
        let is_near = from >= sources.near;
        // With less than this, pairs of pieces end among the KEPT bytes, which are at both places.
        let crosses = !is_near && from.wrapping_add(len) > sources.near.wrapping_add(1);
        if is_before(far, sources.far) {
            // SAFETY: the caller promises the room; the match begins before all sources.
            return unsafe { self.copy_far(out, dist, len) };
        }
        if crosses {
            // SAFETY: the caller promises the room; the match begins at `far`.
            unsafe { self.copy_across(out, far, dist, len) };
            return true;
        }
        let from = select_unpredictable(is_near, from, far);
        let written = out as usize - sources.near as usize;
        // SAFETY: the source lies within what was decoded, and what is far ends there, too. The
        // caller promises the room.
        unsafe { copy_overlapping(cpu, out, from, dist, len, written) };
        true
    }

    #[inline(never)]
    fn extend(&mut self, space: &mut Space) {
        self.produced = space.out as usize - self.origin as usize;
        if self.produced >= self.room {
            return;
        }
        self.deliver();
        if self.produced >= self.limit {
            self.begin_staging();
        }
        *space = self.space();
    }
}

impl Sink for BufferedOutput<'_, '_> {
    const CHECKS_DISTANCE_AT_ONCE: bool = false;

    fn room(&self) -> usize {
        self.room - self.produced
    }

    fn put(&mut self, byte: u8) {
        if self.room_here() == 0 {
            return;
        }
        // SAFETY: there is room in the buffer.
        unsafe { self.out().write(byte) };
        self.produced += 1;
    }

    fn write(&mut self, data: &[u8]) {
        if data.len() < LONG_STORED {
            for &byte in data {
                self.put(byte);
            }
            return;
        }
        self.deliver();
        self.leave_window();
        self.copy_to_next_out(data);
        self.produced += data.len();
        // The buffer lacks these bytes.
        self.limit = self.produced;
    }

    fn reaches(&self, dist: usize) -> bool {
        let [newer, older] = self.window;
        dist <= self.produced + newer.len + older.len
    }

    fn write_match(&mut self, dist: usize, len: usize) -> usize {
        let count = len.min(self.room_here());
        // SAFETY: there is room for `count` bytes, and MARGIN after it.
        let found = unsafe { self.copy_to(Scalar, self.out(), dist, count) };
        debug_assert!(found || count == 0, "the distance is in reach");
        self.produced += count;
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
        if self.produced - self.delivered >= PIECE {
            self.deliver();
        }
        let mut space = self.space();
        debug_assert!(space.out < space.out_end);
        // SAFETY: MARGIN bytes after the end of each space are in the buffer.
        let ended = unsafe { tail::run(&mut space, self, tables, bits, input) };
        self.produced = space.out as usize - self.origin as usize;
        ended
    }
}

/// A call's output when it is complete.
pub(crate) struct Finished<'room> {
    /// All of it, at next_out.
    pub data: &'room [u8],
    /// What is left of next_out's room.
    pub rest: &'room mut [MaybeUninit<u8>],
    /// Bytes from its beginning that lie in the window, after the history.
    pub staged: usize,
    /// The check value with it.
    pub check_value: u32,
}
