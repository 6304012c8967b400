//! The fast loop: decodes symbols as long as there is plenty of input and room.
//!
//! There are two, because data is of two kinds. In most data nobody can guess whether a literal or
//! a match comes next: there `branchless.rs` is 20 % faster. Where nearly all symbols are literals, or
//! many are of the kinds for which steps have a branch, `branchy.rs` is, by as much. Which kind a
//! block is shows in the lengths of its codes, which are its symbols' frequencies
//! (`Tables::suit_steps`). inflateBack's window has no room for what steps write behind the output,
//! and gets branches.
//!
//! Each is compiled for any CPU, and for x86-64 with BMI1, BMI2 and SSSE3.
//!
//! Unsafe because the loops are, and instructions that not all processors have.
#![allow(unsafe_code)]

use core::sync::atomic::{AtomicU8, Ordering};

#[cfg(target_arch = "x86_64")]
use crate::cpu::Ssse3Bmi;
use crate::inflate::codes::table::Tables;
#[cfg(target_arch = "x86_64")]
use crate::inflate::decode::loops::BmiCpu;
use crate::inflate::decode::loops::{Exit, History, PlainCpu, Run};
use crate::inflate::decode::{branchless, branchy};

/// Bytes of output that are decoded at most from before the end of the room on.
pub const OUTPUT_MARGIN: usize = if branchless::MARGIN > branchy::MARGIN {
    branchless::MARGIN
} else {
    branchy::MARGIN
};

/// Which loop decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Choice {
    /// With BMI1, BMI2 and SSSE3: the one that suits the block.
    Suited = 1,
    /// With them, steps for all blocks, but in inflateBack's window.
    Steps = 2,
    /// With them, branches for all blocks.
    Branches = 3,
    /// For any CPU: branches. Steps were not measured on a CPU without the three.
    Plain = 4,
}

/// The choice in force; 0 until the CPU was asked.
static CHOICE: AtomicU8 = AtomicU8::new(0);

/// The best choice for this CPU.
pub fn best_choice() -> Choice {
    #[cfg(target_arch = "x86_64")]
    if Ssse3Bmi::get().is_some() {
        return Choice::Suited;
    }
    Choice::Plain
}

/// Makes all streams use this loop, if the CPU can. For tests of each.
pub fn choose(choice: Choice) {
    let choice = match best_choice() {
        Choice::Plain => Choice::Plain,
        _ => choice,
    };
    CHOICE.store(choice as u8, Ordering::Relaxed);
}

/// Steps with what BMI1, BMI2 and SSSE3 offer.
///
/// # Safety
/// - As for [`decode`]; the CPU has the three, and `FAR` says whether the history's sources have
///   far ones.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "bmi1,bmi2,ssse3")]
unsafe fn steps_bmi<H: History, const FAR: bool>(
    position: &mut Run,
    history: &mut H,
    tables: &Tables,
) -> Exit {
    // SAFETY: the caller promises the same, and the CPU.
    unsafe { branchless::run::<BmiCpu, H, FAR>(position, history, tables) }
}

/// Branches with what they offer.
///
/// # Safety
/// - As for [`decode`]; the CPU has the three.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "bmi1,bmi2,ssse3")]
unsafe fn branches_bmi<H: History>(position: &mut Run, history: &mut H, tables: &Tables) -> Exit {
    // SAFETY: the caller promises the same, and the CPU.
    unsafe { branchy::run::<BmiCpu, H>(position, history, tables) }
}

/// Decodes from `position` on.
///
/// # Safety
/// - From `position.input` to [`INPUT_MARGIN`](crate::inflate::decode::loops::INPUT_MARGIN) bytes behind
///   `position.input_last`, input can be read, and `input_last` is at least 7 bytes, a first
///   refill's, behind `input`.
/// - `position.count` is less than 8, and the other bits of `position.bits` are zeros.
/// - From `position.space.out` to [`OUTPUT_MARGIN`] bytes after `out_end`, and as far as
///   `history` writes after a match, output can be written, and `out < out_end`. So it is with
///   each space that `history` makes.
pub unsafe fn decode<H: History>(position: &mut Run, history: &mut H, tables: &Tables) -> Exit {
    #[cfg(target_arch = "x86_64")]
    {
        if CHOICE.load(Ordering::Relaxed) == 0 {
            choose(Choice::Suited);
        }
        let choice = CHOICE.load(Ordering::Relaxed);
        let suited = choice == Choice::Suited as u8 && tables.suit_steps();
        if (suited || choice == Choice::Steps as u8)
            && let Some(sources) = history.sources()
        {
            // SAFETY: the caller promises the same, and this choice is made only where the CPU
            // has what it needs.
            return unsafe {
                match sources.has_far() {
                    true => steps_bmi::<H, true>(position, history, tables),
                    false => steps_bmi::<H, false>(position, history, tables),
                }
            };
        }
        if choice != Choice::Plain as u8 {
            // SAFETY: as above.
            return unsafe { branches_bmi(position, history, tables) };
        }
    }
    // SAFETY: the caller promises the same; this is for any CPU.
    unsafe { branchy::run::<PlainCpu, H>(position, history, tables) }
}
