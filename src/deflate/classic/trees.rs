//! Ends a block: builds its codes, takes the smallest of the three block types, writes it.
//!
//! zlib's rules, in bytes rounded up as zlib rounds them:
//! - the fixed codes are taken if the block is no larger with them, or if the strategy is
//!   Fixed;
//! - the block is stored if that takes no more bytes than the better of the two, and if
//!   its bytes are all still in the window (which a block of more symbols than the window
//!   has bytes may have outlived).
//!
//! Writing is one loop over the symbols: the code of a literal, or a length's code, its
//! extra bits, the distance's code and its extra bits, at most 48 bits, go into a 64-bit
//! buffer that holds at most 7 bits from before; one 8-byte store a symbol empties it.
//!
//! Source of the rules: zlib 1.3.2 trees.c, _tr_flush_block; RFC 1951 3.2.7.
#![forbid(unsafe_code)]

use core::ffi::c_int;
use core::ops::RangeInclusive;

use super::huffman::{Alphabet, Code, Cost, build, fixed_code};
use super::state::Classic;
use super::symbols::{Symbol, Symbols};
use crate::deflate::block;
use crate::deflate::config::{Last, Strategy, Z_BINARY, Z_TEXT, Z_UNKNOWN};
use crate::deflate::output::{BIT_STORE_LEN, BitBuffer, Output};
use crate::format::deflate::{
    CODE_LENGTH_CODES, CODE_LENGTH_EXTRA_BITS, CODE_LENGTH_ORDER, DIST_BASE, DIST_CODES,
    DIST_EXTRA_BITS, DYNAMIC_BLOCK, END_OF_BLOCK, FIXED_BLOCK, FIXED_DIST_BITS,
    FIXED_LITLEN_LENGTHS, LENGTH_BASE, LENGTH_CODE, LENGTH_EXTRA_BITS, LITERALS, LITLEN_CODES,
    MAX_CODE_BITS, MAX_CODE_LENGTH_BITS, REPEAT_PREVIOUS, REPEAT_ZERO_LONG, REPEAT_ZERO_SHORT,
    dist_code,
};
use crate::io::Io;

/// Control characters that no text has: 0..=6, 14..=25 and 28..=31.
const NOT_TEXT: u32 = 0b1111_0011_1111_1111_1100_0000_0111_1111;
/// Control characters that text has: TAB, LF, CR.
const TEXT_CONTROLS: [usize; 3] = [9, 10, 13];
/// The first character that is no control character.
const FIRST_PRINTABLE: usize = 32;

/// Bits of HLIT and of HDIST.
const HLIT_BITS: u32 = 5;
/// Bits of HCLEN.
const HCLEN_BITS: u32 = 4;
/// Bits of a code length of the code-length alphabet.
const CODE_LENGTH_BITS: u32 = 3;
/// HLIT counts from here.
const MIN_LITLEN_CODES: usize = 257;
/// HCLEN counts from here.
const MIN_CODE_LENGTH_CODES: usize = 4;
/// Least and most repeats of REPEAT_PREVIOUS.
const REPEATS: RangeInclusive<usize> = 3..=6;
/// Least and most zeros of REPEAT_ZERO_SHORT.
const ZEROS_SHORT: RangeInclusive<usize> = 3..=10;
/// Least and most zeros of REPEAT_ZERO_LONG.
const ZEROS_LONG: RangeInclusive<usize> = 11..=138;

const FIXED_DIST_LENGTHS: [u8; 32] = [FIXED_DIST_BITS; 32];
static FIXED_LITLEN: Code<LITLEN_CODES> = fixed_code(&FIXED_LITLEN_LENGTHS);
static FIXED_DIST: Code<DIST_CODES> = fixed_code(&FIXED_DIST_LENGTHS);

/// Literals and lengths.
const LITLEN: Alphabet = Alphabet {
    extra_bits: &LENGTH_EXTRA_BITS,
    extra_base: LITERALS + 1,
    max_bits: MAX_CODE_BITS,
    fixed_lengths: &FIXED_LITLEN_LENGTHS,
};
/// Distances.
const DIST: Alphabet = Alphabet {
    extra_bits: &DIST_EXTRA_BITS,
    extra_base: 0,
    max_bits: MAX_CODE_BITS,
    fixed_lengths: &FIXED_DIST_LENGTHS,
};
/// Code lengths.
const CODE_LENGTH: Alphabet = Alphabet {
    extra_bits: &CODE_LENGTH_EXTRA_BITS,
    extra_base: 0,
    max_bits: MAX_CODE_LENGTH_BITS,
    fixed_lengths: &[],
};

impl Classic {
    /// Ends the block at strstart and writes what fits to next_out.
    pub(super) fn flush_block(&mut self, io: &mut Io, out: &mut Output, last: Last) {
        if io.data_type == Z_UNKNOWN {
            io.data_type = detect_data_type(&self.symbols.litlen_freq);
        }
        self.write_block(out, last);
        if last.is_yes() {
            out.align();
        }
        self.symbols.clear();
        self.block_start = self.strstart as isize;
        out.flush_pending(io);
    }

