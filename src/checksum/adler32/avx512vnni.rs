//! Adler-32 in AVX-512 with VNNI: vectors of 64 bytes, four to a row.
//!
//! Its multiply-add goes from bytes to 32-bit lanes at once; with weights of 1 it sums bytes as
//! well.
//!
//! Unsafe because vector instructions may only run on a processor that has them.
#![allow(unsafe_code)]

use core::arch::x86_64::*;
use core::mem::MaybeUninit;

use super::vectors::{Simd, Target, update};
use crate::cpu::Avx512Vnni;

impl Simd<64> for Avx512Vnni {
    type Vector = __m512i;

    fn update<T: Target>(self, adler: u32, data: &[u8], target: T) -> u32 {
        #[target_feature(enable = "avx512f,avx512vnni")]
        fn compiled<T: Target>(simd: Avx512Vnni, adler: u32, data: &[u8], target: T) -> u32 {
            update::<64, 4, _, _>(simd, adler, data, target)
        }
        // SAFETY: the token proves that the processor has these features.
        unsafe { compiled(self, adler, data, target) }
    }

    #[inline(always)]
    fn load(self, bytes: &[u8; 64]) -> __m512i {
        // SAFETY: the token proves AVX-512F; the 64 bytes are borrowed; any address will do.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store(self, vector: __m512i, to: &mut [MaybeUninit<u8>; 64]) {
        // SAFETY: the token proves AVX-512F; the 64 bytes are borrowed; any address will do.
        unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), vector) }
    }

    #[inline(always)]
    fn and(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: the token proves AVX-512F.
        unsafe { _mm512_and_si512(a, b) }
    }

    #[inline(always)]
    fn add(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: the token proves AVX-512F.
        unsafe { _mm512_add_epi32(a, b) }
    }

    #[inline(always)]
    fn sum<const N: usize>(self, row: [__m512i; N]) -> __m512i {
        self.weigh(row, [self.load(&[1; 64]); N])
    }

    #[inline(always)]
    fn weigh<const N: usize>(self, row: [__m512i; N], weights: [__m512i; N]) -> __m512i {
        let zero = self.load(&[0; 64]);
        row.into_iter()
            .zip(weights)
            .fold(zero, |sums, (vector, weight)| {
                // SAFETY: the token proves AVX-512F and VNNI.
                unsafe { _mm512_dpbusd_epi32(sums, vector, weight) }
            })
    }

    #[inline(always)]
    fn total(self, lanes: __m512i) -> u32 {
        // SAFETY: the token proves AVX-512F.
        unsafe { _mm512_reduce_add_epi32(lanes) as u32 }
    }
}
