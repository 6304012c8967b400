//! A file open for writing: gzwrite, gzputc, gzprintf, gzflush, gzsetparams, gzclose_w.
//!
//! Short writes collect in the first half of the input buffer; a write at least as long as that
//! is compressed directly from the caller's memory. Data that a call has not accepted is never
//! looked at again, because the buffer holds copies only. (After a failed write, zlib 1.3.2
//! keeps a pointer into the caller's memory and computes from it where the next bytes go:
//! CVE-2026-85091.)
//!
//! A call reports as accepted all of its data, or what preceded a stall, or 0 after another error.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use super::common::Common;
use super::compress::Compressor;
use super::error::{Failed, GzResult};
use crate::buf::OutBuf;
use crate::deflate::config::Flush;
use crate::error::ReturnCode;

/// A file for writing.
pub(crate) struct Writer {
    /// What readers and writers share.
    pub common: Common,
    /// What compresses and writes the data.
    pub compressor: Compressor,
}

impl Writer {
    /// A file to which data is written unchanged (`direct`) or compressed.
    pub(crate) fn new(common: Common, direct: bool, level: c_int, strategy: c_int) -> Writer {
        Writer {
            common,
            compressor: Compressor::new(direct, level, strategy),
        }
    }

    /// The check at the start of each call: fails after an error, and clears a stall.
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

    /// How many bytes a call that failed after `taken` bytes reports as accepted.
    fn taken_before_failure(&self, taken: usize) -> usize {
        if self.common.error.is_stall() {
            taken
        } else {
            0
        }
    }

    /// Accepts `data`; returns how much of it.
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

    /// Accepts `data` that is shorter than half the input buffer.
    fn take_small(&mut self, data: &[u8]) -> usize {
        let mut rest = data;
        loop {
            let Writer { common, compressor } = self;
            compressor.input.restart_if_empty();
            // gzprintf may have filled more than the first half.
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

    /// Accepts `data` without copying it.
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

    /// gzwrite: the number of bytes accepted. `data` returns the `len` bytes.
    pub(crate) fn write<'a>(&mut self, len: u32, data: impl FnOnce(usize) -> &'a [u8]) -> usize {
        if self.begin().is_err() {
            return 0;
        }
        if len > i32::MAX as u32 {
            let message = c"requested length does not fit in int";
            self.common.error.set(ReturnCode::DataError, message);
            return 0;
        }
        self.take(data(len as usize))
    }

    /// gzfwrite: the number of complete items accepted, of `count` with `size` bytes each.
    pub(crate) fn write_items<'a>(
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
                self.common.error.set(ReturnCode::StreamError, message);
                0
            }
        }
    }

    /// gzputs: the number of bytes of `text` accepted.
    pub(crate) fn write_text<'a>(&mut self, text: impl FnOnce() -> &'a [u8]) -> GzResult<usize> {
        self.begin()?;
        let text = text();
        if text.len() > i32::MAX as usize {
            let message = c"string length does not fit in int";
            return Err(self.common.error.set(ReturnCode::StreamError, message));
        }
        match self.take(text) {
            0 if !text.is_empty() => Err(Failed),
            taken => Ok(taken),
        }
    }

    /// gzputc.
    #[inline]
    pub(crate) fn write_byte(&mut self, byte: u8) -> GzResult {
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

    /// gzprintf: the length of the text that `format` wrote; 0 if it is empty or too long.
    /// `format` gets room for half the input buffer, including the NUL. It returns the length
    /// of the text as snprintf does, and counts the text as written only if it fits.
    pub(crate) fn write_formatted(
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

    /// Makes room for a formatted text.
    fn prepare_formatted(&mut self) -> GzResult {
        let Writer { common, compressor } = self;
        compressor.allocate(common)?;
        compressor.write_pending(common)?;
        if compressor.free_second_half(common).is_err() {
            if common.error.is_stall() {
                let message = c"stalled write on gzprintf";
                common.error.set_stalled(ReturnCode::BufError, message);
            }
            return Err(Failed);
        }
        compressor.input.restart_if_empty();
        Ok(())
    }

    /// gzflush: the code to return.
    pub(crate) fn flush(&mut self, flush: c_int) -> ReturnCode {
        if self.begin().is_err() {
            return ReturnCode::StreamError;
        }
        let flush = match Flush::from_c(flush) {
            None | Some(Flush::Block) => return ReturnCode::StreamError,
            Some(flush) => flush,
        };
        // The code to return stays in the file.
        let Writer { common, compressor } = self;
        let _ = match flush {
            Flush::Finish => compressor.end_member(common),
            _ => compressor
                .write_pending(common)
                .and_then(|()| compressor.compress_input(common, flush)),
        };
        common.error.code()
    }

    /// gzsetparams: the code to return. As in zlib, values that deflate rejects have no effect,
    /// unless nothing has been written yet: then the first write fails.
    pub(crate) fn set_params(&mut self, level: c_int, strategy: c_int) -> ReturnCode {
        if self.compressor.is_direct() || self.begin().is_err() {
            return ReturnCode::StreamError;
        }
        // The code to return stays in the file.
        let Writer { common, compressor } = self;
        let _ = compressor.set_params(common, level, strategy);
        common.error.code()
    }

    /// Writes all data accepted and the end of the last member; returns Ok or the error.
    pub(crate) fn finish(&mut self) -> ReturnCode {
        let error = &self.common.error;
        // A program may check gzclose only, and the data of a failed call is not in the file.
        let failed = error.code() == ReturnCode::Errno && !error.is_stall();
        match self.compressor.end_member(&mut self.common) {
            Ok(()) if failed => ReturnCode::Errno,
            Ok(()) => ReturnCode::Ok,
            Err(Failed) => self.common.error.code(),
        }
    }
}
