//! Vector operations of the indexes: the smallest of eight links, and the comparison of 32 bytes.
//!
//! On x86-64 each is a few instructions without a branch.
//!
//! Unsafe because vector instructions may only run on a processor that has them.
#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

#[cfg(target_arch = "x86_64")]
use crate::cpu::Avx2Bmi;

/// Links looked at at once.
pub(crate) const LANES: usize = 8;
/// Bytes compared at once.
pub(crate) const WIDTH: usize = 32;

/// The proof that this processor has what the indexes' loops are compiled for: on x86-64 AVX2,
/// BMI1 and BMI2 ([`Avx2Bmi`]), elsewhere nothing.
#[derive(Clone, Copy)]
pub(crate) struct Vectors(());

impl Vectors {
    /// The proof, if the processor is such a one.
    pub(crate) fn new() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        let has_them = Avx2Bmi::get().is_some();
        #[cfg(not(target_arch = "x86_64"))]
        let has_them = true;
        has_them.then_some(Vectors(()))
    }

    /// The least of `links[i] - i` (0 where that is negative) for `i` below `count`, which is
    /// 1..=[`LANES`], and the first `i` that has it.
    #[inline(always)]
    pub(crate) fn least(self, links: &[u16; LANES], count: usize) -> (usize, usize) {
        debug_assert!((1..=LANES).contains(&count));
        #[cfg(target_arch = "x86_64")]
        // SAFETY: there is a proof only where the processor has AVX2, and so SSE4.1; both loads are
        // of 8 numbers inside their arrays, `count` being masked to at most LANES.
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
        #[cfg(not(target_arch = "x86_64"))]
        least_one_by_one(links, count)
    }

    /// How many of the first [`WIDTH`] bytes at `a` and `b` agree.
    ///
    /// # Safety
    /// - [`WIDTH`] bytes can be read at both.
    #[inline(always)]
    pub(crate) unsafe fn agree(self, a: *const u8, b: *const u8) -> usize {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: there is a proof only where the processor has AVX2; the caller promises the
        // bytes.
        unsafe {
            let same =
                _mm256_cmpeq_epi8(_mm256_loadu_si256(a.cast()), _mm256_loadu_si256(b.cast()));
            (!_mm256_movemask_epi8(same)).trailing_zeros() as usize
        }
        #[cfg(not(target_arch = "x86_64"))]
        // SAFETY: the caller promises the bytes.
        unsafe {
            let (a, b) = (
                a.cast::<[u8; WIDTH]>().read(),
                b.cast::<[u8; WIDTH]>().read(),
            );
            (0..WIDTH).take_while(|&i| a[i] == b[i]).count()
        }
    }
}

/// The same without vectors.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn least_one_by_one(links: &[u16; LANES], count: usize) -> (usize, usize) {
    // The index in the low bits breaks ties.
    let key = |i: usize| (usize::from(links[i]).saturating_sub(i)) * LANES + i;
    let least = (1..count.min(LANES)).map(key).fold(key(0), usize::min);
    (least / LANES, least % LANES)
}

/// Ones for the lanes that do not count: [`LANES`] less `count` into it.
#[cfg(target_arch = "x86_64")]
static NOT_COUNTED: [u16; 2 * LANES] = {
    let mut lanes = [0; 2 * LANES];
    let mut i = LANES;
    while i < 2 * LANES {
        lanes[i] = u16::MAX;
        i += 1;
    }
    lanes
};

#[cfg(test)]
#[path = "../../../../tests/unit/deflate_simd.rs"]
mod tests;
