//! Adler-32 against its definition: the choice of code, the scalar code, and the code in vectors
//! for each instruction set that this processor has.
//!
//! A module of `src/checksum/adler32/mod.rs`, because only the choice can be reached from
//! elsewhere.
//!
//! Unsafe because the copies are made in memory that is not initialised yet.
#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
use super::vectors::{Nowhere, Simd};
use super::{ADLER_INIT, combine, sums, update};

/// Start values whose halves are small, just below, at and above 65521, and at the top.
pub(crate) const STARTS: [u32; 6] = [1, 0, 0xfff0_fff0, 0xfff1_fff1, 0xffff_ffff, 0x1234_fffe];

/// Bytes that look random and are the same in every run (xorshift32).
pub(crate) fn noise(len: usize) -> Vec<u8> {
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
    check("update", &update);
    check("scalar", &sums::portable);
    #[cfg(target_arch = "x86_64")]
    {
        use crate::cpu::{Avx2, Avx512Vnni, Ssse3};
        check_vectors(Ssse3::get(), &mut check);
        check_vectors(Avx2::get(), &mut check);
        check_vectors(Avx512Vnni::get(), &mut check);
    }
}

/// Calls `check` with the code for an instruction set, which must copy, too.
#[cfg(target_arch = "x86_64")]
fn check_vectors<const WIDTH: usize, S: Simd<WIDTH> + core::fmt::Debug>(
    simd: Option<S>,
    check: &mut impl FnMut(&str, &dyn Fn(u32, &[u8]) -> u32),
) {
    let Some(simd) = simd else { return };
    let name = format!("{simd:?}");
    check(&name, &|adler, data| {
        let mut copy = Vec::with_capacity(data.len());
        let value = simd.update(adler, data, &mut copy.spare_capacity_mut()[..data.len()]);
        // SAFETY: as many bytes as the data has were copied.
        unsafe { copy.set_len(data.len()) };
        assert!(copy == data, "{name}");
        assert_eq!(value, simd.update(adler, data, Nowhere), "{name}");
        value
    });
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
        .flat_map(|times| around(times * sums::LAZY_LEN))
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
            assert_eq!(update(start, &[byte]), s2 << 16 | s1);
        }
    }
    assert_eq!(update(0xffff_fff0, &[0]), 0xfffe_fff0);
}

#[test]
fn adler_known_value_and_bound() {
    assert_eq!(update(ADLER_INIT, b"Wikipedia"), 0x11e6_0398);
    assert_eq!(sums::LAZY_LEN, 5552);
}

#[test]
fn adler_combine_joins() {
    let data = noise(700);
    let whole = u64::from(update(1, &data));
    for at in 0..=data.len() {
        let (first, second) = data.split_at(at);
        let first = update(1, first).into();
        let second_value = update(1, second).into();
        let joined = combine(first, second_value, second.len() as i64);
        assert_eq!(joined, whole, "{at}");
    }
    // The second sequence is zeros, whose sums are known for any length.
    for len in [0, 1, 65520, 65521, 1 << 31, 1 << 32, 1 << 62, i64::MAX] {
        let zeros = 1 | (len as u64 % 65521) << 16;
        let (s1, s2) = (whole & 0xffff, whole >> 16);
        let moved = ((u128::from(s2) + u128::from(s1) * len as u128) % 65521) as u64;
        assert_eq!(combine(whole, zeros, len), s1 | moved << 16, "{len}");
    }
}

#[test]
fn adler_combine_of_odd_arguments() {
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
