//! The fast loop: decodes symbols as long as there is plenty of input and room.
//!
//! # Idea
//!
//! Whether the next symbol is a literal or a match is what no processor can guess: a wrong guess
//! costs as much time as decoding two or three symbols, and a third of them are wrong. So nothing
//! is guessed. The loop goes in *steps* of one table lookup, all alike, for a literal, a length or
//! a distance:
//! - The entry says which table comes next; its address is selected, not branched to.
//! - Every step copies 32 bytes to where the next byte goes. After a distance they are the match's;
//!   for a literal they come from the entry itself, whose last byte is the literal; for a length
//!   they mean nothing. Then the output advances: by the match's length, by 1, or by 0.
//! - What the extra bits say is computed in the same way for all.
//!
//! What is rare has a branch, which is guessed well: codes that lead to a subtable, lengths above
//! 30 and distances below 17, which 32 plain bytes do not do for, distances that reach beyond what
//! lies before the output, and the end of the block. Their entries are marked, and one *symbol* is
//! decoded the usual way, with branches. So are the last symbols before input or room end.
//!
//! - The bit buffer has 64 bits and is refilled without a branch: 8 bytes are or-ed in above
//!   the bits that are there, and the input advances by as many whole bytes as fit. What lies
//!   above the counted bits are bits of the input, too, so the next refill may or them again.
//! - Only the low byte of the bit count means something, so an entry can be subtracted as it
//!   is; shifts by an entry use its low 6 bits.
//! - Entries hold the width of the next index, so that the next index is one BEXTR of the bits and
//!   the entry. From entry to entry takes 6 cycles, and that is all that waits for what comes
//!   before: 12 for a match.
//! - Copies overshoot (`copy.rs`).
//! - Room is given in stretches (`ahead.rs`); where one ends, the loop asks for the next one and
//!   goes on. To leave it for that costs 2 %.
//!
//! The refill is libdeflate's (deflate_decompress.c, whose head explains it); the width in the
//! entry and the steps are not.
//!
//! # Exactness
//!
//! The loop never reports an error. At a symbol that is wrong in any way it counts the
//! symbol's bits as not used and ends: the careful decoder (`decode.rs`) takes the symbol
//! again, so that error, message and counts come from one place. If a length is passed and the loop
//! ends before its distance, its bits count as not used. On return the position in
//! the input is that of the last decoded bit: whole bytes behind it are given back, and the
//! bits of a byte in part used are read again from the input.
//!
//! # Limits
//!
//! Before steps at least 56 bits are counted, and all 64 are true bits of the input. Three steps
//! use up at most 54, two distances and a short length, and the next index has 10 more. Before a
//! symbol the buffer is refilled. A symbol uses up at most 48: a length of 15 + 5 bits and a
//! distance of 15 + 13. Steps begin only where input and room are enough for two of them and a
//! symbol; only a symbol, which is the last then, can pass the end of the room.
//!
//! # What was measured
//!
//! AMD EPYC (Zen 5), level-6 data of 15 kinds, whole buffers, against libdeflate in the same run:
//! 1.17; from 0.95, where a tenth of the symbols are near matches, to 1.36 for machine code. With
//! libdeflate's shape, which branches between literals and matches, this loop had 0.96. A wrong
//! guess takes 25 cycles there, a step 9 to 10, an exception about 40. The loop takes 88 % of the
//! time, saving the caller's bytes (`ahead.rs`) 4 %, building tables 2 %.
//!
//! What did not help: two steps for a refill instead of three (-3 %), lengths above 16 as
//! exceptions and one piece to copy (-4 %), literals from a table of all bytes (-1 %), `symbol` in a
//! function of its own (-1 %). A single branch that LLVM makes of a selection costs all of the gain
//! and more (0.90): hence `select_unpredictable`, and [`now`] where it would take two tests apart.
//!
//! Unsafe because it works on raw pointers: a bounds check for each lookup, load and store
//! costs more than the work itself. Tables are trusted, since `table.rs` made them; input
//! and output are checked before the steps, and before a symbol.
#![allow(unsafe_code)]

use core::hint::{cold_path, select_unpredictable};
use core::sync::atomic::{AtomicU8, Ordering};

