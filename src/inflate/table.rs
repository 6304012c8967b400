//! Decode tables: what the next bits of the input mean, found by one or two lookups.
//!
//! # Idea
//!
//! The next *root* bits index a table. A code of at most root bits fills all entries that
//! begin with it; the longer codes that share their first root bits are in a subtable that
//! the entry points to. An entry says everything about its symbol, so that the decoder
//! never looks at the symbol: how many bits to drop (code and extra bits together), where
//! the extra bits lie, their base, and how many bits index the *next* lookup. The idea of
//! entries with everything in them, and of filling a table by doubling it from code length
//! to code length, is libdeflate's (deflate_decompress.c); the next index's width inside the
//! entry makes "drop the bits, index the next table" one BEXTR instruction.
//!
//! # Entries (32 bits)
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
//! What is decoded in steps (`steps.rs`) has no EXCEPTION: literals, lengths up to
//! [`MAX_SHORT_LENGTH`], distances that are not near. The next width after a length is the distance
//! root, after all else the literal/length root. Entries of a subtable count all bits of the code,
//! the root bits included.
//!
//! A length less 3, and a distance less 1, is the bits *high* (31:29), followed by the extra bits.
//! That is what the format's lists of bases amount to: for distances 2^k and 1.5 * 2^k, for lengths
//! 4 to 7 times 2^k. Only the length 258 is none of them, and is long. The *base* of a length, 28:24
//! or 31:24, is what it is less 3, without extra bits.
//!
//! The fast loop copies a literal from its entry, of which it is the last byte, or in big-endian
//! memory the first. Up to [`PADDING`] words behind the last entry are copied with it.
//!
//! # What is accepted
//!
//! Exactly what zlib accepts (inftrees.c), not what libdeflate does: a set of code lengths
//! must be complete. Exceptions: no codes at all (using one is the error), and a single code
//! of one bit (the other bit is an invalid code), both for distances; the latter also for
//! literals and lengths. Invalid entries remember how many bits zlib drops for them.
//!
//! # Cost
//!
//! Bytes: 4 * ([`DIST_ENTRIES`] + [`LITLEN_ENTRIES`] + [`PADDING`]) in each stream. Root 11 would
//! not fit it. Root 10 may need 1,334 entries, which no compressor's codes come near; where
//! [`LITLEN_ENTRIES`] is not enough, root 9 is taken, which needs 852 at most (the numbers are
//! those of zlib's enough.c). While a block's code lengths are being read no table is needed, so
//! they and the table of the code-length code lie in the same memory.
#![forbid(unsafe_code)]

use crate::format::deflate::{
    CODE_LENGTH_CODES, DIST_BASE, DIST_CODES, DIST_EXTRA_BITS, END_OF_BLOCK, LENGTH_BASE,
    LENGTH_CODES, LENGTH_EXTRA_BITS, LITERALS, MAX_CODE_BITS, MIN_MATCH,
};

/// Index bits of the literal/length table at most.
pub const LITLEN_ROOT: u32 = 10;
/// Index bits of the literal/length table if the subtables of the wider one do not fit.
const LITLEN_ROOT_NARROW: u32 = 9;
/// Index bits of the distance table at most.
pub const DIST_ROOT: u32 = 8;
/// Index bits of the code-length code's table: its longest code.
const CODE_LENGTH_ROOT: u32 = 7;

/// Room for literal/length entries; chosen so that a stream fits zlib's 7,160 bytes.
const LITLEN_ENTRIES: usize = 1280;
/// Entries that literals and lengths with `LITLEN_ROOT_NARROW` need at most.
const LITLEN_ENTRIES_NARROW: usize = 852;
/// Entries that distances with `DIST_ROOT` need at most.
const DIST_ENTRIES: usize = 402;
const _: () = assert!(LITLEN_ENTRIES >= LITLEN_ENTRIES_NARROW);
/// Words behind the entries that are copied with the last one at most: 32 bytes from its last one
/// on.
pub const PADDING: usize = 8;
/// Words of a stream's tables.
const WORDS: usize = DIST_ENTRIES + LITLEN_ENTRIES + PADDING;
/// Where the literal/length entries begin: behind the distance entries. One pointer then
/// leads to both tables in the fast loop, which is short of registers.
pub const LITLEN_AT: usize = DIST_ENTRIES;

