//! The inflate or deflate stream of a file.
//!
//! Elsewhere the caller supplies zalloc and a z_stream. A file has neither: its stream is
//! allocated with malloc, and what deflate keeps in the z_stream (the byte count and CRC-32 of
//! the gzip trailer) is kept here.
//!
//! Unsafe because it promises that this memory comes from malloc.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_int, c_ulong};

use crate::alloc::Allocator;
use crate::annex::OnMalloc;
use crate::buf::{InBuf, OutBuf};
use crate::deflate::config::{
    DEFAULT_MEM_LEVEL, Flush, MAX_WINDOW_BITS, Params, Strategy, Z_DEFLATED, level_from_c,
};
use crate::deflate::{self, control};
use crate::error::ReturnCode;
use crate::inflate;
use crate::inflate::decode::careful::Stop;
use crate::inflate::state::WindowBits;
use crate::io::Io;

/// windowBits for gzip with the largest window.
const GZIP_WINDOW_BITS: c_int = 16 + MAX_WINDOW_BITS;

/// A stream that decodes gzip members.
pub(crate) struct Inflater {
    state: OnMalloc<inflate::state::State>,
    /// The last message; inflate reports what is wrong with a stream only once.
    pub message: Option<&'static CStr>,
}

impl Inflater {
    /// A new stream; None if there is not enough memory.
    pub(crate) fn new() -> Option<Inflater> {
        let bits = WindowBits::from_c(GZIP_WINDOW_BITS)?;
        // SAFETY: a new state has no blocks, and `inflate` gets its window from malloc.
        let state = unsafe { OnMalloc::new(|site| Ok(inflate::state::State::new(site, bits))) };
        Some(Inflater {
            state: state?,
            message: None,
        })
    }

    /// Prepares for the next member.
    pub(crate) fn reset(&mut self) {
        self.message = None;
        self.state
            .reset(&mut Io::new(InBuf::new(&[]), OutBuf::new(&mut [])));
    }

    /// Decodes from `input` to `output` until one of them is used up or the member ends.
    pub(crate) fn inflate(&mut self, input: &mut InBuf, output: &mut OutBuf) -> ReturnCode {
        with_io(input, output, |io| {
            let allocator = Allocator::default_malloc();
            let stop = Stop::NOWHERE;
            let code = inflate::stream::inflate(&mut self.state, io, None, &allocator, stop);
            self.message = io.msg.or(self.message);
            code
        })
    }
}

/// Calls `work` with both buffers as an `Io`, then updates them.
fn with_io<R>(input: &mut InBuf, output: &mut OutBuf, work: impl FnOnce(&mut Io) -> R) -> R {
    let room = output.take_room();
    let mut io = Io::new(InBuf::new(input.rest()), OutBuf::new(&mut *room));
    let result = work(&mut io);
    let (consumed, produced) = (io.input.consumed(), io.output.produced());
    input.take(consumed);
    output.return_room(&mut room[produced..], produced);
    result
}

/// A stream that encodes gzip members.
pub(crate) struct Deflater {
    state: OnMalloc<deflate::state::State>,
    /// Uncompressed bytes of this member so far.
    total_in: c_ulong,
    /// CRC-32 of this member so far.
    adler: c_ulong,
}

impl Deflater {
    /// A new stream; None if there is not enough memory or deflate does not accept an argument.
    pub(crate) fn new(level: c_int, strategy: c_int) -> Option<Deflater> {
        let params = Params::from_c(
            level,
            Z_DEFLATED,
            GZIP_WINDOW_BITS,
            DEFAULT_MEM_LEVEL,
            strategy,
        )?;
        // SAFETY: the state gets its blocks from the allocator it is given.
        let state = unsafe { OnMalloc::new(|site| deflate::state::State::new(site, &params)) };
        let mut deflater = Deflater {
            state: state?,
            total_in: 0,
            adler: 0,
        };
        deflater.reset();
        Some(deflater)
    }

    /// Prepares for the next member.
    pub(crate) fn reset(&mut self) {
        let mut io = Io::new(InBuf::new(&[]), OutBuf::new(&mut []));
        self.state.reset(&mut io);
        (self.total_in, self.adler) = (io.total_in, io.adler);
    }

    /// Calls `work` with the stream and an `Io` of both buffers, byte count and CRC-32.
    fn with_stream(
        &mut self,
        input: &mut InBuf,
        output: &mut OutBuf,
        work: impl FnOnce(&mut deflate::state::State, &mut Io) -> ReturnCode,
    ) -> ReturnCode {
        with_io(input, output, |io| {
            (io.total_in, io.adler) = (self.total_in, self.adler);
            let code = work(&mut self.state, io);
            (self.total_in, self.adler) = (io.total_in, io.adler);
            code
        })
    }

    /// Compresses from `input` to `output`, as deflate does.
    pub(crate) fn deflate(
        &mut self,
        input: &mut InBuf,
        output: &mut OutBuf,
        flush: Flush,
    ) -> ReturnCode {
        self.with_stream(input, output, |state, io| {
            deflate::stream::deflate(state, io, &|| None, flush)
        })
    }

    /// Changes level and strategy, as deflateParams does.
    pub(crate) fn set_params(
        &mut self,
        output: &mut OutBuf,
        level: c_int,
        strategy: c_int,
    ) -> ReturnCode {
        let (Some(level), Some(strategy)) = (level_from_c(level), Strategy::from_c(strategy))
        else {
            return ReturnCode::StreamError;
        };
        self.with_stream(&mut InBuf::new(&[]), output, |state, io| {
            control::set_params(state, io, &|| None, level, strategy)
        })
    }
}

#[cfg(test)]
#[path = "../../tests/unit/gz_codec.rs"]
mod tests;
