//! One call of inflate: header, data, trailer, as far as input and room go.
//!
//! 1. What is left of the header is read (`wrapper.rs`).
//! 2. The deflate data is decoded to next_out (`careful.rs`, `buffered.rs`).
//! 3. After the last block the trailer is read and compared.
//! 4. The window takes the output that later matches may need, and the counts are brought up
//!    to date. A call that did nothing says Z_BUF_ERROR.
//!
//! A call in the midst of the data with little input or room, or with nothing but stored data, is
//! *short*: for it, step 2 needs next to nothing (`short.rs`, [`inflate_short`]).
//!
//! The flush value changes only where a call stops and what it returns. With Z_FINISH a call
//! that does not end the stream says Z_BUF_ERROR; it is what a caller uses who has room for
//! everything, and no window is allocated if that is so.
#![forbid(unsafe_code)]

use core::ffi::c_ulong;

use crate::alloc::Allocator;
use crate::buf::InBuf;
use crate::error::{Halt, ReturnCode};
use crate::inflate::decode::careful::{BlockMode, Stop};
use crate::inflate::output::buffered::Finished;
use crate::inflate::output::lined::LineOutput;
use crate::inflate::output::short::{SHORT_INPUT, SHORT_ROOM, ShortOutput};
use crate::inflate::output::staged::{StagedOutput, Staging};
use crate::inflate::state::{Phase, State, WRAP_CHECK};
use crate::inflate::wrapper::{Fields, read_header, read_trailer};
use crate::io::Io;

/// Whether a call with so much input and room begins with step 2, for which nothing need be set
/// up: there is little input or room, or no end of the stored data within them.
#[inline(always)]
pub(crate) fn is_short(state: &State, input: usize, room: usize) -> bool {
    state.wrapper.phase == Phase::Blocks
        && state.window.in_use()
        && (input < SHORT_INPUT
            || room <= SHORT_ROOM
            || state.decoder.stored_left() > input.min(room))
}

/// [`inflate`] where that is so, compiled into its caller, who keeps what it can of `io` in
/// registers then.
#[inline(always)]
pub(crate) fn inflate_short(
    state: &mut State,
    io: &mut Io,
    allocator: &Allocator,
    stop: Stop,
) -> ReturnCode {
    if !io.buffers_valid {
        return ReturnCode::StreamError;
    }
    leave_type(state);
    if let Some(data) = copy_stored(state, io) {
        append_to_window(state, data, false);
        return count(state, io, Phase::Blocks, data, stop);
    }
    // Of all of `io`, only this needs an address.
    let mut input = io.input.take_all();
    let mut output = ShortOutput::new(io.output.take_room(), &state.window);
    let flow = state.decoder.run(&mut input, &mut output, stop);
    let (data, rest) = output.finish();
    io.output.return_room(rest, data.len());
    let check = state.check();
    let wrapper = &mut state.wrapper;
    wrapper.total = wrapper.total.wrapping_add(data.len() as u32);
    wrapper.check = check.update(wrapper.check.into(), data) as u32;
    if matches!(flow, Err(Halt::Wait)) {
        io.input = input;
        append_to_window(state, data, false);
        return count(state, io, Phase::Blocks, data, stop);
    }
    let decoded = Decoded::at_next_out(data);
    let (result, decoded) = after_data(state, &mut input, flow, decoded);
    io.input = input;
    end(state, io, decoded, result, allocator, stop)
}

/// inflate. `fields` takes a gzip header's fields, `allocator` gives the window.
#[inline(never)]
pub(crate) fn inflate(
    state: &mut State,
    io: &mut Io,
    mut fields: Fields,
    allocator: &Allocator,
    stop: Stop,
) -> ReturnCode {
    match state.wrapper.phase {
        _ if !io.buffers_valid => return ReturnCode::StreamError,
        Phase::Mem => return ReturnCode::MemError,
        Phase::Sync => return ReturnCode::StreamError,
        _ => {}
    }
    leave_type(state);
    let header = match state.wrapper.phase {
        phase if phase < Phase::Blocks => read_header(state, io, &mut fields),
        _ => Ok(()),
    };
    let nothing = Decoded::at_next_out(&[]);
    let (result, decoded) = match header {
        Err(Halt::NeedDictionary) => return ReturnCode::NeedDict,
        Err(_) => (header, nothing),
        Ok(()) => {
            let (flow, decoded) = match state.wrapper.phase {
                Phase::Blocks => decode(state, io, stop),
                Phase::Bad => (Err(Halt::Wait), nothing),
                _ => (Ok(()), nothing),
            };
            after_data(state, &mut io.input, flow, decoded)
        }
    };
    end(state, io, decoded, result, allocator, stop)
}

/// A call goes on where one that was to stop between blocks did so.
fn leave_type(state: &mut State) {
    if state.decoder.mode == BlockMode::Type {
        state.decoder.mode = BlockMode::TypeDo;
    }
}

/// A call's output that no trailer has confirmed: zlib keeps a history of that only.
struct Decoded<'io> {
    data: &'io [u8],
    /// It was decoded in the line.
    in_line: bool,
}

impl<'io> Decoded<'io> {
    /// Output that is not in the line.
    fn at_next_out(data: &'io [u8]) -> Self {
        Decoded {
            data,
            in_line: false,
        }
    }
}

