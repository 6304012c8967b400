//! Both check values against their definitions, and every vector variant against the same.
#![forbid(unsafe_code)]

#[cfg(target_arch = "x86_64")]
use super::adler32_x86::{Kernel, Nowhere};
use super::{adler32, adler32_sums, check::Check, crc32};
use core::mem::MaybeUninit;

/// Start values whose halves are small, just below, at and above 65521, and at the top.
const STARTS: [u32; 6] = [1, 0, 0xfff0_fff0, 0xfff1_fff1, 0xffff_ffff, 0x1234_fffe];

/// Bytes that look random and are the same in every run (xorshift32).
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x2545_f491u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 11) as u8
    };
    (0..len).map(|_| next()).collect()
}

/// The Adler-32 values of all prefixes of `data`, by the definition, a remainder at each byte.
fn adler_of_prefixes(start: u32, data: &[u8]) -> Vec<u32> {
    let (mut s1, mut s2) = ((start & 0xffff) % 65521, (start >> 16) % 65521);
    let mut values = vec![s2 << 16 | s1];
    for &byte in data {
        s1 = (s1 + u32::from(byte)) % 65521;
        s2 = (s2 + s1) % 65521;
        values.push(s2 << 16 | s1);
    }
    values
}

/// Calls `check` with every Adler-32 code that this processor can run.
fn for_each_adler(mut check: impl FnMut(&str, &dyn Fn(u32, &[u8]) -> u32)) {
    check("update", &adler32::update);
    check("portable", &adler32_sums::portable);
    #[cfg(target_arch = "x86_64")]
    for kernel in Kernel::all() {
        let name = format!("{kernel:?}");
        check(&name, &|adler, data| {
            let (value, copy) = kernel.update_to_vec(adler, data);
            assert!(copy == data, "{name}");
            assert_eq!(value, kernel.update(adler, data, Nowhere), "{name}");
            value
        });
    }
}

#[test]
fn adler_at_every_alignment_and_short_length() {
    const LONGEST: usize = if cfg!(miri) { 70 } else { 1100 };
    const ALIGNMENTS: usize = if cfg!(miri) { 2 } else { 64 };
    for data in [noise(LONGEST + 64), vec![0xff; LONGEST + 64]] {
        for start in STARTS {
            for offset in 0..ALIGNMENTS {
                let data = &data[offset..][..LONGEST];
                let expected = adler_of_prefixes(start, data);
                for_each_adler(|name, update| {
                    // One byte has a rule of its own, tested below.
                    for len in (0..=LONGEST).filter(|&len| len != 1) {
                        let value = update(start, &data[..len]);
                        assert_eq!(value, expected[len], "{name} {start:x} {offset} {len}");
                    }
                });
            }
        }
    }
}

#[test]
fn adler_of_long_data() {
    const LONGEST: usize = if cfg!(miri) { 12_000 } else { (1 << 20) + 70 };
    let around = |len: usize| len - 1..=len + 1;
    let lens: Vec<usize> = (1..=40)
        .flat_map(|times| around(times * adler32_sums::LAZY_LEN))
        .chain(around(1 << 18))
        .chain([1 << 20, LONGEST])
        .filter(|&len| len <= LONGEST)
        .collect();
    for data in [noise(LONGEST), vec![0xff; LONGEST]] {
        for start in STARTS {
            let expected = adler_of_prefixes(start, &data);
            for_each_adler(|name, update| {
                for &len in &lens {
                    assert_eq!(update(start, &data[..len]), expected[len], "{name} {len}");
                }
            });
        }
    }
}

#[test]
fn adler_of_one_byte_subtracts_once() {
    for start in STARTS {
        for byte in 0..=255u8 {
            let once = |sum: u32| if sum >= 65521 { sum - 65521 } else { sum };
            let s1 = once((start & 0xffff) + u32::from(byte));
            let s2 = once((start >> 16) + s1);
            assert_eq!(adler32::update(start, &[byte]), s2 << 16 | s1);
        }
    }
    assert_eq!(adler32::update(0xffff_fff0, &[0]), 0xfffe_fff0);
}

#[test]
fn adler_known_value_and_bound() {
    assert_eq!(
        adler32::update(adler32::ADLER_INIT, b"Wikipedia"),
        0x11e6_0398
    );
    assert_eq!(adler32_sums::LAZY_LEN, 5552);
}

#[test]
fn adler_combine_joins() {
    let data = noise(700);
    let whole = u64::from(adler32::update(1, &data));
    for at in 0..=data.len() {
        let (first, second) = data.split_at(at);
        let first = adler32::update(1, first).into();
        let second_value = adler32::update(1, second).into();
        let joined = adler32::combine(first, second_value, second.len() as i64);
        assert_eq!(joined, whole, "{at}");
    }
    // The second sequence is zeros, whose sums are known for any length.
    for len in [0, 1, 65520, 65521, 1 << 31, 1 << 32, 1 << 62, i64::MAX] {
        let zeros = 1 | (len as u64 % 65521) << 16;
        let (s1, s2) = (whole & 0xffff, whole >> 16);
        let moved = ((u128::from(s2) + u128::from(s1) * len as u128) % 65521) as u64;
        assert_eq!(
            adler32::combine(whole, zeros, len),
            s1 | moved << 16,
            "{len}"
        );
    }
}

#[test]
fn adler_combine_of_odd_arguments() {
    let combine = adler32::combine;
    assert_eq!(combine(1, 1, -1), 0xffff_ffff);
    assert_eq!(combine(1, 1, i64::MIN), 0xffff_ffff);
    assert_eq!(
        combine(7 << 32 | 1, 9 << 40 | 1, 0),
        1,
        "upper bits do not count"
    );
    // Unreduced halves; the values are those that zlib 1.3.2 returns.
    assert_eq!(combine(0xffff_ffff, 0xffff_ffff, 0), 0x1d_000c);
    assert_eq!(combine(0xffff_ffff, 0xffff_ffff, 1), 0x29_000c);
    assert_eq!(combine(0xffff_fff0, 0xffff_ffff, 1), 0x1_000b_fffd);
    assert_eq!(combine(0xffff_ffff, 1, 65520), 0x1_000e);
}

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
