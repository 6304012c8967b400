//! gzread and the other functions that read gz files.
//!
//! Unsafe because it takes the caller's files and buffers.
#![allow(unsafe_code)]

use core::ffi::{c_char, c_int, c_uint, c_void};

use super::handle::{with_file, with_reader};
use crate::buf::OutBuf;
use crate::ffi::border::room;
use crate::ffi::types::{gzFile, z_size_t};
use crate::gz::file::GzFile;
use crate::gz::read::Reader;

/// C's EOF, and the return of a function that failed.
const FAILED: c_int = -1;

/// Reads up to len bytes of data to buf.
///
/// Returns how many were read, fewer than len at the end of the file; or -1 for a bad file, one
/// that is written, an error, or a len that does not fit an int. What was decoded before an
/// error is returned first. An end of the file in the middle of a gzip stream is no error here:
/// gzerror and gzclose tell it. If the file is not blocking and has nothing for now, -1 is
/// returned, errno is EAGAIN, and the call can be repeated.
///
/// # Safety
/// file is NULL or open; buf has len writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzread(file: gzFile, buf: *mut c_void, len: c_uint) -> c_int {
    // SAFETY: the caller promises NULL or an open file, and the buffer.
    unsafe {
        with_reader(file, FAILED, |reader| {
            let count = reader.read(len, |len| OutBuf::new(room(buf.cast(), len)));
            count.map_or(FAILED, |count| count as c_int)
        })
    }
}

/// Reads up to nitems items of size bytes to buf.
///
/// Returns how many were read whole; what follows them up to the end of the file is read, too.
/// Returns 0 for a bad file, one that is written, an error, or lengths whose product does not
/// fit size_t.
///
/// # Safety
/// file is NULL or open; buf has size * nitems writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzfread(
    buf: *mut c_void,
    size: z_size_t,
    nitems: z_size_t,
    file: gzFile,
) -> z_size_t {
    // SAFETY: the caller promises NULL or an open file, and the buffer.
    unsafe {
        with_reader(file, 0, |reader| {
            reader.read_items(size, nitems, |len| OutBuf::new(room(buf.cast(), len)))
        })
    }
}

/// Reads up to len - 1 bytes to buf, up to a newline, which is the last byte then, and puts a
/// zero byte after them.
///
/// Returns buf, or NULL if nothing was read, for a bad file, one that is written, a NULL buf, or
/// a len below 1.
///
/// # Safety
/// file is NULL or open; buf is NULL or has len writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzgets(file: gzFile, buf: *mut c_char, len: c_int) -> *mut c_char {
    let Some(most) = usize::try_from(len).ok().and_then(|len| len.checked_sub(1)) else {
        return core::ptr::null_mut();
    };
    if buf.is_null() {
        return core::ptr::null_mut();
    }
    // SAFETY: the caller promises NULL or an open file, and the buffer, which has a byte after
    // `most`.
    unsafe {
        with_reader(file, core::ptr::null_mut(), |reader| {
            let mut line = OutBuf::new(room(buf.cast(), most));
            if !reader.read_line(&mut line) {
                return core::ptr::null_mut();
            }
            buf.add(line.produced()).write(0);
            buf
        })
    }
}

/// What gzgetc does.
fn get_byte(reader: &mut Reader) -> c_int {
    reader.read_byte().map_or(FAILED, c_int::from)
}

/// Reads one byte. Returns it, or -1 at the end of the file, for a bad file, one that is
/// written, or an error. In C a macro of this name does without the call when it can.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzgetc(file: gzFile) -> c_int {
    // SAFETY: the caller promises NULL or an open file.
    unsafe { with_reader(file, FAILED, get_byte) }
}

/// The same as the function gzgetc, for programs that were compiled with an old macro.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzgetc_(file: gzFile) -> c_int {
    // SAFETY: the caller promises NULL or an open file.
    unsafe { with_reader(file, FAILED, get_byte) }
}

/// Puts the byte c back, to be read next. There is room for one at least; right after gzopen,
/// for twice the buffers' size.
///
/// Returns c, or -1 for a bad file, one that is written, an error, a negative c, or if there is
/// no room, which is an error of the file, too. What gzseek asked to skip is skipped first,
/// also for a negative c.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzungetc(c: c_int, file: gzFile) -> c_int {
    // SAFETY: the caller promises NULL or an open file.
    unsafe {
        with_reader(file, FAILED, |reader| {
            let byte = (c >= 0).then_some(c as u8);
            reader.unread_byte(byte).map_or(FAILED, |()| c)
        })
    }
}

/// Returns 1 if the file's bytes pass as they are, 0 if they are gzip, or for a bad file. May
/// have to read the beginning of a file for that.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzdirect(file: gzFile) -> c_int {
    // SAFETY: the caller promises NULL or an open file.
    let direct = unsafe {
        with_file(file, false, |file| match file {
            GzFile::Reading(reader) => reader.is_direct(),
            GzFile::Writing(writer) => writer.compressor.is_direct(),
        })
    };
    direct.into()
}
