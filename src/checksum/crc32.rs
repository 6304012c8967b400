//! CRC-32: the check value of gzip streams, how two are combined, and zlib's table.
//!
//! Running the CRC over bytes is left to the crate crc32fast, which picks the widest carry-less
//! multiplication of the processor at run time. What it does not have is zlib's way of joining
//! two check values, with an operator that can be computed beforehand; that is here.
//!
//! **Bytes as polynomials.** Read a sequence of bits as the coefficients, 0 or 1, of a polynomial
//! in x, the first bit with the highest power. Coefficients add without carry, so adding is
//! exclusive-or, and every polynomial is its own negative. Fix a polynomial P of degree 32
//! (`POLYNOMIAL`). Every polynomial then has a remainder modulo P of degree below 32, which
//! fits 32 bits. CRC-32 is in essence this remainder.
//!
//! **Reflected.** RFC 1952 sends the bits of a byte lowest first, so the check value is kept
//! the same way round: bit 31 is the coefficient of x^0, bit 0 that of x^31. The polynomial 1 is
//! 0x80000000, and a product with x is a shift to the *right*; when a bit falls out at bit 0, it
//! was x^31 and became x^32, and x^32 = P - x^32 modulo P is added in its place (`times_x`).
//!
//! **Joining.** Let A and B be sequences of bytes, B with n bits. As polynomials, A followed by B
//! is A * x^n + B, and remainders follow suit: if crc were the bare remainder,
//!
//! ```text
//! crc(AB) = crc(A) * x^n + crc(B)      modulo P
//! ```
//!
//! CRC-32 also inverts the first 32 bits of the data and the result. Both are additions of
//! constants, and both cancel: let I be 32 one bits. The check value of A, with a bits, is
//! crc(A) = A * x^32 + I * x^a + I. In crc(A) * x^n + crc(B) the terms with I are
//! I * x^(a + n) + I * x^n from A and I * x^n + I from B; the two I * x^n are equal and vanish,
//! and I * x^(a + n) + I is just what the check value of AB has. So the line above holds for the
//! real CRC-32.
//!
//! **The operator** for a length of m bytes is x^(8 * m) modulo P ([`combine_gen`]); joining is
//! one product of remainders ([`combine_op`]). The power is put together from the powers
//! x^(2^k) whose 2^k add up to 8 * m. There are only 32 of them: the remainders modulo P form
//! the field of 2^32 elements (P cannot be factored), in which y^(2^32) = y for every y, so that
//! x^(2^(k + 32)) = x^(2^k). A 64-bit length so takes at most 63 products of 32 steps each.
#![forbid(unsafe_code)]

/// P without its term x^32, reflected: x^26 + x^23 + x^22 + x^16 + x^12 + x^11 + x^10 + x^8 + x^7
/// + x^5 + x^4 + x^2 + x + 1. Source: RFC 1952 section 8.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// The polynomial 1, that is x^0, reflected.
const ONE: u32 = 1 << 31;

/// The check value of no bytes at all.
pub(crate) const CRC_INIT: u32 = 0;

/// What the eight bits of a byte do to the CRC register whose low byte they are: the table of
/// `get_crc_table`, indexed by the byte. Entry b is b * x^8 modulo P in the reflected sense.
pub(crate) static TABLE: [u32; 256] = table();

/// x^(2^k) modulo P for k = 0..32; for larger k it starts over.
const POWERS: [u32; 32] = powers();
const _: () = assert!(multiply(POWERS[31], POWERS[31]) == POWERS[0]);

/// The power of 2 by which a byte is longer than a bit: x^(8 * m) = x^(2^3 * m).
const BYTE_LOG2: usize = 3;

/// Multiplies a remainder by x.
const fn times_x(a: u32) -> u32 {
    (a >> 1) ^ if a & 1 != 0 { POLYNOMIAL } else { 0 }
}

/// Multiplies two remainders: the sum of b * x^i for each x^i in a. At most 32 steps for any a,
/// none for 0.
const fn multiply(a: u32, b: u32) -> u32 {
    let mut product = 0;
    let mut terms = a; // bit 31: whether b * x^i counts
    let mut shifted = b; // b * x^i
    while terms != 0 {
        if terms & ONE != 0 {
            product ^= shifted;
        }
        terms <<= 1;
        shifted = times_x(shifted);
    }
    product
}

/// Makes [`TABLE`].
const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        let mut register = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            register = times_x(register);
            bit += 1;
        }
        table[byte] = register;
        byte += 1;
    }
    table
}

/// Makes [`POWERS`]: each is the square of the one before.
const fn powers() -> [u32; 32] {
    let mut powers = [times_x(ONE); 32];
    let mut k = 1;
    while k < powers.len() {
        powers[k] = multiply(powers[k - 1], powers[k - 1]);
        k += 1;
    }
    powers
}

/// Continues the check value `crc` over `data`: [`CRC_INIT`] starts a stream.
///
/// Source: RFC 1952 section 8; zlib crc32.c crc32_z.
#[inline]
pub(crate) fn update(crc: u32, data: &[u8]) -> u32 {
    // Some programs come with one byte at a time, for which crc32fast has too much to set up.
    if let [byte] = data {
        let register = !crc;
        return !(register >> 8 ^ TABLE[usize::from(register as u8 ^ byte)]);
    }
    let mut hasher = crc32fast::Hasher::new_with_initial(crc);
    hasher.update(data);
    hasher.finalize()
}

/// The operator that moves a check value past `len2` bytes: x^(8 * len2) modulo P, and 0 for a
/// negative length. Source: zlib crc32.c crc32_combine_gen64.
pub(crate) fn combine_gen(len2: i64) -> u32 {
    if len2 < 0 {
        return 0;
    }
    let mut operator = ONE;
    let mut left = len2;
    let mut k = BYTE_LOG2;
    while left != 0 {
        if left & 1 != 0 {
            operator = multiply(POWERS[k % POWERS.len()], operator);
        }
        left >>= 1;
        k += 1;
    }
    operator
}

/// The check value of two sequences of bytes one after the other, from their check values and
/// the operator for the length of the second; 0 if the operator is 0, which is no length's.
/// Source: zlib crc32.c crc32_combine_op.
pub(crate) fn combine_op(crc1: u32, crc2: u32, op: u32) -> u32 {
    if op == 0 {
        return 0;
    }
    multiply(op, crc1) ^ crc2
}

/// The check value of two sequences of bytes one after the other, from their check values and
/// the length in bytes of the second; 0 if the length is negative.
/// Source: zlib crc32.c crc32_combine64.
pub(crate) fn combine(crc1: u32, crc2: u32, len2: i64) -> u32 {
    combine_op(crc1, crc2, combine_gen(len2))
}
