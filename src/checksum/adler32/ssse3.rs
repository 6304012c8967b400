//! Adler-32 in SSSE3, the oldest set with a multiply-add of bytes: vectors of 16 bytes, four to a
//! row.
//!
//! Unsafe because vector instructions may only run on a processor that has them.
#![allow(unsafe_code)]

use core::arch::x86_64::*;
use core::mem::MaybeUninit;

use super::vectors::{Simd, Target, update};
use crate::cpu::Ssse3;

impl Simd<16> for Ssse3 {
    type Vector = __m128i;

    fn update<T: Target>(self, adler: u32, data: &[u8], target: T) -> u32 {
        #[target_feature(enable = "ssse3")]
        fn compiled<T: Target>(simd: Ssse3, adler: u32, data: &[u8], target: T) -> u32 {
            update::<16, 4, _, _>(simd, adler, data, target)
        }
        // SAFETY: the token proves that the processor has these features.
        unsafe { compiled(self, adler, data, target) }
    }

    #[inline(always)]
    fn load(self, bytes: &[u8; 16]) -> __m128i {
        // SAFETY: the token proves SSSE3, and so SSE2; the 16 bytes are borrowed; any address will
        // do.
        unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store(self, vector: __m128i, to: &mut [MaybeUninit<u8>; 16]) {
        // SAFETY: the token proves SSSE3, and so SSE2; the 16 bytes are borrowed; any address will
        // do.
        unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), vector) }
    }

    #[inline(always)]
    fn and(self, a: __m128i, b: __m128i) -> __m128i {
        // SAFETY: the token proves SSSE3, and so SSE2.
        unsafe { _mm_and_si128(a, b) }
    }

    #[inline(always)]
    fn add(self, a: __m128i, b: __m128i) -> __m128i {
        // SAFETY: the token proves SSSE3, and so SSE2.
        unsafe { _mm_add_epi32(a, b) }
    }

    #[inline(always)]
    fn sum<const N: usize>(self, row: [__m128i; N]) -> __m128i {
        let zero = self.load(&[0; 16]);
        row.into_iter().fold(zero, |sums, vector| {
            // SAFETY: the token proves SSSE3, and so SSE2.
            self.add(sums, unsafe { _mm_sad_epu8(vector, zero) })
        })
    }

    #[inline(always)]
    fn weigh<const N: usize>(self, row: [__m128i; N], weights: [__m128i; N]) -> __m128i {
        // SAFETY: the token proves SSSE3. The 16-bit sums fit: `Row::sums_fit_16_bits`.
        unsafe {
            let mut pairs = _mm_setzero_si128();
            for (vector, weight) in row.into_iter().zip(weights) {
                pairs = _mm_add_epi16(pairs, _mm_maddubs_epi16(vector, weight));
            }
            _mm_madd_epi16(pairs, _mm_set1_epi16(1))
        }
    }

    #[inline(always)]
    fn total(self, lanes: __m128i) -> u32 {
        // SAFETY: the token proves SSSE3, and so SSE2.
        unsafe {
            let pairs = _mm_add_epi32(lanes, _mm_unpackhi_epi64(lanes, lanes));
            let one = _mm_add_epi32(pairs, _mm_shuffle_epi32::<1>(pairs));
            _mm_cvtsi128_si32(one) as u32
        }
    }
}
