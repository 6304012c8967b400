//! The trait [`Sink`]: what the decoder needs of an output, and of the history that matches copy.
#![forbid(unsafe_code)]

use crate::buf::InBuf;
use crate::inflate::codes::bits::Bits;
use crate::inflate::codes::table::DecodeTables;
use crate::inflate::decode::position::{Exit, FoundMatch};

/// Where decoded bytes go, and where matches find earlier ones.
pub(crate) trait Sink {
    /// True if a distance is checked as soon as it is read; else not before there is room
    /// for the match, which in a full buffer is a call later.
    const CHECKS_DISTANCE_AT_ONCE: bool;

    /// Bytes that can be written now.
    fn room(&self) -> usize;

    /// Writes a byte; there is room.
    fn put(&mut self, byte: u8);

    /// Writes bytes; there is room for them.
    fn write(&mut self, data: &[u8]);

    /// True if there are so many bytes of history.
    fn reaches(&self, dist: usize) -> bool;

    /// Writes a match of up to `len` bytes from `dist` bytes back, which the history has;
    /// how many it wrote: at least one if there is room.
    fn write_match(&mut self, dist: usize, len: usize) -> usize;

    /// Decodes symbols with the fast loop, as far as input and room allow: how it ended, and the
    /// last match, if it was cut short. Fewer than 8 bits are held.
    fn fast(
        &mut self,
        tables: &DecodeTables,
        bits: &mut Bits,
        input: &mut InBuf,
    ) -> (Exit, FoundMatch);
}
