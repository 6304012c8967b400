//! The input of a file for reading: from the descriptor to the input buffer.
//!
//! A load reads until its room is full, the file ends, an error comes, or, if the file is not
//! blocking, there is nothing more for now. What came before an error or a stall is delivered
//! first, and the next load fails: zlib drops what came before an error, so that a program
//! which goes on after gzclearerr misses bytes.
#![forbid(unsafe_code)]

use core::mem;

use super::buffer::Buffer;
use super::common::Common;
use super::error::{Failed, GzResult};
use super::os::Errno;
use crate::buf::OutBuf;

/// What was read and is not decoded, and how the last load ended.
#[derive(Default)]
pub struct Source {
    /// What was read and is not decoded.
    pub input: Buffer,
    /// The end of the file was seen.
    pub eof: bool,
    /// The last load stopped because the file would have blocked.
    pub stalled: bool,
    /// What the next load fails with: the last one was cut short by this error.
    deferred_error: Option<Errno>,
}

impl Source {
    /// The file may have grown, or be readable again.
    pub fn forget_end(&mut self) {
        self.deferred_error = None;
        self.eof = false;
    }

    /// True if more may come although the last load has stopped.
    pub fn is_cut_short(&self) -> bool {
        self.stalled || self.deferred_error.is_some()
    }

    /// True if all of the file is used up.
    pub fn at_end(&self) -> bool {
        self.eof && self.input.is_empty()
    }

    /// Reads to `output` until it is full or the file ends. A stall or an error with something
    /// read before it is none yet.
    pub fn load(&mut self, common: &mut Common, output: &mut OutBuf) -> GzResult {
        self.stalled = false;
        if let Some(error) = self.deferred_error.take() {
            return Err(common.fail_with_errno(error));
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
                        return Err(common.fail_with_errno(error));
                    }
                    // A stall need not be remembered: the next read has it again, or has data.
                    self.deferred_error = (!self.stalled).then_some(error);
                    return Ok(());
                }
            }
        }
    }

    /// Fills the input buffer behind what it has.
    pub fn load_input(&mut self, common: &mut Common) -> GzResult {
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
