//! The fast loop without branches, for literals and matches that come in no predictable order.
//!
//! # Idea
//!
//! In most data a processor cannot predict whether a literal or a match comes next: a third of its
//! predictions are wrong, and each of these costs as much time as decoding two or three symbols. So
//! nothing is predicted. The loop goes in *steps* of one table lookup, all alike, for a literal, a
//! length or a distance:
//! - The entry says which table comes next; its address is selected, not branched to.
//! - Every step copies 32 bytes to where the next byte goes. After a distance they are the match's;
//!   for a literal they come from the entry itself, which the literal is a byte of; for a length
//!   they mean nothing. Then the output advances: by the match's length, by 1, or by 0.
//! - What the extra bits say is computed in the same way for all.
//!
//! What is rare has a branch, which is predicted well: codes that lead to a subtable, lengths above
//! 30 and distances below 17, for which a copy of 32 bytes does not do, and the end of the block,
//! whose entries are exceptions (`entry.rs`); and distances that reach to before all [`Sources`].
//! Then one *symbol* is decoded with branches. So are the last symbols before input or room end.
//!
//! From entry to entry takes 6 cycles, 12 for a match, and nothing else waits for what came before.
//!
//! # Limits
//!
//! Before steps at least 56 bits are counted, and all 64 are true bits of the input. Three steps
//! use up at most 54, two distances and a short length, and the next index has 10 more. Before a
//! symbol the buffer is refilled. A symbol uses up at most 48: a length of 15 + 5 bits and a
//! distance of 15 + 13. Steps begin only where there is input enough for two of them and a symbol,
//! and room for three: only a symbol, which is the last then, can pass the end of the room.
//!
//! If a length is passed and the loop ends before its distance, its bits count as not used.
//!
//! # What was measured
//!
//! AMD EPYC (Zen 5), level-6 data of 15 kinds, whole buffers, against libdeflate in the same run:
//! 1.17; from 0.95, where a tenth of the symbols are near matches, to 1.36 for machine code. With
//! branches between literals and matches (`branchy.rs`) it is 0.96, as on a Zen 4. A misprediction
//! takes 25 cycles there, a step 9 to 10, an exception about 40. The loop takes 88 % of the time,
//! building tables 2 %. To select the source of a match costs 2 to 4 %, so output to a line, which
//! has one source only, does without ([`History::HAS_FAR`]).
//!
//! What did not help: two steps for a refill instead of three (-3 %), lengths above 16 as
//! exceptions and one piece to copy (-4 %), literals from a table of all bytes (-1 %), `symbol` in
//! a function of its own (-1 %). A single branch that LLVM makes of a selection costs all of the
//! gain and more (0.90): hence `select_unpredictable`, and [`now`] where it would take two tests
//! apart.
//!
//! Unsafe because it works on raw pointers, as `loops.rs` says.
#![allow(unsafe_code)]

use core::hint::{cold_path, select_unpredictable};

use crate::format::deflate::{MAX_CODE_BITS, MAX_MATCH, MIN_MATCH};
use crate::inflate::codes::entry::{
    BYTE_SHIFT, DISTANCE, EXCEPTION, LEAST_FAR, LITERAL, LITERAL_BACK, LITERAL_SHIFT,
    MAX_SHORT_LENGTH, SPECIAL, code_bits, dist_base, dropped_bits, is_dist_pointer, is_end,
    is_length, is_litlen_pointer, length_base, subtable_start,
};
use crate::inflate::codes::table::{DIST_ROOT, DecodeTables, LITLEN_AT, LITLEN_ROOT, PADDING};
use crate::inflate::decode::chunk::CHUNK;
use crate::inflate::decode::copy::copy_two_chunks;
use crate::inflate::decode::cpu::kernel::{Cpu, Kernel};
use crate::inflate::decode::loops::{
    History, REFILLED, Sources, give_back, high_and_extra, is_before, now, refill,
};
use crate::inflate::decode::position::{Exit, FoundMatch, Position, Space};

