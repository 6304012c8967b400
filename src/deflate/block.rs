//! Blocks without symbols: the head of a stored block, and the empty blocks that mark a flush.
#![forbid(unsafe_code)]

use super::config::Last;
use super::output::Output;
use crate::format::deflate::{
    END_OF_BLOCK, FIXED_BLOCK, FIXED_LITLEN_LENGTHS, MAX_STORED, STORED_BLOCK,
};

/// Bits of BFINAL and BTYPE.
pub(crate) const BLOCK_HEADER_BITS: u32 = 3;
/// Bytes of LEN and NLEN.
pub(crate) const STORED_LENGTHS_LEN: usize = 4;

/// BFINAL and BTYPE.
pub(crate) fn header(block_type: u32, last: Last) -> u64 {
    u64::from(block_type << 1 | u32::from(last.is_yes()))
}

fn put_header(out: &mut Output, block_type: u32, last: Last) {
    out.put_bits(header(block_type, last), BLOCK_HEADER_BITS);
}

/// Writes what comes before the bytes of a stored block: type, alignment, LEN, NLEN. `len` is at
/// most 65535. Source: RFC 1951 3.2.4.
pub(crate) fn stored_header(out: &mut Output, len: usize, last: Last) {
    debug_assert!(len <= MAX_STORED);
    let len = len as u16;
    put_header(out, STORED_BLOCK, last);
    out.align();
    out.put_bytes(&len.to_le_bytes());
    out.put_bytes(&(!len).to_le_bytes());
}

/// Bytes that [`stored_header`] will make, with the bits that wait before it.
pub(crate) fn stored_header_len(out: &Output) -> usize {
    let bits = (out.bit_count() + BLOCK_HEADER_BITS).next_multiple_of(8);
    bits as usize / 8 + STORED_LENGTHS_LEN
}

/// Writes an empty block with fixed codes, 10 bits long, so that a decoder has enough bits to
/// finish the block before it.
pub(crate) fn empty_fixed_block(out: &mut Output) {
    put_header(out, FIXED_BLOCK, Last::No);
    // The code of the first symbol with the shortest length is all zeros.
    out.put_bits(0, u32::from(FIXED_LITLEN_LENGTHS[END_OF_BLOCK]));
}
