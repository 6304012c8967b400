//! Where C pointers become Rust values, and results go back: once a call, and no further.
//!
//! What zlib's contract asks of a caller is assumed here, and nothing more: next_in has
//! avail_in readable bytes, next_out has avail_out writable ones, a string ends with a
//! zero byte. NULL is checked case by case, as zlib does.
//!
//! Unsafe because it dereferences what the caller passed.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_char};
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use super::types::{
    Bytef, gz_header, gz_headerp, internal_state, uInt, uLong, z_stream, z_streamp,
};
use crate::alloc::{Allocator, default_zalloc, default_zfree};
use crate::buf::{InBuf, OutBuf};
use crate::format::gzip::GzipHeader;
use crate::io::Io;

/// `len`, or the largest length that memory can have: a caller who says more (a maximum for
/// "any", usually) means no more.
fn object_len(len: usize) -> usize {
    len.min(isize::MAX as usize)
}

/// `len` bytes at `address`; none when `address` is NULL.
///
/// # Safety
/// - `address` is NULL, or `len` bytes can be read there until `'a` ends.
pub unsafe fn bytes<'a>(address: *const Bytef, len: usize) -> &'a [u8] {
    if address.is_null() || len == 0 {
        return &[];
    }
    // SAFETY: not NULL, and the caller promises `len` readable bytes.
    unsafe { core::slice::from_raw_parts(address, object_len(len)) }
}

/// Room for `len` bytes at `address`; none when `address` is NULL.
///
/// # Safety
/// - `address` is NULL, or `len` bytes can be written there until `'a` ends.
pub unsafe fn room<'a>(address: *mut Bytef, len: usize) -> &'a mut [MaybeUninit<u8>] {
    if address.is_null() || len == 0 {
        return &mut [];
    }
    // SAFETY: not NULL, and the caller promises `len` writable bytes, initialised or not.
    unsafe { core::slice::from_raw_parts_mut(address.cast(), object_len(len)) }
}

/// A stream that is not NULL.
#[derive(Clone, Copy)]
pub struct StreamRef(NonNull<z_stream>);

impl StreamRef {
    /// The stream that `strm` points to, None for NULL.
    ///
    /// # Safety
    /// - `strm` is NULL or points to a z_stream that nothing else uses while the result
    ///   is in use.
    pub unsafe fn new(strm: z_streamp) -> Option<StreamRef> {
        NonNull::new(strm).map(StreamRef)
    }

    /// The pointer itself.
    pub fn as_ptr(self) -> z_streamp {
        self.0.as_ptr()
    }

    /// Fills in malloc and free where the caller left zalloc or zfree NULL. `opaque` is
    /// cleared only with zalloc, as in zlib.
    pub fn default_allocator(self) {
        let strm = self.as_ptr();
        // SAFETY: `new` was promised a z_stream of our own.
        unsafe {
            if (*strm).zalloc.is_none() {
                (*strm).zalloc = Some(default_zalloc);
                (*strm).opaque = core::ptr::null_mut();
            }
            if (*strm).zfree.is_none() {
                (*strm).zfree = Some(default_zfree);
            }
        }
    }

    /// The stream's allocator; None if a function is missing.
    pub fn allocator(self) -> Option<Allocator> {
        let strm = self.as_ptr();
        // SAFETY: as above; zlib's contract makes zalloc and zfree a working pair.
        unsafe {
            Some(Allocator::new(
                (*strm).zalloc?,
                (*strm).zfree?,
                (*strm).opaque,
            ))
        }
    }

    /// `state`.
    pub fn state(self) -> *mut internal_state {
        // SAFETY: `new` was promised a z_stream of our own.
        unsafe { (*self.as_ptr()).state }
    }

    /// Sets `state`.
    pub fn set_state(self, state: *mut internal_state) {
        // SAFETY: `new` was promised a z_stream of our own.
        unsafe { (*self.as_ptr()).state = state }
    }

