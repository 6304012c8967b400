//! A file open for reading: gzread, gzfread, gzgets, gzgetc, gzungetc, gzdirect, gzrewind.
//!
//! Short reads are decoded to the output buffer and copied from there; a read at least as long
//! as that buffer is decoded, or read, directly to the caller's memory.
//!
//! # The order of data and errors
//!
//! An error is set when it happens; data decoded before it stays in the output buffer. The next
//! calls return that data, and only a call that finds the buffer empty fails. An end of the file
//! in the middle of a member (Z_BUF_ERROR) does not make calls fail, but remains set for gzerror
//! and gzclose until the file has grown or gzclearerr is called. The next call clears a stall.
//!
//! Bytes to be skipped for gzseek are skipped when the next byte is asked for.
#![forbid(unsafe_code)]

use core::ffi::CStr;
use std::io::BufRead;

use super::buffer::Buffer;
use super::common::Common;
use super::error::{Failed, GzResult};
use super::member::{Members, Stage};
use super::mode::Direct;
use super::os::{Errno, Whence};
use crate::buf::OutBuf;
use crate::error::ReturnCode;

/// Length of `data` up to and including its first newline, or all of it. `skip_until` is the
/// standard library's only stable memchr.
fn line_len(mut data: &[u8]) -> usize {
    // Reading a slice cannot fail.
    data.skip_until(b'\n').unwrap_or(0)
}

/// A file for reading.
pub(crate) struct Reader {
    /// What readers and writers share.
    pub common: Common,
    /// The decoder.
    pub members: Members,
    /// Data not yet delivered; the macro gzgetc takes its bytes from here.
    pub output: Buffer,
    /// Offset of the descriptor when the file was opened.
    start: i64,
    /// A call has asked for bytes past the end (gzeof).
    pub past: bool,
}

impl Reader {
    /// A file that is read from offset `start`.
    pub(crate) fn new(common: Common, direct: Direct, start: i64) -> Reader {
        Reader {
            common,
            members: Members::new(direct),
            output: Buffer::default(),
            start,
            past: false,
        }
    }

    /// Forgets the end of the file, which may have grown.
    pub(crate) fn forget_end(&mut self) {
        self.members.source.forget_end();
        self.past = false;
    }

    /// The check at the start of each call: fails after an error, once the data from before it
    /// is delivered, and clears an error that does not make calls fail.
    #[inline]
    fn begin(&mut self) -> GzResult {
        let error = &mut self.common.error;
        if error.is_fatal() && self.output.is_empty() {
            return Err(Failed);
        }
        if error.code() != ReturnCode::Ok && !error.is_fatal() && !self.members.is_truncated() {
            error.clear();
        }
        Ok(())
    }

    /// Sets an error that does not concern the data and takes effect at once.
    fn fail_at_once(&mut self, code: ReturnCode, message: &CStr) -> Failed {
        self.output.clear();
        self.common.error.set(code, message)
    }

    /// Counts `count` bytes of the output buffer as read.
    pub(crate) fn advance(&mut self, count: usize) {
        self.output.consume(count);
        self.common.advance(count);
    }

    /// Skips the bytes of a gzseek, as far as the file goes.
    fn skip(&mut self) -> GzResult {
        while self.common.skip > 0 {
            if !self.output.is_empty() {
                self.common.skip = self.skip_buffered(self.common.skip);
            } else if self.members.source.at_end() {
                self.members.note_truncation(&mut self.common);
                break;
            } else {
                self.refill()?;
            }
        }
        Ok(())
    }

    /// Fills the output buffer, which is empty.
    fn fetch(&mut self) -> GzResult {
        self.members.fetch(&mut self.common, &mut self.output)
    }

    /// Fills the output buffer if it is empty; it stays empty only at the end of the file.
    fn refill(&mut self) -> GzResult {
        while self.output.is_empty() && !self.members.source.at_end() {
            let result = self.fetch();
            if self.output.is_empty() {
                result?;
            }
        }
        if self.output.is_empty() {
            self.members.note_truncation(&mut self.common);
        }
        Ok(())
    }

    /// Reads until `output` is full or no more data comes.
    fn read_to(&mut self, output: &mut OutBuf) {
        if output.avail() == 0 || self.skip().is_err() {
            return;
        }
        let mut result = Ok(());
        while output.avail() != 0 && result.is_ok() {
            let before = output.produced();
            if !self.output.is_empty() {
                self.output.take(output);
                if self.common.error.code() != ReturnCode::Ok {
                    result = Err(Failed);
                }
            } else if self.members.source.at_end() {
                self.members.note_truncation(&mut self.common);
                break;
            } else if self.members.stage == Stage::Look || output.avail() < self.output.capacity() {
                // Then the output buffer has room for gzungetc.
                result = self.refill();
            } else if self.members.stage == Stage::Copy {
                result = self.members.source.load(&mut self.common, output);
            } else {
                result = self.members.decode(&mut self.common, output);
            }
            self.common.advance(output.produced() - before);
        }
        if output.avail() != 0 && self.members.source.eof {
            self.past = true;
        }
    }

