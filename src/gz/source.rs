//! Loads the input of a file from its descriptor.
//!
//! A load reads until its room is full, the file ends, `read` fails, or a non-blocking file has
//! no more data for now. Data read before an error or a stall is delivered first, and the next
//! load fails. zlib drops it, so a program that continues after gzclearerr misses bytes.
#![forbid(unsafe_code)]

use core::mem;

use super::buffer::Buffer;
use super::common::Common;
use super::error::{Failed, GzResult};
use super::os::Errno;
use crate::buf::OutBuf;

/// Input not yet decoded, and how the last load ended.
#[derive(Default)]
pub(crate) struct Source {
    /// Input not yet decoded.
    pub input: Buffer,
    /// The end of the file has been reached.
    pub eof: bool,
    /// The last load stopped because the file would have blocked.
    pub stalled: bool,
    /// The error that ended the last load early; the next load fails with it.
    deferred_error: Option<Errno>,
}

impl Source {
    /// Forgets end and error, because the file may have grown or become readable.
    pub(crate) fn forget_end(&mut self) {
        self.deferred_error = None;
        self.eof = false;
    }

    /// True if the last load stopped before the end of the file.
    pub(crate) fn is_cut_short(&self) -> bool {
        self.stalled || self.deferred_error.is_some()
    }

    /// True if all of the file has been consumed.
    pub(crate) fn at_end(&self) -> bool {
        self.eof && self.input.is_empty()
    }

    /// Reads to `output` until it is full or the file ends. After some data, a stall or an error
    /// does not make the load fail.
    pub(crate) fn load(&mut self, common: &mut Common, output: &mut OutBuf) -> GzResult {
        self.stalled = false;
        if let Some(error) = self.deferred_error.take() {
            return Err(common.error.set_errno(error));
        }
        let before = output.produced();
        loop {
            match common.file.read(output) {
                Ok(0) => {
                    self.eof = true;
                    return Ok(());
                }
                Ok(_) if output.avail() == 0 => return Ok(()),
                Ok(_) => {}
                Err(error) => {
                    self.stalled = error.is_stall();
                    if output.produced() == before {
                        return Err(common.error.set_errno(error));
                    }
                    // A stall need not be kept: the next read stalls again or has data.
                    self.deferred_error = (!self.stalled).then_some(error);
                    return Ok(());
                }
            }
        }
    }

    /// Fills the input buffer after the data it holds.
    pub(crate) fn load_input(&mut self, common: &mut Common) -> GzResult {
        if common.error.is_serious() {
            return Err(Failed);
        }
        if self.eof {
            return Ok(());
        }
        let mut input = mem::take(&mut self.input);
        input.compact();
        let result = input.fill(input.room(), |output| self.load(common, output));
        self.input = input;
        result
    }
}
