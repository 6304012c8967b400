//! The least of eight neighbouring links, each less its place: one instruction from SSE4.1 on.
//!
//! Unsafe because vector instructions may only run on a processor that has them.
#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

use super::index::LANES;

/// How to find the least of [`LANES`] numbers.
pub trait Lanes: Copy {
    /// The least of `links[i] - i` (0 where that is negative) for `i` below `count`, which is
    /// 1..=[`LANES`], and the first `i` that has it.
    fn least(self, links: &[u16; LANES], count: usize) -> (usize, usize);
}

/// On any processor.
#[derive(Clone, Copy)]
pub struct AnyCpu;

impl Lanes for AnyCpu {
    #[inline(always)]
    fn least(self, links: &[u16; LANES], count: usize) -> (usize, usize) {
        // The place in the low bits breaks ties.
        let key = |i: usize| (usize::from(links[i]).saturating_sub(i)) * LANES + i;
        let least = (1..count.min(LANES)).map(key).fold(key(0), usize::min);
        (least / LANES, least % LANES)
    }
}

/// On a processor that has SSE4.1.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub struct Sse41(());

#[cfg(target_arch = "x86_64")]
impl Sse41 {
    /// The proof that this processor has it.
    #[inline]
    pub fn new() -> Option<Self> {
        is_x86_feature_detected!("sse4.1").then_some(Sse41(()))
    }
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

#[cfg(target_arch = "x86_64")]
impl Lanes for Sse41 {
    #[inline(always)]
    fn least(self, links: &[u16; LANES], count: usize) -> (usize, usize) {
        debug_assert!((1..=LANES).contains(&count));
        // SAFETY: there is a Sse41 only where the processor has SSE4.1; both loads are of 8
        // numbers inside their arrays, `count` being masked to at most LANES.
        let found = unsafe {
            let mask = NOT_COUNTED.as_ptr().add((LANES - count) & (LANES - 1));
            let places = _mm_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7);
            let lanes = _mm_subs_epu16(_mm_loadu_si128(links.as_ptr().cast()), places);
            let lanes = _mm_or_si128(lanes, _mm_loadu_si128(mask.cast()));
            _mm_cvtsi128_si32(_mm_minpos_epu16(lanes)) as u32
        };
        (
            (found & 0xffff) as usize,
            (found >> 16) as usize & (LANES - 1),
        )
    }
}
