//! The fast loop: decodes symbols as long as there is plenty of input and room.
//!
//! # Idea
//!
//! - The bit buffer has 64 bits and is refilled without a branch: 8 bytes are or-ed in above
//!   the bits that are there, and the input advances by as many whole bytes as fit. What lies
//!   above the counted bits are bits of the input, too, so the next refill may or them again.
//! - Only the low byte of the bit count means something, so an entry can be subtracted as it
//!   is; shifts by an entry use its low 6 bits.
//! - The entry of the next symbol is loaded as soon as the present entry is known, before
//!   the present symbol is stored or copied: load and copy overlap. Entries hold the width of
//!   the next index, so that the next index is one BEXTR of the bits and the entry.
//! - Extra bits are cut out of the bits as they were before the symbol, beside the chain from
//!   entry to entry, which is what limits the speed: 12 to 14 cycles for a match, 6 or 7 for
//!   a literal.
//! - Up to two literals are decoded for one refill; a third is 1 % slower.
//! - Copies overshoot (`copy.rs`).
//! - Room is given in stretches (`ahead.rs`); where one ends, the loop asks for the next one and
//!   goes on. To leave it for that costs 2 %.
//!
//! The shape is libdeflate's (deflate_decompress.c; its head explains the refill and the
//! preloading); the width in the entry, and what follows, is not.
//!
//! # Exactness
//!
//! The loop never reports an error. At a symbol that is wrong in any way it counts the
//! symbol's bits as not used and ends: the careful decoder (`decode.rs`) takes the symbol
//! again, so that error, message and counts come from one place. On return the position in
//! the input is that of the last decoded bit: whole bytes behind it are given back, and the
//! bits of a byte in part used are read again from the input.
//!
//! # Limits
//!
//! At the top of an iteration at least 56 bits are counted, and all 64 are true bits of the
//! input. One refill is enough for two literals, or for a literal of [`LITLEN_ROOT`] bits, a
//! length of 15 + 5 and a distance of [`DIST_ROOT`] + 13 bits, and for the index that comes
//! next. A distance in a subtable, of up to 15 + 13 bits ([`MAX_BITS`] in all), has a refill of
//! its own, or is left to the careful decoder where the input ends. An iteration writes at most
//! a literal and a match, or two literals.
//!
//! # What was measured
//!
//! AMD EPYC (Zen 4), level-6 data of 15 kinds, whole buffers, against libdeflate in the same
//! run: 0.96. This loop takes 90 % of the time, where libdeflate's takes 95 %, building tables
//! 3 % (2 %), saving the caller's bytes (`ahead.rs`) 1 %, and up to 5 % where matches are long.
//! It executes as many instructions as libdeflate's (24.3 and 23.8 million for 3 MB of English),
//! and fewer did not make it faster: it waits for loads and mispredicted branches. What did not help: 11 index bits (-1 %), 64-bit distance entries (0), a refill
//! before each distance (-1 %), AVX (0), a branch before the second 16 bytes of a copy (-3 %).
//!
//! Unsafe because it works on raw pointers: a bounds check for each lookup, load and store
//! costs more than the work itself. Tables are trusted, since `table.rs` made them; input
//! and output are checked once an iteration.
#![allow(unsafe_code)]

use core::hint::cold_path;
use core::sync::atomic::{AtomicU8, Ordering};

use super::copy::{Near, PlainCopy};
use super::table::{
    CODE_SHIFT, DIST_EXCEPTION, DIST_HIGH_SHIFT, DIST_ROOT, DIST_SUBTABLE, LENGTH_SHIFT, LITERAL,
    LITERAL_SHIFT, LITLEN_AT, LITLEN_END, LITLEN_EXCEPTION, LITLEN_ROOT, LITLEN_SUBTABLE, Tables,
    dist_start, dropped_bits, litlen_start,
};
use crate::format::deflate::{MAX_CODE_BITS, MAX_MATCH};

