//! Chooses the fast loop, which decodes symbols as long as there is plenty of input and room.
//!
//! There are two, because data is of two kinds. In most data nobody can guess whether a literal or
//! a match comes next: there `branchless.rs` is 20 % faster. Where nearly all symbols are literals,
//! or many are of the kinds for which it has a branch after all, `branchy.rs` is faster, by as
//! much. Which kind a block is shows in the lengths of its codes, which tell how frequent its
//! symbols are (`DecodeTables::suit_branchless`). inflateBack's window has no room for what the
//! branchless loop writes after the output, and always gets the other.
//!
//! Both are compiled for the set of instructions in `cpu/bmi.rs`; `cpu/scalar.rs`, for all other
//! processors, runs the loop with branches only.
//!
//! Unsafe because the loops are.
#![allow(unsafe_code)]

use core::sync::atomic::{AtomicU8, Ordering};

#[cfg(target_arch = "x86_64")]
use crate::cpu::Ssse3Bmi;
use crate::inflate::codes::table::DecodeTables;
use crate::inflate::decode::branchless::{self, Branchless};
use crate::inflate::decode::branchy::{self, Branchy};
use crate::inflate::decode::cpu::kernel::Cpu;
use crate::inflate::decode::cpu::scalar::Scalar;
use crate::inflate::decode::loops::History;
use crate::inflate::decode::position::{Exit, Position};

/// Bytes of output that are decoded at most from before the end of the room on.
pub(crate) const OUTPUT_MARGIN: usize = if branchless::MARGIN > branchy::MARGIN {
    branchless::MARGIN
} else {
    branchy::MARGIN
};

/// Which loop decodes. Only tests choose any but the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Choice {
    /// The one that suits the block, with the best instructions that the processor has.
    Suited,
    /// The branchless one for all blocks, but in inflateBack's window.
    Branchless,
    /// The branchy one for all blocks.
    Branchy,
    /// The branchy one, with instructions that every processor has.
    Scalar,
}

/// The choice in force.
static CHOICE: AtomicU8 = AtomicU8::new(Choice::Suited as u8);

/// Makes all streams use this loop, if the processor can. For tests of each.
pub fn choose(choice: Choice) {
    CHOICE.store(choice as u8, Ordering::Relaxed);
}

/// Decodes from `position` on. The one place that chooses: a line for each instruction set,
/// the best first.
///
/// # Safety
/// - From `position.input` to [`INPUT_MARGIN`](crate::inflate::decode::loops::INPUT_MARGIN) bytes
///   after `position.input_last`, input can be read, and `input_last` is at least 7 bytes, a first
///   refill's, after `input`.
/// - `position.count` is less than 8, and the other bits of `position.bits` are zeros.
/// - From `position.space.out` to [`OUTPUT_MARGIN`] bytes after `out_end`, and as far as
///   `history` writes after a match, output can be written, and `out < out_end`. So it is with
///   each space that `history` makes.
pub(crate) unsafe fn decode<H: History>(
    position: &mut Position,
    history: &mut H,
    tables: &DecodeTables,
) -> Exit {
    #[cfg(target_arch = "x86_64")]
    if CHOICE.load(Ordering::Relaxed) != Choice::Scalar as u8
        && let Some(cpu) = Ssse3Bmi::get()
    {
        // SAFETY: the caller promises the same.
        return unsafe { decode_suited(cpu, position, history, tables) };
    }
    // On processors without these instructions the branchless loop was not measured.
    // SAFETY: the caller promises the same.
    unsafe { Scalar.run::<Branchy, H>(position, history, tables) }
}

/// Decodes with the loop that is chosen, or suits the block.
///
/// # Safety
/// - As for [`decode`].
#[cfg_attr(not(target_arch = "x86_64"), expect(dead_code))]
#[inline(always)]
unsafe fn decode_suited<C: Cpu, H: History>(
    cpu: C,
    position: &mut Position,
    history: &mut H,
    tables: &DecodeTables,
) -> Exit {
    let choice = CHOICE.load(Ordering::Relaxed);
    let suited = choice == Choice::Suited as u8 && tables.suit_branchless();
    // SAFETY: the caller promises the same.
    unsafe {
        if (suited || choice == Choice::Branchless as u8) && history.sources().is_some() {
            return cpu.run::<Branchless, H>(position, history, tables);
        }
        cpu.run::<Branchy, H>(position, history, tables)
    }
}