    /// Sets `msg`; None is NULL.
    pub fn set_msg(self, msg: Option<&'static CStr>) {
        let msg = msg.map_or(core::ptr::null(), CStr::as_ptr);
        // SAFETY: `new` was promised a z_stream of our own.
        unsafe { (*self.as_ptr()).msg = msg.cast_mut() }
    }

    /// What a call sees of the stream.
    ///
    /// # Safety
    /// - next_in has avail_in readable bytes and next_out has avail_out writable ones,
    ///   until `'a` ends, unless they are NULL.
    pub unsafe fn io<'a>(self) -> Io<'a> {
        let strm = self.as_ptr();
        // SAFETY: `new` was promised a z_stream of our own, and the caller promises the
        // buffers.
        unsafe {
            let next_in = (*strm).next_in;
            let next_out = (*strm).next_out;
            let avail_in = (*strm).avail_in as usize;
            let avail_out = (*strm).avail_out as usize;
            let mut io = Io::new(
                InBuf::new(bytes(next_in, avail_in)),
                OutBuf::new(room(next_out, avail_out)),
            );
            io.buffers_valid = !next_out.is_null() && (avail_in == 0 || !next_in.is_null());
            io.total_in = (*strm).total_in;
            io.total_out = (*strm).total_out;
            io.adler = (*strm).adler;
            io.data_type = (*strm).data_type;
            io
        }
    }

    /// Writes the results of a call back: counts, check value, type, message, and how far
    /// it got in the buffers.
    pub fn write_back(self, io: &Io) {
        let strm = self.as_ptr();
        // SAFETY: `new` was promised a z_stream of our own; the pointers advance inside
        // the buffers that they pointed to.
        unsafe {
            let consumed = io.input.consumed();
            if consumed != 0 {
                (*strm).next_in = (*strm).next_in.add(consumed);
                (*strm).avail_in -= consumed as uInt;
            }
            let produced = io.output.produced();
            if produced != 0 {
                (*strm).next_out = (*strm).next_out.add(produced);
                (*strm).avail_out -= produced as uInt;
            }
            (*strm).total_in = io.total_in;
            (*strm).total_out = io.total_out;
            (*strm).adler = io.adler;
            (*strm).data_type = io.data_type;
        }
        if io.msg.is_some() {
            self.set_msg(io.msg);
        }
    }
}

/// The header that `head` points to, None for NULL.
///
/// # Safety
/// - `head` is NULL or points to a gz_header whose extra has extra_len readable bytes and
///   whose name and comment end with a zero byte, each unless it is NULL.
pub unsafe fn gzip_header<'a>(head: gz_headerp) -> Option<GzipHeader<'a>> {
    // SAFETY: NULL or a gz_header, as the caller promises.
    let head: &gz_header = unsafe { head.as_ref() }?;
    // SAFETY: a zero byte ends it, as the caller promises; NULL gives None.
    let text = |field: *const Bytef| unsafe {
        (!field.is_null()).then(|| CStr::from_ptr(field.cast::<c_char>()).to_bytes_with_nul())
    };
    // Only the low 16 bits of a length fit the header's XLEN.
    let extra_len = usize::from(head.extra_len as u16);
    Some(GzipHeader {
        text: head.text != 0,
        time: head.time as u32,
        os: head.os as u8,
        // SAFETY: extra_len bytes can be read, as the caller promises.
        extra: (!head.extra.is_null()).then(|| unsafe { bytes(head.extra, extra_len) }),
        extra_len: head.extra_len,
        name: text(head.name),
        comment: text(head.comment),
        hcrc: head.hcrc != 0,
    })
}

/// The number as a uLong; the largest one when it does not fit.
pub fn to_ulong(len: usize) -> uLong {
    uLong::try_from(len).unwrap_or(uLong::MAX)
}

/// Writes `value` where `target` points, unless it is NULL.
///
/// # Safety
/// - `target` is NULL or can be written.
pub unsafe fn set<T>(target: *mut T, value: T) {
    if !target.is_null() {
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { target.write(value) }
    }
}
