//! The caller's input and output buffers during one call.
//!
//! `InBuf` is next_in and avail_in, `OutBuf` is next_out and avail_out. Both count what the call
//! has consumed or produced, so that the border can update pointers and counts afterwards.
//! Output memory may be uninitialised; only what the call has written there is read.
#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

/// The input of one call; bytes before `pos` are consumed.
pub(crate) struct InBuf<'a> {
    data: &'a [u8],
    pos: usize,
}

impl<'a> InBuf<'a> {
    /// Input of which nothing is consumed.
    pub(crate) fn new(data: &'a [u8]) -> Self {
        InBuf { data, pos: 0 }
    }

    /// Number of bytes left (avail_in).
    pub(crate) fn avail(&self) -> usize {
        self.data.len() - self.pos
    }

    /// Bytes consumed since the call began.
    pub(crate) fn consumed(&self) -> usize {
        self.pos
    }

    /// Takes the next `count` bytes, or all that are left if there are fewer.
    pub(crate) fn take(&mut self, count: usize) -> &'a [u8] {
        let data = self.data;
        let count = count.min(self.avail());
        let taken = &data[self.pos..self.pos + count];
        self.pos += count;
        taken
    }

    /// Moves the buffer out, to be put back later.
    pub(crate) fn take_all(&mut self) -> Self {
        core::mem::replace(self, InBuf::new(&[]))
    }

    /// The bytes left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        let data = self.data;
        &data[self.pos..]
    }

    /// Takes one byte, if there is one.
    #[inline]
    pub(crate) fn next_byte(&mut self) -> Option<u8> {
        let byte = *self.data.get(self.pos)?;
        self.pos += 1;
        Some(byte)
    }

    /// Puts back the last `count` bytes taken in this call.
    pub(crate) fn give_back(&mut self, count: usize) {
        self.pos -= count;
    }
}

/// The output of one call: the room left, and how much has been written.
pub(crate) struct OutBuf<'a> {
    free: &'a mut [MaybeUninit<u8>],
    produced: usize,
}

impl<'a> OutBuf<'a> {
    /// Output to `room`, of which nothing is written.
    pub(crate) fn new(room: &'a mut [MaybeUninit<u8>]) -> Self {
        OutBuf {
            free: room,
            produced: 0,
        }
    }

    /// Number of bytes of room left (avail_out).
    pub(crate) fn avail(&self) -> usize {
        self.free.len()
    }

    /// Bytes written since the call began.
    pub(crate) fn produced(&self) -> usize {
        self.produced
    }

    /// Appends `data`, which must fit.
    pub(crate) fn write(&mut self, data: &[u8]) {
        let (now, later) = self.take_room().split_at_mut(data.len());
        now.write_copy_of_slice(data);
        self.return_room(later, data.len());
    }

    /// Moves the room out, to be filled and returned.
    pub(crate) fn take_room(&mut self) -> &'a mut [MaybeUninit<u8>] {
        core::mem::take(&mut self.free)
    }

    /// Puts back the `rest` of the room after `written` bytes were written to it.
    pub(crate) fn return_room(&mut self, rest: &'a mut [MaybeUninit<u8>], written: usize) {
        self.free = rest;
        self.produced += written;
    }
}

#[cfg(test)]
#[path = "../tests/unit/buf.rs"]
mod tests;
