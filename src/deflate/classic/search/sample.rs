//! Looks at a sample of the data to tell whether an index would pay.
//!
//! An index saves steps of the search, and costs insertions. There is little to save where zlib
//! takes few steps: in data without matches, such as what is compressed already, and in data that
//! is all long matches, such as zeros, or one page again and again. Both have few matches a byte;
//! other data has many. In 1 KiB, English has 140 matches, machine code 110, XML 70, the pixels of
//! a photo 20, random bytes in base64 2, random bytes and zeros 0 or 1. So the matches of a sample
//! are counted as the simplest parse finds them: each string is looked for where it occurred last.
//!
//! Without matches an index still gains a little on each byte, so it pays for more data; with long
//! matches it never does.
//!
//! Cost: a table of 2 KiB, which is the stream's scratch memory, and a few ns a byte. It ends as
//! soon as there are enough matches, mostly after less than 200 bytes.
#![forbid(unsafe_code)]

use crate::deflate::classic::search::tables::GOLDEN;
use crate::format::deflate::MIN_MATCH;

/// Bytes of a sample that are looked at.
pub(crate) const SAMPLE_LEN: usize = 1024;
/// There must be a match for each so many bytes.
const BYTES_A_MATCH: usize = 64;
/// Base-2 logarithm of the positions that are kept, two of them in an element.
const POSITION_BITS: u32 = 10;
/// Bits of a position.
const POSITION_WIDTH: u32 = u32::BITS / 2;
const POSITION_MASK: u32 = (1 << POSITION_WIDTH) - 1;
/// The table of positions.
type LastSeen = [u32; 1 << (POSITION_BITS - 1)];

/// What the matches of a sample are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SampleKind {
    /// It has many matches.
    Matches,
    /// It has few, and is mostly literals.
    Literals,
    /// It has few, which are long.
    LongMatches,
}

/// What `sample`, of which [`SAMPLE_LEN`] bytes are looked at, is like. What `positions` holds is
/// lost.
pub(crate) fn classify(sample: &[u8], positions: &mut LastSeen) -> SampleKind {
    let sample = &sample[..sample.len().min(SAMPLE_LEN)];
    positions.fill(0);
    let enough = sample.len().div_ceil(BYTES_A_MATCH);
    let (mut matches, mut literals) = (0, 0);
    let mut at = 0;
    while let Some(&[b0, b1, b2]) = sample[at..].first_chunk::<MIN_MATCH>() {
        let string = u32::from_le_bytes([b0, b1, b2, 0]);
        let hash = string.wrapping_mul(GOLDEN) >> (u32::BITS - POSITION_BITS);
        let two = &mut positions[hash as usize / 2];
        let shift = hash % 2 * POSITION_WIDTH;
        let position = (*two >> shift & POSITION_MASK) as usize;
        *two = *two & !(POSITION_MASK << shift) | (at as u32) << shift;
        let same = |(a, b): &(&u8, &u8)| a == b;
        let pairs = sample[position..].iter().zip(&sample[at..]);
        // Position 0 is also where there was none.
        let length = if position == 0 {
            0
        } else {
            pairs.take_while(same).count()
        };
        if length >= MIN_MATCH {
            matches += 1;
            if matches == enough {
                return SampleKind::Matches;
            }
            at += length;
        } else {
            literals += 1;
            at += 1;
        }
    }
    if literals < sample.len() / 2 {
        SampleKind::LongMatches
    } else {
        SampleKind::Literals
    }
}

#[cfg(test)]
#[path = "../../../../tests/unit/deflate_sample.rs"]
mod tests;
