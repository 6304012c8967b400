//! deflate and its relatives, from deflateInit to deflateEnd.
//!
//! Unsafe because it takes the caller's streams and buffers.
#![allow(unsafe_code)]

use core::ffi::{c_char, c_int, c_uint};

use super::border::{StreamRef, bytes, gzip_header, room, set, to_ulong};
use super::handle::{AllocFailed, create, end, handle_of};
use super::types::{Bytef, gz_headerp, uInt, uLong, z_size_t, z_streamp};
use super::unfinished::Unfinished;
use super::version::{OWN_VERSION, STREAM_SIZE, is_compatible};
use crate::buf::{InBuf, OutBuf};
use crate::deflate::bound;
use crate::deflate::config::{
    DEFAULT_MEM_LEVEL, Flush, MAX_WINDOW_BITS, Params, Strategy, Tunables, Wrap, Z_DEFLATED,
    level_from_c,
};
use crate::deflate::state::{State, Status};
use crate::deflate::{control, stream};
use crate::error::ReturnCode;
use crate::io::Io;

/// Z_DEFAULT_STRATEGY.
const DEFAULT_STRATEGY: c_int = 0;

/// deflateInit2_'s arguments besides the stream. All that initializes goes through `init`,
/// because an exported function called from here could be another library's.
struct Init {
    level: c_int,
    method: c_int,
    window_bits: c_int,
    mem_level: c_int,
    strategy: c_int,
    version: *const c_char,
    stream_size: c_int,
}

impl Init {
    /// The arguments that deflateInit stands for, called by a program with our own zlib.h.
    fn default_at(level: c_int) -> Init {
        Init {
            level,
            method: Z_DEFLATED,
            window_bits: MAX_WINDOW_BITS,
            mem_level: DEFAULT_MEM_LEVEL,
            strategy: DEFAULT_STRATEGY,
            version: OWN_VERSION,
            stream_size: STREAM_SIZE,
        }
    }
}

/// What deflateInit2_ does.
///
/// # Safety
/// strm is NULL or points to a z_stream; version is NULL or a string.
unsafe fn init(strm: z_streamp, args: Init) -> c_int {
    // SAFETY: the caller promises NULL or a string.
    if !unsafe { is_compatible(args.version, args.stream_size) } {
        return ReturnCode::VersionError.code();
    }
    // SAFETY: the caller promises NULL or a z_stream.
    let Some(stream) = (unsafe { StreamRef::new(strm) }) else {
        return ReturnCode::StreamError.code();
    };
    let allocator = stream.prepare();
    let Some(params) = Params::from_c(
        args.level,
        args.method,
        args.window_bits,
        args.mem_level,
        args.strategy,
    ) else {
        return ReturnCode::StreamError.code();
    };
    // SAFETY: zalloc and zfree are the caller's or ours.
    let made = unsafe {
        create(stream, &allocator, core::ptr::null_mut(), |site| {
            State::new(site, &params)
        })
    };
    match made {
        // A new state needs no reset; this sets the stream's own fields.
        // SAFETY: the stream is ours now.
        Ok(()) => unsafe { reset_with(strm, State::reset_keep) },
        Err(AllocFailed::Handle) => ReturnCode::MemError.code(),
        Err(AllocFailed::Other) => {
            stream.set_msg(Some(ReturnCode::MemError.message()));
            ReturnCode::MemError.code()
        }
    }
}

/// Initializes a stream for compression with the default window, memory and strategy.
///
/// level is -1 (default) or 0..9. zalloc, zfree and opaque must be set before; NULL asks
/// for malloc and free. Returns Z_OK, Z_MEM_ERROR, Z_STREAM_ERROR (bad level, NULL stream)
/// or Z_VERSION_ERROR (version or size of z_stream do not fit this library). Use the
/// macro deflateInit, which passes the last two.
///
/// # Safety
/// strm is NULL or points to a z_stream; version is NULL or a string.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateInit_(
    strm: z_streamp,
    level: c_int,
    version: *const c_char,
    stream_size: c_int,
) -> c_int {
    let args = Init {
        version,
        stream_size,
        ..Init::default_at(level)
    };
    // SAFETY: the caller promises what `init` asks for.
    unsafe { init(strm, args) }
}

