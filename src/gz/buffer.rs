//! A block of memory of fixed size, a range of which holds data.
//!
//! Each buffer of a file is one: input not yet decoded, output not yet delivered, and, for
//! writing, input not yet compressed and output not yet written. Data is consumed from the front
//! of the range and appended at its end; gzungetc pushes bytes at the front.
//!
//! Unsafe because the block outside the range is uninitialised; only the range is ever exposed.
#![allow(unsafe_code)]

use core::mem::MaybeUninit;

use crate::buf::{InBuf, OutBuf};

/// A block of memory and the range of it that holds data.
#[derive(Default)]
pub(crate) struct Buffer {
    bytes: Vec<MaybeUninit<u8>>,
    /// Bytes `start..end` are initialised.
    start: usize,
    end: usize,
}

impl Buffer {
    /// Allocates a block of `capacity` bytes; None if there is not enough memory.
    pub(crate) fn alloc(capacity: usize) -> Option<Buffer> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(capacity).ok()?;
        // SAFETY: the vector has room for `capacity` elements, which need no initialisation.
        unsafe { bytes.set_len(capacity) };
        Some(Buffer {
            bytes,
            start: 0,
            end: 0,
        })
    }

    /// The data.
    #[inline]
    pub(crate) fn data(&self) -> &[u8] {
        // SAFETY: the range is initialised.
        unsafe { self.bytes[self.start..self.end].assume_init_ref() }
    }

    /// Length of the data in bytes.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }

    /// True if there is no data.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Offset of the end of the data in the block.
    #[inline]
    pub(crate) fn end(&self) -> usize {
        self.end
    }

    /// Size of the block in bytes.
    pub(crate) fn capacity(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes of room after the data.
    pub(crate) fn room(&self) -> usize {
        self.bytes.len() - self.end
    }

    /// Drops the first `count` bytes, or all of them.
    #[inline]
    pub(crate) fn consume(&mut self, count: usize) {
        self.start += count.min(self.len());
    }

    /// Takes the first byte.
    #[inline]
    pub(crate) fn take_byte(&mut self) -> Option<u8> {
        let byte = *self.data().first()?;
        self.start += 1;
        Some(byte)
    }

    /// Copies data to `output` as far as it has room and drops it; returns the number of bytes.
    pub(crate) fn take(&mut self, output: &mut OutBuf) -> usize {
        let count = self.len().min(output.avail());
        output.write(&self.data()[..count]);
        self.start += count;
        count
    }

    /// Drops all data.
    #[inline]
    pub(crate) fn clear(&mut self) {
        (self.start, self.end) = (0, 0);
    }

    /// If there is no data, new data starts at the front of the block again.
    #[inline]
    pub(crate) fn restart_if_empty(&mut self) {
        if self.is_empty() {
            self.clear();
        }
    }

    /// Moves the data to the front of the block.
    pub(crate) fn compact(&mut self) {
        if self.start != 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.len());
        }
    }

    /// Prepends a byte; false if the block is full. Data that starts at the front of the block
    /// is moved to its end first.
    pub(crate) fn push_front(&mut self, byte: u8) -> bool {
        let (len, capacity) = (self.len(), self.bytes.len());
        if len == capacity {
            return false;
        }
        if len == 0 || self.start == 0 {
            self.bytes.copy_within(self.start..self.end, capacity - len);
            (self.start, self.end) = (capacity - len, capacity);
        }
        self.start -= 1;
        self.bytes[self.start].write(byte);
        true
    }

    /// Appends a byte, for which there must be room.
    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        self.bytes[self.end].write(byte);
        self.end += 1;
    }

    /// Appends `data`, for which there must be room.
    pub(crate) fn append(&mut self, data: &[u8]) {
        self.fill(data.len(), |output| output.write(data));
    }

    /// Appends `count` zero bytes, for which there must be room.
    pub(crate) fn append_zeros(&mut self, count: usize) {
        let end = self.end + count;
        self.bytes[self.end..end].fill(MaybeUninit::new(0));
        self.end = end;
    }

    /// Has `fill` append up to `most` bytes, for which there must be room.
    pub(crate) fn fill<R>(&mut self, most: usize, fill: impl FnOnce(&mut OutBuf) -> R) -> R {
        let mut output = OutBuf::new(&mut self.bytes[self.end..self.end + most]);
        let result = fill(&mut output);
        // An OutBuf counts the bytes that were written to it.
        self.end += output.produced().min(most);
        result
    }

    /// Lets `take` consume data from the front.
    pub(crate) fn drain<R>(&mut self, take: impl FnOnce(&mut InBuf) -> R) -> R {
        let mut input = InBuf::new(self.data());
        let result = take(&mut input);
        self.start += input.consumed();
        result
    }
}

#[cfg(test)]
#[path = "../../tests/unit/gz_buffer.rs"]
mod tests;
