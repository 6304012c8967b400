//! zlibVersion, zlibCompileFlags, zError: what the library reports about itself.
//!
//! Unsafe because C calls the functions, and a caller's version is a C string.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_char, c_int};
use core::mem::size_of;

use super::gz::printf::HAS_GZPRINTF;
use super::types::{uInt, uLong, voidpf, z_off_t, z_stream};
use crate::error;

/// The zlib version whose interface and output this library has.
pub(super) const ZLIB_VERSION: &CStr = c"1.3.2";

/// The version that the plain init functions were compiled against: our own.
pub(super) const OWN_VERSION: *const c_char = ZLIB_VERSION.as_ptr();
/// The size of z_stream, for init functions.
pub(super) const STREAM_SIZE: c_int = size_of::<z_stream>() as c_int;

/// True if a caller with this zlib.h can be served: its version begins as ours does, and
/// its z_stream has our size.
///
/// # Safety
/// - `version` is NULL or a string.
pub(super) unsafe fn is_compatible(version: *const c_char, stream_size: c_int) -> bool {
    // SAFETY: the caller passes NULL or a string; both strings have a first byte.
    !version.is_null() && unsafe { *version == *OWN_VERSION } && stream_size == STREAM_SIZE
}

/// This library's own version, from Cargo.toml.
const RZLIB_VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("a version has no zero byte"),
    };

/// The size of a type as two bits of the compile flags. Source: zlib.h, zlibCompileFlags.
const fn size_code(bytes: usize) -> uLong {
    match bytes {
        2 => 0,
        4 => 1,
        8 => 2,
        _ => 3,
    }
}

/// Returns the zlib version whose interface this library has, "1.3.2". A program compares its
/// first character with that of the ZLIB_VERSION it was compiled with.
#[unsafe(no_mangle)]
pub extern "C" fn zlibVersion() -> *const c_char {
    ZLIB_VERSION.as_ptr()
}

/// Returns the version of rzlib itself, such as "0.1.0".
#[unsafe(no_mangle)]
pub extern "C" fn rz_version() -> *const c_char {
    RZLIB_VERSION.as_ptr()
}

/// Returns how the library was compiled.
///
/// Two bits each tell the size of a type (0 for 2 bytes, 1 for 4, 2 for 8, 3 for another): bits 0
/// and 1 uInt, 2 and 3 uLong, 4 and 5 a pointer, 6 and 7 z_off_t. Bit 27 is 1 if gzprintf does
/// nothing but return Z_STREAM_ERROR. The other bits are 0.
#[unsafe(no_mangle)]
pub extern "C" fn zlibCompileFlags() -> uLong {
    size_code(size_of::<uInt>())
        | size_code(size_of::<uLong>()) << 2
        | size_code(size_of::<voidpf>()) << 4
        | size_code(size_of::<z_off_t>()) << 6
        | uLong::from(!HAS_GZPRINTF) << 27
}

/// Returns the text for a return code, and an empty text for any other number. Never NULL; the
/// text lives as long as the library.
#[unsafe(no_mangle)]
pub extern "C" fn zError(code: c_int) -> *const c_char {
    error::message(code).as_ptr()
}
