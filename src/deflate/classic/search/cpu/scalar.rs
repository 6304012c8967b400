//! The searches' loops on any processor: links one after the other, bytes in words of 8.
#![forbid(unsafe_code)]

use crate::deflate::classic::search::cpu::kernel::{Cpu, Kernel, LANES};

/// A processor of which nothing is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar;

impl Cpu for Scalar {
    type Chunk = [u8; 8];

    #[inline(never)]
    fn run<K: Kernel>(self, kernel: K) -> K::End {
        kernel.run(self)
    }

    #[inline(always)]
    fn least(self, links: &[u16; LANES], count: usize) -> (usize, usize) {
        // The index in the low bits breaks ties.
        let key = |i: usize| (usize::from(links[i]).saturating_sub(i)) * LANES + i;
        let least = (1..count.min(LANES)).map(key).fold(key(0), usize::min);
        (least / LANES, least % LANES)
    }

    #[inline(always)]
    fn agree(self, a: &[u8; 8], b: &[u8; 8]) -> usize {
        let differing = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        differing.trailing_zeros() as usize / 8
    }
}