use super::copy::{Near, PlainCopy, copy_two_chunks};
use super::table::{
    BYTE_SHIFT, CODE_SHIFT, DIST_ROOT, DISTANCE, EXCEPTION, HIGH_SHIFT, LITERAL, LITERAL_BACK,
    LITLEN_AT, LITLEN_ROOT, MAX_SHORT_LENGTH, SUBTABLE, Tables, code_bits, dist_base, dropped_bits,
    is_end, is_invalid_dist, is_length, is_literal, length_base, subtable_start,
};
use crate::format::deflate::{MAX_CODE_BITS, MAX_MATCH, MIN_MATCH};

/// Bits held after a refill, at least.
const REFILLED: u32 = 56;
/// Extra bits at most of a length that is not long, of any, and of a distance.
const MAX_SHORT_LENGTH_EXTRA: u32 = 2;
const MAX_LENGTH_EXTRA: u32 = 5;
const MAX_DIST_EXTRA: u32 = 13;
/// Bits that a step uses up at most for a length, and for a distance.
const LENGTH_STEP: u32 = LITLEN_ROOT + MAX_SHORT_LENGTH_EXTRA;
const DIST_STEP: u32 = DIST_ROOT + MAX_DIST_EXTRA;
/// Bits that a symbol uses up at most.
const SYMBOL_BITS: u32 = 2 * MAX_CODE_BITS as u32 + MAX_LENGTH_EXTRA + MAX_DIST_EXTRA;
/// Bytes of input that are read at once.
pub const INPUT_MARGIN: usize = 8;
/// Bytes of input, behind those in the bit buffer, that two steps and a symbol may need.
const STEPS_INPUT: usize =
    (LENGTH_STEP + DIST_STEP + SYMBOL_BITS - REFILLED).div_ceil(u8::BITS) as usize;
/// Bytes that three steps decode at most: two matches.
const STEPS_OUTPUT: usize = 2 * MAX_SHORT_LENGTH;
/// Bytes that two steps decode at most: a match and a literal.
const TWO_STEPS_OUTPUT: usize = MAX_SHORT_LENGTH + 1;
/// Bytes of output that are decoded at most from before the end of the room on: two steps and a
/// symbol.
pub const OUTPUT_MARGIN: usize = TWO_STEPS_OUTPUT + MAX_MATCH;

const _: () = {
    // Three steps, and the next index in the bits above the counted ones.
    assert!(2 * DIST_STEP + LENGTH_STEP <= REFILLED && LITLEN_ROOT >= DIST_ROOT);
    assert!(2 * DIST_STEP + LENGTH_STEP + LITLEN_ROOT <= u64::BITS);
    // A symbol, and the next index.
    assert!(SYMBOL_BITS <= REFILLED && SYMBOL_BITS + LITLEN_ROOT <= u64::BITS);
    // What three steps write lies within the margin.
    assert!(STEPS_OUTPUT <= OUTPUT_MARGIN);
};

/// What a CPU does with the bit buffer, and how it copies near matches.
pub trait Cpu: Near {
    /// The bits behind those that `entry` drops, as many as it says the next index has.
    fn next_index(bits: u64, entry: u64) -> usize;
    /// The bits that `entry` drops.
    fn dropped(bits: u64, entry: u64) -> u64;
}

/// Any CPU.
pub struct PlainCpu;

impl Near for PlainCpu {
    #[inline(always)]
    unsafe fn copy_near(out: *mut u8, dist: usize, len: usize) {
        // SAFETY: the caller promises the same.
        unsafe { PlainCopy::copy_near(out, dist, len) }
    }
}

impl Cpu for PlainCpu {
    #[inline(always)]
    fn next_index(bits: u64, entry: u64) -> usize {
        let width = (entry >> 8) & 0xff;
        ((bits >> (entry & 63)) & ((1 << (width & 63)) - 1)) as usize
    }

    #[inline(always)]
    fn dropped(bits: u64, entry: u64) -> u64 {
        bits & ((1 << (entry & 63)) - 1)
    }
}

/// x86-64 with BMI1, BMI2 and SSSE3.
#[cfg(target_arch = "x86_64")]
pub struct BmiCpu;

