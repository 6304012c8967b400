//! RFC 1951: symbols, their bases and extra bits, the fixed codes, and limits.
//!
//! A length is kept as `length - 3` (one byte) throughout. All tables are made by `const fn` from the two lists of extra
//! bits, so that nothing here is typed twice.
#![forbid(unsafe_code)]

/// Literal bytes: symbols 0..=255 of the literal/length alphabet.
pub const LITERALS: usize = 256;
/// The symbol that ends a block.
pub const END_OF_BLOCK: usize = 256;
/// Length codes: symbols 257..=285.
pub const LENGTH_CODES: usize = 29;
/// Symbols of the literal/length alphabet that may occur.
pub const LITLEN_CODES: usize = LITERALS + 1 + LENGTH_CODES;
/// Distance codes that may occur.
pub const DIST_CODES: usize = 30;
/// Symbols of the code-length alphabet.
pub const CODE_LENGTH_CODES: usize = 19;
/// Longest literal/length or distance code, in bits.
pub const MAX_CODE_BITS: usize = 15;
/// Longest code of the code-length alphabet, in bits.
pub const MAX_CODE_LENGTH_BITS: usize = 7;
/// Shortest match, in bytes.
pub const MIN_MATCH: usize = 3;
/// Longest match, in bytes.
pub const MAX_MATCH: usize = 258;
/// Longest stored block, in bytes: LEN has 16 bits.
pub const MAX_STORED: usize = 65535;

/// BTYPE of a stored block.
pub const STORED_BLOCK: u32 = 0;
/// BTYPE of a block with fixed codes.
pub const FIXED_BLOCK: u32 = 1;
/// BTYPE of a block with dynamic codes.
pub const DYNAMIC_BLOCK: u32 = 2;

/// Code-length symbol: repeat the previous length 3..=6 times (2 extra bits).
pub const REPEAT_PREVIOUS: u8 = 16;
/// Code-length symbol: repeat length 0 3..=10 times (3 extra bits).
pub const REPEAT_ZERO_SHORT: u8 = 17;
/// Code-length symbol: repeat length 0 11..=138 times (7 extra bits).
pub const REPEAT_ZERO_LONG: u8 = 18;

/// Extra bits of each length code. Source: RFC 1951 3.2.5.
pub const LENGTH_EXTRA_BITS: [u8; LENGTH_CODES] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
/// Extra bits of each distance code. Source: RFC 1951 3.2.5.
pub const DIST_EXTRA_BITS: [u8; DIST_CODES] = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
];
/// Extra bits of each code-length symbol. Source: RFC 1951 3.2.7.
pub const CODE_LENGTH_EXTRA_BITS: [u8; CODE_LENGTH_CODES] =
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7];
/// The order in which code lengths of the code-length alphabet are sent.
/// Source: RFC 1951 3.2.7.
pub const CODE_LENGTH_ORDER: [u8; CODE_LENGTH_CODES] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// First `length - 3` of each length code.
pub const LENGTH_BASE: [u8; LENGTH_CODES] = length_base();
/// Length code (0..=28) of each `length - 3`.
pub const LENGTH_CODE: [u8; 256] = length_code();
/// First `distance - 1` of each distance code.
pub const DIST_BASE: [u16; DIST_CODES] = dist_base();

/// What [`dist_code`] says of no distance.
pub const NO_DISTANCE: usize = DIST_CODES;
/// Distances up to this have their codes one by one in `DIST_CODE`.
const NEAR_DISTANCES: usize = 256;
/// Codes of far distances change only at multiples of 2^7.
const FAR_SHIFT: u32 = 7;
/// Puts the far distances after the near ones.
const FAR_BIAS: usize = (NEAR_DISTANCES << FAR_SHIFT) - 1;
/// Distance code of each near distance, 0 being none, then of each far one, shifted.
static DIST_CODE: [u8; 2 * NEAR_DISTANCES] = dist_code_table();

/// Code lengths of the fixed literal/length code, with the two symbols that only complete
/// it. Source: RFC 1951 3.2.6.
pub const FIXED_LITLEN_LENGTHS: [u8; 288] = fixed_litlen_lengths();
/// The fixed distance code's length for every symbol. Source: RFC 1951 3.2.6.
pub const FIXED_DIST_BITS: u8 = 5;

/// Distance code of `distance`, which must be at most 32768, or [`NO_DISTANCE`] for 0. Larger
/// values are cut.
#[inline(always)]
pub fn dist_code(distance: u16) -> u8 {
    let distance = usize::from(distance);
    let is_near = distance <= NEAR_DISTANCES;
    let far = (distance + FAR_BIAS) >> FAR_SHIFT;
    // Nobody can predict it, and both are cheap.
    let index = core::hint::select_unpredictable(is_near, distance, far);
    DIST_CODE[index % (2 * NEAR_DISTANCES)]
}

const fn length_base() -> [u8; LENGTH_CODES] {
    let mut base = [0u8; LENGTH_CODES];
    let mut code = 1;
    while code < LENGTH_CODES - 1 {
        base[code] = base[code - 1] + (1 << LENGTH_EXTRA_BITS[code - 1]);
        code += 1;
    }
    // 258 has a code of its own without extra bits, though the code before could say it.
    base[LENGTH_CODES - 1] = (MAX_MATCH - MIN_MATCH) as u8;
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

const fn dist_base() -> [u16; DIST_CODES] {
    let mut base = [0u16; DIST_CODES];
    let mut code = 1;
    while code < DIST_CODES {
        base[code] = base[code - 1] + (1 << DIST_EXTRA_BITS[code - 1]);
        code += 1;
    }
    base
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

const _: () = {
    assert!(LENGTH_CODE[255] as usize == LENGTH_CODES - 1);
    assert!(LENGTH_CODE[254] as usize == LENGTH_CODES - 2);
    assert!(DIST_BASE[DIST_CODES - 1] as u32 + (1 << DIST_EXTRA_BITS[DIST_CODES - 1]) == 1 << 15);
};
