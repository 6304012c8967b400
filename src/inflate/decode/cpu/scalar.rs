//! The fast loops on any processor: shifts and masks; near matches a byte at a time.
//!
//! Unsafe because it works on raw pointers, as the loops do (`loops.rs`).
#![allow(unsafe_code)]

use crate::inflate::codes::table::DecodeTables;
use crate::inflate::decode::chunk::{CHUNK, copy_chunk};
use crate::inflate::decode::cpu::kernel::{Cpu, Kernel};
use crate::inflate::decode::position::{Exit, Position};

/// A processor of which nothing is known.
#[derive(Clone, Copy)]
pub(crate) struct Scalar;

impl Cpu for Scalar {
    #[inline(always)]
    unsafe fn run<K: Kernel<H>, H>(
        self,
        position: &mut Position,
        history: &mut H,
        tables: &DecodeTables,
    ) -> Exit {
        // SAFETY: the caller promises the same.
        unsafe { K::run(self, position, history, tables) }
    }

    #[inline(always)]
    fn next_index(self, bits: u64, entry: u64) -> usize {
        let width = (entry >> 8) & 0xff;
        ((bits >> (entry & 63)) & ((1 << (width & 63)) - 1)) as usize
    }

    #[inline(always)]
    fn dropped(self, bits: u64, entry: u64) -> u64 {
        bits & ((1 << (entry & 63)) - 1)
    }

    #[inline(always)]
    unsafe fn copy_near(self, out: *mut u8, dist: usize, len: usize) {
        // The first multiple of the distance that is at least 16 has the same effect, once
        // there are so many bytes of the pattern.
        let far = dist * CHUNK.div_ceil(dist);
        // SAFETY: `far` is below 16 + dist, so that all reads lie in what is before `out` or
        // was written here; the writes end at most at len + OVERSHOOT.
        unsafe {
            for i in 0..CHUNK {
                *out.add(i) = *out.add(i).sub(dist);
            }
            let mut done = CHUNK;
            while done < len {
                copy_chunk(out.add(done).sub(far), out.add(done));
                done += CHUNK;
            }
        }
    }
}
