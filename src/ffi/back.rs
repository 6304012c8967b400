//! inflateBack and its relatives: raw deflate, decompressed through callbacks.
//!
//! Unsafe because it takes the caller's streams, window and functions.
#![allow(unsafe_code)]

use core::ffi::{c_char, c_int, c_uchar, c_uint, c_void};

use super::border::{StreamRef, bytes, room};
use super::handle::{Stream, create, end, handle_of};
use super::types::{in_func, out_func, z_streamp};
use super::version::{OWN_VERSION, STREAM_SIZE, is_compatible};
use crate::annex::{self, Blocks};
use crate::error::ReturnCode;
use crate::inflate::back::inflate_back;
use crate::inflate::codes::table::Words;
use crate::inflate::decode::careful::Decoder;

/// Sizes of window that are allowed, as powers of two.
const WINDOW_BITS: core::ops::RangeInclusive<c_int> = 8..=15;

/// What inflateBack remembers between streams.
struct BackState {
    decoder: Decoder,
    /// The caller's window, of this size in bytes.
    window: *mut c_uchar,
    size: usize,
}

impl Stream for BackState {
    const TAG: u64 = u64::from_le_bytes(*b"rzinback");
    const IS_BOUND: bool = false;
    const ZLIB_STATE_LEN: usize = 7160;
}

impl annex::StreamState for BackState {
    type Annex = Words;

    fn blocks(&self) -> Blocks {
        Blocks::default()
    }
}

/// What inflateBackInit_ does.
///
/// # Safety
/// strm is NULL or points to a z_stream; window is NULL or has 2^window_bits writable bytes;
/// version is NULL or a string.
unsafe fn init(
    strm: z_streamp,
    window_bits: c_int,
    window: *mut c_uchar,
    version: *const c_char,
    stream_size: c_int,
) -> c_int {
    // SAFETY: the caller promises NULL or a string.
    if !unsafe { is_compatible(version, stream_size) } {
        return ReturnCode::VersionError.code();
    }
    // SAFETY: the caller promises NULL or a z_stream.
    let (Some(stream), false, true) = (
        unsafe { StreamRef::new(strm) },
        window.is_null(),
        WINDOW_BITS.contains(&window_bits),
    ) else {
        return ReturnCode::StreamError.code();
    };
    let allocator = stream.prepare();
    // SAFETY: zalloc and zfree are the caller's or ours.
    let made = unsafe {
        create(stream, &allocator, core::ptr::null_mut(), |site| {
            Ok(site.place.write(BackState {
                decoder: Decoder::at_start(site.annex),
                window,
                size: 1 << window_bits,
            }))
        })
    };
    made.map_or(ReturnCode::MemError, |()| ReturnCode::Ok)
        .code()
}

/// Initializes a stream for inflateBack, with a window of 2^windowBits bytes (windowBits is
/// 8..15), which the stream uses until inflateBackEnd.
///
/// zalloc, zfree and opaque must be set before; NULL asks for malloc and free. Returns Z_OK,
/// Z_MEM_ERROR, Z_STREAM_ERROR for a bad argument, or Z_VERSION_ERROR. Use the macro
/// inflateBackInit, which passes version and size.
///
/// # Safety
/// strm is NULL or points to a z_stream; window is NULL or has 2^windowBits writable bytes;
/// version is NULL or a string.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateBackInit_(
    strm: z_streamp,
    windowBits: c_int,
    window: *mut c_uchar,
    version: *const c_char,
    stream_size: c_int,
) -> c_int {
    // SAFETY: the caller promises what `init` asks for.
    unsafe { init(strm, windowBits, window, version, stream_size) }
}

/// inflateBackInit_ with this library's own version, for callers that cannot use the macro.
///
/// # Safety
/// strm is NULL or points to a z_stream; window is NULL or has 2^windowBits writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateBackInit(
    strm: z_streamp,
    windowBits: c_int,
    window: *mut c_uchar,
) -> c_int {
    // SAFETY: the caller promises what `init` asks for.
    unsafe { init(strm, windowBits, window, OWN_VERSION, STREAM_SIZE) }
}

/// Decompresses a raw deflate stream in one call, from what next_in has (NULL for nothing)
/// and in() gives, to out().
///
/// Returns Z_STREAM_END at the stream's end, Z_DATA_ERROR if it is damaged (msg says what),
/// Z_BUF_ERROR if in() gave nothing (next_in is NULL then) or out() failed, or Z_STREAM_ERROR
/// for a bad stream or a NULL function. next_in and avail_in are the input that was not used;
/// next_out and avail_out are not touched.
///
/// # Safety
/// strm is NULL or a stream; next_in is NULL or has avail_in readable bytes; in and out do
/// what in_func and out_func say with in_desc and out_desc, and leave the window as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateBack(
    strm: z_streamp,
    r#in: in_func,
    in_desc: *mut c_void,
    out: out_func,
    out_desc: *mut c_void,
) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let (Some((stream, handle)), Some(input), Some(output)) =
        (unsafe { handle_of::<BackState>(strm) }, r#in, out)
    else {
        return ReturnCode::StreamError.code();
    };
    stream.set_msg(None);
    let mut next_input = || {
        let mut next = core::ptr::null_mut();
        // SAFETY: the caller promises that the function may be called so, and that the bytes stay
        // as they are until it is called again or this function returns.
        unsafe {
            let len = input(in_desc, &mut next);
            bytes(next, len as usize)
        }
    };
    let mut write = |data: &[u8]| {
        let (address, len) = (data.as_ptr().cast_mut(), data.len() as c_uint);
        // SAFETY: the caller promises that the function may be called so; it only reads the data.
        unsafe { output(out_desc, address, len) == 0 }
    };
    let BackState {
        decoder,
        window,
        size,
    } = &mut handle.state;
    // SAFETY: the caller promises the input; inflateBackInit_ was promised the window.
    let (first, window) = unsafe { (stream.input(), room(*window, *size)) };
    let ended = inflate_back(decoder, window, first, &mut next_input, &mut write);
    if ended.msg.is_some() {
        stream.set_msg(ended.msg);
    }
    stream.set_input(ended.rest);
    ended.code.code()
}

/// Ends a stream of inflateBackInit and frees its memory.
/// Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateBackEnd(strm: z_streamp) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let ended = unsafe { end(strm, |_: &BackState| ReturnCode::Ok) };
    ended.unwrap_or(ReturnCode::StreamError).code()
}