/// Bits held after a refill, at least.
const REFILLED: u32 = 56;
/// Extra bits of a length, and of a distance, at most.
const MAX_LENGTH_EXTRA: u32 = 5;
const MAX_DIST_EXTRA: u32 = 13;
/// Bits of a length at most.
const MAX_LENGTH_BITS: u32 = MAX_CODE_BITS as u32 + MAX_LENGTH_EXTRA;
/// Bits that one iteration uses up at most.
const MAX_BITS: u32 = LITLEN_ROOT + MAX_LENGTH_BITS + MAX_CODE_BITS as u32 + MAX_DIST_EXTRA;
/// Bytes of input that an iteration reads from where it begins.
pub const INPUT_MARGIN: usize = 8;
/// Bytes of input that an iteration can use up beyond those in the bit buffer.
pub const INPUT_USED: usize = (MAX_BITS - REFILLED).div_ceil(8) as usize;
/// Literals in one iteration.
const LITERALS_A_REFILL: usize = 2;
/// Bytes that an iteration needs room for before its last symbol, which may be a match.
pub const OUTPUT_NEEDED: usize = LITERALS_A_REFILL;
/// Bytes of output that an iteration decodes at most.
pub const OUTPUT_MARGIN: usize = LITERALS_A_REFILL - 1 + MAX_MATCH;

const _: () = {
    // Two literals leave enough to look a third symbol up.
    assert!((LITERALS_A_REFILL as u32 + 1) * LITLEN_ROOT <= REFILLED);
    // A literal, a length and a distance that is not in a subtable are in the bit buffer, and
    // so is the next index, in the bits above the counted ones.
    assert!(LITLEN_ROOT + MAX_LENGTH_BITS + DIST_ROOT + MAX_DIST_EXTRA <= REFILLED);
    assert!(2 * LITLEN_ROOT + MAX_LENGTH_BITS + DIST_ROOT + MAX_DIST_EXTRA <= u64::BITS);
    // After another refill, one in a subtable is, and the next index.
    assert!(MAX_CODE_BITS as u32 + MAX_DIST_EXTRA + LITLEN_ROOT <= REFILLED);
};

/// What a CPU does with the bit buffer, and how it copies near matches.
pub trait Cpu: Near {
    /// The bits behind those that `entry` drops, as many as it says the next index has.
    fn next_index(bits: u64, entry: u32) -> usize;
    /// The bits that `entry` drops.
    fn dropped(bits: u64, entry: u32) -> u64;
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
    fn next_index(bits: u64, entry: u32) -> usize {
        let width = (entry >> 8) & 0xff;
        ((bits >> (entry & 63)) & ((1 << (width & 63)) - 1)) as usize
    }

    #[inline(always)]
    fn dropped(bits: u64, entry: u32) -> u64 {
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
    fn next_index(bits: u64, entry: u32) -> usize {
        // SAFETY: only `run_bmi` uses this type, on CPUs with BMI1.
        unsafe { core::arch::x86_64::_bextr2_u64(bits, entry.into()) as usize }
    }

    #[inline(always)]
    fn dropped(bits: u64, entry: u32) -> u64 {
        // SAFETY: only `run_bmi` uses this type, on CPUs with BMI2.
        unsafe { core::arch::x86_64::_bzhi_u64(bits, entry) }
    }
}

/// Where matches are copied from.
pub trait History {
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
    /// An iteration begins only at or before this byte.
    pub input_last: *const u8,
    /// The bits held; see the head of this file for what lies above `count`.
    pub bits: u64,
    /// How many there are, in the low byte.
    pub count: u32,
    /// Where the next byte goes.
    pub out: *mut u8,
    /// An iteration begins only before this byte.
    pub out_end: *mut u8,
    /// The last match, if the loop ended with one.
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
    /// Input or room is too short for another iteration.
    Limit,
    /// The block's end was decoded.
    EndOfBlock,
    /// The next symbol is not for this loop, nor is it worth coming back to.
    Symbol,
}

/// Refills the bit buffer: at least 56 bits are held then.
///
/// # Safety
/// - 8 bytes can be read at `input`.
#[inline(always)]
unsafe fn refill(input: &mut *const u8, bits: &mut u64, count: &mut u32) {
    // SAFETY: 8 bytes can be read, and at most 7 of them are skipped.
    unsafe {
        let word = u64::from_le(input.cast::<u64>().read_unaligned());
        *bits |= word << (*count & 63);
        *input = input.add(7 - ((*count >> 3) & 7) as usize);
    }
    *count |= REFILLED;
}

/// The loop. It runs at least one iteration.
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
    let (words, root) = tables.lookup();
    let words = words.as_ptr();
    let (mut input, mut bits, mut count) = (run.input, run.bits, run.count);
    let mut out = run.out;
    let (input_last, mut out_end) = (run.input_last, run.out_end);

