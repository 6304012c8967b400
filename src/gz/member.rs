//! From the input buffer to decoded bytes: what the file is, member by member.
//!
//! A file for reading is at one of three places:
//! - Look: before a member. At the file's start, four bytes decide: if they begin a gzip header,
//!   the file is gzip, else it is copied. Behind a member, another one is tried.
//! - Copy: the file is no gzip file; its bytes are the data. It stays so.
//! - Gzip: in a member; goes to Look behind it.
//!
//! # What may follow a member
//!
//! Another member, the end of the file, or garbage, which is passed over to the end of the
//! file. Whether it is garbage is known when it cannot be decoded: bytes that fail before they
//! have given any output are garbage if a member came before them.
//!
//! zlib 1.3.2 makes four mistakes here that are not repeated (docs/compatibility.md has the tests):
//! - it takes a damaged *first* member for garbage, and shows an empty file;
//! - it says "unexpected end of file" when gzgets comes to the end of a gzip file, and when
//!   another call does and the end is that of the input buffer, too, as in a file of 8192 bytes;
//! - it forgets this error in the next call when the file does end in a member;
//! - it drops what was decoded before an error if one call did not take all of it.
#![forbid(unsafe_code)]

use core::mem;

use super::buffer::Buffer;
use super::error::{Failed, Step};
use super::mode::Direct;
use super::place::{How, Member};
use super::read::Reader;
use crate::buf::OutBuf;
use crate::error::ReturnCode;
use crate::format::gzip;

/// Bytes of a header that show whether a file is gzip.
const HEADER_TEST_LEN: usize = 4;

/// True if a gzip header can begin so: ID1, ID2, CM 8, and no reserved bit of FLG.
/// Source: RFC 1952 2.3.
fn begins_header(data: &[u8]) -> bool {
    data.starts_with(&gzip::MAGIC)
        && data
            .get(gzip::MAGIC.len())
            .is_some_and(|&flags| u32::from(flags) << 8 & gzip::RESERVED_FLAGS == 0)
}

impl Reader {
    /// Finds out what comes next. Stays at Look if the file is empty, or if not enough of it is
    /// there yet.
    pub fn look(&mut self) -> Step {
        self.allocate()?;
        if self.direct == Direct::GzipOnly || self.member == Member::Proven {
            if self.member == Member::Proven {
                self.member = Member::Candidate;
            }
            self.begin_member();
            return Ok(());
        }
        self.load_input()?;
        let cut_short = self.stalled || self.late_error.is_some();
        if self.input.is_empty() || (cut_short && self.input.len() < HEADER_TEST_LEN) {
            return Ok(());
        }
        if begins_header(self.input.data()) {
            self.begin_member();
            return Ok(());
        }
        self.output.clear();
        self.output.append(self.input.data());
        self.input.clear();
        self.how = How::Copy;
        Ok(())
    }

    fn begin_member(&mut self) {
        if let Some(inflater) = &mut self.inflater {
            inflater.reset();
        }
        self.begun = false;
        self.how = How::Gzip;
        self.direct = Direct::No;
    }

    /// True if the file ended in a member.
    pub fn is_truncated(&self) -> bool {
        self.how == How::Gzip && self.at_end() && (self.begun || self.member != Member::Candidate)
    }

    /// Sets the error that tells an end of the file in a member, if that is where it is. The
    /// last byte may have been decoded when this was not known yet.
    pub fn note_truncation(&mut self) {
        if self.is_truncated() && self.common.error.code() == ReturnCode::Ok {
            let message = c"unexpected end of file";
            self.common.fail(ReturnCode::BufError, message);
        }
    }

    /// Nothing more belongs to a member.
    fn end_member(&mut self) {
        self.how = How::Look;
        self.member = Member::Proven;
    }

    /// What follows a member is garbage to the end of the file. If the file is read on all the
    /// same, after gzclearerr, it is looked at as at its start.
    fn pass_over_garbage(&mut self) {
        self.input.clear();
        self.eof = true;
        self.how = How::Look;
    }

    /// Decodes to `output` until it is full, the member ends, or the input does, which is an
    /// error. What was decoded before an error is in `output`.
    pub fn decode(&mut self, output: &mut OutBuf) -> Step {
        while output.avail() != 0 && self.how == How::Gzip {
            if self.input.is_empty() {
                self.load_input()?;
            }
            if self.input.is_empty() {
                if !self.is_truncated() {
                    self.end_member();
                }
                self.note_truncation();
                return Ok(());
            }
            self.inflate(output)?;
        }
        Ok(())
    }

    /// One call of inflate.
    fn inflate(&mut self, output: &mut OutBuf) -> Step {
        let Some(inflater) = &mut self.inflater else {
            return Err(self.fail_corrupt());
        };
        let had = output.avail();
        let done = self.input.drain(|input| inflater.inflate(input, output));
        self.begun = true;
        if output.avail() < had {
            self.member = Member::Proven;
        }
        match done.code {
            ReturnCode::Ok => Ok(()),
            ReturnCode::StreamEnd => {
                self.end_member();
                Ok(())
            }
            ReturnCode::MemError => Err(self.common.fail_out_of_memory()),
            ReturnCode::DataError if self.member == Member::Candidate => {
                self.pass_over_garbage();
                Ok(())
            }
            ReturnCode::DataError => {
                let message = done.message.unwrap_or(c"compressed data error");
                Err(self.common.fail(ReturnCode::DataError, message))
            }
            _ => Err(self.fail_corrupt()),
        }
    }

    fn fail_corrupt(&mut self) -> Failed {
        let message = c"internal error: inflate stream corrupt";
        self.common.fail(ReturnCode::StreamError, message)
    }

    /// Fills the output buffer, which is empty. It stays empty at the end of the file only, or
    /// if the start of the file is not there yet. After an error it may have what came before.
    pub fn fetch(&mut self) -> Step {
        if self.common.error.is_fatal() {
            return Err(Failed);
        }
        loop {
            match self.how {
                How::Look => {
                    self.look()?;
                    if self.how == How::Look {
                        return Ok(());
                    }
                }
                How::Copy => return self.fill_output(Reader::load),
                How::Gzip => self.fill_output(Reader::decode)?,
            }
            if !self.output.is_empty() || self.at_end() {
                return Ok(());
            }
        }
    }

    /// Has `fill` write to the output buffer.
    fn fill_output(&mut self, fill: fn(&mut Reader, &mut OutBuf) -> Step) -> Step {
        let mut output = mem::replace(&mut self.output, Buffer::none());
        output.clear();
        let result = output.fill(output.capacity(), |room| fill(self, room));
        self.output = output;
        result
    }
}
