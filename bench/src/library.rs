//! A library under measurement: its functions, and the work that is timed.
//!
//! Unsafe because it calls C functions by pointers, with the types that their headers give.

use libloading::Library as Object;
use rzlib::ffi::types::{z_stream, z_streamp};
use std::ffi::{c_char, c_int, c_long, c_uint, c_ulong, c_void};
use std::path::{Path, PathBuf};

pub const Z_OK: c_int = 0;
pub const Z_STREAM_END: c_int = 1;
pub const Z_BUF_ERROR: c_int = -5;
pub const Z_NO_FLUSH: c_int = 0;
const Z_SYNC_FLUSH: c_int = 2;
pub const Z_FINISH: c_int = 4;
/// deflateInit2's method, windowBits and memLevel.
pub const METHOD: c_int = 8;
pub const WINDOW_BITS: c_int = 15;
pub const MEM_LEVEL: c_int = 8;
/// What the init functions want to see: only the first character is compared.
pub const VERSION: &std::ffi::CStr = c"1.3.2";

/// zlib's functions.
pub struct Zlib {
    pub deflate_init2: unsafe extern "C" fn(
        z_streamp,
        c_int,
        c_int,
        c_int,
        c_int,
        c_int,
        *const c_char,
        c_int,
    ) -> c_int,
    pub deflate: unsafe extern "C" fn(z_streamp, c_int) -> c_int,
    deflate_reset: unsafe extern "C" fn(z_streamp) -> c_int,
    pub deflate_end: unsafe extern "C" fn(z_streamp) -> c_int,
    pub inflate_init2: unsafe extern "C" fn(z_streamp, c_int, *const c_char, c_int) -> c_int,
    pub inflate: unsafe extern "C" fn(z_streamp, c_int) -> c_int,
    pub inflate_end: unsafe extern "C" fn(z_streamp) -> c_int,
    compress2: unsafe extern "C" fn(*mut u8, *mut c_ulong, *const u8, c_ulong, c_int) -> c_int,
    uncompress: unsafe extern "C" fn(*mut u8, *mut c_ulong, *const u8, c_ulong) -> c_int,
    crc32: unsafe extern "C" fn(c_ulong, *const u8, c_uint) -> c_ulong,
    adler32: unsafe extern "C" fn(c_ulong, *const u8, c_uint) -> c_ulong,
}

/// libdeflate's functions.
struct Libdeflate {
    alloc_compressor: unsafe extern "C" fn(c_int) -> *mut c_void,
    compress: unsafe extern "C" fn(*mut c_void, *const u8, usize, *mut u8, usize) -> usize,
    free_compressor: unsafe extern "C" fn(*mut c_void),
    alloc_decompressor: unsafe extern "C" fn() -> *mut c_void,
    decompress:
        unsafe extern "C" fn(*mut c_void, *const u8, usize, *mut u8, usize, *mut usize) -> c_int,
    free_decompressor: unsafe extern "C" fn(*mut c_void),
    crc32: unsafe extern "C" fn(u32, *const u8, usize) -> u32,
    adler32: unsafe extern "C" fn(u32, *const u8, usize) -> u32,
}

/// The functions of isal_shim.c, which knows ISA-L's structures.
struct Isal {
    compress: unsafe extern "C" fn(c_int, *const u8, usize, *mut u8, usize, usize) -> c_long,
    decompress: unsafe extern "C" fn(*const u8, usize, *mut u8, usize, usize) -> c_long,
    crc32: unsafe extern "C" fn(u32, *const u8, u64) -> u32,
}

/// Which interface a library has.
enum Interface {
    Zlib(Zlib),
    Libdeflate(Libdeflate),
    Isal(Isal),
}

/// A library.
pub struct Library {
    /// What tables call it.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    interface: Interface,
    _object: Object,
}

/// A function of an object.
fn function<F: Copy>(object: &Object, name: &str) -> Result<F, String> {
    // SAFETY: the callers give each function the type that its header gives it; it is used as
    // long as the object is open.
    unsafe { object.get::<F>(name.as_bytes()) }
        .map(|symbol| *symbol)
        .map_err(|error| error.to_string())
}

/// Sets input and output.
///
/// # Safety
/// - `strm` points to a stream that nothing else uses.
pub unsafe fn set_buffers(strm: *mut z_stream, input: &[u8], out: &mut [u8]) {
    // SAFETY: as the caller promises.
    unsafe {
        (*strm).next_in = input.as_ptr().cast_mut();
        (*strm).avail_in = input.len() as c_uint;
        (*strm).next_out = out.as_mut_ptr();
        (*strm).avail_out = out.len() as c_uint;
    }
}