    fn write_block(&self, out: &mut Output, last: Last) {
        let mut cost = Cost::default();
        let litlen = build(&self.symbols.litlen_freq, &LITLEN, &mut cost);
        let dist = build(&self.symbols.dist_freq, &DIST, &mut cost);
        let lengths = CodeLengths::new(&litlen, &dist, &mut cost);
        let to_bytes =
            |bits: u64| (bits + u64::from(block::BLOCK_HEADER_BITS)).div_ceil(8) as usize;
        let fixed_len = to_bytes(cost.fixed);
        let use_fixed =
            fixed_len <= to_bytes(cost.dynamic) || self.params.strategy == Strategy::Fixed;
        let coded_len = if use_fixed {
            fixed_len
        } else {
            to_bytes(cost.dynamic)
        };

        if let Ok(start) = usize::try_from(self.block_start)
            && self.strstart - start + block::STORED_LENGTHS_LEN <= coded_len
        {
            let bytes = &self.window[start..self.strstart];
            block::stored_header(out, bytes.len(), last);
            out.put_bytes(bytes);
        } else if use_fixed {
            block::block_header(out, FIXED_BLOCK, last);
            write_symbols(&self.symbols, out, coded_len, &FIXED_LITLEN, &FIXED_DIST);
        } else {
            block::block_header(out, DYNAMIC_BLOCK, last);
            lengths.write(out, litlen.max_symbol + 1, dist.max_symbol + 1);
            write_symbols(&self.symbols, out, coded_len, &litlen, &dist);
        }
    }
}

/// Text or binary, by the literals of a first block.
/// Source: zlib doc/txtvsbin.txt.
fn detect_data_type(litlen_freq: &[u16; LITLEN_CODES]) -> c_int {
    let occurs = |byte: usize| litlen_freq[byte] != 0;
    let is_binary = (0..FIRST_PRINTABLE).any(|byte| NOT_TEXT >> byte & 1 != 0 && occurs(byte));
    let has_text = TEXT_CONTROLS.into_iter().any(occurs) || (FIRST_PRINTABLE..LITERALS).any(occurs);
    if !is_binary && has_text {
        Z_TEXT
    } else {
        Z_BINARY
    }
}

/// Most symbols of the code-length alphabet that two codes take.
const MAX_RUNS: usize = LITLEN_CODES + DIST_CODES;

/// Code lengths as run-length symbols: the symbol, and the value of its extra bits.
struct Runs {
    runs: [(u8, u8); MAX_RUNS],
    len: usize,
    freq: [u16; CODE_LENGTH_CODES],
}

impl Runs {
    fn push(&mut self, symbol: u8, extra: u8) {
        self.freq[usize::from(symbol)] += 1;
        self.runs[self.len] = (symbol, extra);
        self.len += 1;
    }

    /// Adds `lengths` as runs, cut as zlib cuts them.
    fn add(&mut self, lengths: &[u8]) {
        for run in lengths.chunk_by(|a, b| a == b) {
            match run[0] {
                0 => self.add_zeros(run.len()),
                length => self.add_repeats(length, run.len()),
            }
        }
    }

    /// Adds the part of a run of `length`: as itself when it is too short for `repeat`, which
    /// stands for so many of `counts`.
    fn add_part(&mut self, length: u8, part: usize, repeat: u8, counts: RangeInclusive<usize>) {
        if part < *counts.start() {
            (0..part).for_each(|_| self.push(length, 0));
        } else {
            self.push(repeat, (part - counts.start()) as u8);
        }
    }

    fn add_zeros(&mut self, mut count: usize) {
        while count != 0 {
            let part = count.min(*ZEROS_LONG.end());
            count -= part;
            if part < *ZEROS_LONG.start() {
                self.add_part(0, part, REPEAT_ZERO_SHORT, ZEROS_SHORT);
            } else {
                self.add_part(0, part, REPEAT_ZERO_LONG, ZEROS_LONG);
            }
        }
    }

    fn add_repeats(&mut self, length: u8, count: usize) {
        // The length itself is sent once before it can be repeated.
        let mut left = count - 1;
        self.push(length, 0);
        while left != 0 {
            let part = left.min(*REPEATS.end());
            left -= part;
            self.add_part(length, part, REPEAT_PREVIOUS, REPEATS);
        }
    }
}

/// The code lengths of a dynamic block, ready to be sent.
struct CodeLengths {
    runs: Runs,
    code: Code<CODE_LENGTH_CODES>,
    /// Code lengths of the code-length alphabet that are sent.
    sent: usize,
}

