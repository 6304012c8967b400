//! The window: the last output, kept for matches of later calls.
//!
//! It exists only once a call has ended with output that later matches may need. Then there
//! are two kinds:
//!
//! - With a caller's zalloc it is zlib's: a ring of 2^windowBits bytes, to the byte what the
//!   caller budgets for. Output is decoded at next_out and copied here at the end of a call.
//! - On plain malloc it is [`ROOM`] bytes longer, and a line rather than a ring: new output is
//!   decoded right behind the old, where all history lies in one piece and copies may
//!   overshoot, and copied to next_out from there (`output.rs`). That is one copy of the data
//!   as before, only the other way. In a prototype it made decoding half as fast again with
//!   512 bytes at a time.
//!   When the room behind is used up, the history moves to the front; but while stored data
//!   comes, which needs no history, the line is written around like a ring, which saves that.
#![forbid(unsafe_code)]

use super::copy::{copy_slice, move_to_front};
use crate::alloc::{Allocator, Block, ZBuf};

/// Room behind the history for new output in a window that is a line, in bytes. Half of it
/// costs 3 % of speed.
const ROOM: usize = 32768;
/// Bytes behind that room which the fast loop may write: a match and its overshoot.
pub const SLACK: usize = 384;
/// With less room than this, or than the call's output needs, the history moves first.
const LEAST_ROOM: usize = 4096;

/// What is done with the buffer. In both, the history ends at `next`, and the part of it for
/// which there is no room before `next` ends at the buffer's end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// The next byte goes to the front when the end is reached.
    Ring,
    /// The history is moved to the front when the end is near.
    Line,
}

/// A stream's window.
pub struct Window {
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
}

impl Window {
    /// A window that is not allocated.
    pub fn new(bits: u8) -> Self {
        Window {
            buf: None,
            shape: Shape::Ring,
            bits,
            size: 0,
            have: 0,
            next: 0,
        }
    }

    /// True if there is a window that takes part in decoding.
    pub fn in_use(&self) -> bool {
        self.size != 0
    }

    /// Forgets the history.
    pub fn reset(&mut self) {
        (self.size, self.have, self.next) = (0, 0, 0);
    }

    /// Changes the size. Gives the memory of another size back, to be freed. A window whose
    /// size is not known yet has a size of 1 if it was used after all (after inflateSync in
    /// the place of a header). zlib keeps that, and overruns it once a header says more.
    pub fn set_bits(&mut self, bits: u8) -> Option<Block> {
        let old = if self.bits == bits && bits != 0 {
            None
        } else {
            self.buf.take()
        };
        self.bits = bits;
        old.map(ZBuf::into_block)
    }

    /// The memory, to be freed.
    pub fn into_block(self) -> Option<Block> {
        self.buf.map(ZBuf::into_block)
    }

    /// Bytes of history (inflateGetDictionary's length).
    pub fn history_len(&self) -> usize {
        self.have
    }

    /// The history, the newer part first; the older one is empty if it lies in one piece.
    pub fn history(&self) -> (&[u8], &[u8]) {
        let Some(buf) = &self.buf else {
            return (&[], &[]);
        };
        let newer = self.have.min(self.next);
        let older = self.have - newer;
        let end = if older == 0 { 0 } else { self.capacity() };
        (&buf[self.next - newer..self.next], &buf[end - older..end])
    }

    /// Bytes of the buffer without [`SLACK`].
    fn capacity(&self) -> usize {
        match self.shape {
            Shape::Ring => self.size,
            Shape::Line => self.size + ROOM,
        }
    }

    /// Allocates the memory, if there is none yet, and puts the window into use.
    pub fn open(&mut self, allocator: &Allocator) -> Result<(), OutOfMemory> {
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
            (self.have, self.next) = (0, 0);
        }
        Ok(())
    }

    /// Makes `data` the newest history. Of the `data.len()` bytes, the first `staged` are
    /// already where [`stage`](Self::stage) had them written. `in_stored` says that stored data
    /// comes next.
    pub fn append(&mut self, data: &[u8], staged: usize, in_stored: bool) {
        let capacity = self.capacity();
        let Some(buf) = &mut self.buf else {
            return;
        };
        if data.len() >= self.size {
            buf.make_ready(self.size);
            copy_slice(&data[data.len() - self.size..], &mut buf[..self.size]);
            (self.have, self.next) = (self.size, self.size);
            return;
        }
        let mut staged = staged.min(data.len());
        let in_one_piece = self.have <= self.next && self.next + data.len() <= capacity;
        if self.shape == Shape::Line && !in_stored && !in_one_piece {
            self.have = self.have.min(self.size - data.len());
            straighten(buf, capacity, self.have, self.next);
            (self.next, staged) = (self.have, 0);
        }
        let begin = self.next + staged;
        let (first, rest) = data[staged..].split_at((data.len() - staged).min(capacity - begin));
        buf.make_ready(begin + first.len());
        copy_slice(first, &mut buf[begin..begin + first.len()]);
        copy_slice(rest, &mut buf[..rest.len()]);
        self.next = match rest.len() {
            0 => self.next + data.len(),
            around => around,
        };
        self.have = (self.have + data.len()).min(self.size);
    }

    /// If output may be decoded behind the history: the buffer, [`SLACK`] bytes included,
    /// and where the history begins and ends in it. `most` is how much output may come.
    pub fn stage(&mut self, most: usize) -> Option<(&mut [u8], usize, usize)> {
        if self.size == 0 || self.shape == Shape::Ring || self.have > self.next {
            return None;
        }
        let buf = self.buf.as_mut()?;
        let room = self.size + ROOM - self.next;
        if room < most.min(LEAST_ROOM) {
            straighten(buf, 0, self.have, self.next);
            self.next = self.have;
        }
        let end = (self.next + most).min(self.size + ROOM) + SLACK;
        buf.make_ready(end);
        Some((&mut buf[..end], self.next - self.have, self.next))
    }

    /// The same window in memory of its own from `allocator`.
    pub fn copy(&self, allocator: &Allocator) -> Result<Window, OutOfMemory> {
        let mut buf = None;
        if let Some(own) = &self.buf {
            let mut copy = ZBuf::alloc(allocator, own.capacity() as u32, 1).ok_or(OutOfMemory)?;
            copy.copy_from(own);
            buf = Some(copy);
        }
        Ok(Window { buf, ..*self })
    }
}

/// Moves the newest `kept` bytes of a history to the front of `buf`. It ends at `next`; what
/// is before the front lies before `capacity`, and not in the first `kept` bytes.
fn straighten(buf: &mut [u8], capacity: usize, kept: usize, next: usize) {
    let newer = kept.min(next);
    let older = kept - newer;
    if older == 0 {
        move_to_front(buf, next - newer, next);
    } else {
        buf.copy_within(..newer, older);
        buf.copy_within(capacity - older..capacity, 0);
    }
}

/// zalloc returned NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;
