//! inflate and its relatives, from inflateInit to inflateEnd.
//!
//! Unsafe because it takes the caller's streams and buffers.
#![allow(unsafe_code)]

use core::ffi::{c_char, c_int, c_long, c_ulong};

use super::border::{HeaderFields, StreamRef, bytes, room, set};
use super::handle::{AllocFailed, create, end, handle_of};
use super::types::{Bytef, gz_headerp, uInt, z_streamp};
use super::version::{OWN_VERSION, STREAM_SIZE, is_compatible};
use crate::annex::Blocks;
use crate::buf::{InBuf, OutBuf};
use crate::error::ReturnCode;
use crate::format::gzip::HeaderSink;
use crate::inflate::decode::careful::Stop;
use crate::inflate::state::{State, WRAP_GZIP, WindowBits};
use crate::inflate::{control, stream};
use crate::io::Io;

/// inflateInit's windowBits: a zlib stream with the largest window.
const DEFAULT_WINDOW_BITS: c_int = 15;

/// What inflateInit2_ does. All that initializes goes through here, because an exported
/// function called from here could be another library's.
///
/// # Safety
/// strm is NULL or points to a z_stream; version is NULL or a string.
unsafe fn init(
    strm: z_streamp,
    window_bits: c_int,
    version: *const c_char,
    stream_size: c_int,
) -> c_int {
    // SAFETY: the caller promises NULL or a string.
    if !unsafe { is_compatible(version, stream_size) } {
        return ReturnCode::VersionError.code();
    }
    // SAFETY: the caller promises NULL or a z_stream.
    let Some(stream) = (unsafe { StreamRef::new(strm) }) else {
        return ReturnCode::StreamError.code();
    };
    let allocator = stream.prepare();
    // zlib asks for the memory before it looks at windowBits, and sets state to NULL then.
    let window_bits = WindowBits::from_c(window_bits);
    let no_header = core::ptr::null_mut();
    // SAFETY: zalloc and zfree are the caller's or ours.
    let made = unsafe {
        create(stream, &allocator, no_header, |site| {
            let window_bits = window_bits.ok_or_else(Blocks::default)?;
            Ok(State::new(site, window_bits))
        })
    };
    match made {
        // A new state needs no reset; this sets the stream's own fields.
        // SAFETY: the stream is ours now.
        Ok(()) => unsafe { reset_with(strm, State::reset_keep) },
        Err(AllocFailed::Handle) => ReturnCode::MemError.code(),
        // It is windowBits that were refused.
        Err(AllocFailed::Other) => {
            stream.set_state(core::ptr::null_mut());
            ReturnCode::StreamError.code()
        }
    }
}

/// Initializes a stream for decompression of a zlib stream.
///
/// zalloc, zfree and opaque must be set before; NULL asks for malloc and free. Returns Z_OK,
/// Z_MEM_ERROR, Z_STREAM_ERROR (NULL stream) or Z_VERSION_ERROR (version or size of z_stream
/// do not fit this library). Use the macro inflateInit, which passes the last two.
///
/// # Safety
/// strm is NULL or points to a z_stream; version is NULL or a string.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateInit_(
    strm: z_streamp,
    version: *const c_char,
    stream_size: c_int,
) -> c_int {
    // SAFETY: the caller promises what `init` asks for.
    unsafe { init(strm, DEFAULT_WINDOW_BITS, version, stream_size) }
}

/// Initializes a stream for decompression.
///
/// windowBits is 8..15 for a zlib stream, -8..-15 for raw deflate, 24..31 for gzip, 40..47 to
/// detect zlib or gzip; 0, 16 and 32 take the window's size from a zlib header. Returns Z_OK,
/// Z_MEM_ERROR, Z_STREAM_ERROR (bad argument, NULL stream) or Z_VERSION_ERROR. Use the macro
/// inflateInit2, which passes version and size.
///
/// # Safety
/// strm is NULL or points to a z_stream; version is NULL or a string.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateInit2_(
    strm: z_streamp,
    windowBits: c_int,
    version: *const c_char,
    stream_size: c_int,
) -> c_int {
    // SAFETY: the caller promises what `init` asks for.
    unsafe { init(strm, windowBits, version, stream_size) }
}

