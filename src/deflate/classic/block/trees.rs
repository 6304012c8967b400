//! Writes a finished block as the smallest of the three block types, by zlib's rules.
//!
//! zlib's rules, in bytes rounded up as zlib rounds them:
//! - the fixed codes are taken if the block is no larger with them, or if the strategy is Fixed;
//! - the block is stored if that takes no more bytes than the better of the two, and if its bytes
//!   are all still in the window (which a block of more symbols than the window has bytes may have
//!   outlived).
//!
//! Writing is one loop over the symbols: the code of a literal, or a length's code, its extra bits,
//! the distance's code and its extra bits, at most 48 bits, go into a 64-bit buffer that holds at
//! most 7 bits from before; one 8-byte store a symbol empties it. Where matches are not rare,
//! literals and matches come in an order that nobody can predict, so there is no branch: a literal
//! is a length without extra bits and with a distance whose code is empty. The code of each
//! literal, and of each length with its extra bits, is made ready before ([`ValueCodes`]); the
//! extra bits of a distance are put on top of its code by multiplication, because on x86 a shift by
//! a variable amount takes more steps (without BMI2) and needs one register; one such shift puts
//! both on top of the code before. The bytes that are written run over into symbols that were read
//! (`symbols.rs`), so the buffer is a slice of `Cell`s.
//!
//! Measured on blocks of levels 1 and 6 (Sapphire Rapids), before codes were made ready: 5.2 ns a
//! symbol with a branch and shifts, 3.8 without.
//!
//! Source of the rules: zlib 1.3.2 trees.c, _tr_flush_block; RFC 1951 3.2.7.
#![forbid(unsafe_code)]

use core::ffi::c_int;
use core::ops::RangeInclusive;

use crate::deflate::block;
use crate::deflate::classic::block::huffman::{
    Alphabet, Cost, Heap, LARGE, LARGE_HEAP, LARGE_NODES, Lengths, Pairs, SMALL, SMALL_HEAP,
    SMALL_NODES, Scratch, SmallCode, first_symbols, split_heap,
};
use crate::deflate::classic::block::symbols::Symbols;
use crate::deflate::config::{Last, Strategy, Z_BINARY, Z_TEXT};
use crate::deflate::output::{BitWriter, Output};
use crate::format::deflate::{
    CODE_LENGTH_EXTRA_BITS, CODE_LENGTH_ORDER, DIST_BASE, DIST_CODES, DIST_EXTRA_BITS,
    DYNAMIC_BLOCK, END_OF_BLOCK, FIXED_BLOCK, FIXED_DIST_BITS, FIXED_LITLEN_LENGTHS, LENGTH_BASE,
    LENGTH_EXTRA_BITS, LITERALS, LITLEN_CODES, MAX_CODE_BITS, MAX_CODE_LENGTH_BITS, NO_DISTANCE,
    REPEAT_PREVIOUS, REPEAT_ZERO_LONG, REPEAT_ZERO_SHORT, dist_code,
};

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

const FIXED_DIST_LENGTHS: [u8; SMALL] = [FIXED_DIST_BITS; SMALL];
static FIXED_DIST: SmallCode = SmallCode::new(
    &Lengths::fixed(&FIXED_DIST_LENGTHS, DIST_CODES),
    &first_symbols(),
    &DIST,
);

/// Literals and lengths.
static LITLEN: Alphabet<LITLEN_CODES> = alphabet(
    LITERALS + 1,
    &LENGTH_EXTRA_BITS,
    &FIXED_LITLEN_LENGTHS,
    MAX_CODE_BITS,
);
/// Distances.
static DIST: Alphabet<SMALL> = alphabet(0, &DIST_EXTRA_BITS, &FIXED_DIST_LENGTHS, MAX_CODE_BITS);
/// Code lengths.
static CODE_LENGTH: Alphabet<SMALL> = alphabet(
    0,
    &CODE_LENGTH_EXTRA_BITS,
    &[0; SMALL],
    MAX_CODE_LENGTH_BITS,
);

