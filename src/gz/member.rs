//! Decodes a file for reading, member by member, or copies it if it is not gzip.
//!
//! A file is in one of three stages, zlib's LOOK, COPY and GZIP:
//! - Look: before a member. At the start of the file, four bytes decide: if a gzip header can
//!   start with them, the file is gzip, else it is plain. After a member, another one is tried.
//! - Copy: the file is plain, its bytes are the data; this is final.
//! - Gzip: in a member, whose end leads back to Look.
//!
//! # What may follow a member
//!
//! Another member, the end of the file, or garbage, which is ignored up to the end of the file.
//! Bytes after a member are garbage if they fail to decode before they have given any output.
//!
//! Four errors of zlib 1.3.2 are not repeated here (docs/compatibility.md lists the tests):
//! - it takes a damaged *first* member for garbage, and the file seems to be empty;
//! - it reports "unexpected end of file" when gzgets reaches the end of a gzip file, and when
//!   another call does and the input buffer ends there, too, as in a file of 8192 bytes;
//! - it clears that error in the next call when the file does end in a member;
//! - it drops data decoded before an error unless one call takes all of it.
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

/// Number of bytes that decide whether a file is gzip.
const HEADER_TEST_LEN: usize = 4;

/// True if a gzip header can start with `data`: ID1, ID2, CM 8, and no reserved bit in FLG.
/// Source: RFC 1952 2.3.
fn begins_header(data: &[u8]) -> bool {
    data.starts_with(&gzip::MAGIC)
        && data
            .get(gzip::MAGIC.len())
            .is_some_and(|&flags| u32::from(flags) << 8 & gzip::RESERVED_FLAGS == 0)
}

/// Where in the file decoding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// At the start, or between members.
    Look,
    /// In a plain file.
    Copy,
    /// In a member.
    Gzip,
}

/// What is known about the current member, or the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberStatus {
    /// The first member of the file, in which any damage is an error.
    First,
    /// Bytes after a member that have not given output yet; they may be garbage.
    Candidate,
    /// It has given output, or is complete.
    Proven,
}

/// The decoder of a file: its input, and where in the file it is.
pub(crate) struct Members {
    /// The input.
    pub source: Source,
    /// What the mode string asks for.
    wanted: Direct,
    /// Whether the file is plain; what the mode string asks for until that is known.
    pub direct: Direct,
    /// Where in the file decoding is.
    pub stage: Stage,
    /// What is known about the current member.
    status: MemberStatus,
    /// The current member has consumed input.
    begun: bool,
    /// The stream; None until the first read.
    inflater: Option<Inflater>,
}

impl Members {
    /// The decoder at the start of a file.
    pub(crate) fn new(direct: Direct) -> Members {
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

    /// True once the buffers are allocated.
    pub(crate) fn has_buffers(&self) -> bool {
        self.inflater.is_some()
    }

    /// Allocates buffers and stream, unless that has been done.
    fn allocate(&mut self, common: &mut Common, output: &mut Buffer) -> GzResult {
        if self.has_buffers() {
            return Ok(());
        }
        let size = common.size;
        let memory = || {
            Some((
                Buffer::alloc(size)?,
                Buffer::alloc(2 * size)?,
                Inflater::new()?,
            ))
        };
        let (input, decoded, inflater) =
            memory().ok_or_else(|| common.error.set_out_of_memory())?;
        self.inflater = Some(inflater);
        (self.source.input, *output) = (input, decoded);
        Ok(())
    }

    /// Returns to the start of the file, keeping the buffers.
    pub(crate) fn reset(&mut self) {
        self.source.input.clear();
        self.source.forget_end();
        self.source.stalled = false;
        self.stage = Stage::Look;
        if self.wanted == Direct::GzipOnly {
            self.direct = Direct::GzipOnly;
        }
        self.status = MemberStatus::First;
    }

    /// Determines what comes next. Stays at Look if the file is empty, or if too little of it is
    /// there yet. The input of a plain file moves to `output`.
    pub(crate) fn look(&mut self, common: &mut Common, output: &mut Buffer) -> GzResult {
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

    /// True if the file ended in the middle of a member.
    pub(crate) fn is_truncated(&self) -> bool {
        self.stage == Stage::Gzip
            && self.source.at_end()
            && (self.begun || self.status != MemberStatus::Candidate)
    }

    /// Sets an error if the file ended in the middle of a member. That may become known only
    /// after the last byte has been decoded.
    pub(crate) fn note_truncation(&self, common: &mut Common) {
        if self.is_truncated() && common.error.code() == ReturnCode::Ok {
            let message = c"unexpected end of file";
            common.error.set(ReturnCode::BufError, message);
        }
    }

    fn end_member(&mut self) {
        self.stage = Stage::Look;
        self.status = MemberStatus::Proven;
    }

    /// Skips to the end of the file. If reading continues all the same, after gzclearerr, the
    /// file is examined as at its start.
    fn skip_garbage(&mut self) {
        self.source.input.clear();
        self.source.eof = true;
        self.stage = Stage::Look;
    }

    /// Decodes to `output` until it is full, the member ends, or the input does, which is an
    /// error. On an error, `output` has what was decoded before it.
    pub(crate) fn decode(&mut self, common: &mut Common, output: &mut OutBuf) -> GzResult {
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
        let source = &mut self.source.input;
        let code = source.drain(|input| inflater.inflate(input, output));
        self.begun = true;
        if output.avail() < had {
            self.status = MemberStatus::Proven;
        }
        match code {
            ReturnCode::Ok => Ok(()),
            ReturnCode::StreamEnd => {
                self.end_member();
                Ok(())
            }
            ReturnCode::MemError => Err(common.error.set_out_of_memory()),
            ReturnCode::DataError if self.status == MemberStatus::Candidate => {
                self.skip_garbage();
                Ok(())
            }
            ReturnCode::DataError => {
                let message = inflater.message.unwrap_or(c"compressed data error");
                Err(common.error.set(ReturnCode::DataError, message))
            }
            _ => Err(fail_corrupt(common)),
        }
    }

    /// Fills `output`, which is empty. It stays empty only at the end of the file, or if the
    /// start of the file is not there yet. On an error it may have what was decoded before.
    pub(crate) fn fetch(&mut self, common: &mut Common, output: &mut Buffer) -> GzResult {
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
    common.error.set(ReturnCode::StreamError, message)
}