/// Extra bits at most of a length that is not long, of any, and of a distance.
const MAX_SHORT_LENGTH_EXTRA: u32 = 2;
const MAX_LENGTH_EXTRA: u32 = 5;
const MAX_DIST_EXTRA: u32 = 13;
/// Bits that a step uses up at most for a length, and for a distance.
const LENGTH_STEP: u32 = LITLEN_ROOT + MAX_SHORT_LENGTH_EXTRA;
const DIST_STEP: u32 = DIST_ROOT + MAX_DIST_EXTRA;
/// Bits that a symbol uses up at most.
const SYMBOL_BITS: u32 = 2 * MAX_CODE_BITS as u32 + MAX_LENGTH_EXTRA + MAX_DIST_EXTRA;
/// Bytes of input, after those in the bit buffer, that two steps and a symbol may need.
const STEPS_INPUT: usize =
    (LENGTH_STEP + DIST_STEP + SYMBOL_BITS - REFILLED).div_ceil(u8::BITS) as usize;
/// Bytes that three steps decode at most: two matches.
const STEPS_OUTPUT: usize = 2 * MAX_SHORT_LENGTH;
/// Bytes that two steps decode at most: a match and a literal.
const TWO_STEPS_OUTPUT: usize = MAX_SHORT_LENGTH + 1;
/// Bytes of output that are decoded at most from before `out_end` on: two steps and a symbol.
pub(crate) const MARGIN: usize = TWO_STEPS_OUTPUT + MAX_MATCH;

const _: () = {
    // Three steps, and the next index in the bits above the counted ones.
    assert!(2 * DIST_STEP + LENGTH_STEP <= REFILLED && LITLEN_ROOT >= DIST_ROOT);
    assert!(2 * DIST_STEP + LENGTH_STEP + LITLEN_ROOT <= u64::BITS);
    // A symbol, and the next index.
    assert!(SYMBOL_BITS <= REFILLED && SYMBOL_BITS + LITLEN_ROOT <= u64::BITS);
    // Two pieces are enough for what is no exception, and are there to be copied.
    assert!(LEAST_FAR > CHUNK && MAX_SHORT_LENGTH <= 2 * CHUNK);
    assert!(PADDING * size_of::<u32>() + LITERAL_BACK >= 2 * CHUNK);
    // What three steps write lies within the margin.
    assert!(STEPS_OUTPUT <= MARGIN);
};

/// The loop's variables.
struct Loop<C> {
    cpu: C,
    /// After the first entry of the distance table, and of the literal/length table.
    dists: *const u32,
    litlens: *const u32,
    /// Next byte of input.
    input: *const u8,
    /// The bits held; and how many of them are counted, in the low byte.
    bits: u64,
    count: u32,
    /// The next entry, and where it ends.
    entry: u64,
    entry_end: *const u32,
    /// The entry before. If that is a length, the next one is its distance.
    before: u64,
    /// The match's length in bytes, if a length was the entry before.
    len: usize,
    /// Where the next byte goes.
    out: *mut u8,
}

// What the SAFETY notes below mean by "see above": indices come from entries of the tables, which
// say how wide the table is that they index; input is read only where something may begin, or
// after that was checked; output is written within MARGIN of that, and as far as the
// history writes after a match.
impl<C: Cpu> Loop<C> {
    /// At the beginning of a run.
    ///
    /// # Safety
    /// - As for [`Branchless`].
    #[inline(always)]
    unsafe fn new(cpu: C, position: &Position, tables: &DecodeTables) -> Self {
        let (words, root) = tables.lookup();
        let dists = words.as_ptr().wrapping_add(1);
        let litlens = dists.wrapping_add(LITLEN_AT);
        let mut this = Loop {
            cpu,
            dists,
            litlens,
            input: position.input,
            bits: position.bits,
            count: position.count,
            entry: 0,
            entry_end: litlens,
            before: NO_LENGTH,
            len: 0,
            out: position.space.out,
        };
        // SAFETY: see above.
        unsafe { this.refill() };
        this.entry_end = litlens.wrapping_add(this.bits as usize & ((1 << root) - 1));
        // SAFETY: see above.
        this.entry = unsafe { entry_before(this.entry_end) };
        this
    }

    /// Refills the bit buffer.
    ///
    /// # Safety
    /// - As for [`refill`].
    #[inline(always)]
    unsafe fn refill(&mut self) {
        // SAFETY: the caller promises the same.
        unsafe { refill(&mut self.input, &mut self.bits, &mut self.count) }
    }

