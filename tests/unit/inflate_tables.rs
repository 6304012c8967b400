//! inflate's codes and decode tables against a naive decoder, which knows of a code what RFC 1951
//! 3.2.2 says and looks its bits up one by one.
//!
//! A module of `src/inflate/codes/table.rs`, because through the C functions neither an entry nor a
//! table can be seen.
#![forbid(unsafe_code)]

use super::*;
use crate::format::deflate::{DIST_BASE, DIST_EXTRA_BITS, LENGTH_BASE, LENGTH_EXTRA_BITS};
use crate::inflate::codes::entry::{
    BYTE_SHIFT, EXCEPTION, LITERAL, LITERAL_SHIFT, code_bits, dist_base, extra_bits, is_end,
    is_length, length_base,
};
use crate::inflate::decode::cpu::scalar::Scalar;
use crate::inflate::decode::loops::high_and_extra;
use crate::inflate::support::state;
use std::collections::HashMap;

/// Symbols by the length of their codes, and by these.
type Naive = HashMap<(u32, u32), usize>;

/// The codes that RFC 1951 3.2.2 assigns.
fn naive(lengths: &[u32]) -> Naive {
    let mut codes = HashMap::new();
    let mut code = 0;
    for bits in 1..=MAX_CODE_BITS as u32 {
        code <<= 1;
        for symbol in (0..lengths.len()).filter(|&symbol| lengths[symbol] == bits) {
            codes.insert((bits, code), symbol);
            code += 1;
        }
    }
    codes
}

/// The symbol that begins with the lowest bit of `bits`, and the length of its code.
fn decode(codes: &Naive, bits: u64) -> Option<(usize, u32)> {
    let mut code = 0;
    (1..=MAX_CODE_BITS as u32).find_map(|length| {
        code = code << 1 | (bits >> (length - 1) & 1) as u32;
        codes.get(&(length, code)).map(|&symbol| (symbol, length))
    })
}

/// Whether zlib takes the lengths for a code, and if so, whether it is complete.
fn naive_is_code(lengths: &[u32], single: Single) -> Option<bool> {
    let used = lengths.iter().filter(|&&length| length != 0);
    let sum: u32 = used.clone().map(|&length| 1 << (15 - length)).sum();
    match (used.clone().count(), used.max()) {
        _ if sum == 1 << 15 => Some(true),
        (0, _) => Some(false),
        (1, Some(1)) if single == Single::Accepted => Some(false),
        _ => None,
    }
}

fn with_tables(test: impl FnOnce(&mut DecodeTables)) {
    test(&mut state(15).decoder.tables);
}

/// Numbers that look random and are the same in every run (xorshift64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 16) as usize % limit
    }

    /// Lengths of a complete code of `codes` codes of at most `longest` bits, for some of
    /// `symbols`.
    fn lengths(&mut self, symbols: usize, codes: usize, longest: u32) -> Vec<u32> {
        let mut lengths = vec![1, 1];
        while lengths.len() < codes {
            let split = self.below(lengths.len());
            // Splitting the last one gives deep codes.
            let split = if self.below(3) == 0 {
                lengths.len() - 1
            } else {
                split
            };
            if lengths[split] < longest {
                lengths[split] += 1;
                lengths.push(lengths[split]);
            }
        }
        lengths.resize(symbols, 0);
        for i in (1..symbols).rev() {
            lengths.swap(i, self.below(i + 1));
        }
        lengths
    }
}

/// Builds both tables; the end of the block needs no code here.
fn build(tables: &mut DecodeTables, litlen: &[u32], dist: &[u32]) -> Result<(), BadCode> {
    let (_, lengths) = tables.header_parts();
    lengths[..litlen.len()].copy_from_slice(litlen);
    lengths[litlen.len()..][..dist.len()].copy_from_slice(dist);
    tables.build(litlen.len(), dist.len())
}

/// Compares what the fast loops make of an entry's high bits and of extra bits with `base` and
/// these.
fn check_high(entry: u32, base: u32) {
    for bits in [0, 0x9e37_79b9_7f4a_7c15, u64::MAX] {
        let extra = (bits >> code_bits(entry)) as u32 & ((1 << extra_bits(entry)) - 1);
        assert_eq!(
            high_and_extra(Scalar, bits, entry.into()),
            (base + extra) as usize
        );
    }
}

