//! The window: the last bytes of the output, kept for matches of later calls.
//!
//! It exists only once a call has ended with output that later matches may need. Then there
//! are two kinds:
//!
//! - With a caller's zalloc it is zlib's: a ring of 2^windowBits bytes, to the byte what the
//!   caller budgets for. What came to next_out is copied here at the end of a call.
//! - From malloc it is [`ROOM`] bytes longer, and a line rather than a ring: new output is
//!   decoded right after the old, where all history lies in one piece and copies may
//!   overshoot, and copied to next_out from there (`buffered.rs`). That is one copy of the data
//!   as before, only the other way. In a prototype it made decoding half as fast again with
//!   512 bytes at a time.
//!   When that room is used up, the history moves to the front. Stored data needs no
//!   history, so while it comes nothing is moved: new output goes to the front, as soon as all
//!   the history there is was stored. Less memory is written to then, and more of it stays in the
//!   nearest cache: stored data in pieces of 512 bytes is decoded a tenth faster, in pieces of
//!   4 KiB 4 %, than if all of the line were used in turn (Sapphire Rapids).
#![forbid(unsafe_code)]

use crate::alloc::{Allocator, Block, ZBuf};
use crate::inflate::output::bulk::{copy_few, copy_to, move_to_front};

/// Room after the history for new output in a window that is a line, in bytes. Half of it
/// costs 3 % of speed.
const ROOM: usize = 32768;
/// Bytes of history at most.
const MOST_KEPT: usize = 1 << 15;
const _: () = assert!(ROOM >= MOST_KEPT);
/// Bytes after that room which the fast loops may write (`MARGIN` in `buffered.rs`).
pub(crate) const SLACK: usize = 384;
/// With less room than this, or than the call's output needs, the history moves first.
const LEAST_ROOM: usize = 4096;

/// Pieces of output shorter than this have so many bytes of the window made ready at once.
const READY_STEP: usize = 256;

/// What is done with the buffer. In both, the history ends at `next`, and the part of it for
/// which there is no room before `next` ends at `wrapped_at`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// The next byte goes to the front when the end is reached.
    Ring,
    /// Decoded data moves the history to the front when the end is near; stored data goes on at
    /// the front.
    Line,
}

/// A stream's window.
pub(crate) struct Window {
    buf: Option<ZBuf<u8>>,
    shape: Shape,
    /// windowBits: log2 of the size; 0 until the header says it.
    pub bits: u8,
    /// In use, with this size in bytes; 0 when it is not.
    size: usize,
    /// Bytes of history.
    have: usize,
    /// Where the next byte goes.
    next: usize,
    /// Where the part of the history ends for which there is no room before `next`.
    wrapped_at: usize,
    /// Where the stored data begins that lies right before `next`.
    stored_from: usize,
}

impl Window {
    /// A window that is not allocated.
    pub(crate) fn new(bits: u8) -> Self {
        Window {
            buf: None,
            shape: Shape::Ring,
            bits,
            size: 0,
            have: 0,
            next: 0,
            wrapped_at: 0,
            stored_from: 0,
        }
    }

    /// True if there is a window that takes part in decoding.
    pub(crate) fn in_use(&self) -> bool {
        self.size != 0
    }

    /// Forgets the history.
    pub(crate) fn reset(&mut self) {
        (self.size, self.have, self.next) = (0, 0, 0);
        self.stored_from = 0;
    }

    /// Changes the size. Gives the memory of another size back, to be freed. A window whose
    /// size is not known yet has a size of 1 if it was used after all (after inflateSync in
    /// the place of a header). zlib keeps that, and overruns it once a header says more.
    pub(crate) fn set_bits(&mut self, bits: u8) -> Option<Block> {
        let old = if self.bits == bits && bits != 0 {
            None
        } else {
            self.buf.take()
        };
        self.bits = bits;
        old.map(|buf| buf.block())
    }

    /// The memory, to be freed.
    pub(crate) fn block(&self) -> Option<Block> {
        self.buf.as_ref().map(ZBuf::block)
    }

    /// Bytes of history (inflateGetDictionary's length).
    pub(crate) fn history_len(&self) -> usize {
        self.have
    }

    /// The history, the newer part first; the older one is empty if it lies in one piece.
    pub(crate) fn history(&self) -> (&[u8], &[u8]) {
        let Some(buf) = &self.buf else {
            return (&[], &[]);
        };
        let newer = self.have.min(self.next);
        let older = self.have - newer;
        let end = if older == 0 { 0 } else { self.wrapped_at };
        (&buf[self.next - newer..self.next], &buf[end - older..end])
    }

    /// The history from `back` bytes before its end on, as far as it lies in one piece; there
    /// must be so much of it.
    #[inline]
    pub(crate) fn history_from(&self, back: usize) -> &[u8] {
        let Some(buf) = &self.buf else {
            return &[];
        };
        let (begin, end) = match self.next.checked_sub(back) {
            Some(begin) => (begin, self.next),
            None => (self.next + self.wrapped_at - back, self.wrapped_at),
        };
        buf.get(begin..end).unwrap_or_default()
    }

    /// Bytes of the buffer without [`SLACK`].
    fn capacity(&self) -> usize {
        match self.shape {
            Shape::Ring => self.size,
            Shape::Line => self.size + ROOM,
        }
    }

    /// Allocates the memory, if there is none yet, and puts the window into use.
    pub(crate) fn open(&mut self, allocator: &Allocator) -> Result<(), OutOfMemory> {
        if self.buf.is_none() {
            let size = 1usize << self.bits;
            let (shape, bytes) = if allocator.is_malloc() {
                (Shape::Line, size + ROOM + SLACK)
            } else {
                (Shape::Ring, size)
            };
            self.buf = ZBuf::alloc(allocator, bytes as u32, 1);
            self.shape = shape;
        }
        if self.buf.is_none() {
            return Err(OutOfMemory);
        }
        if self.size == 0 {
            self.size = 1 << self.bits;
            (self.have, self.next, self.stored_from) = (0, 0, 0);
        }
        Ok(())
    }

