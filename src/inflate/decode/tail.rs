//! Runs the fast loop on a call's input, the last bytes included.
//!
//! The loop reads 8 bytes at a time, so it would have to stop up to 15 bytes before the end of
//! the input: with input of 512 bytes, 3 % of it. So it runs a second time, on a copy of the
//! last bytes with zeros after them, and stops there only when the next symbol could use up
//! bits that are not there.
//!
//! Unsafe because it calls the fast loop, which works on raw pointers.
#![allow(unsafe_code)]

use crate::buf::InBuf;
use crate::inflate::codes::bits::Bits;
use crate::inflate::codes::table::DecodeTables;
use crate::inflate::decode::fast;
use crate::inflate::decode::loops::{History, INPUT_MARGIN};
use crate::inflate::decode::position::{Exit, FoundMatch, Position, Space};

/// Bytes that the loop's first refill may skip.
const FIRST_REFILL: usize = 7;
/// Input for which a run on the input itself is worth it.
const LEAST_DIRECT: usize = INPUT_MARGIN + FIRST_REFILL;
/// Input without which nothing is decoded, in bytes.
pub(crate) const LEAST_INPUT: usize = FIRST_REFILL;
/// Bytes of the copy: the rest of the input, and what a refill may read after it.
const COPY_LEN: usize = LEAST_DIRECT - 1 + INPUT_MARGIN;

/// Runs the fast loop from `space.out` on, and moves that: how it ended, and the last match, if it
/// was cut short. Fewer than 8 bits are held before and after.
///
/// # Safety
/// - From `space.out` to OUTPUT_MARGIN bytes after `space.out_end`, and as far as `history`
///   writes after a match, output can be written, and so in each space that `history` makes;
///   `history` is that of this output.
pub(crate) unsafe fn run<H: History>(
    space: &mut Space,
    history: &mut H,
    tables: &DecodeTables,
    bits: &mut Bits,
    input: &mut InBuf,
) -> (Exit, FoundMatch) {
    let mut position = Position {
        input: core::ptr::null(),
        input_last: core::ptr::null(),
        bits: bits.hold,
        count: bits.count,
        space: *space,
        last: FoundMatch::default(),
    };
    let position = &mut position;
    let had_room = position.has_room();
    let mut exit = Exit::Limit;
    let rest = input.rest();
    if rest.len() >= LEAST_DIRECT && had_room {
        position.input_last = rest[rest.len() - INPUT_MARGIN..].as_ptr();
        // SAFETY: the input goes on for INPUT_MARGIN bytes from `input_last`, and a first refill
        // does not pass it; the caller promises the output.
        exit = unsafe { run_on(rest, input, position, history, tables) };
    }
    let rest = input.rest();
    if exit == Exit::Limit
        && position.has_room()
        && (LEAST_INPUT..LEAST_DIRECT).contains(&rest.len())
    {
        let mut copy = [0; COPY_LEN];
        copy[..rest.len()].copy_from_slice(rest);
        position.input_last = copy[rest.len()..].as_ptr();
        // SAFETY: the copy goes on for INPUT_MARGIN bytes or more from `input_last`, and a first
        // refill does not pass it; the caller promises the output.
        exit = unsafe { run_on(&copy, input, position, history, tables) };
    }
    bits.hold = position.bits;
    bits.count = position.count;
    *space = position.space;
    let mut last = position.last;
    last.missing = (space.out as usize).saturating_sub(space.room_end as usize) as u32;
    // A space that had no room from the beginning may lie after its own end.
    if last.missing != 0 && had_room {
        space.out = space.room_end;
        exit = Exit::CutShort;
    }
    (exit, last)
}

/// Runs the loop on `bytes`, which are the rest of `input` or begin with that. Takes from `input`
/// what it used.
///
/// # Safety
/// - `input_last` lies in `bytes`, at least FIRST_REFILL bytes after their beginning and
///   INPUT_MARGIN bytes before their end.
/// - Fewer than 8 bits are held, with zeros above them.
/// - The output is as for [`run`], and has room.
#[inline(always)]
unsafe fn run_on<H: History>(
    bytes: &[u8],
    input: &mut InBuf,
    position: &mut Position,
    history: &mut H,
    tables: &DecodeTables,
) -> Exit {
    position.input = bytes.as_ptr();
    // SAFETY: the caller promises input and output as the loop needs them.
    let exit = unsafe { fast::decode(position, history, tables) };
    input.take(position.input as usize - bytes.as_ptr() as usize);
    exit
}