/// inflateInit_ with this library's own version, for callers that cannot use the macro.
///
/// # Safety
/// strm is NULL or points to a z_stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateInit(strm: z_streamp) -> c_int {
    // SAFETY: the caller promises what `init` asks for.
    unsafe { init(strm, DEFAULT_WINDOW_BITS, OWN_VERSION, STREAM_SIZE) }
}

/// inflateInit2_ with this library's own version, for callers that cannot use the macro.
///
/// # Safety
/// strm is NULL or points to a z_stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateInit2(strm: z_streamp, windowBits: c_int) -> c_int {
    // SAFETY: the caller promises what `init` asks for.
    unsafe { init(strm, windowBits, OWN_VERSION, STREAM_SIZE) }
}

/// Decompresses from next_in to next_out until one of them is used up.
///
/// flush makes a call stop earlier (Z_BLOCK: between blocks; Z_TREES: also before a block's
/// data), or says that the call should end the stream (Z_FINISH); other values do nothing.
/// Returns Z_OK if there was progress, Z_STREAM_END when the stream is complete and its check
/// value right, Z_NEED_DICT if inflateSetDictionary must come first (adler says which
/// dictionary), Z_DATA_ERROR for damaged input (msg says what), Z_BUF_ERROR if no progress
/// was possible or Z_FINISH did not end the stream (not fatal), Z_MEM_ERROR, or
/// Z_STREAM_ERROR for a bad stream or a NULL buffer. No byte of next_out after the output is
/// changed.
///
/// # Safety
/// strm is NULL or a stream; next_in has avail_in readable bytes and next_out has avail_out
/// writable ones.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflate(strm: z_streamp, flush: c_int) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let Some((stream, handle)) = (unsafe { handle_of::<State>(strm) }) else {
        return ReturnCode::StreamError.code();
    };
    let Some(allocator) = stream.allocator() else {
        return ReturnCode::StreamError.code();
    };
    let (state, stop) = (&mut handle.state, Stop(flush));
    let (input, room) = stream.avail();
    if stream::is_short(state, input, room) {
        // SAFETY: the caller promises the buffers.
        let mut io = unsafe { stream.io() };
        let code = stream::inflate_short(state, &mut io, &allocator, stop);
        stream.write_back(&io);
        return code.code();
    }
    // SAFETY: the caller promises the buffers.
    let mut io = unsafe { stream.io() };
    // SAFETY: the caller promises what inflateGetHeader asks for.
    let mut fields = unsafe { HeaderFields::new(handle.header) };
    let fields = fields.as_mut().map(|fields| fields as &mut dyn HeaderSink);
    let code = stream::inflate(state, &mut io, fields, &allocator, stop);
    stream.write_back(&io);
    code.code()
}

/// Ends a stream and frees its memory. Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateEnd(strm: z_streamp) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let ended = unsafe { end(strm, |_: &State| ReturnCode::Ok) };
    ended.unwrap_or(ReturnCode::StreamError).code()
}

/// Starts a new stream with the same parameters, keeping the memory.
/// Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateReset(strm: z_streamp) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    unsafe { reset_with(strm, State::reset) }
}

/// As inflateReset, but the window stays as it is.
/// Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateResetKeep(strm: z_streamp) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    unsafe { reset_with(strm, State::reset_keep) }
}

/// As inflateReset, for a stream with these windowBits (see inflateInit2). Returns Z_OK, or
/// Z_STREAM_ERROR for a bad stream or a bad number; nothing is changed then.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateReset2(strm: z_streamp, windowBits: c_int) -> c_int {
    let Some(window_bits) = WindowBits::from_c(windowBits) else {
        return ReturnCode::StreamError.code();
    };
    let mut freed = None;
    // SAFETY: the caller promises NULL or a stream.
    let code = unsafe {
        reset_with(strm, |state: &mut State, io: &mut Io| {
            freed = state.reset_to(window_bits, io);
        })
    };
    // SAFETY: the caller promises NULL or a stream.
    if let (Some(block), Some((stream, _))) = (freed, unsafe { handle_of::<State>(strm) })
        && let Some(allocator) = stream.allocator()
    {
        // SAFETY: the window came from the stream's zalloc.
        unsafe { allocator.free(block) };
    }
    code
}