/// A new stream, which has the default allocator.
pub fn stream() -> z_stream {
    z_stream {
        next_in: std::ptr::null_mut(),
        avail_in: 0,
        total_in: 0,
        next_out: std::ptr::null_mut(),
        avail_out: 0,
        total_out: 0,
        msg: std::ptr::null_mut(),
        state: std::ptr::null_mut(),
        zalloc: None,
        zfree: None,
        opaque: std::ptr::null_mut(),
        data_type: 0,
        adler: 0,
        reserved: 0,
    }
}

/// Its size, for the init functions.
pub const STREAM_SIZE: c_int = size_of::<z_stream>() as c_int;

impl Library {
    /// Opens a library; its name says which interface it has.
    pub fn open(name: &str, path: &Path) -> Result<Library, String> {
        // RTLD_DEEPBIND: a zlib that calls its own functions by name must not call another's.
        let flags = libloading::os::unix::RTLD_NOW | libloading::os::unix::RTLD_LOCAL | DEEPBIND;
        // SAFETY: these libraries' constructors do nothing that could be wrong here.
        let object: Object = unsafe { libloading::os::unix::Library::open(Some(path), flags) }
            .map_err(|error| format!("{}: {error}", path.display()))?
            .into();
        let interface = if name.starts_with("libdeflate") {
            Interface::Libdeflate(Libdeflate {
                alloc_compressor: function(&object, "libdeflate_alloc_compressor")?,
                compress: function(&object, "libdeflate_zlib_compress")?,
                free_compressor: function(&object, "libdeflate_free_compressor")?,
                alloc_decompressor: function(&object, "libdeflate_alloc_decompressor")?,
                decompress: function(&object, "libdeflate_zlib_decompress")?,
                free_decompressor: function(&object, "libdeflate_free_decompressor")?,
                crc32: function(&object, "libdeflate_crc32")?,
                adler32: function(&object, "libdeflate_adler32")?,
            })
        } else if name.starts_with("isal") {
            Interface::Isal(Isal {
                compress: function(&object, "bench_isal_compress")?,
                decompress: function(&object, "bench_isal_decompress")?,
                crc32: function(&object, "bench_isal_crc32")?,
            })
        } else {
            Interface::Zlib(Zlib {
                deflate_init2: function(&object, "deflateInit2_")?,
                deflate: function(&object, "deflate")?,
                deflate_reset: function(&object, "deflateReset")?,
                deflate_end: function(&object, "deflateEnd")?,
                inflate_init2: function(&object, "inflateInit2_")?,
                inflate: function(&object, "inflate")?,
                inflate_end: function(&object, "inflateEnd")?,
                compress2: function(&object, "compress2")?,
                uncompress: function(&object, "uncompress")?,
                crc32: function(&object, "crc32")?,
                adler32: function(&object, "adler32")?,
            })
        };
        Ok(Library {
            name: name.into(),
            path: path.into(),
            interface,
            _object: object,
        })
    }

    /// zlib's functions, where it has them.
    pub fn zlib(&self) -> Option<&Zlib> {
        match &self.interface {
            Interface::Zlib(zlib) => Some(zlib),
            _ => None,
        }
    }

    /// True if it has this level. libdeflate's go further, and ISA-L's are 0 to 3, but stated are
    /// those that zlib has, too.
    pub fn has_level(&self, level: i32) -> bool {
        match self.interface {
            Interface::Zlib(_) => true,
            Interface::Libdeflate(_) => level >= 1,
            Interface::Isal(_) => (1..=3).contains(&level),
        }
    }

    /// Compresses to a zlib stream, `chunk` bytes in and out at a time where there are streams;
    /// how many bytes it takes.
    pub fn compress(&self, level: i32, data: &[u8], chunk: usize, out: &mut [u8]) -> usize {
        match &self.interface {
            Interface::Zlib(zlib) => zlib.compress(level, data, chunk, out),
            Interface::Libdeflate(libdeflate) => libdeflate.messages(level, data, data.len(), out),
            // SAFETY: both buffers have the lengths that it is told.
            Interface::Isal(isal) => unsafe {
                let (from, to) = (data.as_ptr(), out.as_mut_ptr());
                (isal.compress)(level, from, data.len(), to, out.len(), chunk) as usize
            },
        }
    }

    /// Decompresses, `chunk` bytes in and out at a time where there are streams; how many bytes
    /// that gave.
    pub fn decompress(&self, packed: &[u8], chunk: usize, out: &mut [u8]) -> usize {
        match &self.interface {
            Interface::Zlib(zlib) => zlib.decompress(packed, chunk, out),
            Interface::Libdeflate(libdeflate) => libdeflate.decompress(packed, out),
            // SAFETY: both buffers have the lengths that it is told.
            Interface::Isal(isal) => unsafe {
                let (from, to) = (packed.as_ptr(), out.as_mut_ptr());
                (isal.decompress)(from, packed.len(), to, out.len(), chunk) as usize
            },
        }
    }

