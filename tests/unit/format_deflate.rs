//! The tables of RFC 1951 as its text has them, and each length and distance by their definition.
#![forbid(unsafe_code)]

use super::*;

/// RFC 1951 3.2.5: for each length code from 257 on, extra bits and the smallest length.
#[rustfmt::skip]
const LENGTHS: [(u8, usize); 29] = [
    (0, 3), (0, 4), (0, 5), (0, 6), (0, 7), (0, 8), (0, 9), (0, 10), (1, 11), (1, 13), (1, 15),
    (1, 17), (2, 19), (2, 23), (2, 27), (2, 31), (3, 35), (3, 43), (3, 51), (3, 59), (4, 67),
    (4, 83), (4, 99), (4, 115), (5, 131), (5, 163), (5, 195), (5, 227), (0, 258),
];

/// RFC 1951 3.2.5: for each distance code, extra bits and the smallest distance.
#[rustfmt::skip]
const DISTANCES: [(u8, usize); 30] = [
    (0, 1), (0, 2), (0, 3), (0, 4), (1, 5), (1, 7), (2, 9), (2, 13), (3, 17), (3, 25), (4, 33),
    (4, 49), (5, 65), (5, 97), (6, 129), (6, 193), (7, 257), (7, 385), (8, 513), (8, 769),
    (9, 1025), (9, 1537), (10, 2049), (10, 3073), (11, 4097), (11, 6145), (12, 8193), (12, 12289),
    (13, 16385), (13, 24577),
];

#[test]
fn base_values_and_extra_bits_are_the_rfcs() {
    for (code, (bits, first)) in LENGTHS.into_iter().enumerate() {
        let made = (
            LENGTH_EXTRA_BITS[code],
            usize::from(LENGTH_BASE[code]) + MIN_MATCH,
        );
        assert_eq!(made, (bits, first), "length code {}", 257 + code);
    }
    for (code, (bits, first)) in DISTANCES.into_iter().enumerate() {
        let made = (DIST_EXTRA_BITS[code], usize::from(DIST_BASE[code]) + 1);
        assert_eq!(made, (bits, first), "distance code {code}");
    }
}

#[test]
fn each_length_has_the_last_code_that_begins_at_or_before_it() {
    for length in MIN_MATCH..=MAX_MATCH {
        let code = LENGTHS.iter().rposition(|(_, first)| *first <= length);
        let found = usize::from(LENGTH_CODE[length - MIN_MATCH]);
        assert_eq!(Some(found), code, "length {length}");
    }
}

#[test]
fn each_distance_has_the_last_code_that_begins_at_or_before_it() {
    for distance in 1..=32768u16 {
        let code = DISTANCES
            .iter()
            .rposition(|(_, first)| *first <= distance.into());
        let found = usize::from(dist_code(distance));
        assert_eq!(Some(found), code, "distance {distance}");
    }
    assert_eq!(usize::from(dist_code(0)), NO_DISTANCE);
}

#[test]
fn the_code_length_alphabet_is_the_rfcs() {
    assert_eq!(
        CODE_LENGTH_ORDER,
        [
            16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
        ]
    );
    for (symbol, &bits) in CODE_LENGTH_EXTRA_BITS.iter().enumerate() {
        let expected = match u8::try_from(symbol) {
            Ok(REPEAT_PREVIOUS) => 2,
            Ok(REPEAT_ZERO_SHORT) => 3,
            Ok(REPEAT_ZERO_LONG) => 7,
            _ => 0,
        };
        assert_eq!(bits, expected, "symbol {symbol}");
    }
    assert_eq!(
        [REPEAT_PREVIOUS, REPEAT_ZERO_SHORT, REPEAT_ZERO_LONG],
        [16, 17, 18]
    );
}

#[test]
fn fixed_codes_and_limits_are_the_rfcs() {
    for (symbol, &bits) in FIXED_LITLEN_LENGTHS.iter().enumerate() {
        let expected = match symbol {
            0..=143 => 8,
            144..=255 => 9,
            256..=279 => 7,
            _ => 8,
        };
        assert_eq!(bits, expected, "symbol {symbol}");
    }
    let used: f64 = FIXED_LITLEN_LENGTHS
        .iter()
        .map(|&bits| 0.5f64.powi(bits.into()))
        .sum();
    assert_eq!(used, 1.0, "the code is complete");
    assert_eq!(FIXED_DIST_BITS, 5);
    assert_eq!([STORED_BLOCK, FIXED_BLOCK, DYNAMIC_BLOCK], [0, 1, 2]);
    assert_eq!(
        [LITERALS, END_OF_BLOCK, LENGTH_CODES, LITLEN_CODES],
        [256, 256, 29, 286]
    );
    assert_eq!([DIST_CODES, CODE_LENGTH_CODES], [30, 19]);
    assert_eq!([MAX_CODE_BITS, MAX_CODE_LENGTH_BITS], [15, 7]);
    assert_eq!([MIN_MATCH, MAX_MATCH, MAX_STORED], [3, 258, 0xffff]);
}
