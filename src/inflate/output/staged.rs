//! The output of a call without a line: decoded to a small buffer on the stack.
//!
//! This is for calls that are too short for a line, and for streams that can have none. The buffer
//! is small, since it lies on the stack, and most matches begin before it. All of the call's
//! earlier output lies at next_out; so a match of the call's output has one of two sources, which
//! the loops select by one comparison ([`Sources`]). The buffer begins with a copy of the last
//! [`KEPT`] bytes of that output, so that a short match needs one of them only; a long one that
//! goes on from one to the other is copied in two parts (`copy_across`). What begins before the
//! call's output is copied from the window (`copy_far`), which makes pieces of 8 KiB a third slower
//! than with a line, and whole buffers 6 %. With a buffer of 1,280 bytes it takes 1 % less, but 384
//! bytes more of the stack.
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
use crate::inflate::output::delivery::{Delivery, Finished};
use crate::inflate::output::history::{Segment, SegmentedHistory};
use crate::inflate::output::window::Window;

/// Bytes that a loop writes at most from the end of the room it was given on.
const MARGIN: usize = OUTPUT_MARGIN + OVERSHOOT;
/// Bytes decoded to the staging buffer before they are copied to next_out.
const STAGED: usize = 896;
/// Stored data from which it is not worth while to go through a buffer.
const LONG_STORED: usize = 32;

/// The staging buffer's memory. It is apart from [`StagedOutput`], so that it is never moved.
#[repr(align(32))]
pub(crate) struct Staging(MaybeUninit<[u8; KEPT + STAGED + MARGIN]>);

impl Staging {
    /// Nothing is in it.
    #[inline(always)]
    pub(crate) fn empty() -> Self {
        Staging(MaybeUninit::uninit())
    }
}

/// inflate's output in a call without a line.
pub(crate) struct StagedOutput<'room, 'window> {
    at: Delivery<'room>,
    /// Where the call's first byte is in the buffer, or would be if it went on so far back.
    origin: *mut u8,
    /// The first byte of the output that lies right before the next one in the buffer.
    near: *mut u8,
    /// Bytes of the call's output for which there is room in the buffer.
    limit: usize,
    /// The window, the newer part first.
    window: [Segment; 2],
    staging: *mut u8,
    _buffers: PhantomData<(&'window Window, &'window mut Staging)>,
}

impl<'room, 'window> StagedOutput<'room, 'window> {
    /// Output to `room`, with `window` as history. `check_value` is that of the output
    /// before.
    #[inline(always)]
    pub(crate) fn new(
        room: &'room mut [MaybeUninit<u8>],
        window: &'window Window,
        staging: &'window mut Staging,
        check: Check,
        check_value: u32,
    ) -> Self {
        let staging = staging.0.as_mut_ptr().cast::<u8>();
        let begin = staging.wrapping_add(KEPT);
        let (newer, older) = window.history();
        StagedOutput {
            origin: begin,
            near: begin,
            limit: STAGED.min(room.len()),
            at: Delivery::new(room, check, check_value),
            window: [Segment::new(newer), Segment::new(older)],
            staging,
            _buffers: PhantomData,
        }
    }