    /// Compresses each `size` bytes by themselves, on a stream that is reset between them; how
    /// many bytes all take. None where there is no such thing.
    pub fn messages(&self, level: i32, data: &[u8], size: usize, out: &mut [u8]) -> Option<usize> {
        match &self.interface {
            Interface::Zlib(zlib) => Some(zlib.messages(level, data, size, out)),
            Interface::Libdeflate(libdeflate) => Some(libdeflate.messages(level, data, size, out)),
            Interface::Isal(_) => None,
        }
    }

    /// Compresses all on one stream, flushed with Z_SYNC_FLUSH after each `size` bytes.
    pub fn flushed(&self, level: i32, data: &[u8], size: usize, out: &mut [u8]) -> Option<usize> {
        match &self.interface {
            Interface::Zlib(zlib) => Some(zlib.flushed(level, data, size, out)),
            _ => None,
        }
    }

    /// compress2, in one call.
    pub fn compress_at_once(&self, level: i32, data: &[u8], out: &mut [u8]) -> usize {
        match &self.interface {
            Interface::Zlib(zlib) => {
                let mut len = out.len() as c_ulong;
                // SAFETY: both buffers have the lengths that it is told.
                let code = unsafe {
                    (zlib.compress2)(
                        out.as_mut_ptr(),
                        &mut len,
                        data.as_ptr(),
                        data.len() as c_ulong,
                        level,
                    )
                };
                if code == Z_OK { len as usize } else { 0 }
            }
            _ => self.compress(level, data, usize::MAX, out),
        }
    }

    /// uncompress, in one call.
    pub fn decompress_at_once(&self, packed: &[u8], out: &mut [u8]) -> usize {
        match &self.interface {
            Interface::Zlib(zlib) => {
                let mut len = out.len() as c_ulong;
                // SAFETY: both buffers have the lengths that it is told.
                let code = unsafe {
                    let (from, from_len) = (packed.as_ptr(), packed.len() as c_ulong);
                    (zlib.uncompress)(out.as_mut_ptr(), &mut len, from, from_len)
                };
                if code == Z_OK { len as usize } else { 0 }
            }
            _ => self.decompress(packed, usize::MAX, out),
        }
    }

    /// CRC-32 of the data.
    pub fn crc32(&self, data: &[u8]) -> u32 {
        let (start, len) = (data.as_ptr(), data.len());
        // SAFETY: the data has the length that it is told.
        unsafe {
            match &self.interface {
                Interface::Zlib(zlib) => (zlib.crc32)(0, start, len as c_uint) as u32,
                Interface::Libdeflate(libdeflate) => (libdeflate.crc32)(0, start, len),
                Interface::Isal(isal) => (isal.crc32)(0, start, len as u64),
            }
        }
    }

    /// Adler-32 of the data.
    pub fn adler32(&self, data: &[u8]) -> Option<u32> {
        let (start, len) = (data.as_ptr(), data.len());
        // SAFETY: the data has the length that it is told.
        unsafe {
            match &self.interface {
                Interface::Zlib(zlib) => Some((zlib.adler32)(1, start, len as c_uint) as u32),
                Interface::Libdeflate(libdeflate) => Some((libdeflate.adler32)(1, start, len)),
                Interface::Isal(_) => None,
            }
        }
    }
}

/// glibc's RTLD_DEEPBIND.
const DEEPBIND: c_int = 8;

impl Zlib {
    /// deflateInit2 with all but the level as by default.
    ///
    /// # Safety
    /// - The stream's allocator is set.
    pub unsafe fn init_deflate(&self, strm: z_streamp, level: i32) -> c_int {
        let (version, size) = (VERSION.as_ptr(), STREAM_SIZE);
        let (bits, mem_level) = (WINDOW_BITS, MEM_LEVEL);
        // SAFETY: the caller promises the stream.
        unsafe { (self.deflate_init2)(strm, level, METHOD, bits, mem_level, 0, version, size) }
    }

    /// Calls `work` with a stream for compression.
    fn with_deflate(&self, level: i32, work: impl FnOnce(z_streamp) -> usize) -> usize {
        let mut strm = stream();
        let strm = &raw mut strm;
        // SAFETY: the stream is set as zlib wants it, and ended after the work.
        unsafe {
            if self.init_deflate(strm, level) != Z_OK {
                return 0;
            }
            let len = work(strm);
            (self.deflate_end)(strm);
            len
        }
    }