    // What every SAFETY note below means by "see above": indices come from entries of the
    // tables, which say how wide the table is that they index; input is read within
    // INPUT_MARGIN of an iteration's start, and output written within OUTPUT_MARGIN and the
    // history's own.
    let litlen = |index: usize| {
        // SAFETY: see above.
        unsafe { *words.add(LITLEN_AT + index) }
    };
    let dists = |index: usize| {
        // SAFETY: see above.
        unsafe { *words.add(index) }
    };

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
                let literal = (entry >> LITERAL_SHIFT) as u8;
                entry = litlen(C::next_index(before, entry));
                // SAFETY: see above.
                unsafe { out = store(out, literal) };
                before = bits;
                bits >>= entry & 63;
                count = count.wrapping_sub(entry);
            }
            if entry & (LITERAL | LITLEN_EXCEPTION) == 0 {
                break 'length;
            }
            if entry & LITLEN_EXCEPTION != 0 {
                cold_path();
                let pointer = entry;
                if entry & LITLEN_SUBTABLE != 0 {
                    count = count.wrapping_add(pointer);
                    entry = litlen(litlen_start(pointer) + C::next_index(before, pointer));
                    bits = before >> (entry & 63);
                    count = count.wrapping_sub(entry);
                }
                if entry & LITLEN_EXCEPTION != 0 {
                    if entry & LITLEN_END != 0 {
                        break 'run Exit::EndOfBlock;
                    }
                    count = count.wrapping_add(entry);
                    break 'run Exit::Symbol;
                }
                if entry & LITERAL == 0 {
                    break 'length;
                }
            }
            let literal = (entry >> LITERAL_SHIFT) as u8;
            entry = litlen(C::next_index(before, entry));
            // SAFETY: see above.
            unsafe {
                out = store(out, literal);
                refill(&mut input, &mut bits, &mut count);
            }
            if input > input_last || (out >= out_end && room_ends(history, out, &mut out_end)) {
                break 'run Exit::Limit;
            }
            continue 'run;
        }

        let length_entry = entry;
        let extra = C::dropped(before, entry) >> ((entry >> CODE_SHIFT) & 63);
        let len = (entry >> LENGTH_SHIFT) as usize + extra as usize;
        entry = dists(C::next_index(before, entry));
        if entry & DIST_EXCEPTION != 0 {
            cold_path();
            if entry & DIST_SUBTABLE == 0 {
                count = count.wrapping_add(length_entry);
                break Exit::Symbol;
            }
            // SAFETY: see above.
            unsafe { refill(&mut input, &mut bits, &mut count) };
            entry = dists(dist_start(entry) + C::next_index(bits, entry));
            // The refill that ends the iteration must not read beyond the input.
            if entry & DIST_EXCEPTION != 0 || input > input_last {
                count = count.wrapping_add(length_entry);
                break Exit::Symbol;
            }
        }
        let dist_entry = entry;
        let high = u64::from(entry >> DIST_HIGH_SHIFT) << (entry & 63);
        let less_one = (C::dropped(bits, entry) | high) >> ((entry >> CODE_SHIFT) & 63);
        let dist = less_one as usize + 1;
        entry = litlen(C::next_index(bits, entry));
        bits >>= dist_entry & 63;
        count = count.wrapping_sub(dist_entry);
        // SAFETY: see above.
        unsafe { refill(&mut input, &mut bits, &mut count) };
        bits = now(bits);
        // SAFETY: see above.
        if !unsafe { history.copy_match::<C>(out, dist, len) } {
            let used = dropped_bits(length_entry) + dropped_bits(dist_entry);
            count = count.wrapping_add(used);
            break Exit::Symbol;
        }
        // SAFETY: see above.
        out = unsafe { out.add(len) };
        if input > input_last || (out >= out_end && room_ends(history, out, &mut out_end)) {
            run.last = Match {
                len: len as u32,
                dist: dist as u32,
                bits: dropped_bits(length_entry) + dropped_bits(dist_entry),
            };
            break Exit::Limit;
        }
    };

    run.out = out;
    // SAFETY: the loop has read up to `input`, and holds `count` bits of it.
    unsafe { give_back(run, input, count & 0xff) };
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

/// Whether the room ends at `out`; sets its end.
#[inline(always)]
fn room_ends<H: History>(history: &mut H, out: *mut u8, out_end: &mut *mut u8) -> bool {
    *out_end = history.extend(out, *out_end);
    out >= *out_end
}

/// Has `value` computed here. The compiler would compute it where it is used, behind the
/// copy of a match, and keep what it needs for that in memory: 1 % slower.
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