/// The alphabet with these extra bits from the symbol `extra_base` on, and this fixed code.
const fn alphabet<const N: usize>(
    extra_base: usize,
    extra_bits: &[u8],
    fixed_lengths: &[u8],
    max_bits: usize,
) -> Alphabet<N> {
    let mut alphabet = Alphabet {
        extra_bits: [0; N],
        fixed_bits: [0; N],
        max_bits,
    };
    let mut symbol = 0;
    while symbol < N {
        if symbol >= extra_base && symbol - extra_base < extra_bits.len() {
            alphabet.extra_bits[symbol] = extra_bits[symbol - extra_base];
        }
        if fixed_lengths[symbol] != 0 {
            alphabet.fixed_bits[symbol] = fixed_lengths[symbol] + alphabet.extra_bits[symbol];
        }
        symbol += 1;
    }
    alphabet
}

/// A block that has all its symbols.
pub(crate) struct EndedBlock<'a> {
    /// The symbols, those in the output's buffer included.
    pub symbols: &'a Symbols,
    /// What they stand for, if the window still has all of it.
    pub bytes: Option<&'a [u8]>,
    /// The strategy in use.
    pub strategy: Strategy,
    /// Whether the stream ends with it.
    pub last: Last,
}

impl EndedBlock<'_> {
    /// Writes it.
    pub(crate) fn write(&self, scratch: &mut Scratch, out: &mut Output) {
        let last = self.last;
        let mut cost = Cost::default();
        let (heap, litlen_pairs, small_pairs) = scratch;
        let (mut litlen, mut dist) = (Lengths::NONE, Lengths::NONE);
        let freq = &self.symbols.dist_freq;
        Heap::new(split_heap(heap).0).build(freq, &DIST, small_pairs, &mut dist, &mut cost);
        let dist_code = SmallCode::new(&dist, small_pairs, &DIST);
        let freq = &self.symbols.litlen_freq;
        Heap::new(heap).build(freq, &LITLEN, litlen_pairs, &mut litlen, &mut cost);
        let (small_heap, rest) = split_heap(heap);
        let mut runs = Runs::new(rest);
        runs.add(&mut litlen.of, litlen.max_symbol + 1);
        // A run never goes on from the first code into the second, though it could.
        runs.add(&mut dist.of, dist.max_symbol + 1);
        let lengths = CodeLengths::new(&runs.freq, small_heap, small_pairs, &mut cost);
        let to_bytes = |bits: u32| (bits + block::BLOCK_HEADER_BITS).div_ceil(8) as usize;
        let fixed_len = to_bytes(cost.fixed);
        let use_fixed = fixed_len <= to_bytes(cost.dynamic) || self.strategy == Strategy::Fixed;
        let coded_len = to_bytes(if use_fixed { cost.fixed } else { cost.dynamic });

        if let Some(bytes) = self.bytes
            && bytes.len() + block::STORED_LENGTHS_LEN <= coded_len
        {
            block::stored_header(out, bytes.len(), last);
            out.put_bytes(bytes);
            return;
        }
        let mut writer = out.begin_bits(coded_len);
        if use_fixed {
            writer.put(block::header(FIXED_BLOCK, last), block::BLOCK_HEADER_BITS);
            write_symbols(self.symbols, &mut writer, &FIXED_VALUES, &FIXED_DIST);
        } else {
            writer.put(block::header(DYNAMIC_BLOCK, last), block::BLOCK_HEADER_BITS);
            lengths.write(&mut writer, litlen.max_symbol + 1, dist.max_symbol + 1);
            runs.write(&mut writer, &lengths.lengths, small_pairs);
            let end = set_value_codes(heap, &litlen, litlen_pairs);
            let values = (&*heap, end);
            write_symbols(self.symbols, &mut writer, &values, &dist_code);
        }
        let written = writer.written();
        out.end_bits(written);
    }
}

