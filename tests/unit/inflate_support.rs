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