/// Compares an entry of the literal/length table, and what comes of it, with its symbol.
fn check_litlen(entry: u32, symbol: usize, bits: u32, roots: Roots) {
    assert_eq!(code_bits(entry), bits);
    let is = |flag| entry & flag != 0;
    match symbol {
        0..256 => {
            assert!(is(LITERAL) && !is(SPECIAL) && !is(EXCEPTION) && !is(DISTANCE));
            assert_eq!((entry >> BYTE_SHIFT) as usize, symbol);
            assert_eq!((entry >> LITERAL_SHIFT) & 1, 1);
            check_high(entry, 0);
            assert_eq!(
                (dropped_bits(entry), next_width(entry)),
                (bits, roots.litlen)
            );
        }
        256 => {
            assert!(is(SPECIAL) && !is_litlen_pointer(entry) && is_end(entry));
            assert_eq!(dropped_bits(entry), bits);
        }
        257..286 => {
            let (base, extra) = (LENGTH_BASE[symbol - 257], LENGTH_EXTRA_BITS[symbol - 257]);
            assert!(is_length(entry) && !is(SPECIAL));
            assert_eq!(length_base(entry), 3 + u32::from(base));
            assert_eq!(extra_bits(entry), extra.into());
            assert_eq!(
                (dropped_bits(entry), next_width(entry)),
                (bits + u32::from(extra), roots.dist)
            );
            let longest = 3 + u32::from(base) + (1 << extra) - 1;
            assert_eq!(
                is(EXCEPTION),
                longest > 30,
                "two pieces of 16 bytes do not do"
            );
            if !is(EXCEPTION) {
                check_high(entry, base.into());
            }
        }
        _ => assert!(is(SPECIAL) && !is_litlen_pointer(entry) && !is_end(entry)),
    }
}

/// The same for a distance.
fn check_dist(entry: u32, symbol: usize, bits: u32, roots: Roots) {
    assert_eq!(code_bits(entry), bits);
    if symbol >= DIST_CODES {
        assert!(entry & SPECIAL != 0 && !is_dist_pointer(entry));
        return;
    }
    let (base, extra) = (DIST_BASE[symbol], DIST_EXTRA_BITS[symbol]);
    assert!(entry & DISTANCE != 0 && entry & (SPECIAL | LITERAL) == 0);
    assert_eq!(dist_base(entry), 1 + u32::from(base));
    check_high(entry, base.into());
    assert_eq!(extra_bits(entry), extra.into());
    assert_eq!(
        (dropped_bits(entry), next_width(entry)),
        (bits + u32::from(extra), roots.litlen)
    );
    assert_eq!(
        entry & EXCEPTION != 0,
        base < 16,
        "pieces of 16 bytes do not do"
    );
}

/// Looks all short and many long sequences of bits up.
fn check(tables: &DecodeTables, litlen: &[u32], dist: &[u32], roots: Roots) {
    let (litlen, dist) = (naive(litlen), naive(dist));
    for bits in 0..1u64 << 15 {
        let entry = tables.litlen(bits);
        match decode(&litlen, bits) {
            Some((symbol, length)) => check_litlen(entry, symbol, length, roots),
            None => assert!(entry & SPECIAL != 0 && !is_end(entry) && code_bits(entry) == 1),
        }
        let entry = tables.dist(bits);
        match decode(&dist, bits) {
            Some((symbol, length)) => check_dist(entry, symbol, length, roots),
            None => assert!(entry & SPECIAL != 0 && code_bits(entry) == 1),
        }
    }
}

fn longest(lengths: &[u32]) -> u32 {
    lengths.iter().copied().max().unwrap_or(0)
}

#[test]
fn any_lengths_are_a_code_or_not_as_in_zlib() {
    // All sets of up to 6 codes of up to 3 bits.
    for number in 0..4usize.pow(6) {
        let lengths: Vec<u32> = (0..6).map(|i| (number >> (2 * i) & 3) as u32).collect();
        check_is_code(&lengths);
    }
    // Complete ones of many codes, and what one changed length makes of them.
    let mut random = Random(88172645463325252);
    for _ in 0..300 {
        let codes = 2 + random.below(285);
        let mut lengths = random.lengths(286, codes, 15);
        check_is_code(&lengths);
        let changed = random.below(286);
        lengths[changed] = random.below(16) as u32;
        check_is_code(&lengths);
    }
}

fn check_is_code(lengths: &[u32]) {
    for single in [Single::Accepted, Single::Refused] {
        let code = PrefixCode::new(lengths, single);
        assert_eq!(
            code.as_ref().ok().map(|code| code.complete),
            naive_is_code(lengths, single)
        );
        let Ok(code) = code else { continue };
        assert_eq!(code.max, longest(lengths));
        // The symbols in the order of their codes.
        let mut sorted = vec![0; lengths.iter().filter(|&&length| length != 0).count()];
        code.sort(lengths, &mut sorted);
        let key = |symbol: &u32| (lengths[*symbol as usize], *symbol);
        assert!(sorted.is_sorted_by_key(key) && sorted.iter().all(|symbol| key(symbol).0 != 0));
        let deep: u32 = lengths
            .iter()
            .filter(|&&length| length > 9)
            .map(|&length| ALL >> length)
            .sum();
        assert_eq!(code.deep(9), deep);
        assert_eq!(
            weight(lengths),
            naive_is_code(lengths, single).map_or(0, |complete| match complete {
                true => ALL,
                false => ALL / 2 * sorted.len() as u32,
            })
        );
    }
}

