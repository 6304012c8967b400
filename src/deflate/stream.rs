//! One call of deflate(): pending bytes, header, data, trailer, and the return code.
//!
//! A call has four stages, and stops after any of them when next_out is full:
//! 1. Pending bytes of earlier calls leave. With none of them, no input and a flush that the call
//!    before did already, nothing can happen: Z_BUF_ERROR.
//! 2. The header (`wrapper.rs`), once.
//! 3. The engine compresses. If it ends a flush, the marker of that flush follows.
//! 4. With Finish, the trailer, once.
//!
//! A call that stops for want of room says so ([`State::out_of_room`]), so that the next one, which
//! may have nothing to do, does not get Z_BUF_ERROR.
//!
//! Source: zlib.h's description of deflate, zlib 1.3.2's behaviour.
#![forbid(unsafe_code)]

use super::block;
use super::config::{BlockState, Flush, Last, Wrap};
use super::state::{LastFlush, Stage, State, Status};
use super::wrapper;
use crate::error::ReturnCode;
use crate::format::gzip::HeaderSource;
use crate::io::Io;

/// Compresses what `io` offers. `header` gives what the caller set with deflateSetHeader.
///
/// Returns Ok, StreamEnd, StreamError (a buffer is NULL, or another flush after Finish) or BufError
/// (no progress possible, or input after Finish).
pub(crate) fn deflate(
    state: &mut State,
    io: &mut Io,
    header: &HeaderSource,
    flush: Flush,
) -> ReturnCode {
    if !io.buffers_valid || (state.status == Status::Finish && flush != Flush::Finish) {
        return io.fail(ReturnCode::StreamError);
    }
    if io.output.avail() == 0 {
        return io.fail(ReturnCode::BufError);
    }
    match do_stages(state, io, header, flush) {
        Ok(()) => ReturnCode::Ok,
        Err(code) => code,
    }
}

fn do_stages(state: &mut State, io: &mut Io, header: &HeaderSource, flush: Flush) -> Stage {
    io.check = state.check();
    send_waiting(state, io, flush)?;
    if state.status == Status::Finish && io.input.avail() != 0 {
        return Err(io.fail(ReturnCode::BufError));
    }
    wrapper::write_header(state, io, header)?;
    if io.input.avail() != 0
        || state.engine.has_lookahead()
        || (flush != Flush::No && state.status != Status::Finish)
    {
        compress(state, io, flush)?;
    }
    if flush != Flush::Finish {
        return Ok(());
    }
    if state.wrap == Wrap::Raw || state.trailer_done {
        return Err(ReturnCode::StreamEnd);
    }
    wrapper::write_trailer(state, io);
    match state.output.pending() {
        0 => Err(ReturnCode::StreamEnd),
        _ => Ok(()),
    }
}

/// Stage 1: pending bytes leave; without any, the call must have something to do.
fn send_waiting(state: &mut State, io: &mut Io, flush: Flush) -> Stage {
    let last_flush = core::mem::replace(&mut state.last_flush, LastFlush::Was(flush));
    if state.output.pending() != 0 {
        state.output.flush_pending(io);
        if io.output.avail() == 0 {
            return state.out_of_room();
        }
    } else if io.input.avail() == 0 && state.last_flush <= last_flush && flush != Flush::Finish {
        return Err(io.fail(ReturnCode::BufError));
    }
    Ok(())
}

/// Stage 3: the engine's turn, and the marker of the flush that it ended.
fn compress(state: &mut State, io: &mut Io, flush: Flush) -> Stage {
    let ended = state.engine.compress(io, &mut state.output, flush);
    if matches!(ended, BlockState::FinishStarted | BlockState::FinishDone) {
        state.status = Status::Finish;
    }
    if ended == BlockState::BlockDone {
        write_marker(state, flush);
        state.output.flush_pending(io);
    }
    match ended {
        BlockState::FinishDone => Ok(()),
        _ if io.output.avail() == 0 => state.out_of_room(),
        BlockState::BlockDone => Ok(()),
        BlockState::NeedMore | BlockState::FinishStarted => Err(ReturnCode::Ok),
    }
}

/// Writes what tells a decoder that a flush is complete.
fn write_marker(state: &mut State, flush: Flush) {
    match flush {
        Flush::Partial => block::empty_fixed_block(&mut state.output),
        Flush::Block => {}
        // Empty and stored, it aligns the output: 00 00 ff ff.
        _ => block::stored_header(&mut state.output, 0, Last::No),
    }
    if flush == Flush::Full {
        state.engine.forget_history();
    }
}
