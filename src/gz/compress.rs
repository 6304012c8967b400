//! From the input buffer, or the caller's memory, through deflate to the descriptor.
//!
//! Compressed bytes collect in the output buffer and are written when it is full or a flush
//! asks for it. The buffer goes round: after a flush the next bytes follow the ones that were
//! written, until it is full. That is zlib's way, and its bytes depend on it: at level 0, the
//! length of a block is what deflate has room for.
//!
//! # When a write fails
//!
//! What could not be written stays in the output buffer, so that a later call can go on. With
//! Finish there is more to it. Once deflate was told that a member ends, it takes no more input
//! for it; so the file remembers (`Ending`) that the end is on its way, and completes it before
//! anything else. zlib 1.3.2 forgets: it loses the end of the member when the call is repeated,
//! and data that is written after it.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use super::buffer::Buffer;
use super::codec::Deflater;
use super::common::Common;
use super::error::GzResult;
use crate::buf::InBuf;
use crate::deflate::config::Flush;
use crate::error::ReturnCode;

/// Most bytes that one call of deflate is given: zlib's avail_in is an unsigned int.
const CALL_MAX: usize = u32::MAX as usize;

/// Writes all of `data`, or what goes before an error; how much is in `data`.
fn write_all(common: &mut Common, data: &mut InBuf) -> GzResult {
    while data.avail() != 0 {
        match common.file.write(data.rest()) {
            Ok(count) => {
                data.take(count);
            }
            Err(error) => return Err(common.fail_with_errno(error)),
        }
    }
    Ok(())
}

/// How far the end of a member is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// The member goes on.
    No,
    /// deflate was told that it ends.
    Begun,
    /// All of it is written. The next data begins another one.
    Done,
}

/// The stream of a file that is compressed, and what comes out of it.
struct MemberWriter {
    deflater: Deflater,
    /// What is compressed and not written.
    output: Buffer,
    /// How far the end of the present member is written.
    ending: Ending,
}

impl MemberWriter {
    /// Writes what is compressed. The buffer begins anew when it was full.
    fn write_out(&mut self, common: &mut Common) -> GzResult {
        self.output.drain(|output| write_all(common, output))?;
        if self.output.room() == 0 {
            self.output.clear();
        }
        Ok(())
    }

    /// Compresses `data` and writes what comes of it, as far as `flush` asks.
    fn compress(&mut self, common: &mut Common, data: &mut InBuf, flush: Flush) -> GzResult {
        if self.ending == Ending::Done {
            // No member begins without data or a flush.
            if data.avail() == 0 && flush == Flush::No {
                return Ok(());
            }
            self.deflater.reset();
            self.ending = Ending::No;
        }
        let mut code = ReturnCode::Ok;
        loop {
            // A member's last bytes go out together, with its trailer.
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
                return Err(common.fail(code, message));
            }
            if self.output.room() == room {
                break;
            }
        }
        if flush == Flush::Finish {
            // Nothing is left, unless an earlier call could not write it.
            self.write_out(common)?;
            self.ending = Ending::Done;
        }
        Ok(())
    }
}

/// Compresses and writes `data` with the stream, or as it is without one. Stage far that came is
/// in `data`.
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

/// How many of the zeros that gzseek asked for are compressed next.
fn zeros_len(common: &Common) -> usize {
    let gap = usize::try_from(common.skip).unwrap_or(usize::MAX);
    gap.min(common.size)
}

/// What becomes of the bytes that a file for writing takes.
pub struct Compressor {
    direct: bool,
    level: c_int,
    strategy: c_int,
    /// What was taken and is not compressed: the first half of the block, except that gzprintf
    /// may have written beyond it.
    pub input: Buffer,
    /// None until the first write, and without compression.
    member: Option<MemberWriter>,
}

impl Compressor {
    /// Bytes are written as they are (`direct`), or compressed.
    pub fn new(direct: bool, level: c_int, strategy: c_int) -> Compressor {
        Compressor {
            direct,
            level,
            strategy,
            input: Buffer::default(),
            member: None,
        }
    }

    /// True once there are buffers.
    pub fn has_buffers(&self) -> bool {
        self.input.capacity() != 0
    }

    /// Whether bytes are written as they are.
    pub fn is_direct(&self) -> bool {
        self.direct
    }

    /// Asks for buffers and stream, if there are none.
    pub fn allocate(&mut self, common: &mut Common) -> GzResult {
        if self.has_buffers() {
            return Ok(());
        }
        let size = common.size;
        let Some(input) = Buffer::alloc(2 * size) else {
            return Err(common.fail_out_of_memory());
        };
        if !self.direct {
            let output = Buffer::alloc(size);
            let deflater = || Deflater::new(self.level, self.strategy);
            let Some((output, deflater)) = output.and_then(|buf| Some((buf, deflater()?))) else {
                return Err(common.fail_out_of_memory());
            };
            self.member = Some(MemberWriter {
                deflater,
                output,
                ending: Ending::No,
            });
        }
        self.input = input;
        Ok(())
    }

    /// Compresses and writes `data`, in pieces as zlib has them; how much of it was taken.
    pub fn compress_pieces(&mut self, common: &mut Common, data: &[u8]) -> (usize, GzResult) {
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

    /// Compresses what is in the input buffer.
    pub fn compress_input(&mut self, common: &mut Common, flush: Flush) -> GzResult {
        self.allocate(common)?;
        let Compressor { input, member, .. } = self;
        input.drain(|data| write(member, common, data, flush))
    }

    /// Changes level and strategy for what is taken from now on.
    pub fn set_params(&mut self, common: &mut Common, level: c_int, strategy: c_int) -> GzResult {
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
            output.fill(output.room(), |room| {
                deflater.set_params(room, level, strategy)
            });
        }
        (self.level, self.strategy) = (level, strategy);
        Ok(())
    }

    /// What comes before the bytes of a call: the end of a member that an earlier call could
    /// not write, and the zeros that gzseek asked for.
    #[inline]
    pub fn write_pending(&mut self, common: &mut Common) -> GzResult {
        if common.skip <= 0 && self.ending() != Ending::Begun {
            return Ok(());
        }
        self.write_pending_slow(common)
    }

    /// The part of `write_pending` that is seldom needed.
    #[cold]
    fn write_pending_slow(&mut self, common: &mut Common) -> GzResult {
        if self.ending() == Ending::Begun {
            self.compress_input(common, Flush::Finish)?;
        }
        self.write_zeros(common)
    }

    /// Settles, and ends the member. An end that was on its way is this one.
    pub fn end_member(&mut self, common: &mut Common) -> GzResult {
        let was_ending = self.ending() == Ending::Begun;
        self.write_pending(common)?;
        if was_ending && self.ending() == Ending::Done {
            return Ok(());
        }
        self.compress_input(common, Flush::Finish)
    }

    /// How far the end of the present member is written.
    #[inline]
    fn ending(&self) -> Ending {
        match &self.member {
            Some(member) => member.ending,
            None => Ending::No,
        }
    }

    /// Writes the zeros that gzseek asked for.
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
        // Zeros that were not taken are still to be skipped, and made anew.
        input.clear();
        result
    }

    /// Sees to it that the second half of the input buffer is free, for gzprintf. Failed if it
    /// is not.
    pub fn free_second_half(&mut self, common: &mut Common) -> GzResult {
        let size = common.size;
        if self.input.end() <= size {
            return Ok(());
        }
        let result = self.compress_input(common, Flush::No);
        self.input.compact();
        // After a stall there may be enough room all the same.
        if common.error.is_stall() && self.input.len() <= size {
            return Ok(());
        }
        result
    }
}
