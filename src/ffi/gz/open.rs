//! gzopen, gzclose, and the settings and errors of gz files.
//!
//! Unsafe because it takes the caller's files and strings.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_char, c_int, c_uint};

use super::handle::{create, take, with_file, with_writer};
use crate::error::ReturnCode;
use crate::ffi::border::set;
use crate::ffi::types::gzFile;
use crate::gz::file::GzFile;
use crate::gz::mode::OpenMode;

/// The mode, None if it is NULL or refused.
///
/// # Safety
/// mode is NULL or a string.
unsafe fn parse(mode: *const c_char) -> Option<OpenMode> {
    if mode.is_null() {
        return None;
    }
    // SAFETY: not NULL, so a string, as the caller promises.
    OpenMode::parse(unsafe { CStr::from_ptr(mode) }.to_bytes())
}

/// What gzopen does. The exported functions call this and not each other, because an exported
/// function called from here could be another library's.
///
/// # Safety
/// path and mode are NULL or strings.
unsafe fn open(path: *const c_char, mode: *const c_char) -> gzFile {
    // SAFETY: the caller promises NULL or a string.
    let Some(mode) = (unsafe { parse(mode) }).filter(|_| !path.is_null()) else {
        return core::ptr::null_mut();
    };
    // SAFETY: not NULL, so a string, as the caller promises.
    let path = unsafe { CStr::from_ptr(path) };
    create(|| GzFile::open(path, &mode))
}

/// Opens the gzip file at path.
///
/// mode has one of r (read), w (write) and a (append), and may have: 0..9, the level; f, h, R
/// or F, the strategy (filtered, Huffman only, RLE, fixed); T, to write without compression;
/// G, to read gzip only; x, to fail if the file exists; e, to have it closed on exec; N, not to
/// block. Other characters are passed over, but + is refused, as are T for reading and G for
/// writing. A file for reading that is not gzip is read as it is, unless there is a G.
///
/// Returns NULL if the mode is bad or NULL, path is NULL, there is no memory, or the file cannot
/// be opened; errno is the system's in the last case.
///
/// # Safety
/// path and mode are NULL or strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzopen(path: *const c_char, mode: *const c_char) -> gzFile {
    // SAFETY: the caller promises what `open` asks for.
    unsafe { open(path, mode) }
}

/// The same as gzopen.
///
/// # Safety
/// path and mode are NULL or strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzopen64(path: *const c_char, mode: *const c_char) -> gzFile {
    // SAFETY: the caller promises what `open` asks for.
    unsafe { open(path, mode) }
}

/// Makes a gzip file of an open descriptor, which gzclose will close. See gzopen for the mode;
/// e and N set the descriptor's flags.
///
/// Returns NULL if the mode is bad or NULL, fd is -1, or there is no memory; fd stays open then.
/// Whether it is a descriptor shows at the first read or write.
///
/// # Safety
/// mode is NULL or a string; the caller leaves the descriptor to the file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzdopen(fd: c_int, mode: *const c_char) -> gzFile {
    // SAFETY: the caller promises NULL or a string.
    match unsafe { parse(mode) } {
        Some(mode) if fd != -1 => create(|| GzFile::adopt(fd, &mode)),
        _ => core::ptr::null_mut(),
    }
}

/// Sets the size of the file's buffers, in bytes, before the first read or write; 8192 without
/// it, 8 at least. A text of gzprintf must be shorter than that.
///
/// Returns 0, or -1 for a bad file, a size whose double does not fit an unsigned int, or if it
/// is too late.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzbuffer(file: gzFile, size: c_uint) -> c_int {
    // SAFETY: the caller promises NULL or an open file.
    unsafe {
        with_file(file, -1, |file| {
            file.set_buffer_size(size).map_or(-1, |()| 0)
        })
    }
}

/// Changes level (-1..9) and strategy for what is written from now on. What was written before
/// is compressed first.
///
/// Returns Z_OK, also for values that deflate does not know, which then stay without effect;
/// Z_STREAM_ERROR for a bad file, one that is read, one that is not compressed, or after an
/// error; or the code of the error if something could not be written.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzsetparams(file: gzFile, level: c_int, strategy: c_int) -> c_int {
    // SAFETY: the caller promises NULL or an open file.
    let code = unsafe {
        with_writer(file, ReturnCode::StreamError, |writer| {
            writer.set_params(level, strategy)
        })
    };
    code.code()
}

/// Tells the last error of the file: returns its text, "path: message", which is empty without
/// an error, and sets *errnum to its code unless errnum is NULL. Z_ERRNO is an error of the
/// system; its text is the system's. The text is valid until the next call for this file.
/// Returns NULL for a bad file.
///
/// # Safety
/// file is NULL or open; errnum is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzerror(file: gzFile, errnum: *mut c_int) -> *const c_char {
    // SAFETY: the caller promises NULL or an open file, and errnum.
    unsafe {
        with_file(file, core::ptr::null(), |file| {
            let error = &file.common().error;
            set(errnum, error.code().code());
            error.text().as_ptr()
        })
    }
}

/// Forgets the last error and the end of the file, which may have grown.
///
/// # Safety
/// file is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzclearerr(file: gzFile) {
    // SAFETY: the caller promises NULL or an open file.
    unsafe { with_file(file, (), GzFile::clear_error) }
}

/// Closes a file that `wanted` takes.
///
/// # Safety
/// file is NULL or open.
unsafe fn close(file: gzFile, wanted: fn(&GzFile) -> bool) -> c_int {
    // SAFETY: the caller promises NULL or an open file.
    let code = match unsafe { take(file, wanted) } {
        Some(file) => file.close(),
        None => ReturnCode::StreamError,
    };
    code.code()
}

/// Writes all that is not written yet, closes the file, and frees its memory, whatever it
/// returns.
///
/// Returns Z_OK, Z_STREAM_ERROR for a bad file, Z_ERRNO if the system failed, Z_MEM_ERROR, or
/// Z_BUF_ERROR if the last read came to the end of the file in the middle of a gzip stream.
///
/// # Safety
/// file is NULL or open; it is not open any more then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzclose(file: gzFile) -> c_int {
    // SAFETY: the caller promises NULL or an open file.
    unsafe { close(file, |_| true) }
}

/// As gzclose, for a file that is read; Z_STREAM_ERROR for another, which stays open.
///
/// # Safety
/// file is NULL or open; it is not open any more then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzclose_r(file: gzFile) -> c_int {
    // SAFETY: the caller promises NULL or an open file.
    unsafe { close(file, |file| matches!(file, GzFile::Reading(_))) }
}

/// As gzclose, for a file that is written; Z_STREAM_ERROR for another, which stays open.
///
/// # Safety
/// file is NULL or open; it is not open any more then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gzclose_w(file: gzFile) -> c_int {
    // SAFETY: the caller promises NULL or an open file.
    unsafe { close(file, |file| matches!(file, GzFile::Writing(_))) }
}