/// # Safety
/// strm is NULL or a stream.
unsafe fn reset_with(strm: z_streamp, reset: impl FnOnce(&mut State, &mut Io)) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let Some((stream, handle)) = (unsafe { handle_of::<State>(strm) }) else {
        return ReturnCode::StreamError.code();
    };
    let mut io = Io::new(InBuf::new(&[]), OutBuf::new(&mut []));
    stream.read_values(&mut io);
    reset(&mut handle.state, &mut io);
    handle.header = core::ptr::null_mut();
    stream.write_back(&io);
    stream.set_msg(None);
    ReturnCode::Ok.code()
}

/// Gives the stream the dictionary that the compressor used.
///
/// For a zlib stream, after inflate has returned Z_NEED_DICT; for raw deflate, at any time: the
/// dictionary becomes the newest history. Returns Z_OK, Z_DATA_ERROR if it is not the one that
/// the stream asks for, Z_MEM_ERROR, or Z_STREAM_ERROR (bad stream, wrong time, NULL
/// dictionary of more than 0 bytes).
///
/// # Safety
/// strm is NULL or a stream; dictionary is NULL or has dictLength readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateSetDictionary(
    strm: z_streamp,
    dictionary: *const Bytef,
    dictLength: uInt,
) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let Some((stream, handle)) = (unsafe { handle_of::<State>(strm) }) else {
        return ReturnCode::StreamError.code();
    };
    let Some(allocator) = stream.allocator() else {
        return ReturnCode::StreamError.code();
    };
    let missing = dictionary.is_null() && dictLength != 0;
    // SAFETY: the caller promises the dictionary.
    let dictionary = (!missing).then(|| unsafe { bytes(dictionary, dictLength as usize) });
    control::set_dictionary(&mut handle.state, dictionary, &allocator).code()
}

/// Copies the history to dictionary, which has room for 32,768 bytes, and its length to
/// *dictLength. A NULL pointer is passed over.
/// Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream; dictionary is NULL or has room for the history; dictLength is
/// NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateGetDictionary(
    strm: z_streamp,
    dictionary: *mut Bytef,
    dictLength: *mut uInt,
) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let Some((_, handle)) = (unsafe { handle_of::<State>(strm) }) else {
        return ReturnCode::StreamError.code();
    };
    let window = &handle.state.window;
    let (newer, older) = window.history();
    if !dictionary.is_null() {
        // SAFETY: the caller promises room for the history.
        let room = unsafe { room(dictionary, window.history_len()) };
        let (first, second) = room.split_at_mut(older.len());
        first.write_copy_of_slice(older);
        second.write_copy_of_slice(newer);
    }
    // SAFETY: the caller promises NULL or something that can be written.
    unsafe { set(dictLength, window.history_len() as uInt) };
    ReturnCode::Ok.code()
}

/// Skips input up to a full flush point, which a later inflate goes on from.
///
/// Returns Z_OK if one was found, Z_DATA_ERROR if not (call again with more input),
/// Z_BUF_ERROR without input, or Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream; next_in has avail_in readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateSync(strm: z_streamp) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let Some((stream, handle)) = (unsafe { handle_of::<State>(strm) }) else {
        return ReturnCode::StreamError.code();
    };
    // SAFETY: the caller promises the input; the output is not used.
    let mut io = unsafe { stream.io() };
    let code = control::sync(&mut handle.state, &mut io);
    stream.write_back(&io);
    if code == ReturnCode::Ok {
        // The stream was reset.
        handle.header = core::ptr::null_mut();
        stream.set_msg(None);
    }
    code.code()
}

/// Returns 1 if decoding stands at the lengths of a stored block, as after Z_SYNC_FLUSH, else
/// 0; Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateSyncPoint(strm: z_streamp) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    match unsafe { handle_of::<State>(strm) } {
        Some((_, handle)) => control::is_sync_point(&handle.state).into(),
        None => ReturnCode::StreamError.code(),
    }
}

