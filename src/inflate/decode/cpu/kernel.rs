//! The traits between the fast loops and the sets of instructions: `Kernel` and `Cpu`.
//!
//! A loop is a [`Kernel`]: it is written once, and compiled for each [`Cpu`], which runs it.
//!
//! Unsafe because the loops work on raw pointers.
#![allow(unsafe_code)]

use crate::inflate::codes::table::DecodeTables;
use crate::inflate::decode::position::{Exit, Position};

/// A loop that any [`Cpu`] can run.
pub(crate) trait Kernel<H> {
    /// The loop, to be inlined into code that is compiled for the processor. It decodes from
    /// `position` on. (With the three in a struct, English text takes 1 % more time.)
    ///
    /// # Safety
    /// - As for `decode` in `fast.rs`, and what the loop says.
    unsafe fn run<C: Cpu>(
        cpu: C,
        position: &mut Position,
        history: &mut H,
        tables: &DecodeTables,
    ) -> Exit;
}

/// A processor with certain instructions: how it works on the bit buffer, and how it copies matches
/// with a distance below 16. Where it is not `Scalar`, the value proves that they are there.
pub(crate) trait Cpu: Copy {
    /// Runs a loop, compiled for this processor.
    ///
    /// # Safety
    /// - As for [`Kernel::run`].
    unsafe fn run<K: Kernel<H>, H>(
        self,
        position: &mut Position,
        history: &mut H,
        tables: &DecodeTables,
    ) -> Exit;

    /// The bits after those that `entry` drops, as many as it says the next index has.
    fn next_index(self, bits: u64, entry: u64) -> usize;

    /// The bits that `entry` drops.
    fn dropped(self, bits: u64, entry: u64) -> u64;

    /// Writes `len` bytes of a match whose distance is below 16, and up to `OVERSHOOT` more.
    ///
    /// # Safety
    /// - The 16 bytes before `out` are initialised; 0 < `dist` < 16.
    /// - `len + OVERSHOOT` bytes can be written at `out`.
    unsafe fn copy_near(self, out: *mut u8, dist: usize, len: usize);
}
