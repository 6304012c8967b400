//! The indexes' loops on any processor, one element after the other.
#![forbid(unsafe_code)]

use crate::deflate::classic::search::cpu::kernel::{Cpu, Kernel, LANES, WIDTH};

/// A processor of which nothing is known. (`set.rs` says why it may be unused.)
#[derive(Clone, Copy, Debug)]
#[cfg_attr(all(target_arch = "x86_64", not(debug_assertions)), expect(dead_code))]
pub(crate) struct Scalar;

impl Cpu for Scalar {
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
    fn agree(self, a: &[u8; WIDTH], b: &[u8; WIDTH]) -> usize {
        (0..WIDTH).take_while(|&i| a[i] == b[i]).count()
    }
}