    /// One step. False, and nothing is done, if the next entry is an exception, or a distance to
    /// before all `sources`.
    ///
    /// # Safety
    /// - As for [`Branchless`]; `sources` are the history's.
    #[inline(always)]
    unsafe fn step<H: History>(&mut self, sources: Sources) -> bool {
        let entry = self.entry;
        if entry & u64::from(EXCEPTION) != 0 {
            return false;
        }
        let rest = now(self.bits >> (entry & 63));
        // The length less 3 or the distance less 1; 0 for a literal.
        let less = high_and_extra(self.cpu, self.bits, entry);
        // After the first byte to be copied.
        let from = self.out.wrapping_sub(less).cast_const();
        let from = if H::HAS_FAR {
            let far = sources.far_from(from);
            if !is_before(sources.far, far) && now(entry) & u64::from(DISTANCE) != 0 {
                return false;
            }
            select_unpredictable(from > sources.near, from, far)
        } else {
            if from <= sources.near && now(entry) & u64::from(DISTANCE) != 0 {
                return false;
            }
            from
        };
        let ends_match = entry & u64::from(DISTANCE) != 0;
        let literal = self.entry_end.cast::<u8>().wrapping_sub(LITERAL_BACK - 1);
        let from = select_unpredictable(ends_match, from, literal);
        let literals = ((entry >> LITERAL_SHIFT) & 1) as usize;
        let count = select_unpredictable(ends_match, self.len, literals);
        let is_length = entry & u64::from(DISTANCE | LITERAL) == 0;
        let table = select_unpredictable(is_length, self.dists, self.litlens);

        self.entry_end = table.wrapping_add(self.cpu.next_index(self.bits, entry));
        self.bits = rest;
        self.count = self.count.wrapping_sub(entry as u32);
        self.before = entry;
        // SAFETY: see above. After a literal's entry the tables have bytes enough. A distance is
        // at least 17, and its bytes lie among the sources', near or far.
        unsafe {
            self.entry = entry_before(self.entry_end);
            copy_two_chunks(from.sub(1), self.out);
            self.out = self.out.add(count);
        }
        self.len = less + MIN_MATCH;
        true
    }

    /// Passes the next entry; one of `table` follows.
    ///
    /// # Safety
    /// - The entry says that table.
    #[inline(always)]
    unsafe fn pass(&mut self, table: *const u32) {
        let entry = self.entry;
        self.entry_end = table.wrapping_add(self.cpu.next_index(self.bits, entry));
        self.bits >>= entry & 63;
        self.count = self.count.wrapping_sub(entry as u32);
        self.before = entry;
        // SAFETY: see above.
        self.entry = unsafe { entry_before(self.entry_end) };
    }

    /// Goes on to the subtable of `table` that the next entry points to.
    ///
    /// # Safety
    /// - It does.
    #[inline(always)]
    unsafe fn enter_subtable(&mut self, table: *const u32) {
        let index = subtable_start(self.entry as u32) + self.cpu.next_index(self.bits, self.entry);
        // SAFETY: see above.
        self.entry = unsafe { entry_before(table.wrapping_add(index)) };
    }

