//! compress, uncompress and their relatives, which take a whole buffer in one call.
//!
//! Unsafe because it takes the caller's buffers.
#![allow(unsafe_code)]

use core::ffi::c_int;

use super::border::{bytes, room, to_ulong};
use super::types::{Bytef, uLong, uLongf, z_size_t};
use crate::alloc::Allocator;
use crate::annex::OnMalloc;
use crate::deflate::bound;
use crate::deflate::config::{Params, Z_DEFAULT_COMPRESSION, level_from_c};
use crate::deflate::oneshot::compress as compress_all;
use crate::error::ReturnCode;
use crate::inflate::oneshot::uncompress as uncompress_all;
use crate::inflate::state::WindowBits;
use crate::{deflate, inflate};

/// A length in C, uLong or size_t, which can say how long anything in memory is that it counts.
trait Length: Copy + Default + TryFrom<usize> + TryInto<usize> {
    fn from_usize(len: usize) -> Self {
        Self::try_from(len).unwrap_or_default()
    }

    fn to_usize(self) -> usize {
        self.try_into().unwrap_or_default()
    }
}

impl Length for uLong {}
impl Length for z_size_t {}

/// What the compress functions do. They call this and not each other, because an exported
/// function called from here could be another library's.
///
/// # Safety
/// dest_len is NULL or the caller's; source has source_len readable bytes, dest has
/// *dest_len writable ones; each may be NULL.
unsafe fn compress_to<L: Length>(
    dest: *mut Bytef,
    dest_len: *mut L,
    source: *const Bytef,
    source_len: L,
    level: c_int,
) -> c_int {
    // SAFETY: NULL or the caller's.
    let Some(dest_len) = (unsafe { dest_len.as_mut() }) else {
        return ReturnCode::StreamError.code();
    };
    let (source_len, capacity) = (source_len.to_usize(), dest_len.to_usize());
    if (source_len > 0 && source.is_null()) || (capacity > 0 && dest.is_null()) {
        return ReturnCode::StreamError.code();
    }
    *dest_len = L::default();
    // No room at NULL is no buffer; elsewhere, it is a full one.
    let (Some(level), false) = (level_from_c(level), dest.is_null()) else {
        return ReturnCode::StreamError.code();
    };
    // SAFETY: the caller promises both buffers.
    let (source, dest) = unsafe { (bytes(source, source_len), room(dest, capacity)) };
    // SAFETY: the state has its blocks from the allocator that it is given.
    let state = unsafe {
        OnMalloc::new(|site| {
            let params = Params::default_at(level);
            deflate::state::State::new(site, &params)
        })
    };
    let (code, written) = match state {
        Some(mut state) => compress_all(&mut state, source, dest),
        None => (ReturnCode::MemError, 0),
    };
    *dest_len = L::from_usize(written);
    code.code()
}

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
    // SAFETY: the caller promises what `compress_to` asks for.
    unsafe { compress_to(dest, destLen, source, sourceLen, level) }
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
    // SAFETY: the caller promises what `compress_to` asks for.
    unsafe { compress_to(dest, destLen, source, sourceLen, level) }
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
    // SAFETY: the caller promises what `compress_to` asks for.
    unsafe { compress_to(dest, destLen, source, sourceLen, Z_DEFAULT_COMPRESSION) }
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
    // SAFETY: the caller promises what `compress_to` asks for.
    unsafe { compress_to(dest, destLen, source, sourceLen, Z_DEFAULT_COMPRESSION) }
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

/// What the uncompress functions do.
///
/// # Safety
/// dest_len and source_len are NULL or the caller's; source has *source_len readable bytes,
/// dest has *dest_len writable ones; each may be NULL.
unsafe fn uncompress_from<L: Length>(
    dest: *mut Bytef,
    dest_len: *mut L,
    source: *const Bytef,
    source_len: *mut L,
) -> c_int {
    // SAFETY: NULL or the caller's. They may be the same, so both are read before one is set.
    let (Some(&capacity), Some(&available)) = (unsafe { (dest_len.as_ref(), source_len.as_ref()) })
    else {
        return ReturnCode::StreamError.code();
    };
    let (available, capacity) = (available.to_usize(), capacity.to_usize());
    if (available > 0 && source.is_null()) || (capacity > 0 && dest.is_null()) {
        return ReturnCode::StreamError.code();
    }
    // SAFETY: the caller promises both buffers.
    let (source, dest) = unsafe { (bytes(source, available), room(dest, capacity)) };
    // SAFETY: a new state has no blocks, and gets its window from malloc.
    let state =
        unsafe { OnMalloc::new(|site| Ok(inflate::state::State::new(site, WindowBits::ZLIB))) };
    let Some(mut state) = state else {
        return ReturnCode::MemError.code();
    };
    let done = uncompress_all(&mut state, source, dest, &Allocator::default_malloc());
    // SAFETY: neither is NULL, see above.
    unsafe {
        *source_len = L::from_usize(done.read);
        *dest_len = L::from_usize(done.written);
    }
    done.code.code()
}

/// Decompresses the zlib stream at source, of at most *sourceLen bytes, to dest.
///
/// On entry *destLen is the room at dest in bytes; on return it is the number of bytes
/// written, and *sourceLen that of bytes read, whatever the result. Returns Z_OK, Z_MEM_ERROR,
/// Z_BUF_ERROR if dest is too small, Z_DATA_ERROR if the stream is damaged or ends too early
/// or needs a dictionary, or Z_STREAM_ERROR for a NULL length or a NULL buffer of more than 0
/// bytes. The lengths are size_t.
///
/// # Safety
/// source has *sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uncompress2_z(
    dest: *mut Bytef,
    destLen: *mut z_size_t,
    source: *const Bytef,
    sourceLen: *mut z_size_t,
) -> c_int {
    // SAFETY: the caller promises what `uncompress_from` asks for.
    unsafe { uncompress_from(dest, destLen, source, sourceLen) }
}

/// Decompresses the zlib stream at source, of at most *sourceLen bytes, to dest. See
/// uncompress2_z.
///
/// # Safety
/// source has *sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uncompress2(
    dest: *mut Bytef,
    destLen: *mut uLongf,
    source: *const Bytef,
    sourceLen: *mut uLong,
) -> c_int {
    // SAFETY: the caller promises what `uncompress_from` asks for.
    unsafe { uncompress_from(dest, destLen, source, sourceLen) }
}

/// Decompresses the zlib stream at source, of at most sourceLen bytes, to dest. See
/// uncompress2_z.
///
/// # Safety
/// source has sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uncompress_z(
    dest: *mut Bytef,
    destLen: *mut z_size_t,
    source: *const Bytef,
    sourceLen: z_size_t,
) -> c_int {
    let mut read = sourceLen;
    // SAFETY: the caller promises what `uncompress_from` asks for.
    unsafe { uncompress_from(dest, destLen, source, &mut read) }
}

/// Decompresses the zlib stream at source, of at most sourceLen bytes, to dest. See
/// uncompress2_z.
///
/// # Safety
/// source has sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uncompress(
    dest: *mut Bytef,
    destLen: *mut uLongf,
    source: *const Bytef,
    sourceLen: uLong,
) -> c_int {
    let mut read = sourceLen;
    // SAFETY: the caller promises what `uncompress_from` asks for.
    unsafe { uncompress_from(dest, destLen, source, &mut read) }
}
