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
//! zlib 1.3.2 makes four mistakes here that are not repeated (README's table has the tests):
//! - it takes a damaged *first* member for garbage, and shows an empty file;
//! - it says "unexpected end of file" when gzgets comes to the end of a gzip file, and when
//!   another call does and the end is that of the input buffer, too, as in a file of 8192 bytes;
//! - it forgets this error in the next call when the file does end in a member;
//! - it drops what was decoded before an error if one call did not take all of it.
#![forbid(unsafe_code)]

use super::buffer::Buffer;
use super::codec::Inflater;
use super::common::Common;
use super::error::{Failed, GzResult};
use super::mode::Direct;
use super::source::Source;
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

/// Where reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before a member, or at the start.
    Look,
    /// In a file that is copied.
    Copy,
    /// In a member.
    Gzip,
}

/// What is known of the member that is being read, or was read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberStatus {
    /// The first one: what is wrong with it is an error.
    First,
    /// Bytes behind a member that have given no output: they may be garbage.
    Candidate,
    /// It has given output, or is complete.
    Proven,
}

/// The data of a file for reading, decoded member by member or copied.
pub struct Members {
    /// What is decoded.
    pub source: Source,
    /// What the mode said about gzip and other files.
    wanted: Direct,
    /// Whether the file is copied; what the mode said until that is known.
    pub direct: Direct,
    /// Where reading is.
    pub stage: Stage,
    /// What is known of the present member.
    status: MemberStatus,
    /// The present member has used input.
    begun: bool,
    /// The stream; None until the first read.
    inflater: Option<Inflater>,
}

impl Members {
    /// The data of a file at its start.
    pub fn new(direct: Direct) -> Members {
        Members {
            source: Source::default(),
            wanted: direct,
            direct,
            stage: Stage::Look,
            status: MemberStatus::First,
            begun: false,
            inflater: None,
        }
    }

    /// True once there are buffers.
    pub fn has_buffers(&self) -> bool {
        self.inflater.is_some()
    }

    /// Asks for buffers and stream, if there are none.
    fn allocate(&mut self, common: &mut Common, output: &mut Buffer) -> GzResult {
        if self.has_buffers() {
            return Ok(());
        }
        let buffers = (Buffer::alloc(common.size), Buffer::alloc(2 * common.size));
        let (Some(input), Some(decoded)) = buffers else {
            return Err(common.fail_out_of_memory());
        };
        self.inflater = Inflater::new();
        if self.inflater.is_none() {
            return Err(common.fail_out_of_memory());
        }
        (self.source.input, *output) = (input, decoded);
        Ok(())
    }

    /// Back to the state of a file that was just opened, buffers kept.
    pub fn reset(&mut self) {
        self.source.input.clear();
        self.source.forget_end();
        self.source.stalled = false;
        self.stage = Stage::Look;
        if self.wanted == Direct::GzipOnly {
            self.direct = Direct::GzipOnly;
        }
        self.status = MemberStatus::First;
    }

    /// Finds out what comes next. Stays at Look if the file is empty, or if not enough of it is
    /// there yet. A file that is copied begins with what `output` gets.
    pub fn look(&mut self, common: &mut Common, output: &mut Buffer) -> GzResult {
        self.allocate(common, output)?;
        if self.direct == Direct::GzipOnly || self.status == MemberStatus::Proven {
            if self.status == MemberStatus::Proven {
                self.status = MemberStatus::Candidate;
            }
            self.begin_member();
            return Ok(());
        }
        self.source.load_input(common)?;
        let cut_short = self.source.is_cut_short();
        let input = &mut self.source.input;
        if input.is_empty() || (cut_short && input.len() < HEADER_TEST_LEN) {
            return Ok(());
        }
        if begins_header(input.data()) {
            self.begin_member();
            return Ok(());
        }
        output.clear();
        output.append(input.data());
        input.clear();
        self.stage = Stage::Copy;
        Ok(())
    }

