//! compress(): compresses a whole buffer in one call.
#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use super::config::Flush;
use super::state::State;
use super::stream::deflate;
use crate::buf::{InBuf, OutBuf};
use crate::error::ReturnCode;
use crate::io::Io;

/// Bytes that one call of deflate takes or gives at most: avail_in and avail_out are uInt, and the
/// output for a longer input depends on where zlib's calls ended.
const CALL_MAX: usize = u32::MAX as usize;

/// Compresses all of `source` into `dest` on a new stream.
///
/// Returns the code (Ok, or BufError if `dest` is too small) and the bytes written.
pub(crate) fn compress(
    state: &mut State,
    source: &[u8],
    dest: &mut [MaybeUninit<u8>],
) -> (ReturnCode, usize) {
    let mut io = Io::new(InBuf::new(&[]), OutBuf::new(&mut []));
    state.reset_keep(&mut io);
    let mut inputs = source.chunks(CALL_MAX).peekable();
    let mut rooms = dest.chunks_mut(CALL_MAX);
    let mut written = 0;
    loop {
        if io.output.avail() == 0 {
            io.output = OutBuf::new(rooms.next().unwrap_or_default());
        }
        if io.input.avail() == 0 {
            io.input = InBuf::new(inputs.next().unwrap_or_default());
        }
        let flush = if inputs.peek().is_some() {
            Flush::No
        } else {
            Flush::Finish
        };
        let before = io.output.produced();
        let code = deflate(state, &mut io, &|| None, flush);
        written += io.output.produced() - before;
        match code {
            ReturnCode::Ok => {}
            ReturnCode::StreamEnd => return (ReturnCode::Ok, written),
            error => return (error, written),
        }
    }
}