/// Text or binary, by the literals of a first block.
/// Source: zlib doc/txtvsbin.txt.
pub(crate) fn data_type(litlen_freq: &[u16; LITLEN_CODES]) -> c_int {
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

/// A run of fewer symbols is sent as itself.
const MIN_RUN: usize = 3;
const _: () = assert!(MIN_RUN == *REPEATS.start() && MIN_RUN == *ZEROS_SHORT.start());

/// Bytes that are compared at once.
const STRIDE: usize = 8;
/// No code length.
const NO_LENGTH: u8 = u8::MAX;

/// How many bytes at the beginning of `bytes` are the same. Another one must follow, with
/// [`STRIDE`] bytes after it.
#[inline(always)]
fn run_len(bytes: &[u8]) -> usize {
    let (chunks, _) = bytes.as_chunks::<STRIDE>();
    let same = u64::from_ne_bytes([bytes[0]; STRIDE]);
    for (i, &chunk) in chunks.iter().enumerate() {
        let different = u64::from_le_bytes(chunk) ^ same;
        if different != 0 {
            return STRIDE * i + (different.trailing_zeros() / u8::BITS) as usize;
        }
    }
    bytes.len()
}

/// Where the extra bits' value begins in a run.
const RUN_EXTRA_SHIFT: u32 = 8;

/// Code lengths as run-length symbols.
struct Runs<'a> {
    /// The symbols, each with the value of its extra bits from [`RUN_EXTRA_SHIFT`] on.
    runs: &'a mut [u32],
    len: usize,
    freq: [u16; SMALL],
}

const _: () = assert!(MAX_RUNS + MIN_RUN <= LARGE_HEAP - SMALL_HEAP);

impl Runs<'_> {
    /// None yet, in this memory.
    fn new(runs: &mut [u32]) -> Runs<'_> {
        Runs {
            runs,
            len: 0,
            freq: [0; SMALL],
        }
    }

    fn push(&mut self, symbol: u8, extra: u8) {
        self.freq[usize::from(symbol) % SMALL] += 1;
        self.runs[self.len] = u32::from(symbol) | u32::from(extra) << RUN_EXTRA_SHIFT;
        self.len += 1;
    }

    /// Adds up to two times `length`, without a branch.
    #[inline(always)]
    fn add_short(&mut self, length: u8, count: usize) {
        self.freq[usize::from(length) % SMALL] += count as u16;
        self.runs[self.len..self.len + 2].fill(length.into());
        self.len += count;
    }

    /// Adds the `count` first lengths as runs, cut as zlib cuts them. Those after them are lost.
    #[inline(never)]
    fn add(&mut self, lengths: &mut [u8], count: usize) {
        lengths[count..count + 1 + STRIDE].fill(NO_LENGTH);
        let mut at = 0;
        while at < count {
            let length = lengths[at];
            let run = run_len(&lengths[at..]);
            at += run;
            // Most runs are short.
            match length {
                _ if run < MIN_RUN => self.add_short(length, run),
                0 => self.add_zeros(run),
                _ => self.add_repeats(length, run),
            }
        }
    }

    /// Adds a piece of a run of `length`: as itself when it is too short for `repeat`, which stands
    /// for so many of `counts`.
    fn add_piece(&mut self, length: u8, piece: usize, repeat: u8, counts: RangeInclusive<usize>) {
        if piece < MIN_RUN {
            self.add_short(length, piece);
        } else {
            self.push(repeat, (piece - counts.start()) as u8);
        }
    }

    fn add_zeros(&mut self, mut count: usize) {
        while count != 0 {
            let piece = count.min(*ZEROS_LONG.end());
            count -= piece;
            if piece < *ZEROS_LONG.start() {
                self.add_piece(0, piece, REPEAT_ZERO_SHORT, ZEROS_SHORT);
            } else {
                self.add_piece(0, piece, REPEAT_ZERO_LONG, ZEROS_LONG);
            }
        }
    }

    fn add_repeats(&mut self, length: u8, count: usize) {
        // The length itself is sent once before it can be repeated.
        let mut left = count - 1;
        self.push(length, 0);
        while left != 0 {
            let piece = left.min(*REPEATS.end());
            left -= piece;
            self.add_piece(length, piece, REPEAT_PREVIOUS, REPEATS);
        }
    }

    /// Writes them with the code of these lengths.
    #[inline(never)]
    fn write(&self, out: &mut BitWriter, lengths: &Lengths<SMALL_NODES>, pairs: &Pairs<SMALL>) {
        let code = SmallCode::new(lengths, pairs, &CODE_LENGTH);
        for &run in &self.runs[..self.len] {
            let symbol = run as usize % SMALL;
            let scale = u64::from(code.scale[symbol]);
            let value = u64::from(code.bits[symbol]) + u64::from(run >> RUN_EXTRA_SHIFT) * scale;
            out.put(value, code.sent_bits[symbol].into());
        }
    }
}

