//! Continues and combines Adler-32 values, with the fastest code that this processor can run.
//!
//! **Start values out of range.** A start value may have halves of 65521 and more. zlib reduces
//! them along with the sums, except when there is exactly one byte: then it subtracts 65521 once
//! at most, which can leave s2 unreduced. Programs see that value, so it is kept.
#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use super::sums::{BASE, Halves, byte_by_byte, portable};
#[cfg(target_arch = "x86_64")]
use super::vectors::Simd;
use super::vectors::{Nowhere, Target};
#[cfg(target_arch = "x86_64")]
use crate::cpu::{Avx2, Avx512Vnni, Ssse3};

/// The check value of no bytes at all: s1 is 1, s2 is 0.
pub(crate) const ADLER_INIT: u32 = 1;

/// Below this many bytes a plain loop over the bytes is the fastest. (31 bytes take 15 ns byte
/// by byte and 7 ns in vectors.)
const VECTOR_MIN_LEN: usize = 16;
/// From this many bytes on AVX2 is faster than SSSE3: one vector.
#[cfg(target_arch = "x86_64")]
const AVX2_MIN_LEN: usize = 32;
/// From this many bytes on AVX-512 is the fastest: one vector.
#[cfg(target_arch = "x86_64")]
const AVX512_MIN_LEN: usize = 64;

/// Continues the check value `adler` over `data`: [`ADLER_INIT`] starts a stream.
///
/// Exactly zlib's value for every start value, 65521 and more in either half included; no data
/// at all reduces the halves. Source: RFC 1950 section 8.2; zlib adler32.c adler32_z.
#[inline(always)]
pub(crate) fn update(adler: u32, data: &[u8]) -> u32 {
    match data {
        [byte] => one_byte(adler, *byte),
        _ => update_any(adler, data),
    }
}

/// [`update`] for any length but 1.
#[inline(never)]
fn update_any(adler: u32, data: &[u8]) -> u32 {
    if data.len() < VECTOR_MIN_LEN {
        byte_by_byte(Halves::split(adler), data).reduced().join()
    } else {
        best(adler, data, Nowhere)
    }
}

/// Copies the data to `to`, which is as long, and adds the copy: both in one pass, since that costs
/// little more than the copy. Each byte of the data is read once. All of `to` is initialised then.
#[inline(never)]
pub(crate) fn update_copying(adler: u32, data: &[u8], to: &mut [MaybeUninit<u8>]) -> u32 {
    assert_eq!(data.len(), to.len());
    if data.len() >= VECTOR_MIN_LEN {
        return best(adler, data, to);
    }
    let copy = to.write_copy_of_slice(data);
    update(adler, copy)
}

/// One byte: a subtraction in place of each remainder, so s2 may stay at 65521 or more if the
/// start value's was.
#[inline]
fn one_byte(adler: u32, byte: u8) -> u32 {
    let start = Halves::split(adler);
    let s1 = subtract_base_up_to(1, start.s1 + u32::from(byte));
    let s2 = subtract_base_up_to(1, start.s2 + s1);
    Halves { s1, s2 }.join()
}

/// The fastest code that this processor can run, for any length but 1; it copies the data to
/// `target`. The one place that chooses: a line for each instruction set.
#[inline(always)]
fn best<T: Target>(adler: u32, data: &[u8], target: T) -> u32 {
    #[cfg(target_arch = "x86_64")]
    match data.len() {
        AVX512_MIN_LEN.. if let Some(simd) = Avx512Vnni::get() => simd.update(adler, data, target),
        AVX2_MIN_LEN.. if let Some(simd) = Avx2::get() => simd.update(adler, data, target),
        _ if let Some(simd) = Ssse3::get() => simd.update(adler, data, target),
        _ => portable(adler, target.store_all(data)),
    }
    #[cfg(not(target_arch = "x86_64"))]
    portable(adler, target.store_all(data))
}

/// The result of [`combine`] for a negative length, which has no meaning.
const COMBINE_INVALID: u64 = 0xffff_ffff;

/// The check value of two sequences of bytes one after the other, from their check values
/// `adler1` and `adler2` and the length in bytes of the second.
///
/// The second value was started with s1 = 1, so 1 comes off s1 and `len2` off s2. A negative
/// length gives 0xffffffff. Only the lower 32 bits of the values count. Where their halves are
/// 65521 or more the result has no meaning, but it still is zlib's number: zlib reduces by a
/// fixed count of subtractions, after which a half may be over 16 bits, and then s1 runs into s2
/// and s2 past bit 31. Source: zlib adler32.c adler32_combine_.
pub(crate) fn combine(adler1: u64, adler2: u64, len2: i64) -> u64 {
    if len2 < 0 {
        return COMBINE_INVALID;
    }
    let len2 = (len2 as u64 % u64::from(BASE)) as u32;
    let (first, second) = (Halves::split(adler1 as u32), Halves::split(adler2 as u32));
    let s1 = first.s1 + second.s1 + (BASE - 1);
    let s2 = first.s2 + second.s2 + len2 * first.s1 % BASE + (BASE - len2);
    u64::from(subtract_base_up_to(2, s1)) | u64::from(subtract_base_up_to(3, s2)) << 16
}

/// Subtracts [`BASE`] as often as it goes into the sum, but at most `times`.
#[inline]
fn subtract_base_up_to(times: u32, sum: u32) -> u32 {
    sum - BASE * (sum / BASE).min(times)
}
