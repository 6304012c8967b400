//! A stream's state for the tests of inflate's modules, most of which must do without unsafe code.
//!
//! A module of `src/inflate/mod.rs`, because the tests are modules of those that they test.
//!
//! Unsafe because a state is made in memory from malloc.
#![allow(unsafe_code)]

use crate::annex::OnMalloc;
use crate::inflate::state::{State, WindowBits};

/// A stream of raw deflate data with a window of 2^bits bytes, 8 to 15.
pub(super) fn state(bits: u8) -> OnMalloc<State> {
    let bits = WindowBits::from_c(-i32::from(bits)).unwrap();
    // SAFETY: the state is where it was told to be; a window's memory comes from malloc.
    unsafe { OnMalloc::new(|site| Ok(State::new(site, bits))) }.unwrap()
}

/// Random numbers, the same ones for the same seed.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Random(0x9e37_79b9 + seed)
    }

    /// A number below `limit`.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % limit
    }

    /// So many bytes.
    pub(super) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.below(256) as u8).collect()
    }
}
