//! Entries of the decode tables: 32 bits that say everything about a symbol.
//!
//! ```text
//!                    31       24  23 22 21 20  19     16   15         8   7          0
//!   literal          byte          0  0  1  0  code bits   next width   code bits
//!   length           high, base    0  0  0  0  code bits   next width   code + extra bits
//!   long length      base          0  1  0  0  code bits   next width   code + extra bits
//!   end of block     0             1  1  0  1  code bits   next width   code bits
//!   invalid code     1             1  1  0  1  code bits   -            code bits
//!   subtable         start 7:0     0  1  0  1  start 11:8  its width    root bits
//!
//!   distance         high          1  0  0  0  code bits   next width   code + extra bits
//!   near distance    high          1  1  0  0  code bits   next width   code + extra bits
//!   invalid code     -             0  1  0  1  code bits   -            code bits
//!   subtable         start 7:0     1  1  0  1  start 11:8  its width    root bits
//! ```
//!
//! The four flags in the middle are [`DISTANCE`], [`EXCEPTION`], [`LITERAL`] and [`SPECIAL`].
//! What the branchless loop decodes in a step has no EXCEPTION: literals, lengths up to
//! [`MAX_SHORT_LENGTH`], distances that are not near. The next width after a length is the distance
//! root, after all else the literal/length root. Entries of a subtable count all bits of the code,
//! the root bits included.
//!
//! In binary, a length less 3, and a distance less 1, is the bits *high* (31:29) followed by the
//! extra bits. That is what the format's lists of bases amount to: for distances 2^k and 1.5 * 2^k,
//! for lengths 4 to 7 times 2^k. Only the length 258 is not of this form, and is long. The *base*
//! of a length, 28:24 or 31:24, is the length less 3, without its extra bits.
//!
//! The fast loop copies a literal from its entry, of which it is the last byte, or in big-endian
//! memory the first. What lies after the last entry is copied with it (`table.rs`, PADDING).
#![forbid(unsafe_code)]

use crate::format::deflate::{
    DIST_BASE, DIST_CODES, DIST_EXTRA_BITS, END_OF_BLOCK, LENGTH_BASE, LENGTH_CODES,
    LENGTH_EXTRA_BITS, LITERALS, MIN_MATCH,
};

/// Entry: a distance. Also what points to a subtable of distances, and in the literal/length table
/// what is special and does not point to a subtable.
pub(crate) const DISTANCE: u32 = 1 << 23;
/// Entry: not for a step of the branchless loop.
pub(crate) const EXCEPTION: u32 = 1 << 22;
/// Entry: a literal.
pub(crate) const LITERAL: u32 = 1 << LITERAL_SHIFT;
/// Where that flag is.
pub(crate) const LITERAL_SHIFT: u32 = 21;
/// Entry: neither a literal nor a length nor a distance.
pub(crate) const SPECIAL: u32 = 1 << 20;
/// Literal/length entry: the end of the block.
const END: u32 = SPECIAL | EXCEPTION | DISTANCE;
/// Literal/length entry: no code.
pub(crate) const INVALID_LITLEN: u32 = END | 1 << BYTE_SHIFT;
/// Distance entry: no code.
pub(crate) const INVALID_DIST: u32 = SPECIAL | EXCEPTION;
/// The one bit that is no code, where a single code has the other.
pub(crate) const ONE_BIT: u32 = 1 << CODE_SHIFT | 1;

