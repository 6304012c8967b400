//! The window: the last bytes of the output, kept for matches of later calls.
//!
//! It is zlib's: a ring of 2^windowBits bytes from zalloc, to the byte what a caller budgets for,
//! which exists only once a call has ended with output that later matches may need. What came to
//! next_out is copied here at the end of a call.
//!
//! Beside it the stream may have a line, which the library owns, and in which most calls decode;
//! `line.rs` says how the two keep together.
#![forbid(unsafe_code)]

use crate::alloc::{Allocator, Block, ZBuf};
use crate::inflate::output::bulk::{copy_few, copy_to};
use crate::inflate::output::line::{Borrowed, Claim};

/// Pieces of output shorter than this have so many bytes of the window made ready at once.
const READY_STEP: usize = 256;

/// A stream's window.
pub(crate) struct Window {
    buf: Option<ZBuf<u8>>,
    /// windowBits: log2 of the size; 0 until the header says it.
    pub bits: u8,
    /// In use, with this size in bytes; 0 when it is not.
    size: usize,
    /// Bytes of history.
    have: usize,
    /// Where the next byte goes.
    next: usize,
    /// The stream's line.
    pub(super) line: Claim,
}

impl Window {
    /// A window that is not allocated.
    pub(crate) fn new(bits: u8) -> Self {
        Window {
            buf: None,
            bits,
            size: 0,
            have: 0,
            next: 0,
            line: Claim::NONE,
        }
    }

    /// True if there is a window that takes part in decoding.
    pub(crate) fn in_use(&self) -> bool {
        self.size != 0
    }

    /// Forgets the history.
    pub(crate) fn reset(&mut self) {
        (self.size, self.have, self.next) = (0, 0, 0);
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
        let end = if older == 0 { 0 } else { self.size };
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
            None => (self.next + self.size - back, self.size),
        };
        buf.get(begin..end).unwrap_or_default()
    }

    /// Allocates the memory, if there is none yet, and puts the window into use.
    pub(crate) fn open(&mut self, allocator: &Allocator) -> Result<(), OutOfMemory> {
        if self.buf.is_none() {
            self.buf = ZBuf::alloc(allocator, 1 << self.bits, 1);
        }
        if self.buf.is_none() {
            return Err(OutOfMemory);
        }
        if self.size == 0 {
            self.size = 1 << self.bits;
            (self.have, self.next) = (0, 0);
        }
        Ok(())
    }

    /// Makes `data` the newest history. `in_line` says that the line has it, if it does not lag.
    #[inline(always)]
    pub(crate) fn append(&mut self, data: &[u8], in_line: bool) {
        if !in_line {
            self.line.fall_behind(data.len());
        }
        let (begin, end) = (self.next, self.next + data.len());
        if end <= self.size
            && let Some(buf) = &mut self.buf
            && let Some(to) = buf.get_mut(begin..end)
        {
            copy_few(data, to, |byte| byte, |from, to| to.copy_from_slice(from));
            self.next = end;
            self.have = (self.have + data.len()).min(self.size);
        } else {
            self.append_around(data);
        }
    }

    /// [`append`](Self::append) where the data does not just go after the history.
    #[inline(never)]
    fn append_around(&mut self, data: &[u8]) {
        let Some(buf) = &mut self.buf else {
            return;
        };
        if data.len() >= self.size {
            copy_to(buf, 0, &data[data.len() - self.size..]);
            (self.have, self.next) = (self.size, self.size);
            return;
        }
        let (first, rest) = data.split_at(data.len().min(self.size - self.next));
        copy_to(buf, self.next, first);
        if first.len() < READY_STEP {
            buf.make_ready((self.next + first.len()).next_multiple_of(READY_STEP));
        }
        copy_to(buf, 0, rest);
        self.next = match rest.len() {
            0 => self.next + data.len(),
            around => around,
        };
        self.have = (self.have + data.len()).min(self.size);
    }

    /// The last `count` bytes of the history, the older part first; there must be so many.
    pub(crate) fn newest(&self, count: usize) -> [&[u8]; 2] {
        let (newer, older) = self.history();
        let newer = &newer[newer.len() - newer.len().min(count)..];
        [&older[older.len() - (count - newer.len())..], newer]
    }

    /// A line for a call with so much input and room, if one is to be had and worth it. It goes
    /// back by [`put_line`](Self::put_line).
    #[inline(always)]
    pub(crate) fn borrow_line(&mut self, input: usize, room: usize) -> Option<Borrowed> {
        self.line.borrow(self.have, input, room)
    }

    /// Bytes of the history, the last ones, that the line has not which was borrowed.
    #[inline(always)]
    pub(crate) fn line_lag(&self) -> usize {
        self.line.lag
    }

    /// Ends the use of the line in a call with so much output. The last `lag` bytes of it are not
    /// in the line.
    #[inline(always)]
    pub(crate) fn put_line(&mut self, line: Borrowed, output: usize, lag: usize) {
        self.line.put(line, output, lag);
    }

    /// The line has output that is no history.
    pub(crate) fn leave_line(&mut self) {
        self.line.fall_behind(usize::MAX);
    }

    /// The same window in memory of its own from `allocator`. The line is not the copy's.
    pub(crate) fn copy(&self, allocator: &Allocator) -> Result<Window, OutOfMemory> {
        let mut buf = None;
        if let Some(own) = &self.buf {
            let mut copy = ZBuf::alloc(allocator, own.capacity() as u32, 1).ok_or(OutOfMemory)?;
            copy.copy_from(own);
            buf = Some(copy);
        }
        Ok(Window {
            buf,
            line: Claim::NONE,
            ..*self
        })
    }
}

/// zalloc returned NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfMemory;

#[cfg(test)]
#[path = "../../../tests/unit/inflate_window.rs"]
mod tests;
