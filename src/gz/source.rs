//! The input of a file for reading: from the descriptor to the input buffer.
//!
//! A load reads until its room is full, the file ends, an error comes, or, if the file is not
//! blocking, there is nothing more for now. What came before an error or a stall is delivered
//! first, and the next load fails: zlib drops what came before an error, so that a program
//! which goes on after gzclearerr misses bytes.
#![forbid(unsafe_code)]

use core::mem;

use super::buffer::Buffer;
use super::error::{Failed, Step};
use super::read::Reader;
use crate::buf::OutBuf;

impl Reader {
    /// True if all of the file is used up.
    pub fn at_end(&self) -> bool {
        self.eof && self.input.is_empty()
    }

    /// Reads to `output` until it is full or the file ends. A stall or an error with something
    /// read before it is none yet.
    pub fn load(&mut self, output: &mut OutBuf) -> Step {
        self.stalled = false;
        if let Some(error) = self.late_error.take() {
            return Err(self.common.fail_with_errno(error));
        }
        let before = output.produced();
        loop {
            match self.common.file.read(output) {
                Ok(0) => {
                    self.eof = true;
                    return Ok(());
                }
                Ok(_) if output.avail() == 0 => return Ok(()),
                Ok(_) => {}
                Err(error) => {
                    self.stalled = error.is_stall();
                    if output.produced() == before {
                        return Err(self.common.fail_with_errno(error));
                    }
                    // A stall need not be remembered: the next read has it again, or has data.
                    self.late_error = (!self.stalled).then_some(error);
                    return Ok(());
                }
            }
        }
    }

    /// Fills the input buffer behind what it has.
    pub fn load_input(&mut self) -> Step {
        if self.common.error.is_serious() {
            return Err(Failed);
        }
        if self.eof {
            return Ok(());
        }
        let mut input = mem::replace(&mut self.input, Buffer::none());
        input.compact();
        let result = input.fill(input.room(), |output| self.load(output));
        self.input = input;
        result
    }
}
