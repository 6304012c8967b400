//! One of the two streams of a pair, and what a program can see of it.
// Streams are called through C functions and raw pointers.
#![allow(unsafe_code)]

use super::api::Api;
use super::memory::Guarded;
use rzlib::ffi::types::z_stream;
use std::ffi::{CStr, c_int, c_uint};

/// Where the visible values come from, in the order of `Side::visible`.
pub const VISIBLE: [&str; 19] = [
    "return code",
    "next_in",
    "avail_in",
    "total_in",
    "next_out",
    "avail_out",
    "total_out",
    "data_type",
    "adler",
    "reserved",
    "state == NULL",
    "zalloc == NULL",
    "zfree == NULL",
    "opaque == NULL",
    "deflatePending's return code",
    "deflatePending's pending",
    "deflatePending's bits",
    "deflateUsed's return code",
    "deflateUsed's bits",
];

/// One of the two streams.
pub struct Side {
    /// The library the stream belongs to.
    pub api: &'static Api,
    /// The stream, from Box::into_raw.
    pub stream: *mut z_stream,
    /// The buffer next_out points into.
    pub output: Guarded,
    /// Address of the buffer's first byte; 0 if next_out is NULL.
    pub output_start: usize,
}

impl Side {
    /// A stream that is not initialised, its members set to values to be recognised.
    pub fn new(api: &'static Api, unwritten: u8) -> Self {
        let stream = Box::new(z_stream {
            next_in: std::ptr::null_mut(),
            avail_in: 0,
            total_in: 0x1111,
            next_out: std::ptr::null_mut(),
            avail_out: 0,
            total_out: 0x2222,
            msg: std::ptr::null_mut(),
            state: std::ptr::null_mut(),
            zalloc: None,
            zfree: None,
            opaque: std::ptr::null_mut(),
            data_type: 0x3333,
            adler: 0x4444,
            reserved: 0x5555,
        });
        let output = Guarded::new(unwritten);
        Side {
            api,
            stream: Box::into_raw(stream),
            output,
            output_start: 0,
        }
    }

    /// The members.
    pub fn stream(&self) -> &z_stream {
        // SAFETY: the box lives as long as the side; the libraries keep the pointer but use
        // it only while they are being called.
        unsafe { &*self.stream }
    }

    /// The members, to be changed.
    pub fn stream_mut(&mut self) -> &mut z_stream {
        // SAFETY: as in stream(), and the side is borrowed mutably.
        unsafe { &mut *self.stream }
    }

    /// The text of msg.
    pub fn message(&self) -> Option<&CStr> {
        let text = self.stream().msg;
        // SAFETY: msg is NULL or points to a constant string of the library.
        (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) })
    }

    /// Bytes of the output buffer that were written.
    pub fn written(&self) -> usize {
        (self.stream().next_out as usize).wrapping_sub(self.output_start)
    }

    /// All values, after a call that returned `code`.
    pub fn visible(&self, code: c_int) -> [u64; VISIBLE.len()] {
        let stream = self.stream();
        let (mut pending, mut bits, mut used): (c_uint, c_int, c_int) = (99, 99, 99);
        // SAFETY: the stream is valid or has a NULL state; the results are local variables.
        let (pending_code, used_code) = unsafe {
            (
                (self.api.deflatePending)(self.stream, &mut pending, &mut bits),
                (self.api.deflateUsed)(self.stream, &mut used),
            )
        };
        [
            code as u64,
            stream.next_in as u64,
            stream.avail_in.into(),
            stream.total_in,
            self.written() as u64,
            stream.avail_out.into(),
            stream.total_out,
            stream.data_type as u64,
            stream.adler,
            stream.reserved,
            stream.state.is_null().into(),
            stream.zalloc.is_none().into(),
            stream.zfree.is_none().into(),
            stream.opaque.is_null().into(),
            pending_code as u64,
            pending.into(),
            bits as u64,
            used_code as u64,
            used as u64,
        ]
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        // SAFETY: the pointer is from Box::into_raw in new(); deflateEnd does not fail on a
        // stream that is not open.
        unsafe {
            (self.api.deflateEnd)(self.stream);
            drop(Box::from_raw(self.stream));
        }
    }
}
