//! compress and its relatives: a whole buffer in one call.
//!
//! Unsafe because it takes the caller's buffers.
#![allow(unsafe_code)]

use core::ffi::c_int;

use super::border::{bytes, room, set, to_ulong};
use super::handle::with_malloced_state;
use super::types::{Bytef, uLong, uLongf, z_size_t};
use crate::deflate::bound;
use crate::deflate::config::level_from_c;
use crate::deflate::oneshot::{compress as compress_all, default_params};
use crate::error::ReturnCode;

/// Z_DEFAULT_COMPRESSION.
const DEFAULT_LEVEL: c_int = -1;

/// Compresses the sourceLen bytes at source to dest, as a zlib stream, at this level
/// (-1..9).
///
/// On entry *destLen is the room at dest in bytes; on return it is the number of bytes
/// written. Returns Z_OK, Z_MEM_ERROR, Z_BUF_ERROR if dest is too small (compressBound
/// says what is enough), or Z_STREAM_ERROR for a bad level, a NULL destLen, or a NULL
/// buffer of more than 0 bytes. The lengths are size_t.
///
/// # Safety
/// source has sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn compress2_z(
    dest: *mut Bytef,
    destLen: *mut z_size_t,
    source: *const Bytef,
    sourceLen: z_size_t,
    level: c_int,
) -> c_int {
    if destLen.is_null() || (sourceLen > 0 && source.is_null()) {
        return ReturnCode::StreamError.code();
    }
    // SAFETY: not NULL, and the caller's.
    let capacity = unsafe { *destLen };
    if capacity > 0 && dest.is_null() {
        return ReturnCode::StreamError.code();
    }
    // From here on *destLen is set. No room at NULL is no buffer; elsewhere, it is a full one.
    let (Some(level), false) = (level_from_c(level), dest.is_null()) else {
        // SAFETY: as above.
        unsafe { set(destLen, 0) };
        return ReturnCode::StreamError.code();
    };
    // SAFETY: the caller promises both buffers.
    let (source, dest) = unsafe { (bytes(source, sourceLen), room(dest, capacity)) };
    let done = with_malloced_state(&default_params(level), |state| {
        compress_all(state, source, dest)
    });
    let (code, written) = done.unwrap_or_else(|code| (code, 0));
    // SAFETY: as above.
    unsafe { set(destLen, written) };
    code.code()
}

/// Compresses the sourceLen bytes at source to dest, as a zlib stream, at this level
/// (-1..9). See compress2_z; a NULL destLen gives Z_STREAM_ERROR.
///
/// # Safety
/// source has sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn compress2(
    dest: *mut Bytef,
    destLen: *mut uLongf,
    source: *const Bytef,
    sourceLen: uLong,
    level: c_int,
) -> c_int {
    if destLen.is_null() {
        return ReturnCode::StreamError.code();
    }
    // SAFETY: not NULL, and the caller's.
    let mut len = unsafe { *destLen } as z_size_t;
    // SAFETY: the caller promises both buffers.
    let code = unsafe { compress2_z(dest, &mut len, source, sourceLen as z_size_t, level) };
    // SAFETY: as above.
    unsafe { set(destLen, len as uLong) };
    code
}

/// Compresses the sourceLen bytes at source to dest, as a zlib stream, at the default
/// level. See compress2_z.
///
/// # Safety
/// source has sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn compress_z(
    dest: *mut Bytef,
    destLen: *mut z_size_t,
    source: *const Bytef,
    sourceLen: z_size_t,
) -> c_int {
    // SAFETY: the caller promises what compress2_z asks for.
    unsafe { compress2_z(dest, destLen, source, sourceLen, DEFAULT_LEVEL) }
}

/// Compresses the sourceLen bytes at source to dest, as a zlib stream, at the default
/// level. See compress2.
///
/// # Safety
/// source has sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn compress(
    dest: *mut Bytef,
    destLen: *mut uLongf,
    source: *const Bytef,
    sourceLen: uLong,
) -> c_int {
    // SAFETY: the caller promises what compress2 asks for.
    unsafe { compress2(dest, destLen, source, sourceLen, DEFAULT_LEVEL) }
}

/// Returns how many bytes compress needs at most for sourceLen bytes; the largest size_t
/// if that does not fit.
#[unsafe(no_mangle)]
pub extern "C" fn compressBound_z(sourceLen: z_size_t) -> z_size_t {
    bound::compress_bound(sourceLen)
}

/// Returns how many bytes compress needs at most for sourceLen bytes; the largest uLong
/// if that does not fit.
#[unsafe(no_mangle)]
pub extern "C" fn compressBound(sourceLen: uLong) -> uLong {
    to_ulong(bound::compress_bound(sourceLen as z_size_t))
}
