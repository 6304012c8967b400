//! deflateBound and compressBound: the largest size that the output can have.
//!
//! zlib's numbers are API: programs allocate exactly that much and call deflate once, and tests
//! compare the numbers. So these are zlib 1.3.2's, to the byte.
//!
//! Why they hold for the classic engine: its blocks are zlib's.
//! - A block is never larger than the fixed code makes it: 9 bits a literal, less for a match, and
//!   10 bits around it. A block of `n - 1 >= 255` symbols (memLevel >= 2) then grows by at most 1/8
//!   and 10 bits ([`fixed_bound`]).
//! - If the window still holds the block's bytes, a stored block takes its place when that is
//!   smaller: 5 bytes a block. The window holds them when it is larger than a block can be,
//!   windowBits > memLevel + 7, and always at level 0. The smallest such block has 127 bytes
//!   (memLevel 1, [`stored_bound`]); with the default memLevel it has 16,383 ([`default_bound`]).
//!
//! All sums saturate. Source of the formulas: zlib 1.3.2 deflate.c, deflateBound_z.
#![forbid(unsafe_code)]

use super::config::{Params, Wrap};
use super::state::State;
use crate::format::gzip::{self, GzipHeader};

/// zlib header (2) and trailer (4).
const ZLIB_WRAPPER_LEN: usize = 6;
/// DICTID in the zlib header.
const DICTID_LEN: usize = 4;

/// The sum of `len` and `parts`, or the largest number when it does not fit.
fn saturating_sum(len: usize, parts: &[usize]) -> usize {
    parts
        .iter()
        .fold(len, |sum, &part| sum.saturating_add(part))
}

/// Fixed codes, blocks of at least 255 symbols: 13 % and a little.
fn fixed_bound(len: usize) -> usize {
    saturating_sum(len, &[len >> 3, len >> 8, len >> 9, 4])
}

/// Stored blocks of at least 127 bytes: 4 % and a little.
fn stored_bound(len: usize) -> usize {
    saturating_sum(len, &[len >> 5, len >> 7, len >> 11, 7])
}

/// Stored blocks of at least 16,383 bytes: 0.03 % and a little. Without a wrapper.
fn default_bound(len: usize) -> usize {
    saturating_sum(len, &[len >> 12, len >> 14, len >> 25, 7])
}

/// Bytes that compress() needs at most for `len` bytes.
pub(crate) fn compress_bound(len: usize) -> usize {
    saturating_sum(default_bound(len), &[ZLIB_WRAPPER_LEN])
}

/// Bytes that a stream whose parameters are not known needs at most for `len` bytes.
pub(crate) fn unknown_bound(len: usize) -> usize {
    saturating_sum(
        fixed_bound(len).max(stored_bound(len)),
        &[gzip::WRAPPER_LEN],
    )
}

/// Bytes that this stream needs at most for `len` bytes, its wrapper included.
pub(crate) fn deflate_bound(state: &State, header: Option<&GzipHeader>, len: usize) -> usize {
    let wrapper = match state.wrap {
        Wrap::Raw => 0,
        Wrap::Zlib if state.engine.has_history() => ZLIB_WRAPPER_LEN + DICTID_LEN,
        Wrap::Zlib => ZLIB_WRAPPER_LEN,
        Wrap::Gzip => gzip::WRAPPER_LEN + header.map_or(0, GzipHeader::optional_len),
    };
    let params = state.engine.params();
    let default = Params::default_at(params.level);
    let bound =
        if (params.window_bits, params.mem_level) == (default.window_bits, default.mem_level) {
            default_bound(len)
        } else if params.window_bits <= params.hash_bits() && params.level != 0 {
            fixed_bound(len)
        } else {
            stored_bound(len)
        };
    saturating_sum(bound, &[wrapper])
}
