//! Feeds a call's input to the fast loop, up to its last bytes.
//!
//! The loop reads 8 bytes at a time, so it would have to stop 15 bytes before the end of the
//! input: with input of 512 bytes, 3 % of it. So it runs a second time on a copy of the last
//! bytes that has zeros behind it, and stops there only when the next symbol could use up
//! bits that are not there.
//!
//! Unsafe because it calls the fast loop, which works on raw pointers.
#![allow(unsafe_code)]

use crate::buf::InBuf;
use crate::inflate::codes::bits::Bits;
use crate::inflate::codes::table::Tables;
use crate::inflate::decode::fast;
use crate::inflate::decode::loops::{Exit, History, INPUT_MARGIN, Match, Position, Space, Work};

/// Bytes that the loop's first refill may skip.
const FIRST_REFILL: usize = 7;
/// Input for which a run on the input itself is worth it.
const LEAST_DIRECT: usize = INPUT_MARGIN + FIRST_REFILL;
/// Input without which nothing is decoded, in bytes.
pub const LEAST_INPUT: usize = FIRST_REFILL;
/// Bytes of the copy: the rest of the input, and what a refill may read behind it.
const COPY_LEN: usize = LEAST_DIRECT - 1 + INPUT_MARGIN;

/// What a run came to.
pub struct Ran {
    /// Why it ended.
    pub exit: Exit,
    /// Where output goes on.
    pub space: Space,
    /// The last match, if it ended with one that passed the room's end.
    pub last: Match,
}

impl Ran {
    fn has_room(&self) -> bool {
        self.space.out < self.space.out_end
    }
}

/// Runs the fast loop from `space.out` on. Fewer than 8 bits are held before and after.
///
/// # Safety
/// - From `space.out` to OUTPUT_MARGIN bytes after `space.out_end`, and as far as `history`
///   writes after a match, output can be written, and so in each space that `history` makes;
///   `history` belongs to this place.
pub unsafe fn run<H: History>(
    space: Space,
    history: &mut H,
    tables: &Tables,
    bits: &mut Bits,
    input: &mut InBuf,
) -> Ran {
    let mut ran = Ran {
        exit: Exit::Limit,
        space,
        last: Match::default(),
    };
    let rest = input.rest();
    if rest.len() >= LEAST_DIRECT && ran.has_room() {
        let last = &rest[rest.len() - INPUT_MARGIN..];
        // SAFETY: the input goes on for INPUT_MARGIN bytes from `last`, and a first refill
        // does not pass it; the caller promises the output.
        let used = unsafe { leg(&mut ran, rest, last, history, tables, bits) };
        input.take(used);
    }
    let rest = input.rest();
    if ran.exit == Exit::Limit
        && ran.has_room()
        && (LEAST_INPUT..LEAST_DIRECT).contains(&rest.len())
    {
        let mut copy = [0; COPY_LEN];
        copy[..rest.len()].copy_from_slice(rest);
        let last = &copy[rest.len()..];
        // SAFETY: the copy goes on for INPUT_MARGIN bytes or more from `last`, and a first
        // refill does not pass it; the caller promises the output.
        let used = unsafe { leg(&mut ran, &copy, last, history, tables, bits) };
        input.take(used);
    }
    ran
}

/// One run of the loop on `input`, which goes on at `last`'s first byte at most.
/// Returns how many bytes of input it used.
///
/// # Safety
/// - `last` lies in `input`, at least FIRST_REFILL bytes from its beginning, and has at
///   least INPUT_MARGIN bytes.
/// - `bits` holds fewer than 8 bits, and zeros above them.
/// - The output is as for [`run`], and has room.
#[inline(always)]
unsafe fn leg<H: History>(
    ran: &mut Ran,
    input: &[u8],
    last: &[u8],
    history: &mut H,
    tables: &Tables,
    bits: &mut Bits,
) -> usize {
    let mut position = Position {
        input: input.as_ptr(),
        input_last: last.as_ptr(),
        bits: bits.hold,
        count: bits.count,
        space: ran.space,
        last: Match::default(),
    };
    // SAFETY: the caller promises input and output as the loop needs them.
    ran.exit = unsafe {
        fast::decode(Work {
            position: &mut position,
            history,
            tables,
        })
    };
    ran.space = position.space;
    ran.last = position.last;
    bits.hold = position.bits;
    bits.count = position.count;
    position.input as usize - input.as_ptr() as usize
}
