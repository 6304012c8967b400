//! The indexes' loops on x86-64 with AVX2, BMI1 and BMI2: the least link and the comparison are a
//! few instructions each, without a branch.
//!
//! Unsafe because these instructions may only run on a processor that has them.
#![allow(unsafe_code)]

use core::arch::x86_64::*;

use crate::cpu::Avx2Bmi;
use crate::deflate::classic::search::cpu::kernel::{Cpu, Kernel, LANES};

impl Cpu for Avx2Bmi {
    type Chunk = [u8; 32];

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> K::End {
        #[inline(never)]
        #[target_feature(enable = "avx2,bmi1,bmi2")]
        fn compiled<K: Kernel>(cpu: Avx2Bmi, kernel: K) -> K::End {
            kernel.run(cpu)
        }
        // SAFETY: the token proves that the processor has these features.
        unsafe { compiled(self, kernel) }
    }

    #[inline(always)]
    fn least(self, links: &[u16; LANES], count: usize) -> (usize, usize) {
        debug_assert!((1..=LANES).contains(&count));
        // SAFETY: the token proves AVX2, and so SSE4.1; both loads are of 8 numbers inside their
        // arrays, `count` being masked to at most LANES.
        unsafe {
            let mask = NOT_COUNTED.as_ptr().add((LANES - count) & (LANES - 1));
            let offsets = _mm_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7);
            let lanes = _mm_subs_epu16(_mm_loadu_si128(links.as_ptr().cast()), offsets);
            let lanes = _mm_or_si128(lanes, _mm_loadu_si128(mask.cast()));
            let found = _mm_cvtsi128_si32(_mm_minpos_epu16(lanes)) as u32;
            (
                (found & 0xffff) as usize,
                (found >> 16) as usize & (LANES - 1),
            )
        }
    }

    #[inline(always)]
    fn agree(self, a: &[u8; 32], b: &[u8; 32]) -> usize {
        // SAFETY: the token proves AVX2; the bytes are borrowed; any address will do.
        unsafe {
            let a = _mm256_loadu_si256(a.as_ptr().cast());
            let b = _mm256_loadu_si256(b.as_ptr().cast());
            let same = _mm256_movemask_epi8(_mm256_cmpeq_epi8(a, b));
            (!same).trailing_zeros() as usize
        }
    }
}

/// Ones for the lanes that do not count: [`LANES`] less `count` into it.
static NOT_COUNTED: [u16; 2 * LANES] = {
    let mut lanes = [0; 2 * LANES];
    let (_, last) = lanes.split_at_mut(LANES);
    last.copy_from_slice(&[u16::MAX; LANES]);
    lanes
};