#[cfg(target_arch = "x86_64")]
impl Near for BmiCpu {
    #[inline(always)]
    unsafe fn copy_near(out: *mut u8, dist: usize, len: usize) {
        // SAFETY: the caller promises the same.
        unsafe { super::copy::ShuffleCopy::copy_near(out, dist, len) }
    }
}

#[cfg(target_arch = "x86_64")]
impl Cpu for BmiCpu {
    #[inline(always)]
    fn next_index(bits: u64, entry: u64) -> usize {
        // SAFETY: only `run_bmi` uses this type, on CPUs with BMI1.
        unsafe { core::arch::x86_64::_bextr2_u64(bits, entry) as usize }
    }

    #[inline(always)]
    fn dropped(bits: u64, entry: u64) -> u64 {
        // SAFETY: only `run_bmi` uses this type, on CPUs with BMI2.
        unsafe { core::arch::x86_64::_bzhi_u64(bits, entry as u32) }
    }
}

/// Where matches are copied from.
pub trait History {
    /// Bytes behind the output may be written, as many as copies overshoot.
    const OVERSHOOTS: bool;

    /// The first byte of the history that lies right before the output.
    fn start(&self) -> *const u8;

    /// Copies a match to `out`. False, and nothing written, if the distance is too far.
    ///
    /// # Safety
    /// - `out` is a position that [`Run::out`] may have.
    /// - `len` bytes, and what the history says it writes behind a match, can be written.
    unsafe fn copy_match<N: Near>(&self, out: *mut u8, dist: usize, len: usize) -> bool;

    /// The room up to `out_end` is used up: where it ends now. If that is behind `out`, the
    /// loop goes on, and may write as far behind it as it could behind the first end.
    #[inline(always)]
    fn extend(&mut self, _out: *mut u8, out_end: *mut u8) -> *mut u8 {
        out_end
    }
}

/// The loop's position in input and output, and how far it may go.
pub struct Run {
    /// Next byte of input.
    pub input: *const u8,
    /// Nothing begins behind this byte.
    pub input_last: *const u8,
    /// The bits held; see the head of this file for what lies above `count`.
    pub bits: u64,
    /// How many there are, in the low byte.
    pub count: u32,
    /// Where the next byte goes.
    pub out: *mut u8,
    /// Nothing begins at or behind this byte.
    pub out_end: *mut u8,
    /// At or behind `out_end`: only the last symbol may pass this byte. It is compared, and never
    /// looked at.
    pub room_end: *mut u8,
    /// The last match, if the loop ended with one that passed `room_end`.
    pub last: Match,
}

/// A match, as far as it matters to whoever cuts it short.
#[derive(Clone, Copy, Default)]
pub struct Match {
    /// Length in bytes.
    pub len: u32,
    /// Distance in bytes.
    pub dist: u32,
    /// Bits of input it took.
    pub bits: u32,
}

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Input or room is too short to go on.
    Limit,
    /// The block's end was decoded.
    EndOfBlock,
    /// The next symbol is not for this loop, nor is it worth coming back to.
    Symbol,
}

/// The loop's variables.
struct Loop {
    /// Behind the first entry of the distance table, and of the literal/length table.
    dists: *const u32,
    litlens: *const u32,
    /// Next byte of input.
    input: *const u8,
    /// The bits held; and how many of them are counted, in the low byte.
    bits: u64,
    count: u32,
    /// The next entry, and where it lies: right before this.
    entry: u64,
    behind: *const u32,
    /// The entry before. If that is a length, the next one is its distance.
    before: u64,
    /// The match's length in bytes, if a length was the entry before.
    len: usize,
    /// Where the next byte goes.
    out: *mut u8,
}

