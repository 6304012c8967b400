//! Symbols: their layout, their counts, and when a block is full.

use super::*;

/// Symbols of a buffer of memLevel 1; a block has one less.
const CAPACITY: u32 = 128;

#[test]
fn a_symbol_takes_three_bytes() {
    let mut symbols = Symbols::new(CAPACITY);
    let mut buf = [0xee; 16];
    assert!(symbols.is_empty());
    symbols.push_literal(&mut buf, 0x41);
    symbols.push_match(&mut buf, 0x1234, 258);
    symbols.push_match(&mut buf, 32768, 3);
    assert_eq!(buf[..9], [0, 0, 0x41, 0x34, 0x12, 255, 0, 0x80, 0]);
    // The store of the last one touches a byte more, and no other.
    assert_eq!(buf[10..], [0xee; 6]);
    assert_eq!(symbols.len(), 3);
    let cells = Cell::from_mut(&mut buf[..]).as_slice_of_cells();
    let all: Vec<_> = symbols.all(cells).collect();
    let all: Vec<_> = all
        .iter()
        .map(|(s, end)| (s.distance, s.value, *end))
        .collect();
    assert_eq!(all, [(0, 0x41, 3), (0x1234, 255, 6), (32768, 0, 9)]);
}

#[test]
fn symbols_are_counted_by_their_codes() {
    let mut symbols = Symbols::new(CAPACITY);
    let mut buf = [0; 4 * CAPACITY as usize];
    // RFC 1951 3.2.5: length and code, distance and code.
    let matches = [
        (3, 257, 1, 0),
        (10, 264, 4, 3),
        (11, 265, 5, 4),
        (257, 284, 256, 15),
        (258, 285, 257, 16),
        (114, 279, 24577, 29),
    ];
    for (length, _, distance, _) in matches {
        symbols.push_match(&mut buf, distance, length);
    }
    symbols.push_literal(&mut buf, 200);
    for (_, length_code, _, dist_code) in matches {
        assert_eq!(symbols.litlen_freq[length_code], 1);
        assert_eq!(symbols.dist_freq[dist_code], 1);
    }
    assert_eq!(symbols.litlen_freq[200], 1);
    assert_eq!(symbols.litlen_freq[END_OF_BLOCK], 1);
    assert_eq!(symbols.litlen_freq.iter().sum::<u16>(), 8);
    assert_eq!(symbols.dist_freq.iter().sum::<u16>(), 6);
    symbols.clear();
    assert!(symbols.is_empty());
    assert_eq!(symbols.litlen_freq.iter().sum::<u16>(), 1);
}

#[test]
fn a_block_is_full_with_one_symbol_less_than_there_is_room_for() {
    let mut symbols = Symbols::new(CAPACITY);
    let mut buf = [0; 4 * CAPACITY as usize];
    for i in 1..CAPACITY {
        assert_eq!(symbols.push_literal(&mut buf, 0), i == CAPACITY - 1);
    }
}
