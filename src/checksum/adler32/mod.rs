//! Adler-32: the check value of zlib streams.
//!
//! **Definition** (RFC 1950 section 8.2). Two sums run over the bytes, both modulo 65521:
//! s1 starts at 1 and adds each byte, s2 starts at 0 and adds s1 after each byte. The check
//! value is s2 in the upper and s1 in the lower 16 bits.
//!
//! **Pieces.** Take n bytes, `d[0]` to `d[n - 1]`, and run the sums over them from zero. That
//! gives the plain sum t1 of all `d[i]`, and t2, the sum of all `(n - i) * d[i]`, because `d[i]`
//! is part of every s1 from its own to the last. A stream that arrives at these bytes with s1 and
//! s2 leaves them with
//!
//! ```text
//! s1' = s1 + t1
//! s2' = s2 + n * s1 + t2
//! ```
//!
//! So any stretch of bytes can be summed on its own, in any order that suits the processor, and
//! appended afterwards (`Halves::append`). The scalar code (`sums.rs`) and the code in vectors
//! (`vectors.rs`, with a file for each instruction set) only differ in how they get t1 and t2 of a
//! stretch. `update.rs` chooses between them; [`combine`] is the same rule applied to whole
//! streams.
//!
//! **Late remainders.** Nothing asks for a remainder per byte. `LAZY_LEN` bytes of 255 cannot
//! carry s2 past 32 bits, so one remainder per that many bytes is enough. It is taken before
//! more is appended rather than after, where it would delay the result of a short call.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512vnni;
#[cfg(target_arch = "x86_64")]
mod ssse3;
mod sums;
mod update;
mod vectors;

pub(crate) use update::{ADLER_INIT, combine, update, update_copying};

#[cfg(test)]
#[path = "../../../tests/unit/adler32.rs"]
pub(super) mod tests;