/// Makes dest a copy of source, with memory of its own.
///
/// Returns Z_OK, Z_MEM_ERROR, or Z_STREAM_ERROR for a bad source or a NULL dest; dest is not
/// changed unless it is Z_OK.
///
/// # Safety
/// source is NULL or a stream; dest is NULL or points to a z_stream, other than source.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateCopy(dest: z_streamp, source: z_streamp) -> c_int {
    // SAFETY: the caller promises NULL or a stream, and NULL or a z_stream.
    let (Some((stream, handle)), Some(target)) =
        (unsafe { (handle_of::<State>(source), StreamRef::new(dest)) })
    else {
        return ReturnCode::StreamError.code();
    };
    let Some(allocator) = stream.allocator() else {
        return ReturnCode::StreamError.code();
    };
    // `create` sets state when all else has succeeded; the other fields are copied then.
    // SAFETY: dest will have source's allocator.
    let made = unsafe {
        create(target, &allocator, handle.header, |site| {
            let copy = handle.state.copy(site);
            copy.map_err(|_| Blocks::default())
        })
    };
    if made.is_err() {
        return ReturnCode::MemError.code();
    }
    target.copy_fields(stream);
    ReturnCode::Ok.code()
}

/// Puts the low `bits` bits (0..16) of value before the next input; a negative number drops
/// all that are held. Returns Z_OK, or Z_STREAM_ERROR for a bad stream, more than 16 bits, or
/// more than 32 held.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflatePrime(strm: z_streamp, bits: c_int, value: c_int) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    match unsafe { handle_of::<State>(strm) } {
        Some((_, handle)) => control::prime(&mut handle.state, bits, value).code(),
        None => ReturnCode::StreamError.code(),
    }
}

/// Tells where decoding stands: above the low 16 bits how many bits of input the code took
/// that is being decoded, or -1; in them how much of a stored block is left or of a match
/// done. Returns -65536 for a bad stream.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateMark(strm: z_streamp) -> c_long {
    // SAFETY: the caller promises NULL or a stream.
    match unsafe { handle_of::<State>(strm) } {
        Some((_, handle)) => control::mark(&handle.state),
        None => control::NO_MARK,
    }
}

/// Has the fields of the next gzip header stored to head as they are read.
///
/// extra, name and comment of head are NULL or have extra_max, name_max and comm_max bytes of
/// room. done becomes 1 when the header is complete, -1 if there is none. Returns Z_OK, or
/// Z_STREAM_ERROR for a bad stream, one that takes no gzip header, or a NULL head.
///
/// # Safety
/// strm is NULL or a stream; head is NULL or points to a gz_header that stays there until the
/// header is read, with the room that it says.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateGetHeader(strm: z_streamp, head: gz_headerp) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    let Some((_, handle)) = (unsafe { handle_of::<State>(strm) }) else {
        return ReturnCode::StreamError.code();
    };
    // SAFETY: the caller promises NULL or a gz_header.
    let (true, Some(fields)) = (handle.state.wrapper.wrap & WRAP_GZIP != 0, unsafe {
        head.as_mut()
    }) else {
        return ReturnCode::StreamError.code();
    };
    fields.done = 0;
    handle.header = head;
    ReturnCode::Ok.code()
}

/// Would allow distances that reach before the beginning of the output. Not supported: returns
/// Z_DATA_ERROR as zlib does, or Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateUndermine(strm: z_streamp, _subvert: c_int) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    match unsafe { handle_of::<State>(strm) } {
        Some(_) => ReturnCode::DataError.code(),
        None => ReturnCode::StreamError.code(),
    }
}

/// Sets whether check values are computed and compared (check is not 0) or not.
/// Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateValidate(strm: z_streamp, check: c_int) -> c_int {
    // SAFETY: the caller promises NULL or a stream.
    match unsafe { handle_of::<State>(strm) } {
        Some((_, handle)) => {
            control::validate(&mut handle.state, check != 0);
            ReturnCode::Ok.code()
        }
        None => ReturnCode::StreamError.code(),
    }
}

/// Returns how many entries zlib's decoding tables would have for the present block; the
/// largest unsigned long for a bad stream.
///
/// # Safety
/// strm is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn inflateCodesUsed(strm: z_streamp) -> c_ulong {
    // SAFETY: the caller promises NULL or a stream.
    match unsafe { handle_of::<State>(strm) } {
        Some((_, handle)) => handle.state.decoder.tables.zlib_entries().into(),
        None => c_ulong::MAX,
    }
}
