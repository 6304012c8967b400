//! Copies of matches: 16 bytes at a time, past the end of the match where that is allowed.
//!
//! A match of distance d repeats the last d bytes. From 16 on, 16 bytes can be read before
//! they are written over, so a match is copied in pieces of 16 bytes: two at once, because
//! most matches are no longer than 32. A shorter distance is a pattern that repeats within
//! 16 bytes: one shuffle of the last 16 bytes makes 16 bytes of it, which are stored again
//! and again in steps of a multiple of the distance. Both write up to [`OVERSHOOT`] bytes
//! more than the match; that is cheaper than a branch on its length. Nothing is read that
//! was not written before. Sources of the ideas: libdeflate (overshooting copies), zlib-ng
//! (patterns by shuffle).
//!
//! Unsafe because bounds checks here would cost a tenth of the decoder's speed: pointers
//! are checked by the distance check, and now and then by the loops' limits (`loops.rs`).
#![allow(unsafe_code)]

/// Bytes of one copy.
pub const CHUNK: usize = 16;
/// Bytes that may be written behind the output: the last pair of copies begins inside a match, or
/// right behind it (`branchless.rs`).
pub const OVERSHOOT: usize = 2 * CHUNK;

/// Copies 16 bytes.
///
/// # Safety
/// - `from` has 16 initialised bytes, `to` room for 16; they may overlap.
#[inline(always)]
unsafe fn copy_chunk(from: *const u8, to: *mut u8) {
    // SAFETY: as the caller promises; the bytes are loaded before they are stored.
    unsafe {
        let chunk = from.cast::<[u8; CHUNK]>().read();
        to.cast::<[u8; CHUNK]>().write(chunk);
    }
}

/// Copies 32 bytes in two pieces.
///
/// # Safety
/// - As for [`copy_chunk`], of both pieces. If `to` lies behind `from`, then by at least 16 bytes.
#[inline(always)]
pub unsafe fn copy_two_chunks(from: *const u8, to: *mut u8) {
    // SAFETY: as the caller promises.
    unsafe {
        copy_chunk(from, to);
        copy_chunk(from.add(CHUNK), to.add(CHUNK));
    }
}

/// What a CPU can do for a match whose distance is below 16.
pub trait Near {
    /// Writes `len` bytes of a match, and up to `OVERSHOOT` more.
    ///
    /// # Safety
    /// - The 16 bytes before `out` are initialised; 0 < `dist` < 16.
    /// - `len + OVERSHOOT` bytes can be written at `out`.
    unsafe fn copy_near(out: *mut u8, dist: usize, len: usize);
}

/// Any CPU.
pub struct PlainCopy;

impl Near for PlainCopy {
    #[inline(always)]
    unsafe fn copy_near(out: *mut u8, dist: usize, len: usize) {
        // The first multiple of the distance that is at least 16 has the same effect, once
        // there are so many bytes of the pattern.
        let far = dist * CHUNK.div_ceil(dist);
        // SAFETY: `far` is below 16 + dist, so that all reads lie in what is before `out` or
        // was written here; the writes end at most at len + OVERSHOOT.
        unsafe {
            for i in 0..CHUNK {
                *out.add(i) = *out.add(i).sub(dist);
            }
            let mut done = CHUNK;
            while done < len {
                copy_chunk(out.add(done).sub(far), out.add(done));
                done += CHUNK;
            }
        }
    }
}

/// x86-64 with SSSE3.
#[cfg(target_arch = "x86_64")]
pub struct ShuffleCopy;

/// For each distance, where each byte of the pattern lies among the last 16 bytes.
#[cfg(target_arch = "x86_64")]
static PATTERN: [[u8; CHUNK]; CHUNK] = patterns();

#[cfg(target_arch = "x86_64")]
const fn patterns() -> [[u8; CHUNK]; CHUNK] {
    let mut patterns = [[0; CHUNK]; CHUNK];
    let mut dist = 1;
    while dist < CHUNK {
        let mut i = 0;
        while i < CHUNK {
            patterns[dist][i] = (CHUNK - dist + i % dist) as u8;
            i += 1;
        }
        dist += 1;
    }
    patterns
}

/// For each distance, its largest multiple up to 16: the step from store to store.
#[cfg(target_arch = "x86_64")]
static STEP: [u8; CHUNK] = steps();

#[cfg(target_arch = "x86_64")]
const fn steps() -> [u8; CHUNK] {
    let mut steps = [CHUNK as u8; CHUNK];
    let mut dist = 1;
    while dist < CHUNK {
        steps[dist] = (CHUNK - CHUNK % dist) as u8;
        dist += 1;
    }
    steps
}

#[cfg(target_arch = "x86_64")]
impl Near for ShuffleCopy {
    #[inline(always)]
    unsafe fn copy_near(out: *mut u8, dist: usize, len: usize) {
        use core::arch::x86_64::{_mm_loadu_si128, _mm_shuffle_epi8, _mm_storeu_si128};
        // SAFETY: the 16 bytes before `out` are initialised; dist is below 16, the length of
        // both tables; the last store begins before `len`. Only code for CPUs with SSSE3
        // uses this type.
        unsafe {
            let last = _mm_loadu_si128(out.sub(CHUNK).cast());
            let order = _mm_loadu_si128(PATTERN.get_unchecked(dist).as_ptr().cast());
            let pattern = _mm_shuffle_epi8(last, order);
            _mm_storeu_si128(out.cast(), pattern);
            if len > CHUNK - dist {
                let step = usize::from(*STEP.get_unchecked(dist));
                let mut done = step;
                while done < len {
                    _mm_storeu_si128(out.add(done).cast(), pattern);
                    done += step;
                }
            }
        }
    }
}

/// Copies `len` bytes, rounded up to pairs of pieces; at least one.
///
/// # Safety
/// - So many bytes can be read at `from`, and written at `to`. If `to` lies after `from`, then by
///   at least [`CHUNK`] bytes; what `from` reaches of `to` is written here.
#[inline(always)]
pub unsafe fn copy_in_pairs(from: *const u8, to: *mut u8, len: usize) {
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
pub unsafe fn copy_match<N: Near>(
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
            N::copy_near(out, dist, len);
        } else {
            copy_first(out, dist, len);
        }
    }
}

/// A match among the first bytes that there are.
///
/// # Safety
/// - As for [`copy_match`].
#[cold]
#[inline(never)]
unsafe fn copy_first(out: *mut u8, dist: usize, len: usize) {
    // SAFETY: the caller promises history and room.
    unsafe { copy_exact(out.sub(dist), out, len) }
}

/// Copies exactly `len` bytes forward, byte for byte in effect: where `to` lies less than
/// `len` bytes behind `from`, what was written is read again.
///
/// # Safety
/// - `from` has `len` bytes that are initialised, or lie behind `to` and get written here;
///   `len` bytes can be written at `to`.
pub unsafe fn copy_exact(from: *const u8, to: *mut u8, len: usize) {
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
