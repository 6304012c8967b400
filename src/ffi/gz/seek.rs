//! gzseek, gztell and the other functions for positions in gz files.
//!
//! Unsafe because it takes the caller's files.
#![allow(unsafe_code)]

use core::ffi::c_int;

use super::handle::{with_file, with_reader};
use crate::ffi::border::wide;
use crate::ffi::types::{gzFile, z_off_t, z_off64_t};
use crate::gz::file::GzFile;
use crate::gz::os::Whence;
use crate::gz::seek;

/// What a function returns that failed.
const FAILED: z_off64_t = -1;

/// A position of 64 bits as z_off_t, which may have 32; -1 if it does not fit.
fn narrow(position: z_off64_t) -> z_off_t {
    z_off_t::try_from(position).unwrap_or(FAILED as z_off_t)
}

/// What gzseek does.
///
/// # Safety
/// file is NULL or open.
unsafe fn seek(file: gzFile, offset: z_off64_t, whence: c_int) -> z_off64_t {
    let from = match whence {
        libc::SEEK_SET => Whence::Start,
        libc::SEEK_CUR => Whence::Current,
        _ => return FAILED,
    };
    // SAFETY: the caller promises NULL or an open file.
    unsafe {
        with_file(file, FAILED, |file| {
            seek::seek(file, offset, from).unwrap_or(FAILED)
        })
    }
}

/// What gzoffset does.
fn offset(file: &mut GzFile) -> z_off64_t {
    seek::offset(file).unwrap_or(FAILED)
}

/// Sets the position, in bytes that are not compressed: whence is SEEK_SET for one from the
/// file's start or SEEK_CUR for one from here. In a file that is written only forward; the bytes
/// between become zeros. The work is done by the next read or write.
///
/// Returns the new position, or -1 for a bad file, a position that cannot be, or after an error.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzseek(file: gzFile, offset: z_off_t, whence: c_int) -> z_off_t {
    // SAFETY: the caller promises what `seek` asks for.
    narrow(unsafe { seek(file, wide(offset), whence) })
}

/// As gzseek, with 64 bits on every system.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzseek64(file: gzFile, offset: z_off64_t, whence: c_int) -> z_off64_t {
    // SAFETY: the caller promises what `seek` asks for.
    unsafe { seek(file, offset, whence) }
}

/// Back to where the file was opened, for reading only. Returns 0, or -1 for a bad file, one
/// that is written or has no positions, or after an error.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzrewind(file: gzFile) -> c_int {
    // SAFETY: the caller promises NULL or an open file.
    unsafe { with_reader(file, -1, |reader| reader.rewind().map_or(-1, |()| 0)) }
}

/// Returns the position of the next byte read or written, in bytes that are not compressed, or
/// -1 for a bad file.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gztell(file: gzFile) -> z_off_t {
    // SAFETY: the caller promises NULL or an open file.
    narrow(unsafe { with_file(file, FAILED, |file| seek::tell(file)) })
}

/// As gztell, with 64 bits on every system.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gztell64(file: gzFile) -> z_off64_t {
    // SAFETY: the caller promises NULL or an open file.
    unsafe { with_file(file, FAILED, |file| seek::tell(file)) }
}

/// Returns the position in the file itself, without input that waits to be decoded, or -1 for a
/// bad file or one without positions.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzoffset(file: gzFile) -> z_off_t {
    // SAFETY: the caller promises NULL or an open file.
    narrow(unsafe { with_file(file, FAILED, offset) })
}

/// As gzoffset, with 64 bits on every system.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzoffset64(file: gzFile) -> z_off64_t {
    // SAFETY: the caller promises NULL or an open file.
    unsafe { with_file(file, FAILED, offset) }
}

/// Returns 1 if a read asked for bytes past the end of the file, else 0; 0 for a bad file or
/// one that is written.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzeof(file: gzFile) -> c_int {
    // SAFETY: the caller promises NULL or an open file.
    unsafe { with_file(file, false, |file| seek::is_past_end(file)) }.into()
}
