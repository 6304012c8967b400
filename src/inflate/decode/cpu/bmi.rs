//! The fast loops on x86-64 with BMI1, BMI2 and SSSE3: BEXTR and BZHI for the bit buffer; a shuffle
//! for near matches.
//!
//! Unsafe because these instructions may only run on a processor that has them, and because it
//! works on raw pointers, as the loops do (`loops.rs`).
#![allow(unsafe_code)]

use core::arch::x86_64::*;

use crate::cpu::Ssse3Bmi;
use crate::inflate::codes::table::DecodeTables;
use crate::inflate::decode::chunk::CHUNK;
use crate::inflate::decode::cpu::kernel::{Cpu, Kernel};
use crate::inflate::decode::position::{Exit, Position};

impl Cpu for Ssse3Bmi {
    #[inline(always)]
    unsafe fn run<K: Kernel<H>, H>(
        self,
        position: &mut Position,
        history: &mut H,
        tables: &DecodeTables,
    ) -> Exit {
        #[target_feature(enable = "bmi1,bmi2,ssse3")]
        unsafe fn compiled<K: Kernel<H>, H>(
            cpu: Ssse3Bmi,
            position: &mut Position,
            history: &mut H,
            tables: &DecodeTables,
        ) -> Exit {
            // SAFETY: the caller promises the same.
            unsafe { K::run(cpu, position, history, tables) }
        }
        // SAFETY: the token proves these features; the caller promises the rest.
        unsafe { compiled::<K, H>(self, position, history, tables) }
    }

    #[inline(always)]
    fn next_index(self, bits: u64, entry: u64) -> usize {
        // SAFETY: the token proves BMI1.
        unsafe { _bextr2_u64(bits, entry) as usize }
    }

    #[inline(always)]
    fn dropped(self, bits: u64, entry: u64) -> u64 {
        // SAFETY: the token proves BMI2.
        unsafe { _bzhi_u64(bits, entry as u32) }
    }

    #[inline(always)]
    unsafe fn copy_near(self, out: *mut u8, dist: usize, len: usize) {
        // SAFETY: the 16 bytes before `out` are initialised; dist is below 16, the length of
        // both tables; the last store begins before `len`. The token proves SSSE3.
        unsafe {
            let last = _mm_loadu_si128(out.sub(CHUNK).cast());
            let order = _mm_loadu_si128(PATTERN.get_unchecked(dist).as_ptr().cast());
            let pattern = _mm_shuffle_epi8(last, order);
            _mm_storeu_si128(out.cast(), pattern);
            if len > CHUNK - dist {
                let stride = usize::from(*STRIDE.get_unchecked(dist));
                let mut done = stride;
                while done < len {
                    _mm_storeu_si128(out.add(done).cast(), pattern);
                    done += stride;
                }
            }
        }
    }
}

/// For each distance, where each byte of the pattern lies among the last 16 bytes.
static PATTERN: [[u8; CHUNK]; CHUNK] = patterns();

const fn patterns() -> [[u8; CHUNK]; CHUNK] {
    let mut patterns = [[0; CHUNK]; CHUNK];
    let mut dist = 1;
    while dist < CHUNK {
        let mut i = 0;
        while i < CHUNK {
            patterns[dist][i] = (CHUNK - dist + i % dist) as u8;
            i += 1;
        }
        dist += 1;
    }
    patterns
}

/// For each distance, its largest multiple up to 16: how far it is from store to store.
static STRIDE: [u8; CHUNK] = strides();

const fn strides() -> [u8; CHUNK] {
    let mut strides = [CHUNK as u8; CHUNK];
    let mut dist = 1;
    while dist < CHUNK {
        strides[dist] = (CHUNK - CHUNK % dist) as u8;
        dist += 1;
    }
    strides
}