/// Code lengths of a dynamic block at most: 286 + 30, rounded up to whole words.
pub const MAX_LENGTHS: usize = 320;
/// Where the code lengths lie in the words while they are read: behind the code-length table.
const LENGTHS_AT: usize = 1 << CODE_LENGTH_ROOT;

/// Entry: a distance. Also what points to a subtable of distances, and in the literal/length table
/// what is special and does not point to a subtable.
pub const DISTANCE: u32 = 1 << 23;
/// Entry: not for a step.
pub const EXCEPTION: u32 = 1 << 22;
/// Entry: a literal.
pub const LITERAL: u32 = 1 << LITERAL_SHIFT;
/// Where that flag is.
pub const LITERAL_SHIFT: u32 = 21;
/// Entry: neither a literal nor a length nor a distance.
pub const SPECIAL: u32 = 1 << 20;
/// Literal/length entry: the end of the block.
const END: u32 = SPECIAL | EXCEPTION | DISTANCE;
/// Literal/length entry: no code.
const INVALID_LITLEN: u32 = END | 1 << BYTE_SHIFT;
/// Distance entry: no code.
const INVALID_DIST: u32 = SPECIAL | EXCEPTION;
/// The one bit that is no code, where a single code has the other.
const ONE_BIT: u32 = 1 << CODE_SHIFT | 1;

/// Where the next width begins.
const WIDTH_SHIFT: u32 = 8;
/// Where the code bits begin. A shift by what stands there takes 6 bits of it: the two above the
/// code bits are zero for lengths and distances, and make 32 more for a literal, of which nothing
/// is left then.
pub const CODE_SHIFT: u32 = 16;
/// The code bits, after CODE_SHIFT.
const CODE_MASK: u32 = 0xf;
/// Where the high bits of a length or a distance begin.
pub const HIGH_SHIFT: u32 = 29;
/// Where a literal, or the base of a length, begins.
pub const BYTE_SHIFT: u32 = 24;
/// The base of a length that is not long, after BYTE_SHIFT.
const SHORT_BASE_MASK: u32 = (1 << (HIGH_SHIFT - BYTE_SHIFT)) - 1;
const _: () = assert!(MAX_SHORT_LENGTH - MIN_MATCH <= SHORT_BASE_MASK as usize);
/// How many bytes before the end of its entry a literal's byte lies.
pub const LITERAL_BACK: usize = if cfg!(target_endian = "little") {
    1
} else {
    size_of::<u32>()
};
/// Where the upper bits of a subtable's start are, and how many lower ones there are.
const START_HIGH_SHIFT: u32 = CODE_SHIFT;
const START_LOW_BITS: u32 = u32::BITS - BYTE_SHIFT;

/// The shortest distance that is not near, and can be copied in pieces of 16 bytes: the code for 16
/// begins at 13.
pub const LEAST_FAR: usize = 17;
/// The longest length that is not long: with all it can be, two pieces of 16 bytes.
pub const MAX_SHORT_LENGTH: usize = 30;

/// Bits that an entry says to drop.
#[inline(always)]
pub fn dropped_bits(entry: u32) -> u32 {
    entry & 0xff
}

/// Bits of an entry's code, without extra bits.
#[inline(always)]
pub fn code_bits(entry: u32) -> u32 {
    (entry >> CODE_SHIFT) & CODE_MASK
}

/// Extra bits of a length or a distance.
#[inline(always)]
pub fn extra_bits(entry: u32) -> u32 {
    dropped_bits(entry) - code_bits(entry)
}

/// A length, long or not, without what its extra bits say.
#[inline(always)]
pub fn length_base(entry: u32) -> u32 {
    let mask = if entry & EXCEPTION != 0 {
        u8::MAX.into()
    } else {
        SHORT_BASE_MASK
    };
    ((entry >> BYTE_SHIFT) & mask) + MIN_MATCH as u32
}

/// A distance, near or not, without what its extra bits say.
#[inline(always)]
pub fn dist_base(entry: u32) -> u32 {
    ((entry >> HIGH_SHIFT) << extra_bits(entry)) + 1
}

/// Whether an entry is a length, if it is not special.
#[inline(always)]
pub fn is_length(entry: u32) -> bool {
    entry & (DISTANCE | LITERAL) == 0
}

/// Whether a special entry of the literal/length table points to a subtable.
#[inline(always)]
pub fn is_litlen_pointer(entry: u32) -> bool {
    entry & DISTANCE == 0
}

