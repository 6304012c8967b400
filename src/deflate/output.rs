//! The pending buffer: bits become bytes, and bytes wait for room in next_out.
//!
//! # The pending buffer
//!
//! zlib's memory budget has one block of `4 n` bytes for two things: the bytes of a finished block
//! that wait for room in next_out, and what an engine has collected of the present block. Here as
//! there, pending bytes grow from byte 0, and the engine has the *upper part*, from byte `n` on.
//! When a block is written, its bytes overwrite what was read of the upper part; that they never
//! overtake the reading is for the engine to show (`classic/block/symbols.rs`). Both parts are made
//! usable only as far as needed: a short message touches few pages of a new stream's buffer.
//!
//! Source of the layout: zlib 1.3.2 deflate.c, deflateInit2_.
#![forbid(unsafe_code)]

use core::cell::Cell;

use crate::alloc::{Allocator, SplitBuf};
use crate::io::Io;

/// Base-2 logarithm of a block's symbols, less memLevel.
const SYMBOL_BITS_OVER_MEM_LEVEL: u8 = 6;
/// Bytes of the buffer per symbol of its capacity.
const BYTES_PER_SYMBOL: u32 = 4;
/// Bytes that one store of the bit writer touches.
const BIT_STORE_LEN: usize = 8;
/// Bits that zlib's own bit buffer holds; deflatePrime's room check depends on it.
pub(crate) const ZLIB_BIT_BUFFER_BITS: u32 = 16;

/// Bits that do not fill a byte yet, least significant first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct BitBuffer {
    /// The bits; those at and above `count` are zero.
    bits: u64,
    /// How many bits are held.
    count: u32,
}

impl BitBuffer {
    /// Adds the low `count` bits of `value`, whose other bits are zero. The sum of the counts must
    /// not exceed 64.
    #[inline(always)]
    fn put(&mut self, value: u64, count: u32) {
        debug_assert!(self.count + count <= u64::BITS && (count >= 64 || value >> count == 0));
        self.bits |= value << self.count;
        self.count += count;
    }

    /// Takes all whole bytes out, the first so many of those returned, and keeps the up to 7 bits
    /// that remain. At most 63 bits may be held.
    #[inline(always)]
    fn take_bytes(&mut self) -> ([u8; BIT_STORE_LEN], usize) {
        let bytes = self.bits.to_le_bytes();
        let whole = self.count >> 3;
        self.bits >>= whole * 8;
        self.count &= 7;
        (bytes, whole as usize % BIT_STORE_LEN)
    }
}

/// Writes many bits to the pending buffer, and stores them each time.
pub(crate) struct BitWriter<'a> {
    /// Where the next whole byte goes, and what follows.
    room: &'a [Cell<u8>],
    /// The upper part, which what is written may overwrite.
    pub upper: &'a [Cell<u8>],
    /// Where the upper part begins in the pending buffer.
    lower_len: usize,
    /// Where the room ends there.
    room_end: usize,
    bits: BitBuffer,
}

impl BitWriter<'_> {
    /// Adds the low `count` bits of `value`, at most 56, whose other bits are zero.
    #[inline(always)]
    pub(crate) fn put(&mut self, value: u64, count: u32) {
        self.bits.put(value, count);
        let (bytes, whole) = self.bits.take_bytes();
        for (cell, byte) in self.room[..BIT_STORE_LEN].iter().zip(bytes) {
            cell.set(byte);
        }
        self.room = &self.room[whole..];
    }

    /// True if the next `put` leaves the bytes of the upper part from `at` on as they are.
    pub(crate) fn has_left(&self, at: usize) -> bool {
        self.end() + BIT_STORE_LEN <= self.lower_len + at
    }

    fn end(&self) -> usize {
        self.room_end - self.room.len()
    }

    /// Where the whole bytes end, and the bits after them.
    pub(crate) fn written(self) -> (usize, BitBuffer) {
        (self.end(), self.bits)
    }
}

/// The pending buffer with the bit buffer in front of it.
pub(crate) struct Output {
    /// `BYTES_PER_SYMBOL` bytes a symbol. As a slice it is the upper part.
    pub buf: SplitBuf,
    /// Where the pending bytes begin.
    start: usize,
    /// How many bytes are pending.
    pending: usize,
    /// Bits after the last pending byte.
    bits: BitBuffer,
    /// Bits used in the last byte when the output was last aligned, 0 if it was not (deflateUsed).
    pub used_bits: u32,
}

impl Output {
    /// Symbols in a buffer of this memLevel: 128 at 1, 32768 at 9.
    pub(crate) fn symbols_for(mem_level: u8) -> u32 {
        1 << (mem_level + SYMBOL_BITS_OVER_MEM_LEVEL)
    }

