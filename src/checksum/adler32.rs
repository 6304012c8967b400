//! Adler-32: the check value of zlib streams, its concatenation, and the choice of code for it.
//!
//! **Definition** (RFC 1950 section 8.2). Two sums run over the bytes, both modulo 65521:
//! s1 starts at 1 and adds each byte, s2 starts at 0 and adds s1 after each byte. The check
//! value is s2 in the upper and s1 in the lower 16 bits.
//!
//! **Pieces.** Take n bytes, `d[0]` to `d[n - 1]`, and run the sums over them from zero. That
//! gives the plain sum t1 of all `d[i]`, and t2, the sum of all `(n - i) * d[i]`, because `d[i]`
//! is part of every s1 from its own to the last. A stream that arrives at these bytes with s1 and
//! s2 leaves them with
//!
//! ```text
//! s1' = s1 + t1
//! s2' = s2 + n * s1 + t2
//! ```
//!
//! So any stretch of bytes can be summed on its own, in any order that suits the processor, and
//! appended afterwards (`Halves::append`). The code in `adler32_sums` and in
//! `adler32_x86` only differs in how it gets t1 and t2 of a stretch; [`combine`] is the same rule applied to whole streams.
//!
//! **Late remainders.** Nothing asks for a remainder per byte. `LAZY_LEN` bytes of 255 cannot
//! carry s2 past 32 bits, so one remainder per that many bytes is enough. It is taken before
//! more is appended rather than after, where it would delay the result of a short call.
//!
//! **Start values out of range.** A start value may have halves of 65521 and more. zlib reduces
//! them along with the sums, except when there is exactly one byte: then it subtracts 65521 once
//! at most, which can leave s2 unreduced. Programs see that value, so it is kept.
#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use super::adler32_sums::{BASE, Halves, byte_by_byte, portable};

/// The check value of no bytes at all: s1 is 1, s2 is 0.
pub const ADLER_INIT: u32 = 1;

/// Below this many bytes a plain loop over the bytes is the fastest. (31 bytes take 15 ns byte
/// by byte and 7 ns in vectors.)
const VECTOR_MIN_LEN: usize = 16;

/// Continues the check value `adler` over `data`: [`ADLER_INIT`] starts a stream.
///
/// Exactly zlib's value for every start value, 65521 and more in either half included; no data
/// at all reduces the halves. Source: RFC 1950 section 8.2; zlib adler32.c adler32_z.
#[inline(always)]
pub fn update(adler: u32, data: &[u8]) -> u32 {
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
        best(adler, data)
    }
}

/// Copies the data to `to`, which is as long, and adds the copy: both in one pass, since that costs
/// little more than the copy. Each byte of the data is read once. All of `to` is initialised then.
#[inline(never)]
pub fn update_copying(adler: u32, data: &[u8], to: &mut [MaybeUninit<u8>]) -> u32 {
    assert_eq!(data.len(), to.len());
    #[cfg(target_arch = "x86_64")]
    if data.len() >= VECTOR_MIN_LEN
        && let Some(kernel) = super::adler32_x86::Kernel::for_len(data.len())
    {
        return kernel.update(adler, data, to);
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

/// The fastest code that this processor can run, for any length but 1. The one place that
/// chooses.
fn best(adler: u32, data: &[u8]) -> u32 {
    #[cfg(target_arch = "x86_64")]
    if let Some(kernel) = super::adler32_x86::Kernel::for_len(data.len()) {
        return kernel.update(adler, data, super::adler32_x86::Nowhere);
    }
    portable(adler, data)
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
pub fn combine(adler1: u64, adler2: u64, len2: i64) -> u64 {
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