/// Whether a special entry of the distance table points to a subtable.
#[inline(always)]
pub fn is_dist_pointer(entry: u32) -> bool {
    entry & DISTANCE != 0
}

/// Whether a special entry of the literal/length table that points to no subtable is the end of the
/// block.
#[inline(always)]
pub fn is_end(entry: u32) -> bool {
    entry >> BYTE_SHIFT == 0
}

/// Where the subtable starts that an entry points to.
#[inline(always)]
pub fn subtable_start(pointer: u32) -> usize {
    let high = (pointer >> START_HIGH_SHIFT) & CODE_MASK;
    (high << START_LOW_BITS | pointer >> BYTE_SHIFT) as usize
}

/// What points to the subtable at `start`, for the literal/length table.
const fn pointer(start: usize, width: u32, root: u32) -> u32 {
    let start = start as u32;
    let at = start << BYTE_SHIFT | (start >> START_LOW_BITS) << START_HIGH_SHIFT;
    SPECIAL | EXCEPTION | at | width << WIDTH_SHIFT | root
}

/// Index bits of the lookup that follows an entry.
#[inline(always)]
fn next_width(entry: u32) -> u32 {
    (entry >> WIDTH_SHIFT) & 0xff
}

/// Literal/length symbols of the fixed code, two of which may not occur.
const FIXED_LITLEN_CODES: usize = 288;
/// Distance symbols of the fixed code, two of which may not occur.
const FIXED_DIST_CODES: usize = 32;

/// Each literal/length symbol's entry but for code bits and next width.
static LITLEN_SYMBOLS: [u32; FIXED_LITLEN_CODES] = litlen_symbols();
/// Each distance symbol's entry but for code bits and next width.
static DIST_SYMBOLS: [u32; FIXED_DIST_CODES] = dist_symbols();

