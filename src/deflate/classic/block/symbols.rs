//! Collects the literals and matches of the present block, and counts them.
//!
//! A symbol takes 3 bytes: distance (2, little-endian; 0 for a literal), then the literal or
//! `length - 3`. One store of 4 bytes writes it, the fourth byte being overwritten by the next
//! symbol.
//!
//! A block is full with one symbol less than there is room for. Where blocks end decides the bytes,
//! so this is zlib's number: 2^(memLevel + 6) - 1.
//!
//! # Symbols and the bytes that they become
//!
//! The up to `n - 1` symbols lie in the upper three quarters of the pending buffer, from byte `n`
//! of `4 n` on, and the bytes of their block grow from byte 0, over symbols that were read before
//! (`output.rs`). Nothing unread is overwritten, for these reasons:
//! - The buffer holds no pending byte when a block is written, at most 7 bits: deflate returns to
//!   its caller while bytes are pending.
//! - A fixed code spends at most 31 bits on a symbol (8 + 5 for a length, 5 + 13 for a distance).
//!   After `k` of at most `n - 1` symbols, `10 + 31 k` bits are written and the next unread symbol
//!   lies at bit `8 n + 24 k`: a gap of at least `n + 4` bits when the last one is read, and
//!   `n >= 128`.
//! - The bit writer stores 8 bytes at a time, so it may touch 64 bits beyond those.
//! - Dynamic codes are chosen only when the whole block is smaller with them, its header included,
//!   and a Huffman code cannot spend much on many symbols: a share `a` of the symbols takes at most
//!   `log2(1/a) + 1` bits a code more than the entropy of that share, which for a distance with its
//!   extra bits is at most 15 bits and for a length at most 8. So a prefix of `k` symbols gains on
//!   the reading position by less than `k + 1.1 n` bits of the initial `8 n`. The header must be
//!   paid for by symbols that save at most 11 bits each, so a large header leaves few dear symbols.
//!   A search for the worst case by simulated annealing left gaps of 361 bits at n = 128 and of
//!   1,208 at n = 256.
//! - `trees.rs` asserts the gap at every symbol in builds with debug assertions, which all tests
//!   use.
#![forbid(unsafe_code)]

use core::cell::Cell;

use crate::deflate::classic::block::huffman::SMALL;
use crate::deflate::output::Output;
use crate::format::deflate::{END_OF_BLOCK, LENGTH_CODE, LITERALS, LITLEN_CODES, dist_code};

/// Bytes of a symbol.
const SYMBOL_LEN: usize = 3;
/// Bytes that the store of a symbol touches.
const SYMBOL_TOUCHED: usize = 4;

/// A literal (distance 0) or a match.
#[derive(Clone, Copy)]
pub(crate) struct Symbol {
    /// Distance in bytes, 0 for a literal.
    pub distance: u16,
    /// The literal, or the length less 3.
    pub value: u8,
}

/// Counts of a block's symbols; the symbols themselves are in the output's buffer.
#[derive(Clone)]
pub(crate) struct Symbols {
    /// Bytes of the symbols collected. (32 bits, so that their end cannot overflow.)
    end: u32,
    /// Bytes of the symbols of a full block.
    full_end: u32,
    /// How often each literal, end of block and length code occurs.
    pub litlen_freq: [u16; LITLEN_CODES],
    /// How often each distance code occurs.
    pub dist_freq: [u16; SMALL],
}

impl Symbols {
    /// No symbols, with room for `capacity` of them, less one.
    pub(crate) fn new(capacity: u32) -> Self {
        let mut symbols = Symbols {
            end: 0,
            full_end: SYMBOL_LEN as u32 * (capacity - 1),
            litlen_freq: [0; LITLEN_CODES],
            dist_freq: [0; SMALL],
        };
        symbols.clear();
        symbols
    }

    /// Starts a block: no symbols yet but the one that will end it.
    pub(crate) fn clear(&mut self) {
        self.end = 0;
        self.litlen_freq.fill(0);
        self.dist_freq.fill(0);
        self.litlen_freq[END_OF_BLOCK] = 1;
    }

    /// Symbols collected.
    pub(crate) fn len(&self) -> usize {
        self.end as usize / SYMBOL_LEN
    }

    /// True if the block has no symbol yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.end == 0
    }

    /// True if `count` more do not fill the block.
    pub(crate) fn has_room_for(&self, count: usize) -> bool {
        self.end as usize + SYMBOL_LEN * count < self.full_end as usize
    }

    /// Makes the buffer usable for the symbols that `bytes` more bytes of data can give.
    pub(crate) fn make_ready(&self, out: &mut Output, bytes: usize) {
        let more = bytes.min(self.full_end as usize) * SYMBOL_LEN;
        let end = (self.end as usize + more).min(self.full_end as usize);
        out.buf.make_upper_ready(end + SYMBOL_TOUCHED - SYMBOL_LEN);
    }

    #[inline(always)]
    fn push(&mut self, buf: &mut [u8], distance: u16, value: u8) -> bool {
        let symbol = u32::from(distance) | u32::from(value) << u16::BITS;
        let at = self.end as usize;
        buf[at..at + SYMBOL_TOUCHED].copy_from_slice(&symbol.to_le_bytes());
        self.end += SYMBOL_LEN as u32;
        self.end == self.full_end
    }

    /// Adds a literal. Returns true if the block is full. `buf` is the output's.
    #[inline(always)]
    pub(crate) fn push_literal(&mut self, buf: &mut [u8], literal: u8) -> bool {
        self.litlen_freq[usize::from(literal)] += 1;
        self.push(buf, 0, literal)
    }

    /// Adds a match of `length` 3..=258 at `distance` 1..=32768. Returns true if the block is full.
    /// `buf` is the output's.
    #[inline(always)]
    pub(crate) fn push_match(&mut self, buf: &mut [u8], distance: usize, length: usize) -> bool {
        let value = (length - 3) as u8;
        let code = usize::from(LENGTH_CODE[usize::from(value)]);
        self.litlen_freq[LITERALS + 1 + code] += 1;
        self.dist_freq[usize::from(dist_code(distance as u16)) % SMALL] += 1;
        self.push(buf, distance as u16, value)
    }

    /// The symbols in order, each with the offset in the buffer at which it ends.
    #[inline(always)]
    pub(crate) fn all<'a>(
        &self,
        buf: &'a [Cell<u8>],
    ) -> impl Iterator<Item = (Symbol, usize)> + 'a {
        let (symbols, _) = buf[..self.end as usize].as_chunks::<SYMBOL_LEN>();
        symbols.iter().enumerate().map(|(i, [low, high, value])| {
            let symbol = Symbol {
                distance: u16::from_le_bytes([low.get(), high.get()]),
                value: value.get(),
            };
            (symbol, SYMBOL_LEN * (i + 1))
        })
    }
}

#[cfg(test)]
#[path = "../../../../tests/unit/deflate_symbols.rs"]
mod tests;