/// Where the next width begins.
const WIDTH_SHIFT: u32 = 8;
/// Where the code bits begin. A shift by what stands there takes 6 bits of it: the two above the
/// code bits are zero for lengths and distances, and make 32 more for a literal, of which nothing
/// is left then.
pub(crate) const CODE_SHIFT: u32 = 16;
/// The code bits, after CODE_SHIFT.
const CODE_MASK: u32 = 0xf;
/// Where the high bits of a length or a distance begin.
pub(crate) const HIGH_SHIFT: u32 = 29;
/// Where a literal, or the base of a length, begins.
pub(crate) const BYTE_SHIFT: u32 = 24;
/// The base of a length that is not long, after BYTE_SHIFT.
const SHORT_BASE_MASK: u32 = (1 << (HIGH_SHIFT - BYTE_SHIFT)) - 1;
const _: () = assert!(MAX_SHORT_LENGTH - MIN_MATCH <= SHORT_BASE_MASK as usize);
/// How many bytes before the end of its entry a literal's byte lies.
pub(crate) const LITERAL_BACK: usize = if cfg!(target_endian = "little") {
    1
} else {
    size_of::<u32>()
};
/// Where the upper bits of a subtable's start are, and how many lower ones there are.
const START_HIGH_SHIFT: u32 = CODE_SHIFT;
const START_LOW_BITS: u32 = u32::BITS - BYTE_SHIFT;

/// The shortest distance that is not near, and can be copied in pieces of 16 bytes: the code for 16
/// begins at 13.
pub(crate) const LEAST_FAR: usize = 17;
/// The longest length that is not long: with all it can be, two pieces of 16 bytes.
pub(crate) const MAX_SHORT_LENGTH: usize = 30;

/// Bits that an entry says to drop.
#[inline(always)]
pub(crate) fn dropped_bits(entry: u32) -> u32 {
    entry & 0xff
}

/// Bits of an entry's code, without extra bits.
#[inline(always)]
pub(crate) fn code_bits(entry: u32) -> u32 {
    (entry >> CODE_SHIFT) & CODE_MASK
}

/// Extra bits of a length or a distance.
#[inline(always)]
pub(crate) fn extra_bits(entry: u32) -> u32 {
    dropped_bits(entry) - code_bits(entry)
}

/// A length, long or not, without what its extra bits say.
#[inline(always)]
pub(crate) fn length_base(entry: u32) -> u32 {
    let mask = if entry & EXCEPTION != 0 {
        u8::MAX.into()
    } else {
        SHORT_BASE_MASK
    };
    ((entry >> BYTE_SHIFT) & mask) + MIN_MATCH as u32
}

/// A distance, near or not, without what its extra bits say.
#[inline(always)]
pub(crate) fn dist_base(entry: u32) -> u32 {
    ((entry >> HIGH_SHIFT) << extra_bits(entry)) + 1
}

/// Whether an entry is a length, if it is not special.
#[inline(always)]
pub(crate) fn is_length(entry: u32) -> bool {
    entry & (DISTANCE | LITERAL) == 0
}

/// Whether a special entry of the literal/length table points to a subtable.
#[inline(always)]
pub(crate) fn is_litlen_pointer(entry: u32) -> bool {
    entry & DISTANCE == 0
}

/// Whether a special entry of the distance table points to a subtable.
#[inline(always)]
pub(crate) fn is_dist_pointer(entry: u32) -> bool {
    entry & DISTANCE != 0
}

/// Whether a special entry of the literal/length table that points to no subtable is the end of the
/// block.
#[inline(always)]
pub(crate) fn is_end(entry: u32) -> bool {
    entry >> BYTE_SHIFT == 0
}

/// Where the subtable starts that an entry points to.
#[inline(always)]
pub(crate) fn subtable_start(pointer: u32) -> usize {
    let high = (pointer >> START_HIGH_SHIFT) & CODE_MASK;
    (high << START_LOW_BITS | pointer >> BYTE_SHIFT) as usize
}

/// What points to the subtable at `start`, for the literal/length table.
pub(crate) const fn pointer(start: usize, width: u32, root: u32) -> u32 {
    let start = start as u32;
    let at = start << BYTE_SHIFT | (start >> START_LOW_BITS) << START_HIGH_SHIFT;
    SPECIAL | EXCEPTION | at | width << WIDTH_SHIFT | root
}

