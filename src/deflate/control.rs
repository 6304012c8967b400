//! deflateParams, deflateTune, deflatePrime and deflateSetDictionary.
#![forbid(unsafe_code)]

use core::ffi::c_ulong;

use super::config::{Flush, Strategy, Tunables, Wrap};
use super::output::ZLIB_BIT_BUFFER_BITS;
use super::state::{LastFlush, State, Status};
use super::stream::deflate;
use crate::buf::{InBuf, OutBuf};
use crate::checksum::adler32;
use crate::checksum::check::Check;
use crate::error::ReturnCode;
use crate::format::gzip::HeaderSource;
use crate::io::Io;

/// deflateParams: other level or strategy from here on.
///
/// If the new ones parse in another way, what was read so far is compressed with the old ones
/// first, as by Flush::Block. BufError says that not all of it could be written: nothing is changed
/// then, and the call can be repeated with more room.
pub(crate) fn set_params(
    state: &mut State,
    io: &mut Io,
    header: &HeaderSource,
    level: u8,
    strategy: Strategy,
) -> ReturnCode {
    if state.engine.needs_block_end(level, strategy) && state.last_flush != LastFlush::NoCall {
        if deflate(state, io, header, Flush::Block) == ReturnCode::StreamError {
            return ReturnCode::StreamError;
        }
        if io.input.avail() != 0 || state.engine.has_unflushed() {
            return ReturnCode::BufError;
        }
    }
    state.engine.catch_up(&mut state.output);
    state.engine.set_level(level, strategy);
    ReturnCode::Ok
}

/// deflateTune: other numbers for the search from here on.
pub(crate) fn tune(state: &mut State, tunables: Tunables) {
    state.engine.catch_up(&mut state.output);
    state.engine.tune(tunables);
}

/// deflatePrime: adds the low `count` bits of `value` (0..=16) to the output. BufError for another
/// count, and when there is no room.
pub(crate) fn prime(state: &mut State, count: i32, value: i32) -> ReturnCode {
    state.engine.catch_up(&mut state.output);
    match u32::try_from(count) {
        Ok(count)
            if count <= ZLIB_BIT_BUFFER_BITS
                && state.output.can_prime(state.engine.has_symbols()) =>
        {
            let low_bits = u64::from(value as u32 & ((1 << count) - 1));
            state.output.put_bits(low_bits, count);
            ReturnCode::Ok
        }
        _ => ReturnCode::BufError,
    }
}

/// deflateSetDictionary: takes `dictionary` as history that the decoder knows too.
///
/// StreamError for gzip, for a zlib stream that has begun, and while input is waiting to be
/// compressed. Like zlib, adds the dictionary's length (as far as it fits the window) to
/// `total_in`.
pub(crate) fn set_dictionary(state: &mut State, io: &mut Io, dictionary: &[u8]) -> ReturnCode {
    let refused = match state.wrap {
        _ if state.trailer_done => false,
        Wrap::Raw => false,
        Wrap::Zlib => state.status != Status::Init,
        Wrap::Gzip => true,
    };
    if refused || state.engine.has_lookahead() {
        return ReturnCode::StreamError;
    }
    if state.check() == Check::Adler32 {
        io.adler = c_ulong::from(adler32::update(io.adler as u32, dictionary));
    }
    let mut source = Io::new(InBuf::new(dictionary), OutBuf::new(&mut []));
    source.total_in = io.total_in;
    state
        .engine
        .set_dictionary(&mut source, state.wrap == Wrap::Raw);
    io.total_in = source.total_in;
    ReturnCode::Ok
}
