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
//! Unsafe because the buffer is raw memory that is not initialised at first.
#![allow(unsafe_code)]

use core::hint::select_unpredictable;
use core::marker::PhantomData;
use core::mem::MaybeUninit;

use crate::checksum::check::Check;
use crate::inflate::decode::copy::{OVERSHOOT, copy_in_pairs, copy_overlapping};
use crate::inflate::decode::cpu::kernel::Cpu;
use crate::inflate::decode::loops::{KEPT, Sources, is_before};
use crate::inflate::output::buffered::{Buffer, BufferedOutput, MARGIN, Place};
use crate::inflate::output::history::{Segment, SegmentedHistory};
use crate::inflate::output::window::Window;

/// Bytes decoded to the staging buffer before they are copied to next_out.
const STAGED: usize = 896;

/// The staging buffer's memory. It is apart from [`Staged`], so that it is never moved.
#[repr(align(32))]
pub(crate) struct Staging(MaybeUninit<[u8; KEPT + STAGED + MARGIN]>);

impl Staging {
    /// Nothing is in it.
    #[inline(always)]
    pub(crate) fn empty() -> Self {
        Staging(MaybeUninit::uninit())
    }
}

/// The staging buffer in a call.
pub(crate) struct Staged<'window> {
    /// The window, the newer part first.
    window: [Segment; 2],
    staging: *mut u8,
    _buffers: PhantomData<(&'window Window, &'window mut Staging)>,
}

/// inflate's output in a call without a line.
pub(crate) type StagedOutput<'room, 'window> = BufferedOutput<'room, Staged<'window>>;

impl<'room, 'window> StagedOutput<'room, 'window> {
    /// Output to `room`, with `window` as history. `check_value` is that of the output
    /// before.
    #[inline(always)]
    pub(crate) fn staged(
        room: &'room mut [MaybeUninit<u8>],
        window: &'window Window,
        staging: &'window mut Staging,
        check: Check,
        check_value: u32,
    ) -> Self {
        let staging = staging.0.as_mut_ptr().cast::<u8>();
        let begin = staging.wrapping_add(KEPT);
        let (newer, older) = window.history();
        let buffer = Staged {
            window: [Segment::new(newer), Segment::new(older)],
            staging,
            _buffers: PhantomData,
        };
        BufferedOutput::new(room, buffer, [begin; 2], STAGED, (check, check_value))
    }
}

impl Staged<'_> {
    /// Copies a match that begins at `far`, at next_out, and goes on in the staging buffer.
    ///
    /// # Safety
    /// - As for [`copy_far`](Self::copy_far); `far` is the like of `out - dist`.
    #[inline(never)]
    unsafe fn copy_across(at: &Place, out: *mut u8, far: *const u8, dist: usize, len: usize) {
        let first = dist - (out as usize - at.near as usize);
        // SAFETY: the pairs that are read from `far` end among the KEPT bytes, which are at
        // next_out, too. More than KEPT bytes lie between `near` and `out`.
        unsafe {
            copy_in_pairs(far, out, first);
            copy_in_pairs(at.near, out.add(first), len - first);
        }
    }

    /// Copies a match that begins before the sources of the fast loop: in streams with a zalloc of
    /// their own, nearly always as a whole from one segment of the window. False if it is too far
    /// back.
    ///
    /// # Safety
    /// - Output was decoded up to `out`, where `len + OVERSHOOT` bytes can be written; the match
    ///   begins before [`near`](Place::near).
    #[cold]
    #[inline(never)]
    unsafe fn copy_far(&self, at: &Place, out: *mut u8, dist: usize, len: usize) -> bool {
        let mut back = dist - (out as usize).wrapping_sub(at.origin as usize);
        for segment in self.window {
            if len.next_multiple_of(OVERSHOOT) <= back && back <= segment.len {
                // SAFETY: all of the match lies in this segment, and pairs of pieces do.
                unsafe { copy_in_pairs(segment.end.sub(back), out, len) };
                return true;
            }
            back = back.wrapping_sub(segment.len);
        }
        let len_here = (at.near as usize).wrapping_sub(at.origin as usize);
        let here = Segment {
            end: at.next_out.wrapping_add(len_here),
            len: len_here,
        };
        let history = SegmentedHistory {
            near: at.near,
            segments: [here, self.window[0], self.window[1]],
        };
        // SAFETY: the caller promises the room; all output before `out` is written.
        unsafe { history.copy_far(out, dist, len) }
    }
}

impl Buffer for Staged<'_> {
    const HAS_FAR: bool = true;
    // All of the buffer.
    const PIECE: usize = usize::MAX;

    #[inline(always)]
    fn history_len(&self) -> usize {
        let [newer, older] = self.window;
        newer.len + older.len
    }

    #[inline(always)]
    fn sources(&self, at: &Place) -> Sources {
        Sources {
            near: at.near,
            far: at.next_out,
            far_base: at.next_out.wrapping_sub(at.origin as usize),
        }
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
        let sources = self.sources(at);
        let from = out.wrapping_sub(dist).cast_const();
        let far = sources.far_from(from);
        let is_near = from >= sources.near;
        // With less than this, pairs of pieces end among the KEPT bytes, which are at both places.
        let crosses = !is_near && from.wrapping_add(len) > sources.near.wrapping_add(1);
        if is_before(far, sources.far) {
            // SAFETY: the caller promises the room; the match begins before all sources.
            return unsafe { self.copy_far(at, out, dist, len) };
        }
        if crosses {
            // SAFETY: the caller promises the room; the match begins at `far`.
            unsafe { Self::copy_across(at, out, far, dist, len) };
            return true;
        }
        let from = select_unpredictable(is_near, from, far);
        let written = out as usize - sources.near as usize;
        // SAFETY: the source lies within what was decoded, and what is far ends there, too. The
        // caller promises the room.
        unsafe { copy_overlapping(cpu, out, from, dist, len, written) };
        true
    }

    fn go_on(&mut self, at: &mut Place) {
        let begin = self.staging.wrapping_add(KEPT);
        let kept = KEPT.min(at.produced);
        at.origin = begin.wrapping_sub(at.produced);
        at.near = begin.wrapping_sub(kept);
        at.limit = at.room.min(at.produced + STAGED);
        // SAFETY: so many bytes are written at next_out, and lie before the buffer's KEPT-th.
        unsafe {
            let end = at.next_out.add(at.produced);
            end.sub(kept).copy_to_nonoverlapping(at.near, kept);
        }
    }
}
