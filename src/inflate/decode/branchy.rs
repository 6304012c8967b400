//! The fast loop with branches, for data in which a processor can predict what comes next.
//!
//! # Idea
//!
//! - The entry of the next symbol is loaded as soon as the present entry is known, before
//!   the present symbol is stored or copied: load and copy overlap.
//! - Extra bits are cut out of the bits as they were before the symbol, beside the chain from
//!   entry to entry, which is what limits the speed: 12 to 14 cycles for a match, 6 or 7 for
//!   a literal.
//! - Up to two literals are decoded for one refill; a third is 1 % slower.
//! - Copies overshoot (`copy.rs`), where the history allows it.
//! - Room is given in pieces (`buffered.rs`); where one ends, the loop asks for the next one and
//!   goes on. To leave it for that costs 2 %.
//!
//! The shape is libdeflate's (deflate_decompress.c).
//!
//! # Limits
//!
//! At the top of an iteration at least 56 bits are counted, and all of these are bits of the
//! input. That is enough for two literals, or for a literal of [`LITLEN_ROOT`] bits, a length of
//! 15 + 5 and a distance of [`DIST_ROOT`] + 13 bits. A distance in a subtable has a refill of its
//! own, or is left to the careful decoder where the input ends. The index that comes next may have
//! bits that are not counted; where those are no bits of the input, the refill passes its end, and
//! the loop ends. An iteration writes at most a literal and a match, or two literals.
//!
//! # What was measured
//!
//! AMD EPYC (Zen 4), level-6 data of 15 kinds, whole buffers, against libdeflate in the same run:
//! 0.96. It executes as many instructions as libdeflate's (24.3 and 23.8 million for 3 MB of
//! English), and fewer did not make it faster: it waits for loads and mispredicted branches. What
//! did not help: `symbol` of the branchless loop again and again, in place of this loop (-6 % for
//! photos, -30 % and more for filtered images and for pixels); 11 index bits (-1 %), 64-bit
//! distance entries (0), a refill before each distance (-1 %), AVX (0), a branch before the second
//! 16 bytes of a copy (-3 %).
//!
//! Unsafe because it works on raw pointers, as `loops.rs` says.
#![allow(unsafe_code)]

use core::hint::cold_path;

use crate::format::deflate::{MAX_CODE_BITS, MAX_MATCH};
use crate::inflate::codes::entry::{
    BYTE_SHIFT, LITERAL, SPECIAL, code_bits, dropped_bits, is_dist_pointer, is_end,
    is_litlen_pointer, length_base, subtable_start,
};
use crate::inflate::codes::table::{DIST_ROOT, DecodeTables, LITLEN_AT, LITLEN_ROOT};
use crate::inflate::decode::cpu::kernel::{Cpu, Kernel};
use crate::inflate::decode::loops::{History, REFILLED, give_back, high_and_extra, now, refill};
use crate::inflate::decode::position::{Exit, FoundMatch, Position, Space};

/// Extra bits of a length, and of a distance, at most.
const MAX_LENGTH_EXTRA: u32 = 5;
const MAX_DIST_EXTRA: u32 = 13;
/// Bits of a length at most.
const MAX_LENGTH_BITS: u32 = MAX_CODE_BITS as u32 + MAX_LENGTH_EXTRA;
/// Literals in one iteration.
const LITERALS: usize = 2;
/// Bytes of output that an iteration decodes at most.
pub(crate) const MARGIN: usize = LITERALS - 1 + MAX_MATCH;

const _: () = {
    // Two literals leave enough to look a third symbol up.
    assert!((LITERALS as u32 + 1) * LITLEN_ROOT <= REFILLED);
    // A literal, a length and a distance that is not in a subtable are in the bit buffer, and
    // so is the next index, in the bits above the counted ones.
    assert!(LITLEN_ROOT + MAX_LENGTH_BITS + DIST_ROOT + MAX_DIST_EXTRA <= REFILLED);
    assert!(2 * LITLEN_ROOT + MAX_LENGTH_BITS + DIST_ROOT + MAX_DIST_EXTRA <= u64::BITS);
    // After another refill, one in a subtable is, and the next index.
    assert!(MAX_CODE_BITS as u32 + MAX_DIST_EXTRA + LITLEN_ROOT <= REFILLED);
};

/// The loop.
pub(crate) struct Branchy;

