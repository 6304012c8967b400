//! One of the two streams of a pair, and what a program can see of it.
// Streams are called through C functions and raw pointers.
#![allow(unsafe_code)]

use super::api::Api;
use super::memory::Guarded;
use super::read_header::ReadHeader;
use rzlib::ffi::types::z_stream;
use std::ffi::{CStr, c_int, c_uint};
use std::marker::PhantomData;

/// What is the same in the streams of either half of zlib, in the order of `Side::visible`.
const MEMBERS: [&str; 14] = [
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
];
/// Values that a half of zlib tells by functions of its own.
const TOLD: usize = 5;

/// One half of zlib: what differs between its streams and the other's.
pub trait Codec {
    /// Names of the values in `told`.
    const TOLD: [&str; TOLD];
    /// Bytes that zlib 1.3.2 asks for to hold a stream's state, on LP64. rzlib may need less.
    const ZLIB_STATE: usize;
    /// What a library may write to after a stream was given it: gzip headers.
    type Header;

    /// The values that functions tell about a stream.
    ///
    /// # Safety
    /// `stream` is valid or has a NULL state.
    unsafe fn told(api: &Api, stream: *mut z_stream) -> [u64; TOLD];

    /// Ends a stream, unless it is not open.
    ///
    /// # Safety
    /// `stream` is valid or has a NULL state.
    unsafe fn end(api: &Api, stream: *mut z_stream) -> c_int;

    /// What the libraries wrote to a header differently, if something.
    fn header_difference(_header: &Self::Header) -> Option<HeaderDifference> {
        None
    }
}

/// Which member of a gzip header differs, and its values with zlib and with rzlib.
pub type HeaderDifference = (&'static str, String, String);

/// deflate's half.
pub struct Deflate;

impl Codec for Deflate {
    const TOLD: [&str; TOLD] = [
        "deflatePending's return code",
        "deflatePending's pending",
        "deflatePending's bits",
        "deflateUsed's return code",
        "deflateUsed's bits",
    ];
    const ZLIB_STATE: usize = 5968;
    type Header = super::header::Header;

    unsafe fn told(api: &Api, stream: *mut z_stream) -> [u64; TOLD] {
        let (mut pending, mut bits, mut used): (c_uint, c_int, c_int) = (99, 99, 99);
        // SAFETY: the stream is valid or has a NULL state; the results are local variables.
        let (pending_code, used_code) = unsafe {
            (
                (api.deflatePending)(stream, &mut pending, &mut bits),
                (api.deflateUsed)(stream, &mut used),
            )
        };
        [
            pending_code as u64,
            pending.into(),
            bits as u64,
            used_code as u64,
            used as u64,
        ]
    }

    unsafe fn end(api: &Api, stream: *mut z_stream) -> c_int {
        // SAFETY: the caller passes a stream that is valid or has a NULL state.
        unsafe { (api.deflateEnd)(stream) }
    }
}

/// inflate's half.
pub struct Inflate;

impl Codec for Inflate {
    const TOLD: [&str; TOLD] = [
        "inflateMark",
        "inflateSyncPoint",
        "inflateCodesUsed",
        "inflateGetDictionary's return code",
        "inflateGetDictionary's length",
    ];
    const ZLIB_STATE: usize = 7160;
    type Header = ReadHeader;

    unsafe fn told(api: &Api, stream: *mut z_stream) -> [u64; TOLD] {
        let mut len: c_uint = 99;
        // SAFETY: the stream is valid or has a NULL state; the length is a local variable.
        unsafe {
            let code = (api.inflateGetDictionary)(stream, std::ptr::null_mut(), &mut len);
            [
                (api.inflateMark)(stream) as u64,
                (api.inflateSyncPoint)(stream) as u64,
                (api.inflateCodesUsed)(stream),
                code as u64,
                len.into(),
            ]
        }
    }

    unsafe fn end(api: &Api, stream: *mut z_stream) -> c_int {
        // SAFETY: the caller passes a stream that is valid or has a NULL state.
        unsafe { (api.inflateEnd)(stream) }
    }

    fn header_difference(header: &ReadHeader) -> Option<HeaderDifference> {
        header.difference()
    }
}

/// One of the two streams.
pub struct Side<C: Codec> {
    /// The library the stream belongs to.
    pub api: &'static Api,
    /// The stream, from Box::into_raw.
    pub stream: *mut z_stream,
    /// The buffer next_out points into.
    pub output: Guarded,
    /// Address of the buffer's first byte; 0 if next_out is NULL.
    pub output_start: usize,
    codec: PhantomData<C>,
}

impl<C: Codec> Side<C> {
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
            codec: PhantomData,
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
    pub fn visible(&self, code: c_int) -> [u64; MEMBERS.len() + TOLD] {
        let stream = self.stream();
        // SAFETY: the stream is valid or has a NULL state.
        let told = unsafe { C::told(self.api, self.stream) };
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
            told[0],
            told[1],
            told[2],
            told[3],
            told[4],
        ]
    }

    /// The name of a visible value.
    pub fn name(index: usize) -> &'static str {
        match index.checked_sub(MEMBERS.len()) {
            None => MEMBERS[index],
            Some(told) => C::TOLD[told],
        }
    }
}

impl<C: Codec> Drop for Side<C> {
    fn drop(&mut self) {
        // SAFETY: the pointer is from Box::into_raw in new(); ending does no harm to a stream
        // that is not open.
        unsafe {
            C::end(self.api, self.stream);
            drop(Box::from_raw(self.stream));
        }
    }
}