// What the SAFETY notes below mean by "see above": indices come from entries of the tables, which
// say how wide the table is that they index; input is read only where something may begin, or
// after that was checked; output is written within OUTPUT_MARGIN of that, and as far as the
// history writes behind a match.
impl Loop {
    /// At the beginning of a run.
    ///
    /// # Safety
    /// - As for [`run`].
    #[inline(always)]
    unsafe fn new(run: &Run, tables: &Tables) -> Self {
        let (words, root) = tables.lookup();
        let dists = words.as_ptr().wrapping_add(1);
        let litlens = dists.wrapping_add(LITLEN_AT);
        let mut this = Loop {
            dists,
            litlens,
            input: run.input,
            bits: run.bits,
            count: run.count,
            entry: 0,
            behind: litlens,
            before: NO_LENGTH,
            len: 0,
            out: run.out,
        };
        // SAFETY: see above.
        unsafe { this.refill() };
        this.behind = litlens.wrapping_add(this.bits as usize & ((1 << root) - 1));
        // SAFETY: see above.
        this.entry = unsafe { entry_before(this.behind) };
        this
    }

    /// Refills the bit buffer: at least 56 bits are held then.
    ///
    /// # Safety
    /// - 8 bytes can be read at `input`.
    #[inline(always)]
    unsafe fn refill(&mut self) {
        // SAFETY: 8 bytes can be read, and at most 7 of them are skipped.
        unsafe {
            let word = u64::from_le(self.input.cast::<u64>().read_unaligned());
            self.bits |= word << (self.count & 63);
            self.input = self.input.add(7 - ((self.count >> 3) & 7) as usize);
        }
        self.count |= REFILLED;
    }

    /// One step. False, and nothing is done, if the next entry is an exception, or a distance to
    /// before `start`.
    ///
    /// # Safety
    /// - As for [`run`]; `start` is where the history begins that lies right before the output.
    #[inline(always)]
    unsafe fn step<C: Cpu>(&mut self, start: *const u8) -> bool {
        let entry = self.entry;
        if entry & u64::from(EXCEPTION) != 0 {
            return false;
        }
        let rest = now(self.bits >> (entry & 63));
        // The length less 3 or the distance less 1; 0 for a literal.
        let high = (entry >> HIGH_SHIFT) << (entry & 63);
        let less = (C::dropped(self.bits, entry) | high) >> ((entry >> CODE_SHIFT) & 63);
        // Behind the first byte to be copied.
        let from = self.out.wrapping_sub(less as usize).cast_const();
        if from <= start && now(entry) & u64::from(DISTANCE) != 0 {
            return false;
        }
        let ends_match = entry & u64::from(DISTANCE) != 0;
        let literal = self.behind.cast::<u8>().wrapping_sub(LITERAL_BACK - 1);
        let from = select_unpredictable(ends_match, from, literal);
        let literals = ((entry / u64::from(LITERAL)) & 1) as usize;
        let count = select_unpredictable(ends_match, self.len, literals);
        let is_length = entry & u64::from(DISTANCE | LITERAL) == 0;
        let table = select_unpredictable(is_length, self.dists, self.litlens);

        self.behind = table.wrapping_add(C::next_index(self.bits, entry));
        self.bits = rest;
        self.count = self.count.wrapping_sub(entry as u32);
        self.before = entry;
        // SAFETY: see above. A literal is the last byte of its entry, behind which the tables have
        // bytes enough; a distance is at least 17, and its bytes lie behind `start`.
        unsafe {
            self.entry = entry_before(self.behind);
            copy_two_chunks(from.sub(1), self.out);
            self.out = self.out.add(count);
        }
        self.len = less as usize + MIN_MATCH;
        true
    }

    /// Passes the next entry, behind which one of `table` follows.
    ///
    /// # Safety
    /// - The entry says that table.
    #[inline(always)]
    unsafe fn pass<C: Cpu>(&mut self, table: *const u32) {
        let entry = self.entry;
        self.behind = table.wrapping_add(C::next_index(self.bits, entry));
        self.bits >>= entry & 63;
        self.count = self.count.wrapping_sub(entry as u32);
        self.before = entry;
        // SAFETY: see above.
        self.entry = unsafe { entry_before(self.behind) };
    }

    /// If the next entry points to a subtable, the one there takes its place.
    ///
    /// # Safety
    /// - The next entry is one of `table`.
    #[inline(always)]
    unsafe fn enter_subtable<C: Cpu>(&mut self, table: *const u32) {
        let entry = self.entry as u32;
        if entry & SUBTABLE != 0 {
            let index = subtable_start(entry) + C::next_index(self.bits, self.entry);
            // SAFETY: see above.
            self.entry = unsafe { entry_before(table.wrapping_add(index)) };
        }
    }