const fn litlen_symbols() -> [u32; FIXED_LITLEN_CODES] {
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

const fn dist_symbols() -> [u32; FIXED_DIST_CODES] {
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
const fn complete_entry(symbol: u32, code_bits: u32, roots: Roots) -> u32 {
    let next = if symbol & (DISTANCE | LITERAL | SPECIAL) == 0 {
        roots.dist
    } else {
        roots.litlen
    };
    symbol + code_bits + (code_bits << CODE_SHIFT) + (next << WIDTH_SHIFT)
}

/// Index bits of a block's two tables.
#[derive(Clone, Copy)]
struct Roots {
    litlen: u32,
    dist: u32,
}

/// Roots of the fixed tables: their longest codes.
const FIXED_ROOTS: Roots = Roots { litlen: 9, dist: 5 };
const FIXED_LEN: usize = DIST_ENTRIES + (1 << FIXED_ROOTS.litlen) + PADDING;
/// The fixed tables, laid out as a stream's own.
static FIXED_WORDS: [u32; FIXED_LEN] = fixed_words();

/// The low `count` bits of `value` in reverse order: codes come highest bit first.
const fn reversed(value: usize, count: u32) -> usize {
    value.reverse_bits() >> (usize::BITS - count)
}

/// Source: RFC 1951 3.2.6. Seven bits tell the lengths of literal/length codes apart.
const fn fixed_words() -> [u32; FIXED_LEN] {
    let mut words = [0; FIXED_LEN];
    let litlen_symbols = litlen_symbols();
    let mut index = 0;
    while index < 1 << FIXED_ROOTS.litlen {
        let code = reversed(index, FIXED_ROOTS.litlen);
        let (symbol, bits) = match code >> 2 {
            prefix @ 0..24 => (256 + prefix, 7),
            24..96 => ((code >> 1) - 0x30, 8),
            96..100 => ((code >> 1) - 0xc0 + 280, 8),
            _ => (code - 0x190 + 144, 9),
        };
        let entry = complete_entry(litlen_symbols[symbol], bits, FIXED_ROOTS);
        words[DIST_ENTRIES + index] = entry;
        index += 1;
    }
    let dist_symbols = dist_symbols();
    let mut index = 0;
    while index < 1 << FIXED_ROOTS.dist {
        let symbol = dist_symbols[reversed(index, FIXED_ROOTS.dist)];
        words[index] = complete_entry(symbol, FIXED_ROOTS.dist, FIXED_ROOTS);
        index += 1;
    }
    words
}

/// Length codes that are not long, and distance codes that are near.
const SHORT_LENGTH_CODES: usize = 15;
const NEAR_CODES: usize = 8;
const _: () = {
    assert!(LENGTH_BASE[SHORT_LENGTH_CODES] as usize + MIN_MATCH == MAX_SHORT_LENGTH + 1);
    assert!(DIST_BASE[NEAR_CODES] as usize + 1 == LEAST_FAR);
};

/// All symbols, where a code of n bits is taken to occur 2^-n times.
const ALL: u32 = 1 << MAX_CODE_BITS;
/// A block suits steps if at least so many of its symbols are matches, and so many are not: what
/// most of them are can be guessed. Photos have 10 % matches and are 6 % faster in steps; filtered
/// ones have 5 % and are 8 % slower, and what has none is 20 % slower.
const LEAST_DOUBT: u32 = ALL / 32 * 3;
/// It does if no more of its symbols than these are exceptions. HTML has 15 % and is 26 % faster in
/// steps; pixels in runs of one colour have 23 % and are 20 % slower, sparse zeros are 15 % slower.
const MOST_EXCEPTIONS: u32 = ALL / 16 * 3;

/// Why a set of code lengths gives no table: over-subscribed or incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLengths;

/// How many codes of each length there are; index 0 is not used.
type Counts = [u16; MAX_CODE_BITS + 1];

/// A set of code lengths in the order of its codes.
struct Code {
    counts: Counts,
    /// Longest code; 0 if there are no codes.
    max: u32,
    /// The set is complete, or one of the exceptions.
    complete: bool,
}

/// Whether a single code of one bit is accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Single {
    Accepted,
    Refused,
}

impl Code {
    /// Counts the lengths and checks that they make a code.
    fn new(lengths: &[u8], single: Single) -> Result<Code, BadLengths> {
        let mut counts: Counts = [0; MAX_CODE_BITS + 1];
        for &length in lengths {
            counts[usize::from(length) & MAX_CODE_BITS] += 1;
        }
        counts[0] = 0;
        let max = counts.iter().rposition(|&count| count != 0).unwrap_or(0) as u32;
        // Codes of the present length that are not taken, by a code or the beginning of one.
        let mut left: i32 = 1;
        for &count in &counts[1..] {
            left = (left << 1) - i32::from(count);
            if left < 0 {
                return Err(BadLengths);
            }
        }
        let complete = left == 0;
        if !complete && max != 0 && (max != 1 || single == Single::Refused) {
            return Err(BadLengths);
        }
        Ok(Code {
            counts,
            max,
            complete,
        })
    }

    /// How often codes longer than `root` bits occur, as a part of [`ALL`].
    fn deep(&self, root: u32) -> u32 {
        (root + 1..=self.max)
            .map(|bits| u32::from(self.counts[bits as usize]) * (ALL >> bits))
            .sum()
    }

    /// Fills `table`, whose first 2^root entries are indexed with the next root bits.
    /// `entry` makes a symbol's entry from it and its code bits, `pointer` a subtable's from
    /// where it starts, and its width. False if the table is too small.
    fn fill(
        &self,
        lengths: &[u8],
        table: &mut [u32],
        root: u32,
        entry: impl Fn(usize, u32) -> u32,
        pointer: impl Fn(usize, u32) -> u32,
    ) -> bool {
        let sorted = self.sorted(lengths);
        let mut symbols = sorted.iter().map(|&symbol| usize::from(symbol));
        let mut next = || symbols.next().unwrap_or(0);
        let mut code = 0;
        for bits in 1..=root {
            if bits > 1 {
                let half = 1 << (bits - 1);
                table.copy_within(0..half, half);
            }
            for _ in 0..self.counts[bits as usize] {
                table[code] = entry(next(), bits);
                code = increment(code, bits);
            }
        }
        let mut left = self.counts;
        let mut end = 1usize << root;
        let mut bits = root + 1;
        while bits <= self.max {
            if left[bits as usize] == 0 {
                bits += 1;
                continue;
            }
            let width = subtable_width(&left, bits, root, self.max);
            let size = 1usize << width;
            let Some(subtable) = table.get_mut(end..end + size) else {
                return false;
            };
            let prefix = code & ((1 << root) - 1);
            let mut free = size;
            while free != 0 && bits <= self.max {
                if left[bits as usize] == 0 {
                    bits += 1;
                    continue;
                }
                left[bits as usize] -= 1;
                let value = entry(next(), bits);
                let step = 1usize << (bits - root);
                for slot in subtable[code >> root..].iter_mut().step_by(step) {
                    *slot = value;
                }
                free -= size / step;
                code = increment(code, bits);
            }
            table[prefix] = pointer(end, width);
            end += size;
        }
        true
    }

    /// The symbols that have codes, in the order of the codes.
    fn sorted(&self, lengths: &[u8]) -> [u16; FIXED_LITLEN_CODES] {
        let mut place = [0u16; MAX_CODE_BITS + 2];
        for bits in 1..=MAX_CODE_BITS {
            place[bits + 1] = place[bits] + self.counts[bits];
        }
        let mut sorted = [0u16; FIXED_LITLEN_CODES];
        for (symbol, &length) in lengths.iter().enumerate() {
            if length != 0 {
                let place = &mut place[usize::from(length) & MAX_CODE_BITS];
                if let Some(slot) = sorted.get_mut(usize::from(*place)) {
                    *slot = symbol as u16;
                }
                *place += 1;
            }
        }
        sorted
    }
}

/// How often the symbols with codes of these lengths occur, as a part of [`ALL`].
fn weight(lengths: &[u8]) -> u32 {
    let codes = lengths.iter().filter(|&&bits| bits != 0);
    codes.map(|&bits| ALL >> bits).sum()
}

/// The code after a reversed `code` of `bits` bits; 0 after the last one. A code of more
/// bits that follows has the same reversed value.
#[inline(always)]
fn increment(code: usize, bits: u32) -> usize {
    let zeros = !code & ((1 << bits) - 1);
    if zeros == 0 {
        return 0;
    }
    let highest = 1 << zeros.ilog2();
    (code & (highest - 1)) | highest
}

/// Index bits of the subtable whose first code has `bits` bits: as many as the codes need
/// that fill it. `left` counts the codes that have no entry yet.
/// Source: zlib inftrees.c, inflate_table.
fn subtable_width(left: &Counts, bits: u32, root: u32, max: u32) -> u32 {
    let mut width = bits - root;
    let mut free = 1i32 << width;
    while width + root < max {
        free -= i32::from(left[(width + root) as usize]);
        if free <= 0 {
            break;
        }
        width += 1;
        free <<= 1;
    }
    width
}

/// Entries that zlib's table for a code would have. Source: zlib inftrees.c, inflate_table.
fn zlib_entries(counts: &Counts, zlib_root: u32) -> u32 {
    let longest = counts.iter().rposition(|&count| count != 0);
    let shortest = counts.iter().position(|&count| count != 0);
    let (Some(max), Some(min)) = (longest, shortest) else {
        // Two entries that are errors.
        return 2;
    };
    let (max, min) = (max as u32, min as u32);
    let root = zlib_root.min(max).max(min);
    let mut left = *counts;
    let mut entries = 1 << root;
    let mut bits = root + 1;
    while bits <= max {
        if left[bits as usize] == 0 {
            bits += 1;
            continue;
        }
        let width = subtable_width(&left, bits, root, max);
        entries += 1 << width;
        let mut free = 1u32 << width;
        while free != 0 && bits <= max {
            let each = 1 << (root + width - bits);
            let taken = u32::from(left[bits as usize]).min(free / each);
            left[bits as usize] -= taken as u16;
            free -= taken * each;
            if free != 0 {
                bits += 1;
            }
        }
    }
    entries
}

/// zlib's roots, which decide how many entries its tables have.
const ZLIB_LITLEN_ROOT: u32 = 9;
const ZLIB_DIST_ROOT: u32 = 6;

/// How many entries of zlib's table memory are in use, or how to know.
#[derive(Clone, Copy)]
enum ZlibUse {
    Entries(u16),
    /// Those of the present literal/length code, and of the distance code.
    Litlen,
    Both,
}

/// Which tables decode.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Fixed,
    Dynamic,
}

