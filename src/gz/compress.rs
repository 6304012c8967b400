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

use super::buffer::Buffer;
use super::common::Common;
use super::error::Step;
use super::write::{Compressor, Ending, Writer};
use crate::buf::InBuf;
use crate::deflate::config::Flush;
use crate::error::ReturnCode;

/// Most bytes that one call of deflate is given: zlib's avail_in is an unsigned int.
const CALL_MAX: usize = u32::MAX as usize;

/// Writes all of `data`, or what goes before an error; how much is in `data`.
fn write_all(common: &mut Common, data: &mut InBuf) -> Step {
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

impl Compressor {
    /// Writes what is compressed. The buffer begins anew when it was full.
    fn write_out(&mut self, common: &mut Common) -> Step {
        self.output.drain(|output| write_all(common, output))?;
        if self.output.room() == 0 {
            self.output.clear();
        }
        Ok(())
    }

    /// Compresses `data` and writes what comes of it, as far as `flush` asks.
    fn run(&mut self, common: &mut Common, data: &mut InBuf, flush: Flush) -> Step {
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

impl Writer {
    /// Compresses and writes `data`, or writes it as it is. How far that came is in `data`.
    pub fn compress(&mut self, data: &mut InBuf, flush: Flush) -> Step {
        match &mut self.compressor {
            Some(compressor) => compressor.run(&mut self.common, data, flush),
            None => write_all(&mut self.common, data),
        }
    }

    /// The same for the caller's memory, in pieces as zlib has them.
    pub fn compress_pieces(&mut self, data: &[u8]) -> (usize, Step) {
        let mut done = 0;
        for piece in data.chunks(CALL_MAX) {
            let mut input = InBuf::new(piece);
            let result = self.compress(&mut input, Flush::No);
            done += input.consumed();
            if result.is_err() {
                return (done, result);
            }
        }
        (done, Ok(()))
    }

    /// Compresses what is in the input buffer.
    pub fn compress_input(&mut self, flush: Flush) -> Step {
        self.allocate()?;
        let mut input = core::mem::replace(&mut self.input, Buffer::default());
        let result = input.drain(|data| self.compress(data, flush));
        self.input = input;
        result
    }

    /// What comes before the bytes of a call: the end of a member that an earlier call could
    /// not write, and the zeros that gzseek asked for.
    #[inline]
    pub fn settle(&mut self) -> Step {
        if self.common.skip <= 0 && self.ending() != Ending::Begun {
            return Ok(());
        }
        self.settle_for_real()
    }

    /// The part of `settle` that is seldom needed.
    #[cold]
    fn settle_for_real(&mut self) -> Step {
        if self.ending() == Ending::Begun {
            self.compress_input(Flush::Finish)?;
        }
        self.fill_gap()
    }

    /// Settles, and ends the member. An end that was on its way is this one.
    pub fn end_member(&mut self) -> Step {
        let was_ending = self.ending() == Ending::Begun;
        self.settle()?;
        if was_ending && self.ending() == Ending::Done {
            return Ok(());
        }
        self.compress_input(Flush::Finish)
    }

    /// How far the end of the present member is written.
    #[inline]
    fn ending(&self) -> Ending {
        match &self.compressor {
            Some(compressor) => compressor.ending,
            None => Ending::No,
        }
    }

    /// Writes the zeros that gzseek asked for.
    fn fill_gap(&mut self) -> Step {
        if self.common.skip <= 0 {
            return Ok(());
        }
        if !self.input.is_empty() {
            self.compress_input(Flush::No)?;
        }
        self.allocate()?;
        let mut zeros = core::mem::replace(&mut self.input, Buffer::default());
        zeros.clear();
        zeros.append_zeros(self.gap_piece());
        let mut result = Ok(());
        while self.common.skip > 0 && result.is_ok() {
            let mut data = InBuf::new(&zeros.data()[..self.gap_piece()]);
            result = self.compress(&mut data, Flush::No);
            self.common.advance(data.consumed());
            self.common.skip -= data.consumed() as i64;
        }
        // Zeros that were not taken are still to be skipped, and made anew.
        zeros.clear();
        self.input = zeros;
        result
    }

    /// How many zeros are compressed next.
    fn gap_piece(&self) -> usize {
        let gap = usize::try_from(self.common.skip).unwrap_or(usize::MAX);
        gap.min(self.common.size)
    }

    /// Sees to it that the second half of the input buffer is free, for gzprintf. Failed if it
    /// is not.
    pub fn vacate(&mut self) -> Step {
        let size = self.common.size;
        if self.input.end() <= size {
            return Ok(());
        }
        let result = self.compress_input(Flush::No);
        self.input.compact();
        // After a stall there may be enough room all the same.
        if self.common.error.is_stall() && self.input.len() <= size {
            return Ok(());
        }
        result
    }
}