    /// One symbol, whatever it is, or what is left of a match whose length is passed. None if the
    /// loop goes on.
    ///
    /// # Safety
    /// - As for [`run`]; at least [`SYMBOL_BITS`] bits are counted.
    #[inline(always)]
    unsafe fn symbol<C: Cpu, H: History>(&mut self, history: &H, last: &mut Match) -> Option<Exit> {
        let (dists, litlens) = (self.dists, self.litlens);
        if !is_length(self.before as u32) {
            // SAFETY: see above.
            unsafe { self.enter_subtable::<C>(litlens) };
            let entry = self.entry as u32;
            if !is_length(entry) {
                if !is_literal(entry) {
                    if is_end(entry) {
                        self.count = self.count.wrapping_sub(entry);
                        return Some(Exit::EndOfBlock);
                    }
                    return Some(Exit::Symbol);
                }
                // SAFETY: see above.
                unsafe {
                    *self.out = (entry >> BYTE_SHIFT) as u8;
                    self.out = self.out.add(1);
                    self.pass::<C>(litlens);
                }
                return None;
            }
            let extra = C::dropped(self.bits, self.entry) as u32 >> code_bits(entry);
            self.len = (length_base(entry) + extra) as usize;
            // SAFETY: see above.
            unsafe { self.pass::<C>(dists) };
        }
        let length = self.before as u32;
        // SAFETY: see above.
        unsafe { self.enter_subtable::<C>(dists) };
        let entry = self.entry as u32;
        if is_invalid_dist(entry) {
            self.give_back(length);
            return Some(Exit::Symbol);
        }
        let extra = C::dropped(self.bits, self.entry) as u32 >> code_bits(entry);
        let dist = (dist_base(entry) + extra) as usize;
        // SAFETY: see above.
        unsafe {
            self.pass::<C>(litlens);
            if !history.copy_match::<C>(self.out, dist, self.len) {
                self.give_back(entry);
                self.give_back(length);
                return Some(Exit::Symbol);
            }
            self.out = self.out.add(self.len);
        }
        *last = Match {
            len: self.len as u32,
            dist: dist as u32,
            bits: dropped_bits(length) + dropped_bits(entry),
        };
        None
    }

    /// The bits of an entry that was passed count as not used.
    fn give_back(&mut self, entry: u32) {
        self.count = self.count.wrapping_add(dropped_bits(entry));
    }
}

/// An entry that is no length.
const NO_LENGTH: u64 = LITERAL as u64;

/// The entry right before `behind`.
///
/// # Safety
/// - There is one.
#[inline(always)]
unsafe fn entry_before(behind: *const u32) -> u64 {
    // SAFETY: as the caller promises.
    unsafe { (*behind.sub(1)).into() }
}