/// Which of a dynamic block's two codes is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadCode {
    /// The literal/length code.
    Litlen,
    /// The distance code.
    Dist,
}

/// A stream's tables.
#[derive(Clone)]
pub struct Tables {
    /// Distance entries, then literal/length entries, then padding; or the code-length table,
    /// then code lengths, four to a word.
    words: [u32; WORDS],
    litlen_counts: Counts,
    dist_counts: Counts,
    zlib_use: ZlibUse,
    litlen_root: u8,
    dist_root: u8,
    kind: Kind,
    suit_steps: bool,
}

impl Tables {
    /// Tables without codes.
    pub fn empty() -> Self {
        Tables {
            words: [0; WORDS],
            litlen_counts: [0; MAX_CODE_BITS + 1],
            dist_counts: [0; MAX_CODE_BITS + 1],
            zlib_use: ZlibUse::Entries(0),
            litlen_root: 0,
            dist_root: 0,
            kind: Kind::Fixed,
            suit_steps: true,
        }
    }

    /// The stream starts over: what inflateCodesUsed says does, too.
    pub fn reset(&mut self) {
        self.zlib_use = ZlibUse::Entries(0);
    }

    /// Decodes with the fixed codes.
    pub fn use_fixed(&mut self) {
        self.kind = Kind::Fixed;
        self.litlen_root = FIXED_ROOTS.litlen as u8;
        self.dist_root = FIXED_ROOTS.dist as u8;
        self.suit_steps = true;
    }

