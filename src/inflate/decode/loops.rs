//! What the two fast loops share: the bit buffer, how they end, and where matches are copied from.
//!
//! # The bit buffer
//!
//! - It has 64 bits and is refilled without a branch: 8 bytes are or-ed in above
//!   the bits that are there, and the input advances by as many whole bytes as fit. What lies
//!   above the counted bits are bits of the input, too, so the next refill may or them again.
//! - Only the low byte of the bit count means something, so an entry can be subtracted as it
//!   is; shifts by an entry use its low 6 bits.
//! - Entries hold the width of the next index, so that the next index is one BEXTR of the bits and
//!   the entry.
//!
//! The refill is libdeflate's (deflate_decompress.c, whose head explains it); the width in the
//! entry is not.
//!
//! # Exactness
//!
//! A loop never reports an error. At a symbol that is wrong in any way it counts the
//! symbol's bits as not used and ends: the careful decoder (`careful.rs`) takes the symbol
//! again, so that error, message and counts come from one place. On return the position in
//! the input is that of the last decoded bit: whole bytes after it are given back, and of a
//! byte that is used in part, the remaining bits are read again from the input.
//!
//! Unsafe because it works on raw pointers: a bounds check for each lookup, load and store
//! costs more than the work itself. Tables are trusted, since `table.rs` made them; input
//! and output are checked now and then, for all that may be decoded before the next check.
#![allow(unsafe_code)]

use crate::inflate::codes::entry::{CODE_SHIFT, HIGH_SHIFT};
use crate::inflate::decode::chunk::CHUNK;
use crate::inflate::decode::cpu::kernel::Cpu;
use crate::inflate::decode::position::{Position, Space};

/// Bits held after a refill, at least.
pub(crate) const REFILLED: u32 = 56;
/// Bytes of input that are read at once.
pub(crate) const INPUT_MARGIN: usize = 8;

/// The high bits of an entry followed by its extra bits: a distance less 1, a length that is
/// not long less 3, 0 for a literal.
#[inline(always)]
pub(crate) fn high_and_extra(cpu: impl Cpu, bits: u64, entry: u64) -> usize {
    let high = (entry >> HIGH_SHIFT) << (entry & 63);
    ((cpu.dropped(bits, entry) | high) >> ((entry >> CODE_SHIFT) & 63)) as usize
}

/// Where matches are copied from.
pub(crate) trait History {
    /// Some of their bytes are far ([`Sources`]).
    const HAS_FAR: bool;

    /// Where their bytes lie. None if nothing may be written after a match: the branchless loop,
    /// which does that, is then not for this output (inflateBack's, whose window has its oldest
    /// bytes there).
    fn sources(&self) -> Option<Sources>;

    /// Copies a match to `out`. False, and nothing written, if the distance is too far.
    ///
    /// # Safety
    /// - `out` is a position that [`Space::out`] may have.
    /// - `len` bytes, and what the history says it writes after a match, can be written.
    unsafe fn copy_to<C: Cpu>(&self, cpu: C, out: *mut u8, dist: usize, len: usize) -> bool;

    /// The room is used up: makes more of it, elsewhere perhaps, and then has other sources. If
    /// `space.out` is before `space.out_end` now, the loop goes on there.
    #[inline(always)]
    fn extend(&mut self, _space: &mut Space) {}
}

/// The two places in memory where the bytes of matches lie: right before the output, which is
/// *near*, or where earlier output was copied to, which is *far*. A distance means the same in
/// both, so a comparison selects the source, without a branch.
#[derive(Clone, Copy)]
pub(crate) struct Sources {
    /// The first byte that lies right before the output.
    pub near: *const u8,
    /// The first byte at the other place; `near` if there is none.
    pub far: *const u8,
    /// What to add to an address among the near bytes for its like among the far ones: those go
    /// on at least [`KEPT`] bytes after the like of `near`, unless all bytes are near.
    pub far_base: *const u8,
}

impl Sources {
    /// All bytes are near; this is the first.
    #[inline(always)]
    pub(crate) fn one(first: *const u8) -> Self {
        Sources {
            near: first,
            far: first,
            far_base: core::ptr::null(),
        }
    }

    /// The like of `near` among the far bytes.
    #[inline(always)]
    pub(crate) fn far_from(self, near: *const u8) -> *const u8 {
        self.far_base.wrapping_add(near as usize)
    }
}

/// Whether an address, which may have been counted down past 0, is before `first`. Buffers at low
/// addresses, which some programs have, are told from that on 64 bits only: there no address of a
/// program has the top bit.
#[inline(always)]
pub(crate) fn is_before(address: *const u8, first: *const u8) -> bool {
    if usize::BITS == u64::BITS {
        (address as isize) < first as isize
    } else {
        address < first
    }
}

/// Bytes that are near, whenever some are far, and lie at both places: the pair of pieces that a
/// step of the branchless loop reads of a match that begins before them ends among them at last.
pub(crate) const KEPT: usize = 2 * CHUNK;

/// Refills the bit buffer: at least [`REFILLED`] bits are held then.
///
/// # Safety
/// - 8 bytes can be read at `input`.
#[inline(always)]
pub(crate) unsafe fn refill(input: &mut *const u8, bits: &mut u64, count: &mut u32) {
    // SAFETY: 8 bytes can be read, and at most 7 of them are skipped.
    unsafe {
        let word = u64::from_le(input.cast::<u64>().read_unaligned());
        *bits |= word << (*count & 63);
        *input = input.add(7 - ((*count >> 3) & 7) as usize);
    }
    *count |= REFILLED;
}

/// Ends a run that has read up to `input` and holds `count` bits: whole bytes that hold no
/// decoded bit are given back. The bits that are held then are the last ones of the byte before,
/// or what is left of those held when the run began.
///
/// # Safety
/// - The bytes from `position.input` to `input` can be read, and `count` bits of them, or of those
///   held before, are not used.
#[inline(always)]
pub(crate) unsafe fn give_back(position: &mut Position, input: *const u8, count: u32) {
    let input = input.wrapping_sub((count >> 3) as usize);
    let left = count & 7;
    position.bits = if input > position.input {
        // SAFETY: the byte before lies between where the run began and where it ends.
        let last = unsafe { *input.sub(1) };
        u64::from(last) >> (u8::BITS - left)
    } else {
        position.bits >> position.count.saturating_sub(left)
    };
    position.count = left;
    position.input = input;
}

/// Has `value` computed here: not where it is used, nor before a branch that leads here.
#[inline(always)]
pub(crate) fn now(value: u64) -> u64 {
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
