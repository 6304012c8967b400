//! CRC-32 against its definition, zlib's ways to join check values, and copies with a check value.
//!
//! A module of `src/checksum/mod.rs`, because what is tested is not exported.
#![forbid(unsafe_code)]

use super::adler32::tests::{STARTS, noise};
use super::{check::Check, crc32};
use core::mem::MaybeUninit;

#[test]
fn copies_are_what_is_added() {
    let data = noise(20_000);
    for check in [Check::None, Check::Adler32, Check::Crc32] {
        for len in (0..=70).chain([2047, 2048, 2049, 8191, 8192, 8193, data.len()]) {
            let data = &data[..len];
            let mut room = vec![MaybeUninit::new(0); len];
            let (value, copy) = check.update_copying(7, data, &mut room);
            assert!(copy == data, "{check:?} {len}");
            assert_eq!(value, check.update(7, data), "{check:?} {len}");
        }
    }
}

/// The CRC-32 of `data` bit by bit.
fn crc_by_bits(start: u32, data: &[u8]) -> u32 {
    let mut register = !start;
    for &byte in data {
        register ^= u32::from(byte);
        for _ in 0..8 {
            let out = register & 1;
            register = (register >> 1) ^ (out * 0xedb8_8320);
        }
    }
    !register
}

#[test]
fn crc_at_short_lengths_and_alignments() {
    const LONGEST: usize = if cfg!(miri) { 40 } else { 600 };
    let data = noise(LONGEST + 64);
    for start in STARTS {
        for offset in [0, 1, 7, 15, 16, 33, 63] {
            for len in 0..=LONGEST {
                let data = &data[offset..][..len];
                assert_eq!(
                    crc32::update(start, data),
                    crc_by_bits(start, data),
                    "{len}"
                );
            }
        }
    }
    assert_eq!(crc32::update(crc32::CRC_INIT, b"123456789"), 0xcbf4_3926);
}

#[test]
fn crc_table_is_one_byte_at_a_time() {
    for byte in 0..=255 {
        let from_update = !crc32::update(!0, &[byte]);
        assert_eq!(crc32::TABLE[usize::from(byte)], from_update);
        assert_eq!(from_update, !crc_by_bits(!0, &[byte]));
    }
    assert_eq!(crc32::TABLE[1], 0x7707_3096);
}

#[test]
fn crc_combine_joins() {
    let data = noise(700);
    let whole = crc32::update(0, &data);
    for at in 0..=data.len() {
        let (first, second) = data.split_at(at);
        let len = second.len() as i64;
        let (first, second) = (crc32::update(0, first), crc32::update(0, second));
        assert_eq!(crc32::combine(first, second, len), whole, "{at}");
        let op = crc32::combine_gen(len);
        assert_eq!(crc32::combine_op(first, second, op), whole, "{at}");
    }
}

#[test]
fn crc_operators_of_any_length() {
    assert_eq!(crc32::combine_gen(0), 0x8000_0000, "x^0");
    assert_eq!(crc32::combine_gen(1), 0x0080_0000, "x^8");
    assert_eq!(crc32::combine_gen(-1), 0);
    assert_eq!(crc32::combine_gen(i64::MIN), 0);
    assert_eq!(crc32::combine(1, 2, -1), 0);
    assert_eq!(crc32::combine_op(1, 2, 0), 0);
    // The operator for two lengths together is the product of their operators.
    let product = |a, b| crc32::combine_op(a, 0, b);
    for len in (0..62)
        .map(|bit| 1i64 << bit)
        .chain([12345, (1 << 61) + 99])
    {
        let op = crc32::combine_gen(len);
        assert_eq!(crc32::combine_gen(2 * len), product(op, op), "{len}");
        assert_eq!(
            crc32::combine_gen(len + 7),
            product(op, crc32::combine_gen(7))
        );
    }
    // x^(2^32 - 1) is 1, and 2^32 - 1 bytes are 8 times that many bits.
    assert_eq!(crc32::combine_gen((1 << 32) - 1), crc32::combine_gen(0));
}
