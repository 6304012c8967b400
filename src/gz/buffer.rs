//! A fixed block of bytes, a range of which holds data.
//!
//! One type serves four places: what was read and is not decoded, what was decoded and is not
//! delivered, what was written and is not compressed, what was compressed and is not written.
//! Data is taken from the range's front; it grows behind the range, and for gzungetc before it.
//!
//! The memory is never cleared: only the range is ever seen.
//!
//! Unsafe because the rest of the block is not initialised.
#![allow(unsafe_code)]

use core::mem::MaybeUninit;

use crate::buf::{InBuf, OutBuf};

/// A block of bytes and the range of it that is data.
#[derive(Default)]
pub struct Buffer {
    bytes: Vec<MaybeUninit<u8>>,
    /// Bytes `start..end` are initialised.
    start: usize,
    end: usize,
}

impl Buffer {
    /// A block of `capacity` bytes; None if there is no memory.
    pub fn alloc(capacity: usize) -> Option<Buffer> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(capacity).ok()?;
        // SAFETY: there is room for `capacity` elements, which need no initialisation.
        unsafe { bytes.set_len(capacity) };
        Some(Buffer {
            bytes,
            start: 0,
            end: 0,
        })
    }

    /// The data.
    #[inline]
    pub fn data(&self) -> &[u8] {
        // SAFETY: the range is initialised.
        unsafe { self.bytes[self.start..self.end].assume_init_ref() }
    }

    /// Bytes of data.
    #[inline]
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// True without data.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Where the data ends in the block.
    #[inline]
    pub fn end(&self) -> usize {
        self.end
    }

    /// Bytes of the block.
    pub fn capacity(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes of room behind the data.
    pub fn room(&self) -> usize {
        self.bytes.len() - self.end
    }

    /// Takes `count` bytes of data away, or all.
    #[inline]
    pub fn consume(&mut self, count: usize) {
        self.start += count.min(self.len());
    }

    /// Takes one byte.
    #[inline]
    pub fn take_byte(&mut self) -> Option<u8> {
        let byte = *self.data().first()?;
        self.start += 1;
        Some(byte)
    }

    /// Moves data to `output`, as much as there is room for; how much that was.
    pub fn take(&mut self, output: &mut OutBuf) -> usize {
        let count = self.len().min(output.avail());
        output.write(&self.data()[..count]);
        self.start += count;
        count
    }

    /// Forgets the data.
    #[inline]
    pub fn clear(&mut self) {
        (self.start, self.end) = (0, 0);
    }

    /// Begins at the block's front again if there is no data.
    #[inline]
    pub fn restart_if_empty(&mut self) {
        if self.is_empty() {
            self.clear();
        }
    }

    /// Moves the data to the block's front.
    pub fn compact(&mut self) {
        if self.start != 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.len());
        }
    }

    /// Puts a byte before the data; false if the block is full. Data moves to the block's back
    /// when it begins at the front.
    pub fn push_front(&mut self, byte: u8) -> bool {
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

    /// Puts a byte behind the data; there must be room.
    #[inline]
    pub fn push(&mut self, byte: u8) {
        self.bytes[self.end].write(byte);
        self.end += 1;
    }

    /// Puts bytes behind the data; there must be room for them.
    pub fn append(&mut self, data: &[u8]) {
        self.fill(data.len(), |output| output.write(data));
    }

    /// Puts `count` zeros behind the data; there must be room for them.
    pub fn append_zeros(&mut self, count: usize) {
        let end = self.end + count;
        self.bytes[self.end..end].fill(MaybeUninit::new(0));
        self.end = end;
    }

    /// Has `fill` write up to `most` bytes behind the data, which must not be more than there
    /// is room for, and makes what it wrote data.
    pub fn fill<R>(&mut self, most: usize, fill: impl FnOnce(&mut OutBuf) -> R) -> R {
        let mut output = OutBuf::new(&mut self.bytes[self.end..self.end + most]);
        let result = fill(&mut output);
        // An OutBuf counts what was written to it.
        self.end += output.produced().min(most);
        result
    }

    /// Has `take` use data from the front, and takes away what it used.
    pub fn drain<R>(&mut self, take: impl FnOnce(&mut InBuf) -> R) -> R {
        let mut input = InBuf::new(self.data());
        let result = take(&mut input);
        self.start += input.consumed();
        result
    }
}