    fn begin_member(&mut self) {
        if let Some(inflater) = &mut self.inflater {
            inflater.reset();
        }
        self.begun = false;
        self.stage = Stage::Gzip;
        self.direct = Direct::No;
    }

    /// True if the file ended in a member.
    pub fn is_truncated(&self) -> bool {
        self.stage == Stage::Gzip
            && self.source.at_end()
            && (self.begun || self.status != MemberStatus::Candidate)
    }

    /// Sets the error that tells an end of the file in a member, if that is where it is. The
    /// last byte may have been decoded when this was not known yet.
    pub fn note_truncation(&self, common: &mut Common) {
        if self.is_truncated() && common.error.code() == ReturnCode::Ok {
            let message = c"unexpected end of file";
            common.fail(ReturnCode::BufError, message);
        }
    }

    /// Nothing more belongs to a member.
    fn end_member(&mut self) {
        self.stage = Stage::Look;
        self.status = MemberStatus::Proven;
    }

    /// What follows a member is garbage to the end of the file. If the file is read on all the
    /// same, after gzclearerr, it is looked at as at its start.
    fn skip_garbage(&mut self) {
        self.source.input.clear();
        self.source.eof = true;
        self.stage = Stage::Look;
    }

    /// Decodes to `output` until it is full, the member ends, or the input does, which is an
    /// error. What was decoded before an error is in `output`.
    pub fn decode(&mut self, common: &mut Common, output: &mut OutBuf) -> GzResult {
        while output.avail() != 0 && self.stage == Stage::Gzip {
            if self.source.input.is_empty() {
                self.source.load_input(common)?;
            }
            if self.source.input.is_empty() {
                if !self.is_truncated() {
                    self.end_member();
                }
                self.note_truncation(common);
                return Ok(());
            }
            self.inflate(common, output)?;
        }
        Ok(())
    }

    /// One call of inflate.
    fn inflate(&mut self, common: &mut Common, output: &mut OutBuf) -> GzResult {
        let Some(inflater) = &mut self.inflater else {
            return Err(fail_corrupt(common));
        };
        let had = output.avail();
        let done = self
            .source
            .input
            .drain(|input| inflater.inflate(input, output));
        self.begun = true;
        if output.avail() < had {
            self.status = MemberStatus::Proven;
        }
        match done.code {
            ReturnCode::Ok => Ok(()),
            ReturnCode::StreamEnd => {
                self.end_member();
                Ok(())
            }
            ReturnCode::MemError => Err(common.fail_out_of_memory()),
            ReturnCode::DataError if self.status == MemberStatus::Candidate => {
                self.skip_garbage();
                Ok(())
            }
            ReturnCode::DataError => {
                let message = done.message.unwrap_or(c"compressed data error");
                Err(common.fail(ReturnCode::DataError, message))
            }
            _ => Err(fail_corrupt(common)),
        }
    }

    /// Fills `output`, which is empty. It stays empty at the end of the file only, or if the
    /// start of the file is not there yet. After an error it may have what came before.
    pub fn fetch(&mut self, common: &mut Common, output: &mut Buffer) -> GzResult {
        if common.error.is_fatal() {
            return Err(Failed);
        }
        output.clear();
        loop {
            match self.stage {
                Stage::Look => {
                    self.look(common, output)?;
                    if self.stage == Stage::Look {
                        return Ok(());
                    }
                }
                Stage::Copy => {
                    return output.fill(output.capacity(), |room| self.source.load(common, room));
                }
                Stage::Gzip => output.fill(output.capacity(), |room| self.decode(common, room))?,
            }
            if !output.is_empty() || self.source.at_end() {
                return Ok(());
            }
        }
    }
}

fn fail_corrupt(common: &mut Common) -> Failed {
    let message = c"internal error: inflate stream corrupt";
    common.fail(ReturnCode::StreamError, message)
}