    /// gzread: the number of bytes read, at most `len`; fails if an error left none. `room`
    /// returns the memory for them.
    pub(crate) fn read<'a>(
        &mut self,
        len: u32,
        room: impl FnOnce(usize) -> OutBuf<'a>,
    ) -> GzResult<usize> {
        self.begin()?;
        if len > i32::MAX as u32 {
            let message = c"request does not fit in an int";
            return Err(self.fail_at_once(ReturnCode::StreamError, message));
        }
        let mut output = room(len as usize);
        self.read_to(&mut output);
        if output.produced() == 0 && len != 0 {
            self.nothing_read()?;
        }
        Ok(output.produced())
    }

    /// Fails if a call read nothing because of an error. A stall is one, so that nobody takes it
    /// for the end of the file. (In zlib, gzfread, gzgetc and gzgets do not report it while a
    /// file has fewer than four bytes; gzgets even reports the end.)
    fn nothing_read(&mut self) -> GzResult {
        if self.common.error.is_serious() {
            return Err(Failed);
        }
        if self.members.source.stalled && !self.members.source.at_end() {
            return Err(self.common.error.set_errno(Errno::STALLED));
        }
        Ok(())
    }

    /// gzfread: the number of complete items of `size` bytes read, at most `count`. `room`
    /// returns the memory for them.
    pub(crate) fn read_items<'a>(
        &mut self,
        size: usize,
        count: usize,
        room: impl FnOnce(usize) -> OutBuf<'a>,
    ) -> usize {
        if self.begin().is_err() {
            return 0;
        }
        match size.checked_mul(count) {
            Some(0) => 0,
            Some(len) => {
                let mut output = room(len);
                self.read_to(&mut output);
                if output.produced() == 0 {
                    // The error stays in the file.
                    let _ = self.nothing_read();
                }
                output.produced() / size
            }
            None => {
                let message = c"request does not fit in a size_t";
                self.fail_at_once(ReturnCode::StreamError, message);
                0
            }
        }
    }

    /// gzgets: reads until `output` is full, a newline has been read, or no more data comes; false
    /// if nothing was read.
    pub(crate) fn read_line(&mut self, output: &mut OutBuf) -> bool {
        if self.begin().is_err() || self.skip().is_err() {
            return false;
        }
        while output.avail() != 0 {
            // Even at the end, because a plain file may have grown.
            if self.output.is_empty() && self.fetch().is_err() && self.output.is_empty() {
                break;
            }
            let data = self.output.data();
            if data.is_empty() {
                self.past |= output.produced() != 0 || self.nothing_read().is_ok();
                break;
            }
            let most = data.len().min(output.avail());
            let count = line_len(&data[..most]);
            output.write(&data[..count]);
            let complete = data[..count].ends_with(b"\n");
            self.advance(count);
            if complete {
                break;
            }
        }
        output.produced() != 0
    }

    /// gzgetc.
    pub(crate) fn read_byte(&mut self) -> Option<u8> {
        self.begin().ok()?;
        if self.output.is_empty() {
            self.skip().ok()?;
            let result = self.refill();
            if self.output.is_empty() {
                self.past |= self.members.source.eof;
                result.and_then(|()| self.nothing_read()).ok()?;
            }
        }
        let byte = self.output.take_byte()?;
        self.common.advance(1);
        Some(byte)
    }

    /// gzungetc: pushes a byte back in front of the data. None is C's EOF, which only completes
    /// a pending skip.
    pub(crate) fn unread_byte(&mut self, byte: Option<u8>) -> GzResult {
        if self.members.stage == Stage::Look && self.output.is_empty() {
            // `begin` sees the error.
            let _ = self.members.look(&mut self.common, &mut self.output);
        }
        self.begin()?;
        self.skip()?;
        let byte = byte.ok_or(Failed)?;
        if !self.output.push_front(byte) {
            let message = c"out of room to push characters";
            return Err(self.fail_at_once(ReturnCode::DataError, message));
        }
        self.common.pos = self.common.pos.wrapping_sub(1);
        self.past = false;
        Ok(())
    }

    /// gzdirect: whether the file is plain.
    pub(crate) fn is_direct(&mut self) -> bool {
        if self.members.stage == Stage::Look && self.output.is_empty() {
            // An error shows when the file is read.
            let _ = self.members.look(&mut self.common, &mut self.output);
            // The macro gzgetc must not see the bytes to be skipped.
            self.common.skip = self.skip_buffered(self.common.skip);
        }
        self.members.direct == Direct::Yes
    }

    /// Returns to where the file was opened, and to the state it had then (gzrewind).
    pub(crate) fn rewind(&mut self) -> GzResult {
        if self.common.error.is_serious() {
            return Err(Failed);
        }
        self.common
            .file
            .seek(self.start, Whence::Start)
            .ok_or(Failed)?;
        self.output.clear();
        self.members.reset();
        self.past = false;
        self.common.skip = 0;
        self.common.pos = 0;
        self.common.error.clear();
        Ok(())
    }

    /// Moves by `offset` in a plain file; returns the new position.
    pub(crate) fn seek_copied(&mut self, offset: i64) -> Option<i64> {
        let buffered = self.output.len() as i64;
        let pos = self.common.pos.checked_add(offset)?;
        self.common
            .file
            .seek(offset.checked_sub(buffered)?, Whence::Current)?;
        self.output.clear();
        self.members.source.input.clear();
        self.forget_end();
        self.common.skip = 0;
        self.common.error.clear();
        self.common.pos = pos;
        Some(pos)
    }

    /// Skips up to `offset` bytes of the output buffer; returns how many are left to skip.
    pub(crate) fn skip_buffered(&mut self, offset: i64) -> i64 {
        let most = usize::try_from(offset.max(0)).unwrap_or(usize::MAX);
        let count = self.output.len().min(most);
        self.advance(count);
        offset - count as i64
    }
}

#[cfg(test)]
#[path = "../../tests/unit/gz_line.rs"]
mod tests;