    /// Both tables, the literal/length entries beginning at [`LITLEN_AT`], and the index bits
    /// of these.
    #[inline(always)]
    pub fn lookup(&self) -> (&[u32], u32) {
        let root = self.litlen_root.into();
        match self.kind {
            Kind::Fixed => (&FIXED_WORDS, root),
            Kind::Dynamic => (&self.words, root),
        }
    }

    /// Whether the block is one for `steps.rs`.
    #[inline(always)]
    pub fn suit_steps(&self) -> bool {
        self.suit_steps
    }

    /// The literal/length entry for these next bits, after subtables. If fewer bits are held
    /// than its code has, it is not the right one.
    pub fn litlen(&self, bits: u64) -> u32 {
        let (words, root) = self.lookup();
        let litlen = &words[LITLEN_AT..];
        let entry = at(litlen, 0, bits, root);
        if entry & SPECIAL != 0 && is_litlen_pointer(entry) {
            return behind(litlen, entry, bits);
        }
        entry
    }

    /// The same for a distance.
    pub fn dist(&self, bits: u64) -> u32 {
        let (dist, _) = self.lookup();
        let entry = at(dist, 0, bits, self.dist_root.into());
        if entry & SPECIAL != 0 && is_dist_pointer(entry) {
            return behind(dist, entry, bits);
        }
        entry
    }

    /// Builds the table of the code-length code. `lengths` are in the order of the symbols.
    pub fn build_code_lengths(
        &mut self,
        lengths: &[u8; CODE_LENGTH_CODES],
    ) -> Result<(), BadLengths> {
        self.zlib_use = ZlibUse::Entries(0);
        let code = Code::new(lengths, Single::Refused)?;
        if code.max == 0 {
            // Every bit is a symbol that says "length 0".
            self.words[..1 << CODE_LENGTH_ROOT].fill(1);
            self.zlib_use = ZlibUse::Entries(2);
            return Ok(());
        }
        let table = &mut self.words[..1 << CODE_LENGTH_ROOT];
        let entry = |symbol: usize, bits| (symbol as u32) << CODE_SHIFT | bits;
        code.fill(lengths, table, CODE_LENGTH_ROOT, entry, |_, _| 0);
        self.zlib_use = ZlibUse::Entries(1 << code.max);
        Ok(())
    }

    /// The code-length symbol for these next bits, and its code bits.
    #[inline(always)]
    pub fn code_length(&self, bits: u64) -> (u8, u32) {
        let entry = self.words[bits as usize & ((1 << CODE_LENGTH_ROOT) - 1)];
        ((entry >> CODE_SHIFT) as u8, dropped_bits(entry))
    }

    /// The code lengths read so far, as `store_lengths` got them.
    pub fn load_lengths(&self) -> [u8; MAX_LENGTHS] {
        let mut lengths = [0; MAX_LENGTHS];
        for (four, word) in lengths.chunks_exact_mut(4).zip(&self.words[LENGTHS_AT..]) {
            four.copy_from_slice(&word.to_le_bytes());
        }
        lengths
    }

    /// Keeps code lengths until more input comes.
    pub fn store_lengths(&mut self, lengths: &[u8; MAX_LENGTHS]) {
        for (four, word) in lengths.chunks_exact(4).zip(&mut self.words[LENGTHS_AT..]) {
            *word = u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
        }
    }