/// The loop.
///
/// # Safety
/// - From `run.input` to [`INPUT_MARGIN`] bytes behind `run.input_last`, input can be read,
///   and `run.input_last` is at least 7 bytes, a first refill's, behind `run.input`.
/// - `run.count` is less than 8, and the other bits of `run.bits` are zeros.
/// - From `run.out` to [`OUTPUT_MARGIN`] bytes behind `run.out_end`, and as far as `history`
///   writes behind a match, output can be written, and `run.out < run.out_end`.
/// - The CPU is one for which `C` may be used.
#[inline(always)]
unsafe fn run<C: Cpu, H: History>(run: &mut Run, history: &mut H, tables: &Tables) -> Exit {
    let start = history.start();
    let (input_last, mut out_end) = (run.input_last, run.out_end);
    let steps_last = input_last.wrapping_sub(STEPS_INPUT);
    let steps_room = run.room_end.wrapping_sub(STEPS_OUTPUT);
    let mut steps_end = out_end.min(steps_room);
    // SAFETY: the caller promises the same.
    let mut at = unsafe { Loop::new(run, tables) };
    let exit = loop {
        if H::OVERSHOOTS && at.out < steps_end && at.input <= steps_last {
            // SAFETY: the caller promises input and room.
            unsafe {
                if at.step::<C>(start) && at.step::<C>(start) && at.step::<C>(start) {
                    at.refill();
                    continue;
                }
                cold_path();
                at.refill();
            }
        } else if at.input > input_last {
            break Exit::Limit;
        } else if at.out >= out_end {
            out_end = history.extend(at.out, out_end);
            if at.out >= out_end {
                break Exit::Limit;
            }
            steps_end = out_end.min(steps_room);
            continue;
        }
        // SAFETY: the caller promises input and room.
        if let Some(exit) = unsafe { at.symbol::<C, H>(history, &mut run.last) } {
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
    run.out = at.out;
    // SAFETY: the loop has read up to its input, and holds so many bits of it.
    unsafe { give_back(run, at.input, at.count & 0xff) };
    exit
}

/// Ends a run that has read up to `input` and holds `count` bits: whole bytes that hold no
/// decoded bit are given back. The bits that are held then are the last ones of the byte before,
/// or what is left of those held when the run began.
///
/// # Safety
/// - The bytes from `run.input` to `input` can be read, and `count` bits of them, or of those
///   held before, are not used.
#[inline(always)]
unsafe fn give_back(run: &mut Run, input: *const u8, count: u32) {
    let input = input.wrapping_sub((count >> 3) as usize);
    let left = count & 7;
    run.bits = if input > run.input {
        // SAFETY: the byte before lies between where the run began and where it ends.
        let last = unsafe { *input.sub(1) };
        u64::from(last) >> (u8::BITS - left)
    } else {
        run.bits >> run.count.saturating_sub(left)
    };
    run.count = left;
    run.input = input;
}

/// Has `value` computed here: not where it is used, nor before a branch that leads here.
#[inline(always)]
fn now(value: u64) -> u64 {
    #[cfg(target_arch = "x86_64")]
    let value = {
        let now;
        // SAFETY: no instruction at all.
        unsafe {
            core::arch::asm!("/* {} */", inout(reg) value => now,
                options(nomem, nostack, preserves_flags));
        }
        now
    };
    value
}

/// [`run`] with what BMI1, BMI2 and SSSE3 offer.
///
/// # Safety
/// - As for [`run`]; the CPU has the three.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "bmi1,bmi2,ssse3")]
unsafe fn run_bmi<H: History>(position: &mut Run, history: &mut H, tables: &Tables) -> Exit {
    // SAFETY: the caller promises the same, and the CPU.
    unsafe { run::<BmiCpu, H>(position, history, tables) }
}

/// Which form of the loop runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Variant {
    /// The one for any CPU.
    Plain = 1,
    /// The one for x86-64 with BMI1, BMI2 and SSSE3.
    Bmi = 2,
}

/// The variant in use; 0 until the CPU was asked.
static VARIANT: AtomicU8 = AtomicU8::new(0);

/// The best variant for this CPU.
pub fn best_variant() -> Variant {
    #[cfg(target_arch = "x86_64")]
    {
        let has_bmi = is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2");
        if has_bmi && is_x86_feature_detected!("ssse3") {
            return Variant::Bmi;
        }
    }
    Variant::Plain
}

/// Makes all streams use the plain loop, or again the best one. For tests of the variants.
pub fn use_plain_only(plain: bool) {
    let variant = if plain {
        Variant::Plain
    } else {
        best_variant()
    };
    VARIANT.store(variant as u8, Ordering::Relaxed);
}

/// Decodes from `position` on, with the variant for this CPU. At least one iteration runs.
///
/// # Safety
/// - As for [`run`]; which CPU it is does not matter.
pub unsafe fn decode<H: History>(position: &mut Run, history: &mut H, tables: &Tables) -> Exit {
    #[cfg(target_arch = "x86_64")]
    {
        if VARIANT.load(Ordering::Relaxed) == 0 {
            use_plain_only(false);
        }
        if VARIANT.load(Ordering::Relaxed) == Variant::Bmi as u8 {
            // SAFETY: the caller promises the same, and this variant is chosen only where
            // the CPU has what it needs.
            return unsafe { run_bmi(position, history, tables) };
        }
    }
    // SAFETY: the caller promises the same; this variant is for any CPU.
    unsafe { run::<PlainCpu, H>(position, history, tables) }
}
