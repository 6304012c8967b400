//! What one call sees of the caller's z_stream: buffers, counts, check value, type, message.
//!
//! Programs may change these fields between calls (git writes its own totals), so nothing
//! here is remembered in the stream's state: the border reads it before a call and writes
//! it back after.
#![forbid(unsafe_code)]

use core::ffi::{CStr, c_int, c_ulong};
use core::mem::MaybeUninit;

use crate::buf::{InBuf, OutBuf};
use crate::checksum::check::Check;
use crate::error::ReturnCode;

/// A call's view of the stream.
pub struct Io<'a> {
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
    /// Message set by this call; None leaves the stream's `msg` as it is.
    pub msg: Option<&'static CStr>,
    /// Which check value reading updates.
    pub check: Check,
    /// False if next_out is NULL, or next_in while avail_in is not 0. Both buffers are
    /// empty then.
    pub buffers_valid: bool,
}

impl<'a> Io<'a> {
    /// A view of nothing but these two buffers, for callers that have no z_stream.
    pub fn new(input: InBuf<'a>, output: OutBuf<'a>) -> Self {
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

    /// Copies as many bytes of input as `to` has room for, which must not be more than there are;
    /// counts them and adds them to the check value. Returns the copy.
    ///
    /// The input is never looked at again: the program may change it meanwhile, and what is
    /// compressed has to be what the check value is of.
    pub fn read<'to>(&mut self, to: &'to mut [MaybeUninit<u8>]) -> &'to [u8] {
        let data = self.input.take(to.len());
        let (adler, copy) = self.check.update_copying(self.adler, data, to);
        self.adler = adler;
        self.total_in = self.total_in.wrapping_add(data.len() as c_ulong);
        copy
    }

    /// The same to the output, of which there must be room for `count` bytes.
    pub fn pass(&mut self, count: usize) -> &'a [u8] {
        let (now, later) = self.output.take_room().split_at_mut(count);
        let copy = self.read(now);
        self.output.return_room(later, count);
        self.total_out = self.total_out.wrapping_add(count as c_ulong);
        copy
    }

    /// Appends `data` to the output, where it must fit, and counts it.
    pub fn write(&mut self, data: &[u8]) {
        self.output.write(data);
        self.total_out = self.total_out.wrapping_add(data.len() as c_ulong);
    }

    /// Records `code`'s message in the stream and returns the code.
    pub fn fail(&mut self, code: ReturnCode) -> ReturnCode {
        self.msg = Some(code.message());
        code
    }
}
