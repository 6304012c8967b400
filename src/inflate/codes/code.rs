//! Prefix codes: checks that code lengths make one, and fills a decode table with it.
//!
//! # What is accepted
//!
//! Exactly what zlib accepts (inftrees.c), not what libdeflate does: a set of code lengths
//! must be complete. Exceptions: no codes at all (using one is the error), and a single code
//! of one bit (the other bit is an invalid code), both for distances; the latter also for
//! literals and lengths. Invalid entries remember how many bits zlib drops for them.
#![forbid(unsafe_code)]

use crate::format::deflate::MAX_CODE_BITS;

/// All symbols, where a code of n bits is taken to occur 2^-n times.
pub(crate) const ALL: u32 = 1 << MAX_CODE_BITS;

/// Why a set of code lengths gives no table: over-subscribed or incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadLengths;

/// How many codes of each length there are; index 0 is not used.
pub(crate) type Counts = [u16; MAX_CODE_BITS + 1];

/// A set of code lengths in the order of its codes.
pub(crate) struct PrefixCode {
    /// How many of each length.
    pub counts: Counts,
    /// Longest code; 0 if there are no codes.
    pub max: u32,
    /// The set is complete, or one of the exceptions.
    pub complete: bool,
}

/// Whether a single code of one bit is accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Single {
    /// It is.
    Accepted,
    /// It is not.
    Refused,
}

impl PrefixCode {
    /// Counts the lengths and checks that they make a code.
    pub(crate) fn new(lengths: &[u32], single: Single) -> Result<PrefixCode, BadLengths> {
        let mut counts: Counts = [0; MAX_CODE_BITS + 1];
        for &length in lengths {
            counts[length as usize & MAX_CODE_BITS] += 1;
        }
        counts[0] = 0;
        let max = counts.iter().rposition(|&count| count != 0).unwrap_or(0) as u32;
        // Codes of the present length that are not taken, by a code or the beginning of one.
        let mut left: i32 = 1;
        for &count in &counts[1..] {
            left = (left << 1) - i32::from(count);
            if left < 0 {
                return Err(BadLengths);
            }
        }
        let complete = left == 0;
        if !complete && max != 0 && (max != 1 || single == Single::Refused) {
            return Err(BadLengths);
        }
        Ok(PrefixCode {
            counts,
            max,
            complete,
        })
    }

    /// How often codes longer than `root` bits occur, as a part of [`ALL`].
    pub(crate) fn deep(&self, root: u32) -> u32 {
        (root + 1..=self.max)
            .map(|bits| u32::from(self.counts[bits as usize]) * (ALL >> bits))
            .sum()
    }

    /// Fills `table`, whose first 2^root entries are indexed with the next root bits.
    /// `sorted` is what [`sort`](Self::sort) has made; `entry` makes a symbol's entry from it and
    /// its code bits, `pointer` a subtable's from where it starts, and its width. False if the
    /// table is too small.
    pub(crate) fn fill(
        &self,
        sorted: &[u32],
        table: &mut [u32],
        root: u32,
        entry: impl Fn(usize, u32) -> u32,
        pointer: impl Fn(usize, u32) -> u32,
    ) -> bool {
        let mut symbols = sorted.iter().map(|&symbol| symbol as usize);
        let mut next = || symbols.next().unwrap_or(0);
        let mut code = 0;
        for bits in 1..=root {
            if bits > 1 {
                let half = 1 << (bits - 1);
                table.copy_within(0..half, half);
            }
            for _ in 0..self.counts[bits as usize] {
                table[code] = entry(next(), bits);
                code = increment(code, bits);
            }
        }
        // The present subtable is `table[start..end]`, of which codes have yet to fill `free`.
        let mut left = self.counts;
        let (mut start, mut end, mut free) = (0, 1usize << root, 0);
        for bits in root + 1..=self.max {
            let stride = 1usize << (bits - root);
            for _ in 0..self.counts[bits as usize] {
                if free == 0 {
                    let width = subtable_width(&left, bits, root, self.max);
                    free = 1 << width;
                    (start, end) = (end, end + free);
                    if end > table.len() {
                        return false;
                    }
                    table[code & ((1 << root) - 1)] = pointer(start, width);
                }
                left[bits as usize] -= 1;
                let value = entry(next(), bits);
                for slot in table[start + (code >> root)..end]
                    .iter_mut()
                    .step_by(stride)
                {
                    *slot = value;
                }
                free -= (end - start) / stride;
                code = increment(code, bits);
            }
        }
        true
    }

    /// Puts the symbols that have codes into `sorted`, in the order of the codes. There must be
    /// room for all of them.
    pub(crate) fn sort(&self, lengths: &[u32], sorted: &mut [u32]) {
        let mut next = [0u16; MAX_CODE_BITS + 2];
        for bits in 1..=MAX_CODE_BITS {
            next[bits + 1] = next[bits] + self.counts[bits];
        }
        for (symbol, &length) in lengths.iter().enumerate() {
            if length != 0 {
                let next = &mut next[length as usize & MAX_CODE_BITS];
                if let Some(slot) = sorted.get_mut(usize::from(*next)) {
                    *slot = symbol as u32;
                }
                *next += 1;
            }
        }
    }
}

/// How often the symbols with codes of these lengths occur, as a part of [`ALL`].
pub(crate) fn weight(lengths: &[u32]) -> u32 {
    let codes = lengths.iter().filter(|&&bits| bits != 0);
    codes.map(|&bits| ALL >> bits).sum()
}

/// The code after a reversed `code` of `bits` bits; 0 after the last one. A code of more
/// bits that follows has the same reversed value.
#[inline(always)]
fn increment(code: usize, bits: u32) -> usize {
    let zeros = !code & ((1 << bits) - 1);
    if zeros == 0 {
        return 0;
    }
    let highest = 1 << zeros.ilog2();
    (code & (highest - 1)) | highest
}

/// Index bits of the subtable whose first code has `bits` bits: as many as the codes need
/// that fill it. `left` counts the codes that have no entry yet.
/// Source: zlib inftrees.c, inflate_table.
fn subtable_width(left: &Counts, bits: u32, root: u32, max: u32) -> u32 {
    let mut width = bits - root;
    let mut free = 1i32 << width;
    while width + root < max {
        free -= i32::from(left[(width + root) as usize]);
        if free <= 0 {
            break;
        }
        width += 1;
        free <<= 1;
    }
    width
}

/// Entries that zlib's table for a code would have. Source: zlib inftrees.c, inflate_table.
pub(crate) fn zlib_entries(counts: &Counts, zlib_root: u32) -> u32 {
    let longest = counts.iter().rposition(|&count| count != 0);
    let shortest = counts.iter().position(|&count| count != 0);
    let (Some(max), Some(min)) = (longest, shortest) else {
        // Two entries that are errors.
        return 2;
    };
    let (max, min) = (max as u32, min as u32);
    let root = zlib_root.min(max).max(min);
    let mut left = *counts;
    let mut entries = 1 << root;
    // How much of a subtable is left, in codes of the longest kind.
    let mut free = 0;
    for bits in root + 1..=max {
        for _ in 0..counts[bits as usize] {
            if free == 0 {
                entries += 1 << subtable_width(&left, bits, root, max);
                free = 1 << (max - root);
            }
            left[bits as usize] -= 1;
            free -= 1 << (max - bits);
        }
    }
    entries
}