/// The code-length code of a dynamic block.
struct CodeLengths {
    lengths: Lengths<SMALL_NODES>,
    /// Its lengths that are sent.
    sent: usize,
}

impl CodeLengths {
    fn new(
        freq: &[u16; SMALL],
        heap: &mut [u32; SMALL_HEAP],
        pairs: &mut Pairs<SMALL>,
        cost: &mut Cost,
    ) -> CodeLengths {
        let mut lengths = Lengths::NONE;
        Heap::new(heap).build(freq, &CODE_LENGTH, pairs, &mut lengths, cost);
        let sent = CODE_LENGTH_ORDER
            .iter()
            .rposition(|&symbol| lengths.of[usize::from(symbol)] != 0)
            .map_or(0, |last| last + 1)
            .max(MIN_CODE_LENGTH_CODES);
        cost.dynamic += 2 * HLIT_BITS + HCLEN_BITS + CODE_LENGTH_BITS * sent as u32;
        CodeLengths { lengths, sent }
    }

    /// Writes the header of a dynamic block after its type, as far as the lengths of this code.
    fn write(&self, out: &mut BitWriter, litlen_count: usize, dist_count: usize) {
        let hlit = litlen_count - MIN_LITLEN_CODES;
        let hdist = dist_count - 1;
        let hclen = self.sent - MIN_CODE_LENGTH_CODES;
        let counts = hlit | hdist << HLIT_BITS | hclen << (2 * HLIT_BITS);
        out.put(counts as u64, 2 * HLIT_BITS + HCLEN_BITS);
        for &symbol in &CODE_LENGTH_ORDER[..self.sent] {
            let length = self.lengths.of[usize::from(symbol)];
            out.put(length.into(), CODE_LENGTH_BITS);
        }
    }
}

/// Values of a symbol's byte, as literals and as lengths.
const VALUES: usize = 2 * LITERALS;
/// Where the number of bits begins in a value's code, and the code itself: up to 15 + 5 bits.
const BITS_SHIFT: u32 = 24;
const CODE_MASK: u32 = (1 << BITS_SHIFT) - 1;

/// The codes of the lengths `3 + i`, with their extra bits, and after them those of the literals;
/// from [`BITS_SHIFT`] on how many bits they have. One lookup for a symbol in place of six: level 1
/// is 2 % faster, messages of 1 KiB are as fast. Only those that the block has are set.
type ValueCodes = [u32; VALUES];
const _: () = assert!(VALUES == LARGE_HEAP);

/// The fixed codes, and the end of a block's.
static FIXED_VALUES: (&ValueCodes, u32) = {
    const CODES: (ValueCodes, u32) = {
        let litlen = Lengths::fixed(&FIXED_LITLEN_LENGTHS, LITLEN_CODES);
        let mut codes = [0; VALUES];
        let end = set_value_codes(&mut codes, &litlen, &first_symbols());
        (codes, end)
    };
    (&CODES.0, CODES.1)
};