    /// One symbol, whatever it is, or what is left of a match whose length is passed. None if the
    /// loop goes on.
    ///
    /// # Safety
    /// - As for [`Branchless`]; at least [`SYMBOL_BITS`] bits are counted.
    #[inline(always)]
    unsafe fn symbol<H: History>(&mut self, history: &H, last: &mut FoundMatch) -> Option<Exit> {
        let (dists, litlens) = (self.dists, self.litlens);
        if !is_length(self.before as u32) {
            let special = |entry| entry & u64::from(SPECIAL) != 0;
            if special(self.entry) && is_litlen_pointer(self.entry as u32) {
                // SAFETY: see above.
                unsafe { self.enter_subtable(litlens) };
            }
            let entry = self.entry as u32;
            if special(self.entry) {
                if is_end(entry) {
                    self.count = self.count.wrapping_sub(entry);
                    return Some(Exit::EndOfBlock);
                }
                return Some(Exit::Symbol);
            }
            if entry & LITERAL != 0 {
                // SAFETY: see above.
                unsafe {
                    *self.out = (entry >> BYTE_SHIFT) as u8;
                    self.out = self.out.add(1);
                    self.pass(litlens);
                }
                return None;
            }
            let extra = self.cpu.dropped(self.bits, self.entry) as u32 >> code_bits(entry);
            self.len = (length_base(entry) + extra) as usize;
            // SAFETY: see above.
            unsafe { self.pass(dists) };
        }
        let length = self.before as u32;
        if self.entry & u64::from(SPECIAL) != 0 {
            if is_dist_pointer(self.entry as u32) {
                // SAFETY: see above.
                unsafe { self.enter_subtable(dists) };
            }
            if self.entry & u64::from(SPECIAL) != 0 {
                self.give_back(length);
                return Some(Exit::Symbol);
            }
        }
        let entry = self.entry as u32;
        // As in a step, from the high bits, the whole loop is 1 % slower.
        let extra = self.cpu.dropped(self.bits, self.entry) as u32 >> code_bits(entry);
        let dist = (dist_base(entry) + extra) as usize;
        // SAFETY: see above.
        unsafe {
            self.pass(litlens);
            if !history.copy_to(self.cpu, self.out, dist, self.len) {
                self.give_back(entry);
                self.give_back(length);
                return Some(Exit::Symbol);
            }
            self.out = self.out.add(self.len);
        }
        *last = FoundMatch {
            len: self.len as u32,
            dist: dist as u32,
            bits: dropped_bits(length) + dropped_bits(entry),
            missing: 0,
        };
        None
    }

    /// The bits of an entry that was passed count as not used.
    fn give_back(&mut self, entry: u32) {
        self.count = self.count.wrapping_add(dropped_bits(entry));
    }
}

/// Where steps end: what three of them decode must not pass the end of the room.
#[inline(always)]
fn steps_end(space: &Space) -> *mut u8 {
    space.out_end.min(space.room_end.wrapping_sub(STEPS_OUTPUT))
}

/// An entry that is no length.
const NO_LENGTH: u64 = LITERAL as u64;

/// The entry that ends at `end`.
///
/// # Safety
/// - There is one.
#[inline(always)]
unsafe fn entry_before(end: *const u32) -> u64 {
    // SAFETY: as the caller promises.
    unsafe { (*end.sub(1)).into() }
}

/// The loop.
pub(crate) struct Branchless;

impl<H: History> Kernel<H> for Branchless {
    #[inline(always)]
    unsafe fn run<C: Cpu>(
        cpu: C,
        position: &mut Position,
        history: &mut H,
        tables: &DecodeTables,
    ) -> Exit {
        let Some(mut sources) = history.sources() else {
            return Exit::Symbol;
        };
        let input_last = position.input_last;
        let steps_last = input_last.wrapping_sub(STEPS_INPUT);
        let mut steps_end = steps_end(&position.space);
        // SAFETY: the caller promises the same.
        let mut at = unsafe { Loop::new(cpu, position, tables) };
        let exit = loop {
            if at.out < steps_end && at.input <= steps_last {
                // SAFETY: the caller promises input and room.
                unsafe {
                    if at.step::<H>(sources) && at.step::<H>(sources) && at.step::<H>(sources) {
                        at.refill();
                        continue;
                    }
                    cold_path();
                    at.refill();
                }
            } else if at.input > input_last {
                break Exit::Limit;
            } else if at.out >= position.space.out_end {
                position.space.out = at.out;
                history.extend(&mut position.space);
                at.out = position.space.out;
                match history.sources() {
                    Some(now) if at.out < position.space.out_end => sources = now,
                    _ => break Exit::Limit,
                }
                steps_end = self::steps_end(&position.space);
                continue;
            }
            // SAFETY: the caller promises input and room.
            if let Some(exit) = unsafe { at.symbol(history, &mut position.last) } {
                break exit;
            }
            if at.input > input_last {
                break Exit::Limit;
            }
            // SAFETY: the caller promises the input.
            unsafe { at.refill() };
        };
        if exit == Exit::Limit && is_length(at.before as u32) {
            at.give_back(at.before as u32);
        }
        position.space.out = at.out;
        // SAFETY: the loop has read up to its input, and holds so many bits of it.
        unsafe { give_back(position, at.input, at.count & 0xff) };
        exit
    }
}
