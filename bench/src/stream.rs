//! A stream of a library that lives between calls, with malloc or with a zalloc of its own.
//!
//! Unsafe because it calls C functions by pointers, with the types that their headers give.

use crate::library::{
    STREAM_SIZE, VERSION, WINDOW_BITS, Z_BUF_ERROR, Z_FINISH, Z_NO_FLUSH, Z_OK, Z_STREAM_END, Zlib,
    set_buffers, stream,
};
use rzlib::ffi::types::{voidpf, z_stream, z_streamp};
use std::ffi::{c_int, c_uint};
use std::marker::PhantomData;

/// deflateEnd or inflateEnd.
type End = unsafe extern "C" fn(z_streamp) -> c_int;
/// deflate or inflate.
type Call = unsafe extern "C" fn(z_streamp, c_int) -> c_int;

/// Where a stream has its memory from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allocator {
    /// zalloc is NULL: the library may call malloc.
    Default,
    /// A zalloc of the program's own, which calls malloc.
    Own,
}

/// The program's own zalloc.
unsafe extern "C-unwind" fn zalloc(_opaque: voidpf, items: c_uint, size: c_uint) -> voidpf {
    // SAFETY: malloc may be called with any size.
    unsafe { libc::malloc(items as usize * size as usize) }
}

/// Frees what zalloc gave.
unsafe extern "C-unwind" fn zfree(_opaque: voidpf, address: voidpf) {
    // SAFETY: the libraries give back what they had from zalloc.
    unsafe { libc::free(address) }
}

/// A stream of a library, of either kind, which ends when it is dropped.
pub struct Stream<'library> {
    // Streams do not move: the state points back to its stream.
    strm: Box<z_stream>,
    call: Call,
    end: End,
    _library: PhantomData<&'library Zlib>,
}

/// What a call of a stream did.
pub struct Step {
    /// Bytes of input that it took.
    pub read: usize,
    /// Bytes of output that it gave.
    pub wrote: usize,
    /// True if that was the stream's end.
    pub ended: bool,
}

impl<'library> Stream<'library> {
    /// A stream that compresses.
    pub fn deflate(zlib: &'library Zlib, level: i32, allocator: Allocator) -> Self {
        Stream::begin(zlib.deflate, zlib.deflate_end, allocator, |strm| {
            // SAFETY: the stream is set as zlib wants it.
            unsafe { zlib.init_deflate(strm, level) }
        })
    }

    /// A stream that decompresses.
    pub fn inflate(zlib: &'library Zlib, allocator: Allocator) -> Self {
        Stream::begin(zlib.inflate, zlib.inflate_end, allocator, |strm| {
            // SAFETY: as above.
            unsafe { (zlib.inflate_init2)(strm, WINDOW_BITS, VERSION.as_ptr(), STREAM_SIZE) }
        })
    }

    fn begin(
        call: Call,
        end: End,
        allocator: Allocator,
        init: impl FnOnce(z_streamp) -> c_int,
    ) -> Self {
        let mut strm = Box::new(stream());
        if allocator == Allocator::Own {
            strm.zalloc = Some(zalloc);
            strm.zfree = Some(zfree);
        }
        assert_eq!(init(&raw mut *strm), Z_OK, "init");
        Stream {
            strm,
            call,
            end,
            _library: PhantomData,
        }
    }

    /// One call, with Z_FINISH if this is the last input.
    pub fn step(&mut self, input: &[u8], out: &mut [u8], last: bool) -> Step {
        let strm = &raw mut *self.strm;
        let flush = if last { Z_FINISH } else { Z_NO_FLUSH };
        // SAFETY: the stream is alive, and nothing else uses it.
        let (code, unread, room) = unsafe {
            set_buffers(strm, input, out);
            let code = (self.call)(strm, flush);
            (code, (*strm).avail_in as usize, (*strm).avail_out as usize)
        };
        assert!(
            matches!(code, Z_OK | Z_STREAM_END | Z_BUF_ERROR),
            "code {code}"
        );
        Step {
            read: input.len() - unread,
            wrote: out.len() - room,
            ended: code == Z_STREAM_END,
        }
    }
}

impl Drop for Stream<'_> {
    fn drop(&mut self) {
        // SAFETY: the stream is alive, and this is the last use.
        unsafe { (self.end)(&raw mut *self.strm) };
    }
}