/// Sets the codes of all values that have one. Returns that of the end of the block.
const fn set_value_codes(
    codes: &mut ValueCodes,
    litlen: &Lengths<LARGE_NODES>,
    pairs: &Pairs<LARGE>,
) -> u32 {
    let mut counter = litlen.counter();
    let mut end = 0;
    let mut i = 0;
    while i < litlen.symbols {
        let (symbol, bits, length) = counter.count(pairs[i]);
        i += 1;
        let bits = bits as u32;
        let length_code = match symbol.checked_sub(LITERALS + 1) {
            Some(code) => code,
            None => {
                let code = bits | (length as u32) << BITS_SHIFT;
                match symbol {
                    END_OF_BLOCK => end = code,
                    literal => codes[LITERALS + literal] = code,
                }
                continue;
            }
        };
        let extra_bits = LENGTH_EXTRA_BITS[length_code] as usize;
        let code = bits | ((length + extra_bits) as u32) << BITS_SHIFT;
        // The last one, 258, is also the longest that the one before it could say.
        let first = LENGTH_BASE[length_code] as usize;
        let mut extra = 0;
        while extra < 1 << extra_bits {
            codes[first + extra] = code + ((extra as u32) << length);
            extra += 1;
        }
    }
    end
}

/// Where the values begin in [`ValueCodes`], by the distance's code.
static FIRST_VALUE: [u32; SMALL] = {
    let mut first = [0; SMALL];
    first[NO_DISTANCE] = LITERALS as u32;
    first
};

/// What brings `distance * scale` to a distance's code with its extra bits on top.
fn distance_bias(code: &SmallCode) -> [u32; SMALL] {
    let mut bias = [0; SMALL];
    for i in 0..DIST_CODES {
        let base = u32::from(DIST_BASE[i]) + 1;
        bias[i] = u32::from(code.bits[i]).wrapping_sub(base * u32::from(code.scale[i]));
    }
    bias
}

/// With fewer matches than one in so many symbols, a branch for literals is foreseen.
const FEW_MATCHES: usize = 8;

/// Writes all symbols and the end of the block with these codes.
fn write_symbols(
    symbols: &Symbols,
    out: &mut BitWriter,
    &(values, end): &(&ValueCodes, u32),
    dist: &SmallCode,
) {
    let matches: usize = symbols
        .dist_freq
        .iter()
        .map(|&freq| usize::from(freq))
        .sum();
    if matches * FEW_MATCHES < symbols.len() {
        write_each::<true>(symbols, out, values, dist);
    } else {
        write_each::<false>(symbols, out, values, dist);
    }
    out.put((end & CODE_MASK).into(), end >> BITS_SHIFT);
}

/// Writes all symbols, with a branch for literals or without one.
#[inline(never)]
fn write_each<const BRANCH: bool>(
    symbols: &Symbols,
    out: &mut BitWriter,
    values: &ValueCodes,
    dist: &SmallCode,
) {
    let bias = distance_bias(dist);
    for (symbol, end) in symbols.all(out.upper) {
        debug_assert!(out.has_left(end), "a symbol would be overwritten");
        if BRANCH && symbol.distance == 0 {
            let code = values[LITERALS + usize::from(symbol.value)];
            out.put((code & CODE_MASK).into(), code >> BITS_SHIFT);
            continue;
        }
        let distance = u32::from(symbol.distance);
        let dist_code = usize::from(dist_code(symbol.distance)) % SMALL;
        let distance = (distance * u32::from(dist.scale[dist_code])).wrapping_add(bias[dist_code]);
        let code = values[(FIRST_VALUE[dist_code] + u32::from(symbol.value)) as usize % VALUES];
        let count = code >> BITS_SHIFT;
        out.put(
            u64::from(code & CODE_MASK) | u64::from(distance) << (count & 31),
            count + u32::from(dist.sent_bits[dist_code]),
        );
    }
}