    fn compress(&self, level: i32, data: &[u8], chunk: usize, out: &mut [u8]) -> usize {
        self.with_deflate(level, |strm| {
            let (mut read, mut wrote) = (0, 0);
            loop {
                let piece = chunk.min(data.len() - read);
                let last = read + piece == data.len();
                // SAFETY: pieces lie in their buffers.
                unsafe {
                    (*strm).next_in = data[read..].as_ptr().cast_mut();
                    (*strm).avail_in = piece as c_uint;
                }
                read += piece;
                loop {
                    let room = chunk.min(out.len() - wrote);
                    // SAFETY: as above.
                    let (code, left) = unsafe {
                        (*strm).next_out = out[wrote..].as_mut_ptr();
                        (*strm).avail_out = room as c_uint;
                        let flush = if last { Z_FINISH } else { Z_NO_FLUSH };
                        ((self.deflate)(strm, flush), (*strm).avail_out as usize)
                    };
                    wrote += room - left;
                    match code {
                        Z_STREAM_END => return wrote,
                        Z_OK | Z_BUF_ERROR if left != 0 => break,
                        Z_OK | Z_BUF_ERROR => {}
                        _ => return 0,
                    }
                }
            }
        })
    }

    fn messages(&self, level: i32, data: &[u8], size: usize, out: &mut [u8]) -> usize {
        self.with_deflate(level, |strm| {
            let mut sum = 0;
            for message in data.chunks(size) {
                // SAFETY: the stream is ours, and both buffers have the lengths that it is told.
                unsafe {
                    set_buffers(strm, message, out);
                    if (self.deflate)(strm, Z_FINISH) != Z_STREAM_END {
                        return 0;
                    }
                    sum += (*strm).total_out as usize;
                    (self.deflate_reset)(strm);
                }
            }
            sum
        })
    }

    fn flushed(&self, level: i32, data: &[u8], size: usize, out: &mut [u8]) -> usize {
        self.with_deflate(level, |strm| {
            for message in data.chunks(size) {
                // SAFETY: the stream is ours, and both buffers have the lengths that it is told.
                unsafe {
                    set_buffers(strm, message, out);
                    if (self.deflate)(strm, Z_SYNC_FLUSH) != Z_OK || (*strm).avail_out == 0 {
                        return 0;
                    }
                }
            }
            // SAFETY: the stream is alive.
            unsafe { (*strm).total_out as usize }
        })
    }

    fn decompress(&self, packed: &[u8], chunk: usize, out: &mut [u8]) -> usize {
        let mut strm = stream();
        let strm = &raw mut strm;
        let (mut read, mut wrote) = (0, 0);
        // SAFETY: pieces lie in their buffers; the stream is ended after the work.
        unsafe {
            if (self.inflate_init2)(strm, WINDOW_BITS, VERSION.as_ptr(), STREAM_SIZE) != Z_OK {
                return 0;
            }
            loop {
                if (*strm).avail_in == 0 {
                    let piece = chunk.min(packed.len() - read);
                    (*strm).next_in = packed[read..].as_ptr().cast_mut();
                    (*strm).avail_in = piece as c_uint;
                    read += piece;
                }
                let room = chunk.min(out.len() - wrote);
                (*strm).next_out = out[wrote..].as_mut_ptr();
                (*strm).avail_out = room as c_uint;
                let code = (self.inflate)(strm, Z_NO_FLUSH);
                wrote += room - (*strm).avail_out as usize;
                if code != Z_OK && code != Z_BUF_ERROR {
                    (self.inflate_end)(strm);
                    return if code == Z_STREAM_END { wrote } else { 0 };
                }
            }
        }
    }
}

impl Libdeflate {
    fn messages(&self, level: i32, data: &[u8], size: usize, out: &mut [u8]) -> usize {
        // SAFETY: both buffers have the lengths that it is told; what is allocated is freed.
        unsafe {
            let compressor = (self.alloc_compressor)(level);
            let sum = data
                .chunks(size.max(1))
                .map(|message| {
                    let (from, to) = (message.as_ptr(), out.as_mut_ptr());
                    (self.compress)(compressor, from, message.len(), to, out.len())
                })
                .sum();
            (self.free_compressor)(compressor);
            sum
        }
    }

    fn decompress(&self, packed: &[u8], out: &mut [u8]) -> usize {
        let mut len = 0;
        // SAFETY: both buffers have the lengths that it is told; what is allocated is freed.
        unsafe {
            let decompressor = (self.alloc_decompressor)();
            let (from, to) = (packed.as_ptr(), out.as_mut_ptr());
            let code = (self.decompress)(decompressor, from, packed.len(), to, out.len(), &mut len);
            (self.free_decompressor)(decompressor);
            if code == 0 { len } else { 0 }
        }
    }
}