/// Step 2 for a call that begins and ends in stored data, else None.
#[inline(always)]
fn copy_stored<'io>(state: &mut State, io: &mut Io<'io>) -> Option<&'io [u8]> {
    let count = io.input.avail().min(io.output.avail());
    if state.decoder.stored_left() <= count {
        return None;
    }
    let data = io.input.take(count);
    let (now, later) = io.output.take_room().split_at_mut(count);
    let check = state.check();
    let value = state.wrapper.check.into();
    let (value, copy) = check.update_copying(value, data, now);
    state.wrapper.check = value as u32;
    io.output.return_room(later, count);
    state.decoder.count_stored(count);
    state.wrapper.total = state.wrapper.total.wrapping_add(count as u32);
    Some(copy)
}

/// Step 2.
#[inline(always)]
fn decode<'io>(
    state: &mut State,
    io: &mut Io<'io>,
    stop: Stop,
) -> (Result<(), Halt>, Decoded<'io>) {
    if let Some(data) = copy_stored(state, io) {
        return (Err(Halt::Wait), Decoded::at_next_out(data));
    }
    let Some(mut line) = state
        .window
        .borrow_line(io.input.avail(), io.output.avail())
    else {
        return decode_staged(state, io, stop);
    };
    let (check, value) = (state.check(), state.wrapper.check);
    let room = io.output.take_room();
    let mut output = LineOutput::in_line(room, &mut line, &state.window, check, value);
    let flow = state.decoder.run(&mut io.input, &mut output, stop);
    let (finished, lag) = output.finish_line();
    state.window.put_line(line, finished.data.len(), lag);
    let data = settle(state, io, finished);
    let in_line = true;
    (flow, Decoded { data, in_line })
}

/// Step 2 without a line.
#[inline(never)] // so that calls with a line do without the buffer on the stack
fn decode_staged<'io>(
    state: &mut State,
    io: &mut Io<'io>,
    stop: Stop,
) -> (Result<(), Halt>, Decoded<'io>) {
    let mut staging = Staging::empty();
    let (check, value) = (state.check(), state.wrapper.check);
    let room = io.output.take_room();
    let mut output = StagedOutput::staged(room, &state.window, &mut staging, check, value);
    let flow = state.decoder.run(&mut io.input, &mut output, stop);
    let finished = output.finish();
    let data = settle(state, io, finished);
    (flow, Decoded::at_next_out(data))
}

/// Takes over what an output did, and gives back the room that is left. The output.
#[inline(always)]
fn settle<'io>(state: &mut State, io: &mut Io<'io>, finished: Finished<'io>) -> &'io [u8] {
    let Finished {
        data,
        rest,
        check_value,
    } = finished;
    io.output.return_room(rest, data.len());
    state.wrapper.total = state.wrapper.total.wrapping_add(data.len() as u32);
    state.wrapper.check = check_value;
    data
}

/// Step 3, if the last block is done. `flow` is how step 2 ended.
#[inline(always)]
fn after_data<'io>(
    state: &mut State,
    input: &mut InBuf,
    flow: Result<(), Halt>,
    decoded: Decoded<'io>,
) -> (Result<(), Halt>, Decoded<'io>) {
    if flow.is_err() {
        return (flow, decoded);
    }
    if state.wrapper.phase == Phase::Blocks {
        state.wrapper.phase = Phase::Check;
    }
    if state.wrapper.phase > Phase::Length {
        return (Ok(()), decoded);
    }
    let result = read_trailer(state, input);
    // A trailer's check value is compared once it is all there, right or wrong.
    let checked = matches!(result, Err(Halt::Damaged(_))) || state.wrapper.phase > Phase::Check;
    if state.wrapper.wrap != 0 && checked {
        state.window.leave_line();
        return (result, Decoded::at_next_out(&[]));
    }
    (result, decoded)
}

/// Step 4.
#[inline(always)]
fn end(
    state: &mut State,
    io: &mut Io,
    decoded: Decoded,
    result: Result<(), Halt>,
    allocator: &Allocator,
    stop: Stop,
) -> ReturnCode {
    if let Err(Halt::Damaged(message)) = result {
        io.msg = Some(message);
        state.wrapper.phase = Phase::Bad;
    }
    let phase = state.wrapper.phase;
    let Decoded { data, in_line } = decoded;
    let wanted = phase < Phase::Bad && (phase < Phase::Check || stop != Stop::AT_END);
    if !state.window.in_use() && !data.is_empty() && wanted && state.window.open(allocator).is_err()
    {
        return state.out_of_memory();
    }
    append_to_window(state, data, in_line);
    count(state, io, phase, data, stop)
}

/// Step 4, the window. `in_line` says that `data` was decoded in the line.
#[inline(always)]
fn append_to_window(state: &mut State, data: &[u8], in_line: bool) {
    if state.window.in_use() && !data.is_empty() {
        state.window.append(data, in_line);
    }
}

/// Step 4, the counts, and what the call returns. `phase` is the present one, `data` the output
/// that counts as progress.
#[inline(always)]
fn count(state: &State, io: &mut Io, phase: Phase, data: &[u8], stop: Stop) -> ReturnCode {
    let (read, produced) = (io.input.consumed(), io.output.produced());
    io.total_in = io.total_in.wrapping_add(read as c_ulong);
    io.total_out = io.total_out.wrapping_add(produced as c_ulong);
    if state.wrapper.wrap & WRAP_CHECK != 0 && produced != 0 {
        io.adler = state.wrapper.check.into();
    }
    io.data_type = state.data_type(phase);
    match phase {
        Phase::Done => ReturnCode::StreamEnd,
        Phase::Bad => ReturnCode::DataError,
        _ if stop == Stop::AT_END || (read == 0 && data.is_empty()) => ReturnCode::BufError,
        _ => ReturnCode::Ok,
    }
}