/// Initializes a stream for compression.
///
/// level is -1 or 0..9; method is Z_DEFLATED; windowBits is 9..15 for a zlib stream (8 is
/// taken as 9), -9..-15 for raw deflate, 25..31 for gzip; memLevel is 1..9; strategy is
/// one of the five. Returns Z_OK, Z_MEM_ERROR, Z_STREAM_ERROR (bad argument, NULL stream)
/// or Z_VERSION_ERROR. Use the macro deflateInit2, which passes version and size.
///
/// # Safety
/// strm is NULL or points to a z_stream; version is NULL or a string.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateInit2_(
    strm: z_streamp,
    level: c_int,
    method: c_int,
    windowBits: c_int,
    memLevel: c_int,
    strategy: c_int,
    version: *const c_char,
    stream_size: c_int,
) -> c_int {
    let args = Init {
        level,
        method,
        window_bits: windowBits,
        mem_level: memLevel,
        strategy,
        version,
        stream_size,
    };
    // SAFETY: the caller promises what `init` asks for.
    unsafe { init(strm, args) }
}

/// deflateInit_ with this library's own version, for callers that cannot use the macro.
///
/// # Safety
/// strm is NULL or points to a z_stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateInit(strm: z_streamp, level: c_int) -> c_int {
    // SAFETY: the caller promises what `init` asks for.
    unsafe { init(strm, Init::default_at(level)) }
}

/// deflateInit2_ with this library's own version, for callers that cannot use the macro.
///
/// # Safety
/// strm is NULL or points to a z_stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateInit2(
    strm: z_streamp,
    level: c_int,
    method: c_int,
    windowBits: c_int,
    memLevel: c_int,
    strategy: c_int,
) -> c_int {
    let args = Init {
        method,
        window_bits: windowBits,
        mem_level: memLevel,
        strategy,
        ..Init::default_at(level)
    };
    // SAFETY: the caller promises what `init` asks for.
    unsafe { init(strm, args) }
}

/// Compresses from next_in to next_out until one of them is used up, or as far as flush
/// asks.
///
/// Returns Z_OK if there was progress, Z_STREAM_END when the stream is complete (flush is
/// Z_FINISH), Z_BUF_ERROR if no progress was possible (not fatal), Z_STREAM_ERROR for a bad
/// stream, a bad flush, a NULL buffer, or another flush after Z_FINISH. If avail_out is 0
/// on return, call again with the same flush and more room.
///
/// # Safety
/// strm is NULL or a stream; next_in has avail_in readable bytes and next_out has
/// avail_out writable ones.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflate(strm: z_streamp, flush: c_int) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let (Some((stream, handle)), Some(flush)) =
        (unsafe { handle_of::<State>(strm) }, Flush::from_c(flush))
    else {
        return ReturnCode::StreamError.code();
    };
    // SAFETY: the caller promises the buffers.
    let mut io = unsafe { stream.io() };
    let head = handle.header;
    // SAFETY: the caller promises what deflateSetHeader asks for.
    let header = || unsafe { gzip_header(head) };
    let code = stream::deflate(&mut handle.state, &mut io, &header, flush);
    stream.write_back(&io);
    code.code()
}

/// Ends a stream and frees its memory.
///
/// Returns Z_OK, Z_DATA_ERROR if the stream was ended in the middle, or Z_STREAM_ERROR for
/// a bad stream.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateEnd(strm: z_streamp) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let ended = unsafe {
        end(strm, |state: &State| match state.status {
            Status::Busy => ReturnCode::DataError,
            _ => ReturnCode::Ok,
        })
        .or_else(|| end(strm, |_: &Unfinished| ReturnCode::Ok))
    };
    ended.unwrap_or(ReturnCode::StreamError).code()
}

/// Starts a new stream with the same parameters, keeping the memory.
/// Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateReset(strm: z_streamp) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    unsafe { reset_with(strm, State::reset) }
}

/// As deflateReset, but window and hash chains stay as they are.
/// Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateResetKeep(strm: z_streamp) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    unsafe { reset_with(strm, State::reset_keep) }
}

/// # Safety
/// strm is NULL or a stream.
unsafe fn reset_with(strm: z_streamp, reset: fn(&mut State, &mut Io)) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let Some((stream, handle)) = (unsafe { handle_of::<State>(strm) }) else {
        return ReturnCode::StreamError.code();
    };
    let mut io = Io::new(InBuf::new(&[]), OutBuf::new(&mut []));
    reset(&mut handle.state, &mut io);
    stream.write_back(&io);
    stream.set_msg(None);
    ReturnCode::Ok.code()
}