#[test]
fn tables_decode_as_the_naive_decoder() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    with_tables(|tables| {
        for round in 0..60 {
            let longest_litlen = [15, 12, 11, 10, 9][round % 5];
            let (litlen_codes, dist_codes) = (2 + random.below(285), 2 + random.below(29));
            let litlen = random.lengths(286, litlen_codes, longest_litlen);
            let dist = random.lengths(30, dist_codes, [15, 9, 8][round % 3]);
            build(tables, &litlen, &dist).unwrap();
            let roots = Roots {
                litlen: longest(&litlen).min(10),
                dist: longest(&dist).min(8),
            };
            assert_eq!(tables.lookup().1, roots.litlen);
            check(tables, &litlen, &dist, roots);
        }
    });
}

#[test]
fn exceptions_that_zlib_accepts() {
    with_tables(|tables| {
        let lengths = |symbols: usize, codes: &[(usize, u32)]| {
            let mut lengths = vec![0; symbols];
            codes
                .iter()
                .for_each(|&(symbol, length)| lengths[symbol] = length);
            lengths
        };
        let complete = lengths(286, &[(65, 1), (256, 2), (260, 2)]);
        let single = lengths(286, &[(256, 1)]);
        for (litlen, dist) in [
            (&complete, lengths(1, &[])),
            (&complete, lengths(30, &[(0, 1)])),
            (&complete, lengths(30, &[(29, 1)])),
            (&single, lengths(30, &[(3, 1), (4, 1)])),
        ] {
            build(tables, litlen, &dist).unwrap();
            let roots = Roots {
                litlen: longest(litlen),
                dist: 1,
            };
            check(tables, litlen, &dist, roots);
        }
        let bad = lengths(30, &[(3, 2)]);
        assert_eq!(build(tables, &complete, &bad), Err(BadCode::Dist));
        let bad = lengths(286, &[(256, 2), (3, 2)]);
        assert_eq!(build(tables, &bad, &single[..30]), Err(BadCode::Litlen));
    });
}

#[test]
fn a_code_that_needs_too_many_entries_gets_a_narrow_root() {
    // How many codes of each length; found by search: 1332 entries with a root of 10 bits.
    const COUNTS: [usize; 16] = [0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 61, 81, 89, 17, 34];
    let counts = COUNTS.map(|count| count as u16);
    assert_eq!([10, 9].map(|root| zlib_entries(&counts, root)), [1332, 828]);
    let each = COUNTS.iter().enumerate();
    let litlen: Vec<u32> = each
        .flat_map(|(bits, &count)| vec![bits as u32; count])
        .collect();
    let dist = [1, 1];
    with_tables(|tables| {
        build(tables, &litlen, &dist).unwrap();
        let roots = Roots { litlen: 9, dist: 1 };
        assert_eq!(tables.lookup().1, roots.litlen);
        check(tables, &litlen, &dist, roots);
    });
}

#[test]
fn subtables_are_no_wider_than_their_codes() {
    let mut counts: Counts = [0; MAX_CODE_BITS + 1];
    (counts[2], counts[3], counts[4]) = (2, 2, 4);
    // Four entries, two of which point to the subtables of 3-bit codes and of 4-bit codes.
    assert_eq!(zlib_entries(&counts, 2), 4 + 2 + 4);
}

#[test]
fn fixed_tables_are_those_of_rfc_1951() {
    let lengths = |symbol| match symbol {
        0..144 => 8,
        144..256 => 9,
        256..280 => 7,
        _ => 8,
    };
    let litlen: Vec<u32> = (0..288).map(lengths).collect();
    with_tables(|tables| {
        tables.use_fixed();
        check(tables, &litlen, &[5; 32], FIXED_ROOTS);
    });
}

#[test]
fn code_length_codes_decode_as_the_naive_decoder() {
    let mut random = Random(1);
    with_tables(|tables| {
        for _ in 0..200 {
            let codes = 2 + random.below(18);
            let lengths = random.lengths(19, codes, 7);
            tables.header_parts().1[..19].copy_from_slice(&lengths);
            tables.build_code_lengths().unwrap();
            let codes = naive(&lengths);
            for bits in 0..128 {
                let (symbol, length) = code_length(tables.header_parts().0, bits);
                assert_eq!(decode(&codes, bits), Some((symbol.into(), length)));
            }
        }
        tables.header_parts().1[..19].copy_from_slice(&[1; 19]);
        assert_eq!(tables.build_code_lengths(), Err(BadLengths));
    });
}