    /// Asks for the buffer.
    pub(crate) fn alloc_buf(allocator: &Allocator, symbols: u32) -> Option<SplitBuf> {
        SplitBuf::alloc(allocator, symbols, BYTES_PER_SYMBOL)
    }

    /// An empty output on `buf`.
    pub(crate) fn new(buf: SplitBuf) -> Self {
        Output {
            buf,
            start: 0,
            pending: 0,
            bits: BitBuffer::default(),
            used_bits: 0,
        }
    }

    /// Forgets everything.
    pub(crate) fn reset(&mut self) {
        self.start = 0;
        self.pending = 0;
        self.bits = BitBuffer::default();
        self.used_bits = 0;
    }

    /// The same output on a block of its own.
    pub(crate) fn copy_to(&self, mut buf: SplitBuf) -> Output {
        buf.copy_from(&self.buf);
        Output { buf, ..*self }
    }

    /// Size of the buffer in bytes.
    pub(crate) fn capacity(&self) -> usize {
        self.buf.capacity()
    }

    /// Symbols that the upper part has room for (zlib's lit_bufsize).
    pub(crate) fn symbols(&self) -> usize {
        self.buf.lower_len()
    }

    /// Pending bytes.
    pub(crate) fn pending(&self) -> usize {
        self.pending
    }

    /// Bytes that can still become pending.
    pub(crate) fn room(&self) -> usize {
        self.capacity() - self.end()
    }

    /// Bits held after the last pending byte, 0..=7 between calls.
    pub(crate) fn bit_count(&self) -> u32 {
        self.bits.count
    }

    /// True if deflatePrime may add bits. zlib refuses when the bytes sent so far reach the
    /// symbols. rzlib also refuses when the bytes that wait would run over symbols, or past the end
    /// of the buffer where there are none: zlib overwrites both.
    pub(crate) fn can_prime(&self, has_symbols: bool) -> bool {
        let step = (ZLIB_BIT_BUFFER_BITS as usize).div_ceil(8);
        let limit = if has_symbols {
            self.symbols()
        } else {
            self.capacity()
        };
        self.start + step <= self.symbols() && self.end() + step <= limit
    }

    fn end(&self) -> usize {
        self.start + self.pending
    }

    /// The pending bytes from the `from`th on.
    pub(crate) fn pending_from(&self, from: usize) -> &[u8] {
        &self.buf.bytes()[self.start + from..self.end()]
    }

    /// Makes `data` pending; there must be room.
    pub(crate) fn put_bytes(&mut self, data: &[u8]) {
        let end = self.end();
        self.buf.bytes_mut(end + data.len())[end..end + data.len()].copy_from_slice(data);
        self.pending += data.len();
    }

    /// Adds up to 16 bits after the pending bytes and turns whole bytes into pending ones. Bits of
    /// `value` above `count` must be zero.
    pub(crate) fn put_bits(&mut self, value: u64, count: u32) {
        self.bits.put(value, count);
        self.flush_bits();
    }

    /// Makes all whole bytes of the bit buffer pending.
    fn flush_bits(&mut self) {
        let (bytes, whole) = self.bits.take_bytes();
        self.put_bytes(&bytes[..whole]);
    }

    /// Fills the last byte with zero bits and remembers how many of its bits were used.
    pub(crate) fn align(&mut self) {
        let left = self.bits.count % 8;
        self.used_bits = if left == 0 { 8 } else { left };
        self.bits.count = self.bits.count.next_multiple_of(8);
        self.flush_bits();
    }

    /// Lends everything to a writer of many bits; [`end_bits`](Self::end_bits) takes back what it
    /// has written. `bytes` is how many that will be at most.
    pub(crate) fn begin_bits(&mut self, bytes: usize) -> BitWriter<'_> {
        let end = self.end();
        let lower_len = self.buf.lower_len();
        let (buf, upper) = self.buf.cells(end + bytes + BIT_STORE_LEN);
        BitWriter {
            room: &buf[end..],
            upper,
            lower_len,
            room_end: buf.len(),
            bits: self.bits,
        }
    }

    /// Makes pending what a writer has written.
    pub(crate) fn end_bits(&mut self, (end, bits): (usize, BitBuffer)) {
        self.pending = end - self.start;
        self.bits = bits;
    }

    /// Moves pending bytes to next_out, as many as fit.
    pub(crate) fn flush_pending(&mut self, io: &mut Io) {
        let count = self.pending.min(io.output.avail());
        if count == 0 {
            return;
        }
        io.write(&self.buf.bytes()[self.start..self.start + count]);
        self.start += count;
        self.pending -= count;
        if self.pending == 0 {
            self.start = 0;
        }
    }
}
