//! One call's view of the caller's z_stream: buffers, totals, check value, data type, message.
//!
//! Programs may change these fields between calls (git sets the totals), so the state keeps no
//! copies of them: the border reads them before a call and writes them back afterwards.
#![forbid(unsafe_code)]

use core::ffi::{CStr, c_int, c_ulong};
use core::mem::MaybeUninit;

use crate::buf::{InBuf, OutBuf};
use crate::checksum::check::Check;
use crate::error::ReturnCode;

/// One call's view of the z_stream.
pub(crate) struct Io<'a> {
    /// next_in and avail_in.
    pub input: InBuf<'a>,
    /// next_out and avail_out.
    pub output: OutBuf<'a>,
    /// Bytes read so far, modulo the size of uLong; the caller may have changed it.
    pub total_in: c_ulong,
    /// Bytes written so far, modulo the size of uLong; the caller may have changed it.
    pub total_out: c_ulong,
    /// Check value of the data so far; the caller may have changed it.
    pub adler: c_ulong,
    /// Z_BINARY, Z_TEXT or Z_UNKNOWN; the caller may have changed it.
    pub data_type: c_int,
    /// Message set by this call; None leaves `msg` unchanged.
    pub msg: Option<&'static CStr>,
    /// Which check value `read` updates.
    pub check: Check,
    /// False if next_out is NULL, or next_in while avail_in is not 0. Both buffers are
    /// empty then.
    pub buffers_valid: bool,
}

impl<'a> Io<'a> {
    /// A view of two buffers, for callers without a z_stream.
    pub(crate) fn new(input: InBuf<'a>, output: OutBuf<'a>) -> Self {
        Io {
            input,
            output,
            total_in: 0,
            total_out: 0,
            adler: 0,
            data_type: 0,
            msg: None,
            check: Check::None,
            buffers_valid: true,
        }
    }

    /// Fills `to` from the input, which must have enough bytes; updates the total and the check
    /// value, and returns the copy.
    ///
    /// The input is read only once, because the program may change it meanwhile, and the check
    /// value must be that of the data compressed.
    pub(crate) fn read<'to>(&mut self, to: &'to mut [MaybeUninit<u8>]) -> &'to [u8] {
        let data = self.input.take(to.len());
        let (adler, copy) = self.check.update_copying(self.adler, data, to);
        self.adler = adler;
        self.total_in = self.total_in.wrapping_add(data.len() as c_ulong);
        copy
    }

    /// `read` to the output, which must have room for `count` bytes.
    pub(crate) fn pass(&mut self, count: usize) -> &'a [u8] {
        let (now, later) = self.output.take_room().split_at_mut(count);
        let copy = self.read(now);
        self.output.return_room(later, count);
        self.total_out = self.total_out.wrapping_add(count as c_ulong);
        copy
    }

    /// Appends `data`, which must fit, to the output, and updates the total.
    pub(crate) fn write(&mut self, data: &[u8]) {
        self.output.write(data);
        self.total_out = self.total_out.wrapping_add(data.len() as c_ulong);
    }

    /// Sets the message of `code`, and returns the code.
    pub(crate) fn fail(&mut self, code: ReturnCode) -> ReturnCode {
        self.msg = Some(code.message());
        code
    }
}

#[cfg(test)]
#[path = "../tests/unit/io.rs"]
mod tests;