    /// Ends the call's output: all of it is at next_out and in the check value.
    #[inline(always)]
    pub(crate) fn finish(&mut self) -> Finished<'room> {
        self.deliver();
        self.limit = 0;
        self.at.finish()
    }

    /// Where the next byte goes in the buffer.
    #[inline(always)]
    fn out(&self) -> *mut u8 {
        self.origin.wrapping_add(self.at.produced)
    }

    /// Copies to next_out what is not there yet, and adds it to the check value.
    fn deliver(&mut self) {
        let count = self.at.produced - self.at.delivered;
        if count == 0 {
            return;
        }
        let from = self.origin.wrapping_add(self.at.delivered);
        // SAFETY: these bytes were decoded to the buffer.
        self.at
            .deliver(unsafe { core::slice::from_raw_parts(from, count) });
    }

    /// Goes on at the beginning of the buffer, after the last bytes of the output. All output is at
    /// next_out.
    fn begin_again(&mut self) {
        let begin = self.staging.wrapping_add(KEPT);
        let kept = KEPT.min(self.at.produced);
        self.origin = begin.wrapping_sub(self.at.produced);
        self.near = begin.wrapping_sub(kept);
        self.limit = self.at.room.min(self.at.produced + STAGED);
        // SAFETY: so many bytes are written at next_out, and lie before the buffer's KEPT-th.
        unsafe {
            let end = self.at.next_out.add(self.at.produced);
            end.sub(kept).copy_to_nonoverlapping(self.near, kept);
        }
    }

    /// Room in the buffer; if it is full and next_out is not, it is emptied first.
    #[inline(always)]
    fn room_here(&mut self) -> usize {
        if self.at.produced >= self.limit && self.at.produced < self.at.room {
            self.deliver();
            self.begin_again();
        }
        self.limit.saturating_sub(self.at.produced)
    }

    /// The room in the buffer, as the fast loop sees it.
    #[inline(always)]
    fn space(&self) -> Space {
        // avail_out may be more than there are addresses.
        let room = self.at.room.min(self.limit + MARGIN);
        Space {
            out: self.out(),
            out_end: self.origin.wrapping_add(self.limit),
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
        // SAFETY: the pairs that are read from `far` end among the KEPT bytes, which are at
        // next_out, too. More than KEPT bytes lie between `near` and `out`.
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
        let mut back = dist - (out as usize).wrapping_sub(self.origin as usize);
        for segment in self.window {
            if len.next_multiple_of(OVERSHOOT) <= back && back <= segment.len {
                // SAFETY: all of the match lies in this segment, and pairs of pieces do.
                unsafe { copy_in_pairs(segment.end.sub(back), out, len) };
                return true;
            }
            back = back.wrapping_sub(segment.len);
        }
        let len_here = (self.near as usize).wrapping_sub(self.origin as usize);
        let here = Segment {
            end: self.at.next_out.wrapping_add(len_here),
            len: len_here,
        };
        let history = SegmentedHistory {
            near: self.near,
            segments: [here, self.window[0], self.window[1]],
        };
        // SAFETY: the caller promises the room; all output before `out` is written.
        unsafe { history.copy_far(out, dist, len) }
    }
}

impl Sources {
    /// The sources of an output: its buffer, and next_out.
    #[inline(always)]
    fn of(output: &StagedOutput) -> Self {
        let far = output.at.next_out;
        Sources {
            near: output.near,
            far,
            far_base: far.wrapping_sub(output.origin as usize),
        }
    }
}

impl History for StagedOutput<'_, '_> {
    const HAS_FAR: bool = true;

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
        self.at.produced = space.out as usize - self.origin as usize;
        if self.at.produced >= self.at.room {
            return;
        }
        self.deliver();
        if self.at.produced >= self.limit {
            self.begin_again();
        }
        *space = self.space();
    }
}

impl Sink for StagedOutput<'_, '_> {
    const CHECKS_DISTANCE_AT_ONCE: bool = false;

    fn room(&self) -> usize {
        self.at.room - self.at.produced
    }

    fn put(&mut self, byte: u8) {
        if self.room_here() == 0 {
            return;
        }
        // SAFETY: there is room in the buffer.
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
        // The buffer lacks these bytes.
        self.limit = self.at.produced;
    }

    fn reaches(&self, dist: usize) -> bool {
        let [newer, older] = self.window;
        dist <= self.at.produced + newer.len + older.len
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
        let mut space = self.space();
        debug_assert!(space.out < space.out_end);
        // SAFETY: MARGIN bytes after the end of each space are in the buffer.
        let ended = unsafe { tail::run(&mut space, self, tables, bits, input) };
        self.at.produced = space.out as usize - self.origin as usize;
        ended
    }
}