/// Changes level (-1..9) and strategy in the middle of a stream.
///
/// If the new ones compress in another way, the data so far is compressed first, as by
/// deflate(strm, Z_BLOCK). Returns Z_OK, Z_STREAM_ERROR for a bad argument, or Z_BUF_ERROR
/// if there was not enough room for that; nothing is changed then.
///
/// # Safety
/// strm is NULL or a stream with its buffers, as for deflate.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateParams(
    strm: z_streamp,
    level: c_int,
    strategy: c_int,
) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let (Some((stream, handle)), Some(level), Some(strategy)) = (
        unsafe { handle_of::<State>(strm) },
        level_from_c(level),
        Strategy::from_c(strategy),
    ) else {
        return ReturnCode::StreamError.code();
    };
    // SAFETY: the caller promises the buffers.
    let mut io = unsafe { stream.io() };
    let head = handle.header;
    // SAFETY: the caller promises what deflateSetHeader asks for.
    let header = || unsafe { gzip_header(head) };
    let code = control::set_params(&mut handle.state, &mut io, &header, level, strategy);
    stream.write_back(&io);
    code.code()
}

/// Sets the numbers of the search until the next change of level: use a quarter of
/// max_chain from a match of good_length on, none from max_lazy on, and stop at
/// nice_length. Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateTune(
    strm: z_streamp,
    good_length: c_int,
    max_lazy: c_int,
    nice_length: c_int,
    max_chain: c_int,
) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let Some((_, handle)) = (unsafe { handle_of::<State>(strm) }) else {
        return ReturnCode::StreamError.code();
    };
    let tunables = Tunables {
        good_length: good_length as u32,
        max_lazy: max_lazy as u32,
        nice_length,
        max_chain: max_chain as u32,
    };
    control::tune(&mut handle.state, tunables);
    ReturnCode::Ok.code()
}

/// Writes the low bits (0..16) of value before the next output.
///
/// Returns Z_OK, Z_BUF_ERROR for another number of bits or if there is no room for them,
/// or Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflatePrime(strm: z_streamp, bits: c_int, value: c_int) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let Some((_, handle)) = (unsafe { handle_of::<State>(strm) }) else {
        return ReturnCode::StreamError.code();
    };
    control::prime(&mut handle.state, bits, value).code()
}

/// Tells how many bytes and further bits are produced but not yet in next_out. A NULL
/// pointer is passed over.
///
/// Returns Z_OK, Z_BUF_ERROR if the number of bytes does not fit (it is UINT_MAX then), or
/// Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream; pending and bits are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflatePending(
    strm: z_streamp,
    pending: *mut c_uint,
    bits: *mut c_int,
) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let Some((_, handle)) = (unsafe { handle_of::<State>(strm) }) else {
        return ReturnCode::StreamError.code();
    };
    let output = &handle.state.output;
    let count = c_uint::try_from(output.pending());
    // SAFETY: the caller promises NULL or something that can be written.
    unsafe {
        set(bits, output.bit_count() as c_int);
        set(pending, count.unwrap_or(c_uint::MAX));
    }
    match count {
        Ok(_) => ReturnCode::Ok.code(),
        Err(_) => ReturnCode::BufError.code(),
    }
}

/// Tells how many bits of the last byte were used when the output was last aligned to a
/// byte: 1..8, or 0 if it was not yet. A NULL pointer is passed over.
/// Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream; bits is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateUsed(strm: z_streamp, bits: *mut c_int) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let Some((_, handle)) = (unsafe { handle_of::<State>(strm) }) else {
        return ReturnCode::StreamError.code();
    };
    // SAFETY: the caller promises NULL or something that can be written.
    unsafe { set(bits, handle.state.output.used_bits as c_int) };
    ReturnCode::Ok.code()
}

/// Gives the stream a dictionary of dictLength bytes, which the decompressor must know.
///
/// For a zlib stream, right after init or reset; adler is then the dictionary's Adler-32.
/// For raw deflate, at any time when no input is waiting. Only the last bytes are used, as
/// many as the window has room for; total_in grows by them. Returns Z_OK, or
/// Z_STREAM_ERROR (bad stream, NULL dictionary, gzip, wrong time).
///
/// # Safety
/// strm is NULL or a stream; dictionary is NULL or has dictLength readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateSetDictionary(
    strm: z_streamp,
    dictionary: *const Bytef,
    dictLength: uInt,
) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let (Some((stream, handle)), false) =
        (unsafe { handle_of::<State>(strm) }, dictionary.is_null())
    else {
        return ReturnCode::StreamError.code();
    };
    // SAFETY: the caller promises the dictionary; the stream's buffers are not used.
    let (mut io, dictionary) = unsafe { (stream.io(), bytes(dictionary, dictLength as usize)) };
    let code = control::set_dictionary(&mut handle.state, &mut io, dictionary);
    stream.write_back(&io);
    code.code()
}