    /// Makes `data` the newest history. Of the `data.len()` bytes, the first `staged` are
    /// already where [`stage`](Self::stage) had them written. `in_stored` says that stored data
    /// comes next.
    #[inline(always)]
    pub(crate) fn append(&mut self, data: &[u8], staged: usize, in_stored: bool) {
        let (begin, end) = (self.next + staged, self.next + data.len());
        let stays = match self.shape {
            Shape::Ring => true,
            Shape::Line if in_stored => !self.is_all_stored(),
            Shape::Line => self.have <= self.next,
        };
        if stays
            && end <= self.capacity()
            && data.len() < self.size
            && let Some(rest) = data.get(staged..)
            && let Some(buf) = &mut self.buf
            && let Some(to) = buf.get_mut(begin..end)
        {
            copy_few(rest, to, |byte| byte, |from, to| to.copy_from_slice(from));
            self.next = end;
            self.have = (self.have + data.len()).min(self.size);
            if !in_stored {
                self.stored_from = end;
            }
        } else {
            self.append_anywhere(data, staged, in_stored);
        }
    }

    /// True if the history ends far enough from the front and was all stored: what comes next will
    /// most likely be stored, too, so it goes to the front. The less memory is written to in
    /// turn, the more of it stays in the nearest cache.
    #[inline(always)]
    fn is_all_stored(&self) -> bool {
        self.next >= self.stored_from + self.size
    }

    /// [`append`](Self::append) where the data does not just go after the history.
    #[inline(never)]
    fn append_anywhere(&mut self, data: &[u8], staged: usize, in_stored: bool) {
        let capacity = self.capacity();
        let all_stored = self.is_all_stored();
        let Some(buf) = &mut self.buf else {
            return;
        };
        if data.len() >= self.size {
            copy_to(buf, 0, &data[data.len() - self.size..]);
            (self.have, self.next) = (self.size, self.size);
            self.stored_from = if in_stored { 0 } else { self.size };
            return;
        }
        let mut staged = staged.min(data.len());
        if self.shape == Shape::Line {
            let ends = self.next + data.len() > capacity;
            if in_stored && (ends || all_stored) {
                (self.wrapped_at, self.next, self.stored_from) = (self.next, 0, 0);
                staged = 0;
            } else if !in_stored && (ends || self.have > self.next) {
                self.have = self.have.min(self.size - data.len());
                straighten(buf, capacity, self.have, self.next, self.wrapped_at);
                (self.next, staged) = (self.have, 0);
            }
        }
        let begin = self.next + staged;
        let (first, rest) = data[staged..].split_at((data.len() - staged).min(capacity - begin));
        copy_to(buf, begin, first);
        if first.len() < READY_STEP {
            buf.make_ready((begin + first.len()).next_multiple_of(READY_STEP));
        }
        copy_to(buf, 0, rest);
        self.next = match rest.len() {
            0 => self.next + data.len(),
            around => {
                self.wrapped_at = capacity;
                around
            }
        };
        self.have = (self.have + data.len()).min(self.size);
        if !in_stored {
            self.stored_from = self.next;
        }
    }

    /// If output may be decoded right after the history: the buffer, [`SLACK`] bytes included,
    /// and where the history begins and ends in it. `most` is how much output may come.
    pub(crate) fn stage(&mut self, most: usize) -> Option<(&mut [u8], usize, usize)> {
        if self.size == 0 || self.shape == Shape::Ring || self.have > self.next {
            return None;
        }
        let buf = self.buf.as_mut()?;
        let room = self.size + ROOM - self.next;
        if room < most.min(LEAST_ROOM) {
            straighten(buf, self.size + ROOM, self.have, self.next, self.wrapped_at);
            self.next = self.have;
            self.stored_from = self.next;
        }
        let end = (self.next + most).min(self.size + ROOM) + SLACK;
        buf.make_ready(end);
        Some((&mut buf[..end], self.next - self.have, self.next))
    }

    /// The same window in memory of its own from `allocator`.
    pub(crate) fn copy(&self, allocator: &Allocator) -> Result<Window, OutOfMemory> {
        let mut buf = None;
        if let Some(own) = &self.buf {
            let mut copy = ZBuf::alloc(allocator, own.capacity() as u32, 1).ok_or(OutOfMemory)?;
            copy.copy_from(own);
            buf = Some(copy);
        }
        Ok(Window { buf, ..*self })
    }
}

/// Moves the newest `kept` bytes of a history to the front of `buf`, of which `capacity` bytes may
/// be used. It ends at `next`; what is before the front ends at `wrapped_at`.
fn straighten(buf: &mut ZBuf<u8>, capacity: usize, kept: usize, next: usize, wrapped_at: usize) {
    let newer = kept.min(next);
    let older = kept - newer;
    if older == 0 {
        move_to_front(buf, next - newer, next);
    } else if wrapped_at + newer <= capacity {
        buf.make_ready(wrapped_at + newer);
        buf.copy_within(..newer, wrapped_at);
        move_to_front(buf, wrapped_at - older, wrapped_at + newer);
    } else {
        // The older part begins after the first ROOM bytes, because all of it and the newer one
        // are longer than the history; and so after the first `kept` ones.
        buf.copy_within(..newer, older);
        buf.copy_within(wrapped_at - older..wrapped_at, 0);
    }
}

/// zalloc returned NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfMemory;

#[cfg(test)]
#[path = "../../../tests/unit/inflate_window.rs"]
mod tests;
