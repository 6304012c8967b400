//! Compresses the data of a file for writing and writes it to the descriptor.
//!
//! Compressed bytes collect in the output buffer and are written when it is full or on a flush.
//! After a flush, output continues at the offset it has reached until the buffer is full; zlib's
//! output depends on that, because at level 0 a block is as long as deflate has room for.
//!
//! # When a write fails
//!
//! Output that could not be written stays in the buffer, and a later call continues with it.
//! Once deflate has been told to finish a member, it accepts no more input for it; `Ending`
//! records that, and the member is completed before anything else. zlib 1.3.2 does not: when
//! the call is repeated, it loses the end of the member and the data written after it.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use super::buffer::Buffer;
use super::codec::Deflater;
use super::common::Common;
use super::error::GzResult;
use crate::buf::{InBuf, OutBuf};
use crate::deflate::config::Flush;
use crate::error::ReturnCode;

/// The most input for one call of deflate: zlib's avail_in is an unsigned int.
const CALL_MAX: usize = u32::MAX as usize;

/// Writes all of `data`, or as much as possible before an error; `data` tells how much.
fn write_all(common: &mut Common, data: &mut InBuf) -> GzResult {
    while data.avail() != 0 {
        let written = common.file.write(data.rest());
        data.take(written.map_err(|error| common.error.set_errno(error))?);
    }
    Ok(())
}

/// How much of the end of a member has been written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// The member goes on.
    No,
    /// deflate has been told to finish it.
    Begun,
    /// All of it is written; the next data starts another member.
    Done,
}

/// Writes gzip members: the deflate stream and its output.
struct MemberWriter {
    deflater: Deflater,
    /// Compressed bytes not yet written.
    output: Buffer,
    /// The end of the current member.
    ending: Ending,
}

impl MemberWriter {
    /// Writes the output buffer. It starts over once it has been full.
    fn write_out(&mut self, common: &mut Common) -> GzResult {
        self.output.drain(|output| write_all(common, output))?;
        if self.output.room() == 0 {
            self.output.clear();
        }
        Ok(())
    }

    /// Compresses `data`, and writes output when the buffer is full or `flush` asks for it.
    fn compress(&mut self, common: &mut Common, data: &mut InBuf, flush: Flush) -> GzResult {
        if self.ending == Ending::Done {
            // Without data or a flush, no member starts.
            if data.avail() == 0 && flush == Flush::No {
                return Ok(());
            }
            self.deflater.reset();
            self.ending = Ending::No;
        }
        let mut code = ReturnCode::Ok;
        loop {
            // The last bytes of a member are written together with its trailer.
            let flushes =
                flush != Flush::No && (flush != Flush::Finish || code == ReturnCode::StreamEnd);
            if self.output.room() == 0 || flushes {
                self.write_out(common)?;
            }
            let room = self.output.room();
            if flush == Flush::Finish {
                self.ending = Ending::Begun;
            }
            let deflater = &mut self.deflater;
            code = self
                .output
                .fill(room, |output| deflater.deflate(data, output, flush));
            if code == ReturnCode::StreamError {
                let message = c"internal error: deflate stream corrupt";
                return Err(common.error.set(code, message));
            }
            if self.output.room() == room {
                break;
            }
        }
        if flush == Flush::Finish {
            // The buffer is empty unless an earlier call could not write it.
            self.write_out(common)?;
            self.ending = Ending::Done;
        }
        Ok(())
    }
}

/// Compresses and writes `data`, or writes it unchanged without a `member`; `data` tells how much.
fn write(
    member: &mut Option<MemberWriter>,
    common: &mut Common,
    data: &mut InBuf,
    flush: Flush,
) -> GzResult {
    match member {
        Some(member) => member.compress(common, data, flush),
        None => write_all(common, data),
    }
}

/// How many of the zeros of a gzseek are compressed in one call.
fn zeros_len(common: &Common) -> usize {
    let gap = usize::try_from(common.skip).unwrap_or(usize::MAX);
    gap.min(common.size)
}

/// The path of data from the writer to the descriptor.
pub(crate) struct Compressor {
    direct: bool,
    level: c_int,
    strategy: c_int,
    /// Input not yet compressed, in the first half of the block; gzprintf may write past that.
    pub input: Buffer,
    /// None until the first write, and without compression.
    member: Option<MemberWriter>,
}

impl Compressor {
    /// Data is written unchanged (`direct`) or compressed.
    pub(crate) fn new(direct: bool, level: c_int, strategy: c_int) -> Compressor {
        Compressor {
            direct,
            level,
            strategy,
            input: Buffer::default(),
            member: None,
        }
    }

    /// True once the buffers are allocated.
    pub(crate) fn has_buffers(&self) -> bool {
        self.input.capacity() != 0
    }

