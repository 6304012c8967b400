//! The caller's two buffers during one call: what is left to read, where to write.
//!
//! `InBuf` is next_in/avail_in, `OutBuf` is next_out/avail_out. Both remember where the
//! call began, so that the border can write the pointers and counts back afterwards.
//! Output memory is never read and may be uninitialised.
#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

/// Input of one call: bytes before `pos` are consumed.
pub struct InBuf<'a> {
    data: &'a [u8],
    pos: usize,
}

impl<'a> InBuf<'a> {
    /// All of `data` is waiting.
    pub fn new(data: &'a [u8]) -> Self {
        InBuf { data, pos: 0 }
    }

    /// Bytes still waiting (avail_in).
    pub fn avail(&self) -> usize {
        self.data.len() - self.pos
    }

    /// Bytes consumed since the call began.
    pub fn consumed(&self) -> usize {
        self.pos
    }

    /// Takes the next `count` bytes, or all that are left when there are fewer.
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let data = self.data;
        let count = count.min(self.avail());
        let taken = &data[self.pos..self.pos + count];
        self.pos += count;
        taken
    }

    /// The last `count` bytes that this call consumed.
    ///
    /// `count` must not exceed [`consumed`](Self::consumed).
    pub fn consumed_tail(&self, count: usize) -> &'a [u8] {
        &self.data[self.pos - count..self.pos]
    }
}

/// Output of one call: bytes before `pos` are written, the rest is untouched.
pub struct OutBuf<'a> {
    room: &'a mut [MaybeUninit<u8>],
    pos: usize,
}

impl<'a> OutBuf<'a> {
    /// All of `room` is free.
    pub fn new(room: &'a mut [MaybeUninit<u8>]) -> Self {
        OutBuf { room, pos: 0 }
    }

    /// Bytes of room left (avail_out).
    pub fn avail(&self) -> usize {
        self.room.len() - self.pos
    }

    /// Bytes written since the call began.
    pub fn produced(&self) -> usize {
        self.pos
    }

    /// Appends `data`, which must fit.
    pub fn write(&mut self, data: &[u8]) {
        self.room[self.pos..self.pos + data.len()].write_copy_of_slice(data);
        self.pos += data.len();
    }
}
