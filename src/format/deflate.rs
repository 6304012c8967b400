//! The deflate format (RFC 1951): symbols, base values and extra bits, fixed codes, limits.
//!
//! Lengths are stored as `length - 3`, in one byte. All other tables are computed at compile time
//! from the two lists of extra bits.
#![forbid(unsafe_code)]

/// Literal bytes: symbols 0..=255 of the literal/length alphabet.
pub(crate) const LITERALS: usize = 256;
/// The end-of-block symbol.
pub(crate) const END_OF_BLOCK: usize = 256;
/// Length codes: symbols 257..=285.
pub(crate) const LENGTH_CODES: usize = 29;
/// Number of literal/length symbols that may occur.
pub(crate) const LITLEN_CODES: usize = LITERALS + 1 + LENGTH_CODES;
/// Number of distance symbols that may occur.
pub(crate) const DIST_CODES: usize = 30;
/// Number of symbols in the code length alphabet.
pub(crate) const CODE_LENGTH_CODES: usize = 19;
/// Longest literal/length or distance code, in bits.
pub(crate) const MAX_CODE_BITS: usize = 15;
/// Longest code of the code length alphabet, in bits.
pub(crate) const MAX_CODE_LENGTH_BITS: usize = 7;
/// Shortest match, in bytes.
pub(crate) const MIN_MATCH: usize = 3;
/// Longest match, in bytes.
pub(crate) const MAX_MATCH: usize = 258;
/// Longest stored block, in bytes: LEN has 16 bits.
pub(crate) const MAX_STORED: usize = 65535;

/// BTYPE of a stored block.
pub(crate) const STORED_BLOCK: u32 = 0;
/// BTYPE of a block with fixed codes.
pub(crate) const FIXED_BLOCK: u32 = 1;
/// BTYPE of a block with dynamic codes.
pub(crate) const DYNAMIC_BLOCK: u32 = 2;

/// Code length symbol: repeat the previous length 3..=6 times (2 extra bits).
pub(crate) const REPEAT_PREVIOUS: u8 = 16;
/// Code length symbol: repeat length 0 3..=10 times (3 extra bits).
pub(crate) const REPEAT_ZERO_SHORT: u8 = 17;
/// Code length symbol: repeat length 0 11..=138 times (7 extra bits).
pub(crate) const REPEAT_ZERO_LONG: u8 = 18;

/// Extra bits of each length code. Source: RFC 1951 3.2.5.
pub(crate) const LENGTH_EXTRA_BITS: [u8; LENGTH_CODES] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
/// Extra bits of each distance code. Source: RFC 1951 3.2.5.
pub(crate) const DIST_EXTRA_BITS: [u8; DIST_CODES] = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
];
/// Extra bits of each code length symbol. Source: RFC 1951 3.2.7.
pub(crate) const CODE_LENGTH_EXTRA_BITS: [u8; CODE_LENGTH_CODES] =
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7];
/// The order in which the code lengths of the code length alphabet are stored.
/// Source: RFC 1951 3.2.7.
pub(crate) const CODE_LENGTH_ORDER: [u8; CODE_LENGTH_CODES] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// Smallest `length - 3` of each length code.
pub(crate) const LENGTH_BASE: [u16; LENGTH_CODES] = length_base();
/// Length code (0..=28) of each `length - 3`.
pub(crate) const LENGTH_CODE: [u8; 256] = length_code();
/// Smallest `distance - 1` of each distance code.
pub(crate) const DIST_BASE: [u16; DIST_CODES] = bases(DIST_EXTRA_BITS);

/// What [`dist_code`] returns for distance 0.
pub(crate) const NO_DISTANCE: usize = DIST_CODES;
/// Distances up to this have an entry each in `DIST_CODE`.
const NEAR_DISTANCES: usize = 256;
/// Beyond that, one entry serves 2^7 distances, whose codes are the same.
const FAR_SHIFT: u32 = 7;
/// Added to a far distance, so that its entry follows those of the near distances.
const FAR_BIAS: usize = (NEAR_DISTANCES << FAR_SHIFT) - 1;
/// Distance codes of the near distances, from 0, then of the far ones.
static DIST_CODE: [u8; 2 * NEAR_DISTANCES] = dist_code_table();

/// Code lengths of the fixed literal/length code, including the two symbols that never occur.
/// Source: RFC 1951 3.2.6.
pub(crate) const FIXED_LITLEN_LENGTHS: [u8; 288] = fixed_litlen_lengths();
/// Length of every fixed distance code. Source: RFC 1951 3.2.6.
pub(crate) const FIXED_DIST_BITS: u8 = 5;

/// Distance code of `distance`, which must be at most 32768, or [`NO_DISTANCE`] for 0.
#[inline(always)]
pub(crate) fn dist_code(distance: u16) -> u8 {
    let distance = usize::from(distance);
    let is_near = distance <= NEAR_DISTANCES;
    let far = (distance + FAR_BIAS) >> FAR_SHIFT;
    // A branch would be unpredictable, and both operands are cheap.
    let index = core::hint::select_unpredictable(is_near, distance, far);
    DIST_CODE[index % (2 * NEAR_DISTANCES)]
}

/// The smallest value of each code, from 0 on: each code covers 2^(extra bits) values.
const fn bases<const CODES: usize>(extra_bits: [u8; CODES]) -> [u16; CODES] {
    let mut base = [0; CODES];
    let mut code = 1;
    while code < CODES {
        base[code] = base[code - 1] + (1 << extra_bits[code - 1]);
        code += 1;
    }
    base
}

const fn length_base() -> [u16; LENGTH_CODES] {
    let mut base = bases(LENGTH_EXTRA_BITS);
    // 258 has its own code without extra bits, although the previous code could express it.
    base[LENGTH_CODES - 1] = (MAX_MATCH - MIN_MATCH) as u16;
    base
}

const fn length_code() -> [u8; 256] {
    let mut codes = [0u8; 256];
    let mut code = 0;
    while code < LENGTH_CODES {
        let first = LENGTH_BASE[code] as usize;
        let mut i = 0;
        while i < 1 << LENGTH_EXTRA_BITS[code] && first + i < codes.len() {
            codes[first + i] = code as u8;
            i += 1;
        }
        code += 1;
    }
    codes
}

const fn dist_code_table() -> [u8; 2 * NEAR_DISTANCES] {
    let mut table = [0u8; 2 * NEAR_DISTANCES];
    table[0] = NO_DISTANCE as u8;
    let mut code = 0;
    while code < DIST_CODES {
        let first = DIST_BASE[code] as usize + 1;
        let end = first + (1 << DIST_EXTRA_BITS[code]);
        let mut dist = first;
        while dist < end {
            if dist <= NEAR_DISTANCES {
                table[dist] = code as u8;
            } else {
                table[(dist + FAR_BIAS) >> FAR_SHIFT] = code as u8;
            }
            dist += 1;
        }
        code += 1;
    }
    table
}

const fn fixed_litlen_lengths() -> [u8; 288] {
    let mut lengths = [8u8; 288];
    let mut symbol = 144;
    while symbol < 256 {
        lengths[symbol] = 9;
        symbol += 1;
    }
    while symbol < 280 {
        lengths[symbol] = 7;
        symbol += 1;
    }
    lengths
}

#[cfg(test)]
#[path = "../../tests/unit/format_deflate.rs"]
mod tests;