/// Index bits of the lookup that follows an entry.
#[inline(always)]
pub(crate) fn next_width(entry: u32) -> u32 {
    (entry >> WIDTH_SHIFT) & 0xff
}

/// Literal/length symbols of the fixed code, two of which may not occur.
pub(crate) const FIXED_LITLEN_CODES: usize = 288;
/// Distance symbols of the fixed code, two of which may not occur.
pub(crate) const FIXED_DIST_CODES: usize = 32;

/// Each literal/length symbol's entry but for code bits and next width.
pub(crate) static LITLEN_SYMBOLS: [u32; FIXED_LITLEN_CODES] = litlen_symbols();
/// Each distance symbol's entry but for code bits and next width.
pub(crate) static DIST_SYMBOLS: [u32; FIXED_DIST_CODES] = dist_symbols();

/// [`LITLEN_SYMBOLS`].
pub(crate) const fn litlen_symbols() -> [u32; FIXED_LITLEN_CODES] {
    let mut entries = [INVALID_LITLEN; FIXED_LITLEN_CODES];
    let mut symbol = 0;
    while symbol < LITERALS {
        entries[symbol] = LITERAL | (symbol as u32) << BYTE_SHIFT;
        symbol += 1;
    }
    entries[END_OF_BLOCK] = END;
    let mut code = 0;
    while code < LENGTH_CODES {
        let less = LENGTH_BASE[code] as u32;
        let extra = LENGTH_EXTRA_BITS[code] as u32;
        let longest = MIN_MATCH + less as usize + (1 << extra) - 1;
        entries[END_OF_BLOCK + 1 + code] = if longest > MAX_SHORT_LENGTH {
            EXCEPTION | less << BYTE_SHIFT | extra
        } else {
            high_bits(less, extra) | less << BYTE_SHIFT | extra
        };
        code += 1;
    }
    entries
}

/// [`DIST_SYMBOLS`].
pub(crate) const fn dist_symbols() -> [u32; FIXED_DIST_CODES] {
    let mut entries = [INVALID_DIST; FIXED_DIST_CODES];
    let mut code = 0;
    while code < DIST_CODES {
        let less = DIST_BASE[code] as u32;
        let extra = DIST_EXTRA_BITS[code] as u32;
        let near = if (less as usize) + 1 < LEAST_FAR {
            EXCEPTION
        } else {
            0
        };
        entries[code] = DISTANCE | near | high_bits(less, extra) | extra;
        code += 1;
    }
    entries
}

/// The bits before the extra bits, where an entry has them.
const fn high_bits(less: u32, extra: u32) -> u32 {
    let high = less >> extra;
    assert!(high << extra == less && high < 1 << (u32::BITS - HIGH_SHIFT));
    high << HIGH_SHIFT
}

/// A symbol's entry with the bits of its code, and the width of the next index.
#[inline(always)]
pub(crate) const fn complete_entry(symbol: u32, code_bits: u32, roots: Roots) -> u32 {
    let next = if symbol & (DISTANCE | LITERAL | SPECIAL) == 0 {
        roots.dist
    } else {
        roots.litlen
    };
    symbol + code_bits + (code_bits << CODE_SHIFT) + (next << WIDTH_SHIFT)
}

/// Index bits of a block's two tables.
#[derive(Clone, Copy)]
pub(crate) struct Roots {
    /// Of the literal/length table.
    pub litlen: u32,
    /// Of the distance table.
    pub dist: u32,
}

/// Length codes that are not long.
pub(crate) const SHORT_LENGTH_CODES: usize = 15;
/// Distance codes that are near.
pub(crate) const NEAR_CODES: usize = 8;
const _: () = {
    assert!(LENGTH_BASE[SHORT_LENGTH_CODES] as usize + MIN_MATCH == MAX_SHORT_LENGTH + 1);
    assert!(DIST_BASE[NEAR_CODES] as usize + 1 == LEAST_FAR);
};
