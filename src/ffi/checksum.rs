//! adler32, crc32 and their relatives.
//!
//! Unsafe because some of them read a caller's buffer, and because C calls them.
#![allow(unsafe_code)]

use super::border::{bytes, wide};
use super::types::{Bytef, uInt, uLong, z_crc_t, z_off_t, z_off64_t, z_size_t};
use crate::checksum::adler32::{self as adler, ADLER_INIT};
use crate::checksum::crc32::{self as crc, CRC_INIT};

/// Continues a check value with `update`; NULL gives the one to begin with, whatever the length.
///
/// # Safety
/// Unless `buf` is NULL or `len` is 0, `len` bytes can be read at `buf`.
#[inline(always)]
unsafe fn run(
    update: impl Fn(u32, &[u8]) -> u32,
    initial: u32,
    value: uLong,
    buf: *const Bytef,
    len: z_size_t,
) -> uLong {
    if buf.is_null() {
        return uLong::from(initial);
    }
    // SAFETY: the caller vouches for the bytes.
    let data = unsafe { bytes(buf, len) };
    uLong::from(update(value as u32, data))
}

/// Continues an Adler-32 over the len bytes at buf and returns the new value.
///
/// The value of no bytes at all, with which to begin, is 1. A NULL buf returns 1 whatever adler
/// and len are. Only the lower 32 bits of adler count.
///
/// # Safety
/// Unless buf is NULL or len is 0, buf must point to len readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adler32(adler: uLong, buf: *const Bytef, len: uInt) -> uLong {
    // SAFETY: the caller's duty is the same.
    unsafe { run(adler::update, ADLER_INIT, adler, buf, len as z_size_t) }
}

/// The same as adler32, with a length of type size_t.
///
/// # Safety
/// Unless buf is NULL or len is 0, buf must point to len readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adler32_z(adler: uLong, buf: *const Bytef, len: z_size_t) -> uLong {
    // SAFETY: the caller's duty is the same.
    unsafe { run(adler::update, ADLER_INIT, adler, buf, len) }
}

/// Returns the Adler-32 of two sequences of bytes, one after the other.
///
/// adler1 and adler2 are the Adler-32 values of the two, len2 is the length in bytes of the
/// second. A negative len2 returns 0xffffffff, which has no meaning.
#[unsafe(no_mangle)]
pub extern "C" fn adler32_combine(adler1: uLong, adler2: uLong, len2: z_off_t) -> uLong {
    adler::combine(
        u64::from(adler1 as u32),
        u64::from(adler2 as u32),
        wide(len2),
    ) as uLong
}

/// The same as adler32_combine, with a length of 64 bits on every system.
#[unsafe(no_mangle)]
pub extern "C" fn adler32_combine64(adler1: uLong, adler2: uLong, len2: z_off64_t) -> uLong {
    adler::combine(u64::from(adler1 as u32), u64::from(adler2 as u32), len2) as uLong
}

/// Continues a CRC-32 over the len bytes at buf and returns the new value.
///
/// The value of no bytes at all, with which to begin, is 0. A NULL buf returns 0 whatever crc and
/// len are. Only the lower 32 bits of crc count. The inversions before and after are done inside.
///
/// # Safety
/// Unless buf is NULL or len is 0, buf must point to len readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crc32(crc: uLong, buf: *const Bytef, len: uInt) -> uLong {
    // SAFETY: the caller's duty is the same.
    unsafe { run(crc::update, CRC_INIT, crc, buf, len as z_size_t) }
}

/// The same as crc32, with a length of type size_t.
///
/// # Safety
/// Unless buf is NULL or len is 0, buf must point to len readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crc32_z(crc: uLong, buf: *const Bytef, len: z_size_t) -> uLong {
    // SAFETY: the caller's duty is the same.
    unsafe { run(crc::update, CRC_INIT, crc, buf, len) }
}

/// Returns the CRC-32 of two sequences of bytes, one after the other.
///
/// crc1 and crc2 are the CRC-32 values of the two, len2 is the length in bytes of the second. A
/// negative len2 returns 0.
#[unsafe(no_mangle)]
pub extern "C" fn crc32_combine(crc1: uLong, crc2: uLong, len2: z_off_t) -> uLong {
    crc::combine(crc1 as u32, crc2 as u32, wide(len2)).into()
}

/// The same as crc32_combine, with a length of 64 bits on every system.
#[unsafe(no_mangle)]
pub extern "C" fn crc32_combine64(crc1: uLong, crc2: uLong, len2: z_off64_t) -> uLong {
    crc::combine(crc1 as u32, crc2 as u32, len2).into()
}

/// Returns the operator for a second sequence of len2 bytes, for crc32_combine_op; 0 if len2 is
/// negative.
#[unsafe(no_mangle)]
pub extern "C" fn crc32_combine_gen(len2: z_off_t) -> uLong {
    crc::combine_gen(wide(len2)).into()
}

/// The same as crc32_combine_gen, with a length of 64 bits on every system.
#[unsafe(no_mangle)]
pub extern "C" fn crc32_combine_gen64(len2: z_off64_t) -> uLong {
    crc::combine_gen(len2).into()
}

/// The same as crc32_combine, with an operator from crc32_combine_gen in place of the length.
///
/// Faster where many pairs have a second sequence of the same length. Only the lower 32 bits of
/// the arguments count. An op of 0 returns 0.
#[unsafe(no_mangle)]
pub extern "C" fn crc32_combine_op(crc1: uLong, crc2: uLong, op: uLong) -> uLong {
    crc::combine_op(crc1 as u32, crc2 as u32, op as u32).into()
}

/// Returns the table of 256 values for computing a CRC-32 byte by byte. It lives as long as the
/// library and must not be written to.
#[unsafe(no_mangle)]
pub extern "C" fn get_crc_table() -> *const z_crc_t {
    crc::TABLE.as_ptr()
}
