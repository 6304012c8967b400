//! One call of inflate: header, data, trailer, as far as input and room go.
//!
//! 1. What is left of the header is read (`wrapper.rs`).
//! 2. The deflate data is decoded to next_out (`decode.rs`, `output.rs`).
//! 3. After the last block the trailer is read and compared.
//! 4. The window takes the output that later matches may need, and the counts are brought up
//!    to date. A call that did nothing says Z_BUF_ERROR.
//!
//! The flush value changes only where a call stops and what it returns. With Z_FINISH a call
//! that does not end the stream says Z_BUF_ERROR; it is what a caller uses who has room for
//! everything, and no window is allocated if that is so.
#![forbid(unsafe_code)]

use core::ffi::c_ulong;

use super::ahead::Saved;
use super::decode::{Flow, Mode, Stop};
use super::output::Output;
use super::state::{Phase, State, WRAP_CHECK};
use super::wrapper::{Fields, Step, read_header, read_trailer};
use crate::alloc::Allocator;
use crate::error::{Damaged, ReturnCode};
use crate::io::Io;

/// The flush value as far as inflate looks at it; zlib takes any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flush {
    stop: Stop,
    finish: bool,
}

impl Flush {
    /// Source: zlib.h, Z_FINISH, Z_BLOCK, Z_TREES.
    pub fn from_c(flush: i32) -> Flush {
        const Z_FINISH: i32 = 4;
        const Z_BLOCK: i32 = 5;
        const Z_TREES: i32 = 6;
        Flush {
            stop: match flush {
                Z_BLOCK => Stop::Block,
                Z_TREES => Stop::Trees,
                _ => Stop::Nowhere,
            },
            finish: flush == Z_FINISH,
        }
    }

    /// Z_NO_FLUSH.
    pub const NONE: Flush = Flush {
        stop: Stop::Nowhere,
        finish: false,
    };
}

/// inflate. `fields` takes a gzip header's fields, `allocator` gives the window.
pub fn inflate(
    state: &mut State,
    io: &mut Io,
    fields: Fields,
    allocator: &Allocator,
    flush: Flush,
) -> ReturnCode {
    if !io.buffers_valid {
        return ReturnCode::StreamError;
    }
    match state.wrapper.phase {
        Phase::Mem => return ReturnCode::MemError,
        Phase::Sync => return ReturnCode::StreamError,
        _ => {}
    }
    if state.decoder.mode == Mode::Type {
        state.decoder.mode = Mode::TypeDo;
    }
    let mut call = Call {
        state,
        io,
        to_window: &[],
        staged: 0,
    };
    let code = match call.go_on(fields, flush) {
        Ok(Some(code)) => return code,
        Ok(None) => match call.state.wrapper.phase {
            Phase::Done => ReturnCode::StreamEnd,
            Phase::Bad => ReturnCode::DataError,
            _ => ReturnCode::Ok,
        },
        Err(message) => {
            call.io.msg = Some(message);
            call.state.wrapper.phase = Phase::Bad;
            ReturnCode::DataError
        }
    };
    call.end(code, allocator, flush)
}

/// A call in progress.
struct Call<'call, 'io> {
    state: &'call mut State,
    io: &'call mut Io<'io>,
    /// Output that no trailer has confirmed: zlib keeps a history of that only.
    to_window: &'io [u8],
    /// Bytes of it that were decoded to the window.
    staged: usize,
}

impl Call<'_, '_> {
    /// Steps 1 to 3. Some(code) if the call ends without counting.
    fn go_on(&mut self, mut fields: Fields, flush: Flush) -> Result<Option<ReturnCode>, Damaged> {
        match read_header(self.state, self.io, &mut fields)? {
            Step::Done => {}
            Step::Wait => return Ok(None),
            Step::NeedDictionary => return Ok(Some(ReturnCode::NeedDict)),
        }
        match self.state.wrapper.phase {
            Phase::Blocks => {
                if self.decode(flush.stop)? == Flow::Wait {
                    return Ok(None);
                }
                self.state.wrapper.phase = Phase::Check;
            }
            Phase::Bad => return Ok(None),
            _ => {}
        }
        if self.state.wrapper.phase <= Phase::Length {
            let result = read_trailer(self.state, self.io);
            // A trailer's check value is compared once it is all there, right or wrong.
            let checked = result.is_err() || self.state.wrapper.phase > Phase::Check;
            if self.state.wrapper.wrap != 0 && checked {
                self.to_window = &[];
            }
            result?;
        }
        Ok(None)
    }

    /// Step 2 for a call that begins and ends in stored data: it has no use of what decoding
    /// needs to be set up. That is half the time of such a call with 512 bytes.
    fn copy_stored(&mut self, count: usize) {
        let check = self.state.check();
        let data = self.io.input.take(count);
        let (now, later) = self.io.output.take_room().split_at_mut(count);
        let value = self.state.wrapper.check.into();
        self.state.wrapper.check = check.update_copying(value, data, now) as u32;
        self.io.output.return_room(later, count);
        self.state.decoder.count_stored(count);
        self.state.wrapper.total = self.state.wrapper.total.wrapping_add(count as u32);
        self.to_window = data;
    }

    /// Step 2.
    fn decode(&mut self, stop: Stop) -> Result<Flow, Damaged> {
        let most = self.io.input.avail().min(self.io.output.avail());
        if self.state.decoder.stored_left() > most {
            self.copy_stored(most);
            return Ok(Flow::Wait);
        }
        let check = self.state.check();
        let room = self.io.output.take_room();
        let window = &mut self.state.window;
        let mut saved = Saved::nothing();
        let value = self.state.wrapper.check;
        let mut output = Output::new(room, window, &mut saved, check, value);
        let flow = self
            .state
            .decoder
            .run(&mut self.io.input, &mut output, stop);
        let done = output.finish();
        let produced = done.data.len();
        self.io.output.return_room(done.rest, produced);
        self.state.wrapper.total = self.state.wrapper.total.wrapping_add(produced as u32);
        self.state.wrapper.check = done.check_value;
        self.to_window = done.data;
        self.staged = done.staged;
        flow
    }

    /// Step 4.
    fn end(self, code: ReturnCode, allocator: &Allocator, flush: Flush) -> ReturnCode {
        let Call {
            state,
            io,
            to_window,
            staged,
        } = self;
        let phase = state.wrapper.phase;
        let wanted = phase < Phase::Bad && (phase < Phase::Check || !flush.finish);
        if state.window.in_use() || (!to_window.is_empty() && wanted) {
            if state.window.open(allocator).is_err() {
                return state.out_of_memory();
            }
            let in_stored = state.decoder.stored_left() != 0;
            state.window.append(to_window, staged, in_stored);
        }
        let (read, produced) = (io.input.consumed(), io.output.produced());
        io.total_in = io.total_in.wrapping_add(read as c_ulong);
        io.total_out = io.total_out.wrapping_add(produced as c_ulong);
        if state.wrapper.wrap & WRAP_CHECK != 0 && produced != 0 {
            io.adler = state.wrapper.check.into();
        }
        io.data_type = state.data_type();
        let no_progress = read == 0 && to_window.is_empty();
        if code == ReturnCode::Ok && (no_progress || flush.finish) {
            return ReturnCode::BufError;
        }
        code
    }
}
