//! A file for writing: gzwrite, gzputc, gzprintf, gzflush, gzsetparams, gzclose_w.
//!
//! Small pieces collect in the input buffer, of which they use the first half; a piece of at
//! least that length is compressed from where the caller has it. What a call did not take is
//! never looked at again: `input` holds copies only. (zlib 1.3.2 keeps a pointer into the
//! caller's memory after a write failed, and computes from it where the next bytes go:
//! CVE-2026-85091.)
//!
//! How much a call says it took: all, or what went before a stall, or 0 after another error.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use super::buffer::Buffer;
use super::codec::Deflater;
use super::common::Common;
use super::error::{Failed, Step};
use crate::buf::OutBuf;
use crate::deflate::config::Flush;
use crate::error::ReturnCode;

/// How far the end of a member is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The member goes on.
    No,
    /// deflate was told that it ends.
    Begun,
    /// All of it is written. The next data begins another one.
    Done,
}

/// The stream of a file that is compressed, and what comes out of it.
pub struct Compressor {
    /// The stream.
    pub deflater: Deflater,
    /// What is compressed and not written.
    pub output: Buffer,
    /// How far the end of the present member is written.
    pub ending: Ending,
}

/// A file for writing.
pub struct Writer {
    /// What all files have.
    pub common: Common,
    direct: bool,
    level: c_int,
    strategy: c_int,
    /// What was taken and is not compressed: the first half of the block, except that gzprintf
    /// may have written beyond it.
    pub input: Buffer,
    /// None until the first write, and without compression.
    pub compressor: Option<Compressor>,
}

impl Writer {
    /// A file whose bytes are written as they are (`direct`), or compressed.
    pub fn new(common: Common, direct: bool, level: c_int, strategy: c_int) -> Writer {
        Writer {
            common,
            direct,
            level,
            strategy,
            input: Buffer::default(),
            compressor: None,
        }
    }

    /// True once there are buffers.
    pub fn has_buffers(&self) -> bool {
        self.input.capacity() != 0
    }

    /// gzdirect: whether bytes are written as they are.
    pub fn is_direct(&self) -> bool {
        self.direct
    }

    /// Asks for buffers and stream, if there are none.
    pub fn allocate(&mut self) -> Step {
        if self.has_buffers() {
            return Ok(());
        }
        let size = self.common.size;
        let Some(input) = Buffer::alloc(2 * size) else {
            return Err(self.common.fail_out_of_memory());
        };
        if !self.direct {
            let output = Buffer::alloc(size);
            let deflater = || Deflater::new(self.level, self.strategy);
            let Some((output, deflater)) = output.and_then(|buf| Some((buf, deflater()?))) else {
                return Err(self.common.fail_out_of_memory());
            };
            self.compressor = Some(Compressor {
                deflater,
                output,
                ending: Ending::No,
            });
        }
        self.input = input;
        Ok(())
    }

    /// The check at the beginning of each call. Failed after an error; a stall is forgotten.
    #[inline]
    fn begin(&mut self) -> Step {
        if self.common.error.code() != ReturnCode::Ok {
            if !self.common.error.is_stall() {
                return Err(Failed);
            }
            self.common.error.clear();
        }
        Ok(())
    }

    /// What a call says it took when it failed after `taken` bytes.
    fn taken_before_failure(&self, taken: usize) -> usize {
        if self.common.error.is_stall() {
            taken
        } else {
            0
        }
    }

    /// Takes `data`; how much of it was taken.
    fn take(&mut self, data: &[u8]) -> usize {
        if data.is_empty() || self.allocate().is_err() || self.settle().is_err() {
            return 0;
        }
        if data.len() < self.common.size {
            self.take_small(data)
        } else {
            self.take_large(data)
        }
    }

    /// Takes `data`, which is shorter than the first half of the input buffer.
    fn take_small(&mut self, data: &[u8]) -> usize {
        let mut rest = data;
        loop {
            if self.input.is_empty() {
                self.input.clear();
            }
            // gzprintf may have left more than the first half.
            let room = self.common.size.saturating_sub(self.input.end());
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.input.append(now);
            self.common.advance(now.len());
            rest = later;
            if rest.is_empty() {
                return data.len();
            }
            if self.compress_input(Flush::No).is_err() {
                return self.taken_before_failure(data.len() - rest.len());
            }
        }
    }

    /// Takes `data` from where it is.
    fn take_large(&mut self, data: &[u8]) -> usize {
        if !self.input.is_empty() && self.compress_input(Flush::No).is_err() {
            return 0;
        }
        let (done, result) = self.compress_pieces(data);
        self.common.advance(done);
        match result {
            Ok(()) => data.len(),
            Err(Failed) => self.taken_before_failure(done),
        }
    }

