//! Copies of matches: 16 bytes at a time, past the end of the match where that is allowed.
//!
//! A match of distance d repeats the last d bytes. From 16 on, 16 bytes can be read before
//! they are written over, so a match is copied in pieces of 16 bytes: two at once, because
//! most matches are no longer than 32. A shorter distance is a pattern that repeats within
//! 16 bytes: one shuffle of the last 16 bytes makes 16 bytes of it, which are stored again
//! and again at multiples of the distance. Both write up to [`OVERSHOOT`] bytes
//! more than the match; that is cheaper than a branch on its length. Nothing is read that
//! was not written before. Sources of the ideas: libdeflate (overshooting copies), zlib-ng
//! (patterns by shuffle).
//!
//! Unsafe because bounds checks here would cost a tenth of the decoder's speed: pointers
//! are checked by the distance check, and now and then by the loops' limits (`loops.rs`).
#![allow(unsafe_code)]

use crate::inflate::decode::chunk::{CHUNK, copy_chunk};
use crate::inflate::decode::cpu::kernel::Cpu;

/// Bytes that may be written after the output: the last pair of copies begins inside a match, or
/// right after it (`branchless.rs`).
pub(crate) const OVERSHOOT: usize = 2 * CHUNK;

/// Copies 32 bytes in two pieces.
///
/// # Safety
/// - As for [`copy_chunk`], of both pieces. If `to` lies after `from`, then by at least 16 bytes.
#[inline(always)]
pub(crate) unsafe fn copy_two_chunks(from: *const u8, to: *mut u8) {
    // SAFETY: as the caller promises.
    unsafe {
        copy_chunk(from, to);
        copy_chunk(from.add(CHUNK), to.add(CHUNK));
    }
}

/// Copies `len` bytes, rounded up to pairs of pieces; at least one.
///
/// # Safety
/// - So many bytes can be read at `from`, and written at `to`. If `to` lies after `from`, then by
///   at least [`CHUNK`] bytes; what `from` reaches of `to` is written here.
#[inline(always)]
pub(crate) unsafe fn copy_in_pairs(from: *const u8, to: *mut u8, len: usize) {
    // SAFETY: as the caller promises.
    unsafe {
        copy_two_chunks(from, to);
        if len > 2 * CHUNK {
            let end = to.add(len);
            let (mut from, mut to) = (from.add(2 * CHUNK), to.add(2 * CHUNK));
            while to < end {
                copy_two_chunks(from, to);
                (from, to) = (from.add(2 * CHUNK), to.add(2 * CHUNK));
            }
        }
    }
}

/// Copies a match to `out` with up to `OVERSHOOT` bytes more: from `from`, which is `dist` bytes
/// before, or has the bytes that belong there. `written` is how many bytes lie before `out`, for
/// which it is cheap to say.
///
/// # Safety
/// - The `written` bytes before `out` are initialised; 0 < `dist`.
/// - `from` is `out - dist`, and `dist <= written`; or `dist` is at least [`CHUNK`], and at `from`
///   lie `len` initialised bytes, rounded up to `2 * CHUNK`.
/// - `len + OVERSHOOT` bytes can be written at `out`.
#[inline(always)]
pub(crate) unsafe fn copy_overlapping<C: Cpu>(
    cpu: C,
    out: *mut u8,
    from: *const u8,
    dist: usize,
    len: usize,
    written: usize,
) {
    // SAFETY: all reads are of bytes at `from`, of bytes before `out`, or of bytes that were
    // written right before; writes end at most at len + OVERSHOOT, as the caller allows.
    unsafe {
        if dist >= CHUNK {
            copy_in_pairs(from, out, len);
        } else if written >= CHUNK {
            cpu.copy_near(out, dist, len);
        } else {
            copy_first(out, dist, len);
        }
    }
}

/// A match among the first bytes that there are.
///
/// # Safety
/// - As for [`copy_overlapping`].
#[cold]
#[inline(never)]
unsafe fn copy_first(out: *mut u8, dist: usize, len: usize) {
    // SAFETY: the caller promises history and room.
    unsafe { copy_exact(out.sub(dist), out, len) }
}

/// Copies exactly `len` bytes forward, byte for byte in effect: where `to` lies less than
/// `len` bytes after `from`, what was written is read again.
///
/// # Safety
/// - `from` has `len` bytes that are initialised, or lie at or after `to` and get written here;
///   `len` bytes can be written at `to`.
pub(crate) unsafe fn copy_exact(from: *const u8, to: *mut u8, len: usize) {
    let dist = (to as usize).wrapping_sub(from as usize);
    // SAFETY: as the caller promises; a piece of 16 bytes is read before it is written.
    unsafe {
        let mut done = 0;
        if dist >= CHUNK {
            while done + CHUNK <= len {
                copy_chunk(from.add(done), to.add(done));
                done += CHUNK;
            }
        }
        while done < len {
            *to.add(done) = *from.add(done);
            done += 1;
        }
    }
}

#[cfg(test)]
#[path = "../../../tests/unit/inflate_copy.rs"]
mod tests;
