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

    /// All of this, for whoever gives it back.
    pub fn take_all(&mut self) -> Self {
        core::mem::replace(self, InBuf::new(&[]))
    }

    /// All bytes still waiting.
    pub fn rest(&self) -> &'a [u8] {
        let data = self.data;
        &data[self.pos..]
    }

    /// Takes one byte, if there is one.
    #[inline]
    pub fn next_byte(&mut self) -> Option<u8> {
        let byte = *self.data.get(self.pos)?;
        self.pos += 1;
        Some(byte)
    }

    /// Puts the last `count` bytes back, which this call took.
    pub fn give_back(&mut self, count: usize) {
        self.pos -= count;
    }
}

/// Output of one call: what is written, and the room that is left.
pub struct OutBuf<'a> {
    free: &'a mut [MaybeUninit<u8>],
    produced: usize,
}

impl<'a> OutBuf<'a> {
    /// All of `room` is free.
    pub fn new(room: &'a mut [MaybeUninit<u8>]) -> Self {
        OutBuf {
            free: room,
            produced: 0,
        }
    }

    /// Bytes of room left (avail_out).
    pub fn avail(&self) -> usize {
        self.free.len()
    }

    /// Bytes written since the call began.
    pub fn produced(&self) -> usize {
        self.produced
    }

    /// Appends `data`, which must fit.
    pub fn write(&mut self, data: &[u8]) {
        let (now, later) = self.take_room().split_at_mut(data.len());
        now.write_copy_of_slice(data);
        self.return_room(later, data.len());
    }

    /// Takes the free room out, for whoever fills it.
    pub fn take_room(&mut self) -> &'a mut [MaybeUninit<u8>] {
        core::mem::take(&mut self.free)
    }

    /// Puts back what is left of the room that was taken out, of which `written` bytes were
    /// written.
    pub fn return_room(&mut self, rest: &'a mut [MaybeUninit<u8>], written: usize) {
        self.free = rest;
        self.produced += written;
    }
}
