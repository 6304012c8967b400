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

use super::common::Common;
use super::compress::Compressor;
use super::error::{Failed, GzResult};
use crate::buf::OutBuf;
use crate::deflate::config::Flush;
use crate::error::ReturnCode;

/// A file for writing.
pub struct Writer {
    /// What all files have.
    pub common: Common,
    compressor: Compressor,
}

impl Writer {
    /// A file whose bytes are written as they are (`direct`), or compressed.
    pub fn new(common: Common, direct: bool, level: c_int, strategy: c_int) -> Writer {
        Writer {
            common,
            compressor: Compressor::new(direct, level, strategy),
        }
    }

    /// True once there are buffers.
    pub fn has_buffers(&self) -> bool {
        self.compressor.has_buffers()
    }

    /// gzdirect: whether bytes are written as they are.
    pub fn is_direct(&self) -> bool {
        self.compressor.is_direct()
    }

    /// The check at the beginning of each call. Failed after an error; a stall is forgotten.
    #[inline]
    fn begin(&mut self) -> GzResult {
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
        let Writer { common, compressor } = self;
        if data.is_empty()
            || compressor.allocate(common).is_err()
            || compressor.write_pending(common).is_err()
        {
            return 0;
        }
        if data.len() < common.size {
            self.take_small(data)
        } else {
            self.take_large(data)
        }
    }

    /// Takes `data`, which is shorter than the first half of the input buffer.
    fn take_small(&mut self, data: &[u8]) -> usize {
        let mut rest = data;
        loop {
            let Writer { common, compressor } = self;
            compressor.input.restart_if_empty();
            // gzprintf may have left more than the first half.
            let room = common.size.saturating_sub(compressor.input.end());
            let (now, later) = rest.split_at(room.min(rest.len()));
            compressor.input.append(now);
            common.advance(now.len());
            rest = later;
            if rest.is_empty() {
                return data.len();
            }
            if compressor.compress_input(common, Flush::No).is_err() {
                return self.taken_before_failure(data.len() - rest.len());
            }
        }
    }

    /// Takes `data` from where it is.
    fn take_large(&mut self, data: &[u8]) -> usize {
        let Writer { common, compressor } = self;
        if !compressor.input.is_empty() && compressor.compress_input(common, Flush::No).is_err() {
            return 0;
        }
        let (done, result) = compressor.compress_pieces(common, data);
        common.advance(done);
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
    pub fn write_text<'a>(&mut self, text: impl FnOnce() -> &'a [u8]) -> GzResult<usize> {
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
    pub fn write_byte(&mut self, byte: u8) -> GzResult {
        self.begin()?;
        let Writer { common, compressor } = self;
        if compressor.has_buffers() {
            compressor.write_pending(common)?;
            compressor.input.restart_if_empty();
            if compressor.input.end() < common.size {
                compressor.input.push(byte);
                common.advance(1);
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
        let Writer { common, compressor } = self;
        let before = compressor.input.len();
        let len = compressor.input.fill(common.size, format);
        let written = compressor.input.len() - before;
        if written == 0 {
            return Ok(0);
        }
        common.advance(written);
        if compressor.free_second_half(common).is_err() && !common.error.is_stall() {
            return Err(common.error.code());
        }
        Ok(len)
    }

    /// Makes room for a text.
    fn prepare_formatted(&mut self) -> GzResult {
        let Writer { common, compressor } = self;
        compressor.allocate(common)?;
        compressor.write_pending(common)?;
        if compressor.free_second_half(common).is_err() {
            if common.error.is_stall() {
                let message = c"stalled write on gzprintf";
                let Common { error, name, .. } = common;
                error.set_stalled(ReturnCode::BufError, name, message);
            }
            return Err(Failed);
        }
        compressor.input.restart_if_empty();
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
        let Writer { common, compressor } = self;
        let _ = match flush {
            Flush::Finish => compressor.end_member(common),
            _ => compressor
                .write_pending(common)
                .and_then(|()| compressor.compress_input(common, flush)),
        };
        common.error.code()
    }

    /// gzsetparams: the code that is returned. As in zlib, values that deflate refuses change
    /// nothing, unless nothing was written yet: then the first write fails.
    pub fn set_params(&mut self, level: c_int, strategy: c_int) -> ReturnCode {
        if self.is_direct() || self.begin().is_err() {
            return ReturnCode::StreamError;
        }
        // The file remembers what is returned.
        let Writer { common, compressor } = self;
        let _ = compressor.set_params(common, level, strategy);
        common.error.code()
    }

    /// Writes all that was taken, and the end of the last member; Ok or the error.
    pub fn finish(&mut self) -> ReturnCode {
        let error = &self.common.error;
        // A program may look at gzclose only. What a failed call did not take is not in the file.
        let failed = error.code() == ReturnCode::Errno && !error.is_stall();
        match self.compressor.end_member(&mut self.common) {
            Ok(()) if failed => ReturnCode::Errno,
            Ok(()) => ReturnCode::Ok,
            Err(Failed) => self.common.error.code(),
        }
    }
}
