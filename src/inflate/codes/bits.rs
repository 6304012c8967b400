//! The bit buffer of the careful decoder.
//!
//! It takes input byte by byte and no more than asked, or reads a few bytes ahead, and gives those
//! back that were not needed before the call returns.
//!
//! Between symbols fewer than 8 bits are held, unless inflatePrime put more there, or input was
//! read ahead. The fast loops have a buffer of their own (`loops.rs`) and leave the
//! same state.
#![forbid(unsafe_code)]

use crate::buf::InBuf;
use crate::error::Halt;

/// Bits read and not used yet; the next one is the lowest.
#[derive(Clone, Copy, Default)]
pub(crate) struct Bits {
    /// The bits; zero above `count`.
    pub hold: u64,
    /// How many there are: between calls at most 32 by inflatePrime, and 7 before that.
    pub count: u32,
}

impl Bits {
    /// Reads bytes until at least `count` bits (up to 32) are held. If the input ends before, what
    /// there was is held then.
    pub(crate) fn need(&mut self, count: u32, input: &mut InBuf) -> Result<(), Halt> {
        while self.count < count {
            self.pull(input)?;
        }
        Ok(())
    }

    /// Reads one byte.
    pub(crate) fn pull(&mut self, input: &mut InBuf) -> Result<(), Halt> {
        let byte = input.next_byte().ok_or(Halt::Wait)?;
        self.hold |= u64::from(byte) << self.count;
        self.count += u8::BITS;
        Ok(())
    }

    /// Reads as many of the bytes as there is room for; how many.
    pub(crate) fn pull_all(&mut self, input: &mut InBuf) -> usize {
        let bytes = input.take(((u64::BITS - self.count) / u8::BITS) as usize);
        for &byte in bytes {
            self.hold |= u64::from(byte) << self.count;
            self.count += u8::BITS;
        }
        bytes.len()
    }

    /// How many of the last `pulled` bytes are held as a whole.
    pub(crate) fn whole_bytes(&self, pulled: usize) -> usize {
        pulled.min((self.count / u8::BITS) as usize)
    }

    /// Drops those bytes; how many.
    pub(crate) fn drop_bytes(&mut self, pulled: usize) -> usize {
        let bytes = self.whole_bytes(pulled);
        self.count -= bytes as u32 * u8::BITS;
        self.hold &= (1u64 << self.count) - 1;
        bytes
    }

    /// The next `count` bits (up to 16), which must be held or are zero.
    pub(crate) fn peek(&self, count: u32) -> u32 {
        self.hold as u32 & ((1 << count) - 1)
    }

    /// Uses up `count` bits.
    pub(crate) fn consume(&mut self, count: u32) {
        self.hold >>= count;
        self.count -= count;
    }

    /// The next `count` bits, used up.
    pub(crate) fn take(&mut self, count: u32) -> u32 {
        let value = self.peek(count);
        self.consume(count);
        value
    }

    /// Drops all bits.
    pub(crate) fn clear(&mut self) {
        *self = Bits::default();
    }

    /// Drops the bits up to the next byte of the input.
    pub(crate) fn align(&mut self) {
        self.consume(self.count % u8::BITS);
    }
}

#[cfg(test)]
#[path = "../../../tests/unit/inflate_bits.rs"]
mod tests;
