//! The unit in which matches are copied: 16 bytes, a vector of SSE2 and of NEON.
//!
//! Unsafe because it works on raw pointers, as the loops do (`loops.rs`).
#![allow(unsafe_code)]

/// Bytes of one copy.
pub(crate) const CHUNK: usize = 16;

/// Copies 16 bytes.
///
/// # Safety
/// - `from` has 16 initialised bytes, `to` room for 16; they may overlap.
#[inline(always)]
pub(crate) unsafe fn copy_chunk(from: *const u8, to: *mut u8) {
    // SAFETY: as the caller promises; the bytes are loaded before they are stored.
    unsafe {
        let chunk = from.cast::<[u8; CHUNK]>().read();
        to.cast::<[u8; CHUNK]>().write(chunk);
    }
}