    /// gzdirect: whether data is written unchanged.
    pub(crate) fn is_direct(&self) -> bool {
        self.direct
    }

    /// Allocates buffers and stream, unless that has been done.
    pub(crate) fn allocate(&mut self, common: &mut Common) -> GzResult {
        if self.has_buffers() {
            return Ok(());
        }
        let memory = self.try_allocate(common.size);
        memory.ok_or_else(|| common.error.set_out_of_memory())
    }

    fn try_allocate(&mut self, size: usize) -> Option<()> {
        let input = Buffer::alloc(2 * size)?;
        if !self.direct {
            self.member = Some(MemberWriter {
                output: Buffer::alloc(size)?,
                deflater: Deflater::new(self.level, self.strategy)?,
                ending: Ending::No,
            });
        }
        self.input = input;
        Some(())
    }

    /// Compresses and writes `data` in calls as long as zlib's; returns how much was consumed.
    pub(crate) fn compress_pieces(
        &mut self,
        common: &mut Common,
        data: &[u8],
    ) -> (usize, GzResult) {
        let mut done = 0;
        for piece in data.chunks(CALL_MAX) {
            let mut input = InBuf::new(piece);
            let result = write(&mut self.member, common, &mut input, Flush::No);
            done += input.consumed();
            if result.is_err() {
                return (done, result);
            }
        }
        (done, Ok(()))
    }

    /// Compresses the input buffer.
    pub(crate) fn compress_input(&mut self, common: &mut Common, flush: Flush) -> GzResult {
        self.allocate(common)?;
        let Compressor { input, member, .. } = self;
        input.drain(|data| write(member, common, data, flush))
    }

    /// Changes level and strategy for the data to come.
    pub(crate) fn set_params(
        &mut self,
        common: &mut Common,
        level: c_int,
        strategy: c_int,
    ) -> GzResult {
        if (level, strategy) == (self.level, self.strategy) {
            return Ok(());
        }
        self.write_pending(common)?;
        if !self.input.is_empty() {
            self.compress_input(common, Flush::Block)?;
        }
        if let Some(MemberWriter {
            deflater, output, ..
        }) = &mut self.member
        {
            let set = |room: &mut OutBuf| deflater.set_params(room, level, strategy);
            output.fill(output.room(), set);
        }
        (self.level, self.strategy) = (level, strategy);
        Ok(())
    }

    /// Writes what precedes the data of a call: the end of a member that an earlier call could
    /// not complete, and the zeros of a gzseek.
    #[inline]
    pub(crate) fn write_pending(&mut self, common: &mut Common) -> GzResult {
        if common.skip <= 0 && self.ending() != Ending::Begun {
            return Ok(());
        }
        self.write_pending_slow(common)
    }

    /// `write_pending` when something is pending.
    #[cold]
    fn write_pending_slow(&mut self, common: &mut Common) -> GzResult {
        if self.ending() == Ending::Begun {
            self.compress_input(common, Flush::Finish)?;
        }
        self.write_zeros(common)
    }

    /// Writes what is pending and ends the member, unless that was what was pending.
    pub(crate) fn end_member(&mut self, common: &mut Common) -> GzResult {
        let was_ending = self.ending() == Ending::Begun;
        self.write_pending(common)?;
        if was_ending && self.ending() == Ending::Done {
            return Ok(());
        }
        self.compress_input(common, Flush::Finish)
    }

    /// How much of the end of the current member has been written.
    #[inline]
    fn ending(&self) -> Ending {
        let member = self.member.as_ref();
        member.map_or(Ending::No, |member| member.ending)
    }

    /// Writes the zeros of a gzseek.
    fn write_zeros(&mut self, common: &mut Common) -> GzResult {
        if common.skip <= 0 {
            return Ok(());
        }
        if !self.input.is_empty() {
            self.compress_input(common, Flush::No)?;
        }
        self.allocate(common)?;
        let Compressor { input, member, .. } = self;
        input.clear();
        input.append_zeros(zeros_len(common));
        let mut result = Ok(());
        while common.skip > 0 && result.is_ok() {
            let mut data = InBuf::new(&input.data()[..zeros_len(common)]);
            result = write(member, common, &mut data, Flush::No);
            common.advance(data.consumed());
            common.skip -= data.consumed() as i64;
        }
        // `skip` still counts the zeros that were not consumed.
        input.clear();
        result
    }

    /// Makes the second half of the input buffer available to gzprintf, or fails.
    pub(crate) fn free_second_half(&mut self, common: &mut Common) -> GzResult {
        let size = common.size;
        if self.input.end() <= size {
            return Ok(());
        }
        let result = self.compress_input(common, Flush::No);
        self.input.compact();
        // Even after a stall there may be enough room.
        if common.error.is_stall() && self.input.len() <= size {
            return Ok(());
        }
        result
    }
}
