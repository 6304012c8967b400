//! Adler-32 in AVX2: vectors of 32 bytes, two to a row.
//!
//! Unsafe because vector instructions may only run on a processor that has them.
#![allow(unsafe_code)]

use core::arch::x86_64::*;
use core::mem::MaybeUninit;

use super::vectors::{Simd, Target, update};
use crate::cpu::{Avx2, Ssse3};

impl Simd<32> for Avx2 {
    type Vector = __m256i;

    fn update<T: Target>(self, adler: u32, data: &[u8], target: T) -> u32 {
        #[target_feature(enable = "avx2")]
        fn compiled<T: Target>(simd: Avx2, adler: u32, data: &[u8], target: T) -> u32 {
            update::<32, 2, _, _>(simd, adler, data, target)
        }
        // SAFETY: the token proves that the processor has these features.
        unsafe { compiled(self, adler, data, target) }
    }

    #[inline(always)]
    fn load(self, bytes: &[u8; 32]) -> __m256i {
        // SAFETY: the token proves AVX2, and so AVX; the 32 bytes are borrowed; any address will
        // do.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store(self, vector: __m256i, to: &mut [MaybeUninit<u8>; 32]) {
        // SAFETY: the token proves AVX2, and so AVX; the 32 bytes are borrowed; any address will
        // do.
        unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), vector) }
    }

    #[inline(always)]
    fn and(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: the token proves AVX2.
        unsafe { _mm256_and_si256(a, b) }
    }

    #[inline(always)]
    fn add(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: the token proves AVX2.
        unsafe { _mm256_add_epi32(a, b) }
    }

    #[inline(always)]
    fn sum<const N: usize>(self, row: [__m256i; N]) -> __m256i {
        let zero = self.load(&[0; 32]);
        row.into_iter().fold(zero, |sums, vector| {
            // SAFETY: the token proves AVX2.
            self.add(sums, unsafe { _mm256_sad_epu8(vector, zero) })
        })
    }

    #[inline(always)]
    fn weigh<const N: usize>(self, row: [__m256i; N], weights: [__m256i; N]) -> __m256i {
        // SAFETY: the token proves AVX2. The 16-bit sums fit: `Row::sums_fit_16_bits`.
        unsafe {
            let mut pairs = _mm256_setzero_si256();
            for (vector, weight) in row.into_iter().zip(weights) {
                pairs = _mm256_add_epi16(pairs, _mm256_maddubs_epi16(vector, weight));
            }
            _mm256_madd_epi16(pairs, _mm256_set1_epi16(1))
        }
    }

    #[inline(always)]
    fn total(self, lanes: __m256i) -> u32 {
        // SAFETY: the token proves AVX2.
        let half = unsafe {
            let (low, high) = (
                _mm256_castsi256_si128(lanes),
                _mm256_extracti128_si256::<1>(lanes),
            );
            _mm_add_epi32(low, high)
        };
        Ssse3::from(self).total(half)
    }
}