impl<H: History> Kernel<H> for Branchy {
    #[inline(always)]
    unsafe fn run<C: Cpu>(
        cpu: C,
        position: &mut Position,
        history: &mut H,
        tables: &DecodeTables,
    ) -> Exit {
        let (words, root) = tables.lookup();
        let words = words.as_ptr();
        let (mut input, mut bits, mut count) = (position.input, position.bits, position.count);
        let mut out = position.space.out;
        let input_last = position.input_last;
        let mut out_end = end(&position.space);

        // What every SAFETY note below means by "see above": indices come from entries of the
        // tables, which say how wide the table is that they index; input is read within
        // INPUT_MARGIN of an iteration's start, and output written within MARGIN and the
        // history's own.
        let litlen = |index: usize| {
            // SAFETY: see above.
            unsafe { *words.add(LITLEN_AT + index) }
        };
        let dists = |index: usize| {
            // SAFETY: see above.
            unsafe { *words.add(index) }
        };

        if out >= out_end {
            return Exit::Limit;
        }
        // SAFETY: see above.
        unsafe { refill(&mut input, &mut bits, &mut count) };
        let mut entry = litlen(bits as usize & ((1 << root) - 1));
        let exit = 'run: loop {
            let mut before = bits;
            bits >>= entry & 63;
            count = count.wrapping_sub(entry);
            // Left for a length; else the iteration ends with a literal.
            'length: {
                if entry & LITERAL != 0 {
                    let literal = (entry >> BYTE_SHIFT) as u8;
                    entry = litlen(cpu.next_index(before, entry.into()));
                    // SAFETY: see above.
                    unsafe { out = store(out, literal) };
                    before = bits;
                    bits >>= entry & 63;
                    count = count.wrapping_sub(entry);
                }
                if entry & (LITERAL | SPECIAL) == 0 {
                    break 'length;
                }
                if entry & SPECIAL != 0 {
                    cold_path();
                    let pointer = entry;
                    if is_litlen_pointer(pointer) {
                        count = count.wrapping_add(pointer);
                        entry = litlen(
                            subtable_start(pointer) + cpu.next_index(before, pointer.into()),
                        );
                        bits = before >> (entry & 63);
                        count = count.wrapping_sub(entry);
                    }
                    if entry & SPECIAL != 0 {
                        if is_end(entry) {
                            break 'run Exit::EndOfBlock;
                        }
                        count = count.wrapping_add(entry);
                        break 'run Exit::Symbol;
                    }
                    if entry & LITERAL == 0 {
                        break 'length;
                    }
                }
                let literal = (entry >> BYTE_SHIFT) as u8;
                entry = litlen(cpu.next_index(before, entry.into()));
                // SAFETY: see above.
                unsafe {
                    out = store(out, literal);
                    refill(&mut input, &mut bits, &mut count);
                }
                if input > input_last
                    || (out >= out_end
                        && room_ends(history, &mut position.space, &mut out, &mut out_end))
                {
                    break 'run Exit::Limit;
                }
                continue 'run;
            }

            let length_entry = entry;
            let extra = cpu.dropped(before, entry.into()) >> code_bits(entry);
            let len = length_base(entry) as usize + extra as usize;
            entry = dists(cpu.next_index(before, entry.into()));
            if entry & SPECIAL != 0 {
                cold_path();
                if !is_dist_pointer(entry) {
                    count = count.wrapping_add(length_entry);
                    break Exit::Symbol;
                }
                // SAFETY: see above.
                unsafe { refill(&mut input, &mut bits, &mut count) };
                entry = dists(subtable_start(entry) + cpu.next_index(bits, entry.into()));
                // The refill that ends the iteration must not read beyond the input.
                if entry & SPECIAL != 0 || input > input_last {
                    count = count.wrapping_add(length_entry);
                    break Exit::Symbol;
                }
            }
            let dist_entry = entry;
            let dist = high_and_extra(cpu, bits, entry.into()) + 1;
            entry = litlen(cpu.next_index(bits, entry.into()));
            bits >>= dist_entry & 63;
            count = count.wrapping_sub(dist_entry);
            // SAFETY: see above.
            unsafe { refill(&mut input, &mut bits, &mut count) };
            bits = now(bits);
            // SAFETY: see above.
            if !unsafe { history.copy_to(cpu, out, dist, len) } {
                let used = dropped_bits(length_entry) + dropped_bits(dist_entry);
                count = count.wrapping_add(used);
                break Exit::Symbol;
            }
            // SAFETY: see above.
            out = unsafe { out.add(len) };
            if input > input_last
                || (out >= out_end
                    && room_ends(history, &mut position.space, &mut out, &mut out_end))
            {
                position.last = FoundMatch {
                    len: len as u32,
                    dist: dist as u32,
                    bits: dropped_bits(length_entry) + dropped_bits(dist_entry),
                    missing: 0,
                };
                break Exit::Limit;
            }
        };

        position.space.out = out;
        // SAFETY: the loop has read up to `input`, and holds `count` bits of it.
        unsafe { give_back(position, input, count & 0xff) };
        exit
    }
}

/// Where the last iteration begins at the latest: only its last symbol may pass the room's end.
#[inline(always)]
fn end(space: &Space) -> *mut u8 {
    space.out_end.min(space.room_end.wrapping_sub(LITERALS - 1))
}

/// Whether the room ends at `out`; if not, the loop goes on where they say then.
#[inline(always)]
fn room_ends<H: History>(
    history: &mut H,
    space: &mut Space,
    out: &mut *mut u8,
    out_end: &mut *mut u8,
) -> bool {
    space.out = *out;
    history.extend(space);
    (*out, *out_end) = (space.out, end(space));
    *out >= *out_end
}

/// Stores a literal; where the next byte goes.
///
/// # Safety
/// - `out` can be written, and is not the last byte of its allocation's range.
#[inline(always)]
unsafe fn store(out: *mut u8, literal: u8) -> *mut u8 {
    // SAFETY: as the caller promises.
    unsafe {
        *out = literal;
        out.add(1)
    }
}
