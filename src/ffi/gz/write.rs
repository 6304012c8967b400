//! gzwrite and the other functions that write gz files.
//!
//! Unsafe because it takes the caller's files and buffers.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_char, c_int, c_uint, c_void};

use super::handle::with_writer;
use crate::error::ReturnCode;
use crate::ffi::border::bytes;
use crate::ffi::types::{gzFile, z_size_t};

/// What a function returns that failed.
const FAILED: c_int = -1;

/// Writes the len bytes at buf.
///
/// Returns how many were taken; 0 for a bad file, one that is read, an error, or a len that does
/// not fit an int. If the file is not blocking, fewer than len may be taken: errno is EAGAIN
/// then, and the rest can be written by another call. Bytes that were taken may be written only
/// by gzflush or gzclose, which tell if that fails.
///
/// # Safety
/// file is NULL or open; buf has len readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzwrite(file: gzFile, buf: *const c_void, len: c_uint) -> c_int {
    // SAFETY: the caller promises NULL or an open file, and the buffer.
    unsafe {
        with_writer(file, 0, |writer| {
            writer.write(len, |len| bytes(buf.cast(), len)) as c_int
        })
    }
}

/// Writes nitems items of size bytes from buf.
///
/// Returns how many were taken whole, see gzwrite; 0 also for lengths whose product does not fit
/// size_t.
///
/// # Safety
/// file is NULL or open; buf has size * nitems readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzfwrite(
    buf: *const c_void,
    size: z_size_t,
    nitems: z_size_t,
    file: gzFile,
) -> z_size_t {
    // SAFETY: the caller promises NULL or an open file, and the buffer.
    unsafe {
        with_writer(file, 0, |writer| {
            writer.write_items(size, nitems, |len| bytes(buf.cast(), len))
        })
    }
}

/// Writes the string s without its zero byte.
///
/// Returns how many bytes were taken, see gzwrite; -1 for a bad file, one that is read, a NULL
/// s, a string whose length does not fit an int, or if an error left none taken.
///
/// # Safety
/// file is NULL or open; s is NULL or a string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzputs(file: gzFile, s: *const c_char) -> c_int {
    if s.is_null() {
        return FAILED;
    }
    // SAFETY: the caller promises NULL or an open file, and a string.
    unsafe {
        with_writer(file, FAILED, |writer| {
            let count = writer.write_text(|| CStr::from_ptr(s).to_bytes());
            count.map_or(FAILED, |count| count as c_int)
        })
    }
}

/// Writes the byte c. Returns it, as an unsigned char, or -1 for a bad file, one that is read,
/// or an error.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzputc(file: gzFile, c: c_int) -> c_int {
    let byte = c as u8;
    // SAFETY: the caller promises NULL or an open file.
    unsafe {
        with_writer(file, FAILED, |writer| {
            writer.write_byte(byte).map_or(FAILED, |()| byte.into())
        })
    }
}

/// Compresses and writes all that was taken so far, as deflate does with this flush value
/// (Z_NO_FLUSH..Z_FINISH). After Z_FINISH, what follows begins another gzip stream.
///
/// Returns Z_OK, Z_STREAM_ERROR for a bad file, one that is read, another flush value, or after
/// an error; or the code of an error. If the file is not blocking, that is Z_ERRNO with errno
/// EAGAIN, and the call can be repeated.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzflush(file: gzFile, flush: c_int) -> c_int {
    // SAFETY: the caller promises NULL or an open file.
    let code = unsafe { with_writer(file, ReturnCode::StreamError, |writer| writer.flush(flush)) };
    code.code()
}