    /// gzwrite: how many bytes were taken. `data` gives the `len` bytes.
    pub fn write<'a>(&mut self, len: u32, data: impl FnOnce(usize) -> &'a [u8]) -> usize {
        if self.begin().is_err() {
            return 0;
        }
        if len > i32::MAX as u32 {
            let message = c"requested length does not fit in int";
            self.common.fail(ReturnCode::DataError, message);
            return 0;
        }
        self.take(data(len as usize))
    }

    /// gzfwrite: how many of `count` items of `size` bytes were taken whole. `data` gives them.
    pub fn write_items<'a>(
        &mut self,
        size: usize,
        count: usize,
        data: impl FnOnce(usize) -> &'a [u8],
    ) -> usize {
        if self.begin().is_err() {
            return 0;
        }
        match size.checked_mul(count) {
            Some(0) => 0,
            Some(len) => self.take(data(len)) / size,
            None => {
                let message = c"request does not fit in a size_t";
                self.common.fail(ReturnCode::StreamError, message);
                0
            }
        }
    }

    /// gzputs: how many bytes of `text` were taken.
    pub fn write_text<'a>(&mut self, text: impl FnOnce() -> &'a [u8]) -> Result<usize, Failed> {
        self.begin()?;
        let text = text();
        if text.len() > i32::MAX as usize {
            let message = c"string length does not fit in int";
            return Err(self.common.fail(ReturnCode::StreamError, message));
        }
        match self.take(text) {
            0 if !text.is_empty() => Err(Failed),
            taken => Ok(taken),
        }
    }

    /// gzputc.
    #[inline]
    pub fn write_byte(&mut self, byte: u8) -> Step {
        self.begin()?;
        if self.has_buffers() {
            self.settle()?;
            if self.input.is_empty() {
                self.input.clear();
            }
            if self.input.end() < self.common.size {
                self.input.push(byte);
                self.common.advance(1);
                return Ok(());
            }
        }
        match self.take(&[byte]) {
            1 => Ok(()),
            _ => Err(Failed),
        }
    }

    /// gzprintf: the length of what `format` wrote; 0 if that was nothing, or too long.
    /// `format` is given room for a text as long as the first half of the input buffer with
    /// its zero byte, and returns the text's length as snprintf does, having counted only a
    /// text that fits as written.
    pub fn write_formatted(
        &mut self,
        format: impl FnOnce(&mut OutBuf) -> c_int,
    ) -> Result<c_int, ReturnCode> {
        self.begin().map_err(|Failed| ReturnCode::StreamError)?;
        self.prepare_formatted()
            .map_err(|Failed| self.common.error.code())?;
        let size = self.common.size;
        let before = self.input.len();
        let len = self.input.fill(size, format);
        let written = self.input.len() - before;
        if written == 0 {
            return Ok(0);
        }
        self.common.advance(written);
        if self.vacate().is_err() && !self.common.error.is_stall() {
            return Err(self.common.error.code());
        }
        Ok(len)
    }

    /// Makes room for a text.
    fn prepare_formatted(&mut self) -> Step {
        self.allocate()?;
        self.settle()?;
        if self.vacate().is_err() {
            if self.common.error.is_stall() {
                let message = c"stalled write on gzprintf";
                let Common { error, name, .. } = &mut self.common;
                error.set_stalled(ReturnCode::BufError, name, message);
            }
            return Err(Failed);
        }
        if self.input.is_empty() {
            self.input.clear();
        }
        Ok(())
    }

    /// gzflush: the code that is returned.
    pub fn flush(&mut self, flush: c_int) -> ReturnCode {
        if self.begin().is_err() {
            return ReturnCode::StreamError;
        }
        let flush = match Flush::from_c(flush) {
            None | Some(Flush::Block) => return ReturnCode::StreamError,
            Some(flush) => flush,
        };
        // The file remembers what is returned.
        let _ = match flush {
            Flush::Finish => self.end_member(),
            _ => self.settle().and_then(|()| self.compress_input(flush)),
        };
        self.common.error.code()
    }

    /// gzsetparams: the code that is returned. As in zlib, values that deflate refuses change
    /// nothing, unless nothing was written yet: then the first write fails.
    pub fn set_params(&mut self, level: c_int, strategy: c_int) -> ReturnCode {
        if self.direct || self.begin().is_err() {
            return ReturnCode::StreamError;
        }
        if (level, strategy) == (self.level, self.strategy) {
            return ReturnCode::Ok;
        }
        if self.settle().is_err()
            || (!self.input.is_empty() && self.compress_input(Flush::Block).is_err())
        {
            return self.common.error.code();
        }
        if let Some(Compressor {
            deflater, output, ..
        }) = &mut self.compressor
        {
            output.fill(output.room(), |room| {
                deflater.set_params(room, level, strategy)
            });
        }
        (self.level, self.strategy) = (level, strategy);
        ReturnCode::Ok
    }

    /// Writes all that was taken, and the end of the last member; Ok or the error.
    pub fn finish(&mut self) -> ReturnCode {
        let error = &self.common.error;
        // A program may look at gzclose only. What a failed call did not take is not in the file.
        let failed = error.code() == ReturnCode::Errno && !error.is_stall();
        match self.end_member() {
            Ok(()) if failed => ReturnCode::Errno,
            Ok(()) => ReturnCode::Ok,
            Err(Failed) => self.common.error.code(),
        }
    }
}