    /// Builds the tables of a dynamic block.
    pub fn build(&mut self, litlen_lengths: &[u8], dist_lengths: &[u8]) -> Result<(), BadCode> {
        self.zlib_use = ZlibUse::Entries(0);
        let litlen_code =
            Code::new(litlen_lengths, Single::Accepted).map_err(|_| BadCode::Litlen)?;
        self.zlib_use = ZlibUse::Litlen;
        self.litlen_counts = litlen_code.counts;
        let dist_code = Code::new(dist_lengths, Single::Accepted).map_err(|_| BadCode::Dist)?;
        self.zlib_use = ZlibUse::Both;
        self.dist_counts = dist_code.counts;
        self.kind = Kind::Dynamic;

        let mut roots = Roots {
            litlen: litlen_code.max.min(LITLEN_ROOT),
            dist: dist_code.max.clamp(1, DIST_ROOT),
        };
        if !self.fill_litlen(&litlen_code, litlen_lengths, roots) {
            roots.litlen = LITLEN_ROOT_NARROW;
            self.fill_litlen(&litlen_code, litlen_lengths, roots);
        }
        self.fill_dist(&dist_code, dist_lengths, roots);
        let lengths = &litlen_lengths[END_OF_BLOCK + 1..];
        let matches = weight(lengths);
        let long = weight(lengths.get(SHORT_LENGTH_CODES..).unwrap_or_default());
        let near = weight(&dist_lengths[..NEAR_CODES.min(dist_lengths.len())]);
        // A single code has one bit, and the other bit is never there.
        let rare_dists = match dist_code.complete {
            true => near + dist_code.deep(roots.dist),
            false => 2 * near,
        };
        let exceptions = long + litlen_code.deep(roots.litlen) + matches * rare_dists / ALL;
        let doubt = matches.min(ALL.saturating_sub(matches));
        self.suit_steps = doubt >= LEAST_DOUBT && exceptions <= MOST_EXCEPTIONS;
        self.litlen_root = roots.litlen as u8;
        self.dist_root = roots.dist as u8;
        Ok(())
    }

    fn fill_litlen(&mut self, code: &Code, lengths: &[u8], roots: Roots) -> bool {
        let table = &mut self.words[LITLEN_AT..LITLEN_AT + LITLEN_ENTRIES];
        if !code.complete {
            table[1] = INVALID_LITLEN | ONE_BIT;
        }
        let entry = |symbol: usize, bits| {
            let entry = LITLEN_SYMBOLS
                .get(symbol)
                .copied()
                .unwrap_or(INVALID_LITLEN);
            complete_entry(entry, bits, roots)
        };
        let pointer = |start: usize, width: u32| pointer(start, width, roots.litlen);
        code.fill(lengths, table, roots.litlen, entry, pointer)
    }

    fn fill_dist(&mut self, code: &Code, lengths: &[u8], roots: Roots) {
        let table = &mut self.words[..DIST_ENTRIES];
        if !code.complete {
            table[..2].fill(INVALID_DIST | ONE_BIT);
        }
        let entry = |symbol: usize, bits| {
            let entry = DIST_SYMBOLS.get(symbol).copied().unwrap_or(INVALID_DIST);
            complete_entry(entry, bits, roots)
        };
        let pointer = |start: usize, width: u32| pointer(start, width, roots.dist) | DISTANCE;
        code.fill(lengths, table, roots.dist, entry, pointer);
    }

    /// What inflateCodesUsed says: entries of zlib's tables in use.
    pub fn zlib_entries(&self) -> u32 {
        let litlen = || zlib_entries(&self.litlen_counts, ZLIB_LITLEN_ROOT);
        match self.zlib_use {
            ZlibUse::Entries(entries) => entries.into(),
            ZlibUse::Litlen => litlen(),
            ZlibUse::Both => litlen() + zlib_entries(&self.dist_counts, ZLIB_DIST_ROOT),
        }
    }
}

/// The entry that `width` bits select in the table that begins at `start`.
fn at(table: &[u32], start: usize, bits: u64, width: u32) -> u32 {
    let index = start + (bits as usize & ((1 << width) - 1));
    table.get(index).copied().unwrap_or(0)
}

/// The entry in the subtable that `pointer` points to.
fn behind(table: &[u32], pointer: u32, bits: u64) -> u32 {
    let bits = bits >> dropped_bits(pointer);
    at(table, subtable_start(pointer), bits, next_width(pointer))
}
