//! Adler-32's two sums: how those of pieces are put together, and scalar code for every processor.
//!
//! The scalar code lays the bytes out in rows of `ROW_LEN` and keeps, for each column,
//! the sum of its bytes and the running total of those sums before each row. Both are 16-bit
//! numbers for as long as `SECTION_LEN` lasts, and columns do not touch each other, so the
//! compiler turns the loop into vector code on every processor that has vectors: 4.8 times
//! zlib's speed with nothing but SSE2 (Xeon, 1 MiB in cache). With vector code switched off it
//! reached 0.85 times zlib's. `vectors.rs` has the figures for wider vectors.
#![forbid(unsafe_code)]

/// What s1 and s2 are taken modulo: the largest prime below 2^16. Source: RFC 1950 section 9.
pub(super) const BASE: u32 = 65521;

/// The most bytes that may follow any start value before s1 and s2 must be reduced: 5552.
pub(super) const LAZY_LEN: usize = lazy_len();

/// The bytes of a row in the portable code: one vector of the smallest common kind.
const ROW_LEN: usize = 16;

/// The rows that can be summed in 16 bits: the running total of a column of 255s after r rows is
/// 255 * r * (r - 1) / 2.
const SECTION_ROWS: usize = 23;
const _: () = assert!(255 * SECTION_ROWS * (SECTION_ROWS - 1) / 2 <= u16::MAX as usize);

/// The bytes that the portable code sums in one go.
const SECTION_LEN: usize = SECTION_ROWS * ROW_LEN;
const _: () = assert!(SECTION_LEN + SECTION_MIN_LEN <= LAZY_LEN);

/// Below this many bytes a plain loop is faster: the sums by column take some time to add up.
const SECTION_MIN_LEN: usize = 64;

/// Finds the largest n for which the sums over n bytes of 255 fit 32 bits, s1 and s2 both
/// starting at the largest 16-bit number: (n + 1) * 65535 + 255 * n * (n + 1) / 2 < 2^32.
const fn lazy_len() -> usize {
    let mut len = 0u64;
    while (len + 2) * 0xffff + 255 * (len + 1) * (len + 2) / 2 <= u32::MAX as u64 {
        len += 1;
    }
    len as usize
}

/// The two sums of a check value, apart from each other.
#[derive(Clone, Copy)]
pub(super) struct Halves {
    pub(super) s1: u32,
    pub(super) s2: u32,
}

impl Halves {
    /// Takes a check value apart. The halves may be 65521 or more, as the caller gave them.
    #[inline(always)]
    pub(super) fn split(adler: u32) -> Self {
        Halves {
            s1: adler & 0xffff,
            s2: adler >> 16,
        }
    }

    /// Puts the check value together.
    #[inline(always)]
    pub(super) fn join(self) -> u32 {
        self.s2 << 16 | self.s1
    }

    /// Appends `len` bytes whose own sums from zero are t1 and t2. At most [`LAZY_LEN`] bytes in
    /// all may be appended to 16-bit halves before they must be reduced.
    #[inline(always)]
    pub(super) fn append(self, len: usize, t1: u32, t2: u32) -> Self {
        Halves {
            s1: self.s1 + t1,
            s2: self.s2 + len as u32 * self.s1 + t2,
        }
    }

    /// Takes the remainder of both halves.
    #[inline(always)]
    pub(super) fn reduced(self) -> Self {
        Halves {
            s1: self.s1 % BASE,
            s2: self.s2 % BASE,
        }
    }
}

/// The definition itself, for at most [`LAZY_LEN`] bytes; does not reduce.
#[inline]
pub(super) fn byte_by_byte(start: Halves, data: &[u8]) -> Halves {
    let Halves { mut s1, mut s2 } = start;
    for &byte in data {
        s1 += u32::from(byte);
        s2 += s1;
    }
    Halves { s1, s2 }
}

/// The code for every processor; any length but 1.
pub(super) fn portable(adler: u32, data: &[u8]) -> u32 {
    let mut halves = Halves::split(adler);
    let mut rest = data;
    while rest.len() >= SECTION_MIN_LEN {
        let len = rest.len().min(SECTION_LEN);
        let (rows, _) = rest[..len].as_chunks();
        let (t1, t2) = section(rows);
        halves = halves.reduced().append(rows.len() * ROW_LEN, t1, t2);
        rest = &rest[rows.len() * ROW_LEN..];
    }
    byte_by_byte(halves, rest).reduced().join()
}

/// Sums at most [`SECTION_ROWS`] rows and returns their t1 and t2.
///
/// A byte in column c of row r out of R stands (R - 1 - r) full rows and ROW_LEN - c bytes
/// before the end. `before[c]` counts it once for each of those rows, `sums[c]` once.
#[inline]
fn section(rows: &[[u8; ROW_LEN]]) -> (u32, u32) {
    let mut sums = [0u16; ROW_LEN];
    let mut before = [0u16; ROW_LEN];
    for row in rows {
        for column in 0..ROW_LEN {
            before[column] += sums[column];
            sums[column] += u16::from(row[column]);
        }
    }
    let (mut t1, mut t2) = (0, 0);
    for column in 0..ROW_LEN {
        let sum = u32::from(sums[column]);
        t1 += sum;
        t2 += ROW_LEN as u32 * u32::from(before[column]) + (ROW_LEN - column) as u32 * sum;
    }
    (t1, t2)
}
