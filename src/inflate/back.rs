//! inflateBack: a whole raw stream, with callbacks for input and output.
//!
//! The same decoder as inflate's, writing to the caller's window (`ring.rs`). When it waits,
//! either input or room is missing: input is asked for with a callback, room made by giving
//! the full window to the other.
#![forbid(unsafe_code)]

use core::ffi::CStr;
use core::mem::MaybeUninit;

use crate::buf::InBuf;
use crate::error::{Halt, ReturnCode};
use crate::inflate::decode::careful::{BlockMode, Decoder, Stop};
use crate::inflate::decode::sink::Sink;
use crate::inflate::output::ring::Ring;

/// What inflateBack came to.
pub(crate) struct Ended<'a> {
    /// StreamEnd, DataError, or BufError if a callback failed.
    pub code: ReturnCode,
    /// What is wrong with the stream, after DataError.
    pub msg: Option<&'static CStr>,
    /// Input that was not used; None if it was input that was missing.
    pub rest: Option<&'a [u8]>,
}

/// Decodes a stream from `first` and whatever `next_input` gives, which is empty if there is no
/// more, through `window` to `write`, which is false if it could not.
/// Source: zlib infback.c, inflateBack.
pub(crate) fn inflate_back<'a>(
    decoder: &mut Decoder,
    window: &mut [MaybeUninit<u8>],
    first: &'a [u8],
    next_input: &mut dyn FnMut() -> &'a [u8],
    write: &mut dyn FnMut(&[u8]) -> bool,
) -> Ended<'a> {
    let mut ring = Ring::new(window);
    let mut input = InBuf::new(first);
    let mut input_ended = false;
    let mut msg = None;
    decoder.reset();
    let mut code = loop {
        match decoder.run(&mut input, &mut ring, Stop::NOWHERE) {
            Ok(()) => break ReturnCode::StreamEnd,
            Err(Halt::Damaged(message)) => {
                msg = Some(*message);
                break ReturnCode::DataError;
            }
            Err(_) => {}
        }
        let wants_room = matches!(
            decoder.mode,
            BlockMode::Copy | BlockMode::Match | BlockMode::Lit
        );
        let wants_input = !wants_room || (decoder.mode == BlockMode::Copy && input.avail() == 0);
        if wants_input {
            let next = next_input();
            if next.is_empty() {
                input_ended = true;
                break ReturnCode::BufError;
            }
            input = InBuf::new(next);
        }
        if wants_room && ring.room() == 0 {
            let taken = write(ring.written());
            ring.wrap();
            if !taken {
                break ReturnCode::BufError;
            }
        }
    };
    // After a failed write the window is empty again. Source: zlib infback.c, inf_leave.
    if !ring.written().is_empty() {
        let taken = write(ring.written());
        if !taken && code == ReturnCode::StreamEnd {
            code = ReturnCode::BufError;
        }
    }
    Ended {
        code,
        msg,
        rest: (!input_ended).then(|| input.rest()),
    }
}