impl CodeLengths {
    fn new(litlen: &Code<LITLEN_CODES>, dist: &Code<DIST_CODES>, cost: &mut Cost) -> CodeLengths {
        let mut runs = Runs {
            runs: [(0, 0); MAX_RUNS],
            len: 0,
            freq: [0; CODE_LENGTH_CODES],
        };
        // A run never goes on from the first code into the second, though it could.
        runs.add(&litlen.lengths[..=litlen.max_symbol]);
        runs.add(&dist.lengths[..=dist.max_symbol]);
        let code = build(&runs.freq, &CODE_LENGTH, cost);
        let sent = CODE_LENGTH_ORDER
            .iter()
            .rposition(|&symbol| code.lengths[usize::from(symbol)] != 0)
            .map_or(0, |last| last + 1)
            .max(MIN_CODE_LENGTH_CODES);
        cost.dynamic +=
            u64::from(2 * HLIT_BITS + HCLEN_BITS) + u64::from(CODE_LENGTH_BITS) * sent as u64;
        CodeLengths { runs, code, sent }
    }

    /// Writes the header of a dynamic block behind its type.
    fn write(&self, out: &mut Output, litlen_count: usize, dist_count: usize) {
        out.put_bits((litlen_count - MIN_LITLEN_CODES) as u32, HLIT_BITS);
        out.put_bits((dist_count - 1) as u32, HLIT_BITS);
        out.put_bits((self.sent - MIN_CODE_LENGTH_CODES) as u32, HCLEN_BITS);
        for &symbol in &CODE_LENGTH_ORDER[..self.sent] {
            let length = self.code.lengths[usize::from(symbol)];
            out.put_bits(u32::from(length), CODE_LENGTH_BITS);
        }
        for &(symbol, extra) in &self.runs.runs[..self.runs.len] {
            let symbol = usize::from(symbol);
            let length = u32::from(self.code.lengths[symbol]);
            let value = u32::from(self.code.bits[symbol]) | u32::from(extra) << length;
            out.put_bits(value, length + u32::from(CODE_LENGTH_EXTRA_BITS[symbol]));
        }
    }
}

/// A length `3 + i`: which code, and its extra bits.
#[derive(Clone, Copy)]
struct LengthParts {
    /// Symbol of the literal/length alphabet.
    symbol: u16,
    /// Value of the extra bits.
    extra: u8,
    /// Their number.
    extra_bits: u8,
}

/// Every length taken apart.
static LENGTH_PARTS: [LengthParts; 256] = length_parts();

const fn length_parts() -> [LengthParts; 256] {
    let mut parts = [LengthParts {
        symbol: 0,
        extra: 0,
        extra_bits: 0,
    }; 256];
    let mut value = 0;
    while value < 256 {
        let code = LENGTH_CODE[value] as usize;
        parts[value] = LengthParts {
            symbol: (LITERALS + 1 + code) as u16,
            extra: value as u8 - LENGTH_BASE[code],
            extra_bits: LENGTH_EXTRA_BITS[code],
        };
        value += 1;
    }
    parts
}

/// Writes all symbols and the end of the block with these codes. `len` is what that takes
/// at most, in bytes.
fn write_symbols(
    symbols: &Symbols,
    out: &mut Output,
    len: usize,
    litlen: &Code<LITLEN_CODES>,
    dist: &Code<DIST_CODES>,
) {
    let (mut end, mut bits) = out.begin_bits(len);
    let buf = &mut out.buf[..];
    for index in 0..symbols.len() {
        let (symbol, at) = symbols.get(buf, index);
        debug_assert!(
            end + BIT_STORE_LEN <= at + 3,
            "a symbol would be overwritten"
        );
        put_symbol(&mut bits, symbol, litlen, dist);
        end += bits.store(buf, end);
    }
    bits.put(
        u64::from(litlen.bits[END_OF_BLOCK]),
        u32::from(litlen.lengths[END_OF_BLOCK]),
    );
    end += bits.store(buf, end);
    out.end_bits(end, bits);
}

/// Adds one symbol's bits: at most 15 + 5 + 15 + 13.
#[inline(always)]
fn put_symbol(
    bits: &mut BitBuffer,
    symbol: Symbol,
    litlen: &Code<LITLEN_CODES>,
    dist: &Code<DIST_CODES>,
) {
    let value = usize::from(symbol.value);
    if symbol.distance == 0 {
        bits.put(
            u64::from(litlen.bits[value]),
            u32::from(litlen.lengths[value]),
        );
        return;
    }
    let length = LENGTH_PARTS[value];
    let code = usize::from(length.symbol);
    bits.put(
        u64::from(litlen.bits[code]),
        u32::from(litlen.lengths[code]),
    );
    bits.put(u64::from(length.extra), u32::from(length.extra_bits));
    let distance = symbol.distance - 1;
    let code = usize::from(dist_code(distance));
    bits.put(u64::from(dist.bits[code]), u32::from(dist.lengths[code]));
    let extra = distance - DIST_BASE[code];
    bits.put(u64::from(extra), u32::from(DIST_EXTRA_BITS[code]));
}