/// Copies the window, which is what a dictionary for the next data would be, to dictionary
/// and its length (at most 32768) to dictLength. A NULL pointer is passed over.
/// Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream; dictionary is NULL or has room for the window's size;
/// dictLength is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateGetDictionary(
    strm: z_streamp,
    dictionary: *mut Bytef,
    dictLength: *mut uInt,
) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let Some((_, handle)) = (unsafe { handle_of::<State>(strm) }) else {
        return ReturnCode::StreamError.code();
    };
    let window = handle.state.engine.dictionary();
    // SAFETY: the caller promises NULL or room for the window.
    unsafe {
        if !dictionary.is_null() {
            OutBuf::new(room(dictionary, window.len())).write(window);
        }
        set(dictLength, window.len() as uInt);
    }
    ReturnCode::Ok.code()
}

/// Makes head the gzip header that deflate will write; NULL is the default one. It must
/// stay valid until the header is written.
/// Returns Z_OK, or Z_STREAM_ERROR for a bad stream or one that is not gzip.
///
/// # Safety
/// strm is NULL or a stream; head is NULL or points to a gz_header whose fields are NULL
/// or as long as they say.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateSetHeader(strm: z_streamp, head: gz_headerp) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    match unsafe { handle_of::<State>(strm) } {
        Some((_, handle)) if handle.state.wrap == Wrap::Gzip && !handle.state.trailer_done => {
            handle.header = head;
            ReturnCode::Ok.code()
        }
        _ => ReturnCode::StreamError.code(),
    }
}

/// Makes dest a stream in the same state as source, with memory of its own.
///
/// Returns Z_OK, Z_MEM_ERROR, or Z_STREAM_ERROR (bad source, NULL dest).
///
/// # Safety
/// source is NULL or a stream; dest is NULL or points to a z_stream that is no stream now.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateCopy(dest: z_streamp, source: z_streamp) -> c_int {
    // SAFETY: the caller promises NULL or a stream, and NULL or a z_stream.
    let (Some((stream, handle)), Some(copy)) = (unsafe { handle_of::<State>(source) }, unsafe {
        StreamRef::new(dest)
    }) else {
        return ReturnCode::StreamError.code();
    };
    // SAFETY: both are z_streams; `copy` allows that they are the same.
    unsafe { dest.copy_from(stream.as_ptr(), 1) };
    let Some(allocator) = copy.allocator() else {
        return ReturnCode::MemError.code();
    };
    // SAFETY: the allocator is the source's, which works.
    let made = unsafe {
        create(copy, &allocator, handle.header, |site| {
            handle.state.copy(site)
        })
    };
    made.map_or(ReturnCode::MemError, |()| ReturnCode::Ok)
        .code()
}

/// What deflateBound and deflateBound_z return.
///
/// # Safety
/// strm is NULL or a stream.
unsafe fn bound_of(strm: z_streamp, source_len: z_size_t) -> z_size_t {
    // SAFETY: the caller promises NULL or a stream.
    match unsafe { handle_of::<State>(strm) } {
        None => bound::unknown_bound(source_len),
        Some((_, handle)) => {
            // SAFETY: the caller promises what deflateSetHeader asks for.
            let header = unsafe { gzip_header(handle.header) };
            bound::deflate_bound(&handle.state, header.as_ref(), source_len)
        }
    }
}

/// Returns how many bytes deflate needs at most for sourceLen bytes, with these parameters
/// and this header, if it is called once, after init and before any output; the largest
/// uLong if that does not fit. A bad stream gets the bound of the worst parameters.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateBound(strm: z_streamp, sourceLen: uLong) -> uLong {
    // SAFETY: the caller promises NULL or a stream.
    to_ulong(unsafe { bound_of(strm, sourceLen as z_size_t) })
}

/// As deflateBound, with a length of type size_t.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn deflateBound_z(strm: z_streamp, sourceLen: z_size_t) -> z_size_t {
    // SAFETY: the caller promises NULL or a stream.
    unsafe { bound_of(strm, sourceLen) }
}
