//! uncompress: a whole zlib stream in one call.
#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use crate::alloc::Allocator;
use crate::buf::{InBuf, OutBuf};
use crate::error::ReturnCode;
use crate::inflate::decode::careful::Stop;
use crate::inflate::state::State;
use crate::inflate::stream::inflate;
use crate::io::Io;

/// What uncompress did.
pub(crate) struct Uncompressed {
    /// Ok, or why not.
    pub code: ReturnCode,
    /// Bytes of the source that were read.
    pub read: usize,
    /// Bytes that were written.
    pub written: usize,
}

/// Decompresses `source` to `dest` with a new stream. An end of the source within the stream
/// is DataError, an end of the room BufError. Source: zlib uncompr.c.
pub(crate) fn uncompress(
    state: &mut State,
    source: &[u8],
    dest: &mut [MaybeUninit<u8>],
    allocator: &Allocator,
) -> Uncompressed {
    let mut io = Io::new(InBuf::new(source), OutBuf::new(dest));
    state.reset(&mut io);
    let mut code = ReturnCode::Ok;
    while code == ReturnCode::Ok {
        // Whether a call made progress is told by what it did, not by what calls before did.
        let before = (io.input.consumed(), io.output.produced());
        code = inflate(state, &mut io, None, allocator, Stop::NOWHERE);
        if code == ReturnCode::Ok && before == (io.input.consumed(), io.output.produced()) {
            code = ReturnCode::BufError;
        }
    }
    let (read, written) = (io.input.consumed(), io.output.produced());
    let code = match code {
        ReturnCode::StreamEnd => ReturnCode::Ok,
        ReturnCode::NeedDict => ReturnCode::DataError,
        ReturnCode::BufError if read == source.len() => ReturnCode::DataError,
        code => code,
    };
    Uncompressed {
        code,
        read,
        written,
    }
}
