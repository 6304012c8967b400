//! The C types of zlib.h, in the layout that programs compiled against zlib expect.
//!
//! Every name here is the C name. cbindgen turns this file into the type section of
//! `include/rzlib.h`; `capi-tests/abi.c` holds the result against the system's zlib.h.
//! Sizes and offsets are asserted below, where a wrong one fails to compile.
#![allow(non_camel_case_types)]
#![forbid(unsafe_code)]

use core::ffi::{c_char, c_int, c_uchar, c_uint, c_ulong, c_void};

/// A byte of input or output.
pub type Byte = c_uchar;
/// A byte of input or output (zlib's name for bytes accessed through a pointer).
pub type Bytef = Byte;
/// A count of bytes that fits one call.
pub type uInt = c_uint;
/// A count of bytes of a whole stream, or a check value.
pub type uLong = c_ulong;
/// A uLong accessed through a pointer.
pub type uLongf = uLong;
/// An untyped pointer.
pub type voidpf = *mut c_void;
/// A byte at next_in: const when ZLIB_CONST is defined before the header is included.
pub type z_input_byte = Byte;
/// A character at msg: const when ZLIB_CONST is defined before the header is included.
pub type z_msg_char = c_char;
/// A size in memory (size_t).
pub type z_size_t = usize;
/// An entry of the CRC-32 table.
pub type z_crc_t = u32;
/// A file offset or a length of a sequence of bytes (off_t).
pub type z_off_t = libc::off_t;
/// A 64-bit file offset or length.
pub type z_off64_t = i64;

/// Allocates items * size bytes; NULL when there is not enough memory.
///
/// This function, zfree, and inflateBack's in() and out() may leave the library by a C++ exception
/// or by longjmp. The stream can be ended then, made anew or, if it was made before, be reset.
pub type alloc_func =
    Option<unsafe extern "C-unwind" fn(opaque: voidpf, items: uInt, size: uInt) -> voidpf>;
/// Frees what alloc_func returned.
pub type free_func = Option<unsafe extern "C-unwind" fn(opaque: voidpf, address: voidpf)>;

/// inflateBack's input: sets *buf to the next bytes and returns how many there are, 0 for
/// none.
pub type in_func = Option<
    unsafe extern "C-unwind" fn(in_desc: *mut c_void, buf: *mut *mut z_input_byte) -> c_uint,
>;
/// inflateBack's output: takes the len bytes at buf and returns 0, or not 0 if it could not.
pub type out_func = Option<
    unsafe extern "C-unwind" fn(out_desc: *mut c_void, buf: *mut c_uchar, len: c_uint) -> c_int,
>;

/// What a stream remembers between calls; not visible to programs.
pub struct internal_state {
    _private: [u8; 0],
}

/// A compression or decompression stream.
#[repr(C)]
pub struct z_stream_s {
    /// Next byte of input.
    pub next_in: *mut z_input_byte,
    /// Bytes available at next_in.
    pub avail_in: uInt,
    /// Bytes of input read so far.
    pub total_in: uLong,
    /// Where the next byte of output goes.
    pub next_out: *mut Bytef,
    /// Room left at next_out, in bytes.
    pub avail_out: uInt,
    /// Bytes of output written so far.
    pub total_out: uLong,
    /// Last error message, NULL if there was no error.
    pub msg: *mut z_msg_char,
    /// The stream's memory; not visible to programs.
    pub state: *mut internal_state,
    /// Allocates the stream's memory; NULL on entry to an init function asks for malloc.
    pub zalloc: alloc_func,
    /// Frees the stream's memory; NULL on entry to an init function asks for free.
    pub zfree: free_func,
    /// Passed to zalloc and zfree.
    pub opaque: voidpf,
    /// Best guess at the data's type (deflate), or the decoding state (inflate).
    pub data_type: c_int,
    /// Adler-32 or CRC-32 of the uncompressed data.
    pub adler: uLong,
    /// Not used.
    pub reserved: uLong,
}

/// A compression or decompression stream.
pub type z_stream = z_stream_s;
/// A pointer to a stream.
pub type z_streamp = *mut z_stream;

/// A gzip header: what deflate is to write, or what inflate has read (RFC 1952 2.3).
#[repr(C)]
pub struct gz_header_s {
    /// Not 0 if the data is believed to be text (FTEXT).
    pub text: c_int,
    /// Modification time (MTIME).
    pub time: uLong,
    /// Extra flags (XFL); not used when writing.
    pub xflags: c_int,
    /// Operating system (OS).
    pub os: c_int,
    /// Extra field, or NULL.
    pub extra: *mut Bytef,
    /// Length of the extra field in bytes.
    pub extra_len: uInt,
    /// Room at extra, in bytes; only when reading.
    pub extra_max: uInt,
    /// File name, ended by a zero byte, or NULL.
    pub name: *mut Bytef,
    /// Room at name, in bytes; only when reading.
    pub name_max: uInt,
    /// Comment, ended by a zero byte, or NULL.
    pub comment: *mut Bytef,
    /// Room at comment, in bytes; only when reading.
    pub comm_max: uInt,
    /// Not 0 if there is or will be a CRC-16 of the header (FHCRC).
    pub hcrc: c_int,
    /// 1 when inflate has read the whole header; not used when writing.
    pub done: c_int,
}

/// A gzip header.
pub type gz_header = gz_header_s;
/// A pointer to a gzip header.
pub type gz_headerp = *mut gz_header;

/// What the macro gzgetc sees of a file: the bytes that were decoded and not read yet. Nothing
/// but the macro may use it.
#[repr(C)]
pub struct gzFile_s {
    /// Bytes at next.
    pub have: c_uint,
    /// The next byte.
    pub next: *mut c_uchar,
    /// The position in the data, in bytes.
    pub pos: z_off64_t,
}

/// A gzip file that is open.
pub type gzFile = *mut gzFile_s;

/// zlib.h's layout on LP64 systems, in bytes; programs are compiled against it.
#[cfg(all(target_pointer_width = "64", not(windows)))]
const _: () = {
    use core::mem::{offset_of, size_of};
    assert!(size_of::<z_stream>() == 112);
    assert!(offset_of!(z_stream, next_out) == 24);
    assert!(offset_of!(z_stream, msg) == 48);
    assert!(offset_of!(z_stream, zalloc) == 64);
    assert!(offset_of!(z_stream, data_type) == 88);
    assert!(offset_of!(z_stream, adler) == 96);
    assert!(size_of::<gz_header>() == 80);
    assert!(offset_of!(gz_header, extra) == 24);
    assert!(offset_of!(gz_header, comment) == 56);
    assert!(offset_of!(gz_header, done) == 72);
    assert!(size_of::<gzFile_s>() == 24);
    assert!(offset_of!(gzFile_s, next) == 8);
    assert!(offset_of!(gzFile_s, pos) == 16);
};
