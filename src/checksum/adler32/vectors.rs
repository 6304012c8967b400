//! Adler-32 in vectors: one body for all instruction sets, and what it needs of a set.
//!
//! What has to be found for a stretch of bytes is its plain sum t1 and its sum t2 in which a
//! byte counts once for itself and once for each byte after it (`mod.rs` explains why).
//!
//! **Rows.** The bytes are taken in rows of `LEN` bytes, `VECTORS` vectors of `WIDTH` bytes. Take
//! the byte at position p of row r, with R rows in all. After its row come (R - 1 - r) rows, in
//! its row come LEN - p bytes with itself:
//!
//! ```text
//! t2 = LEN * sum over the rows of (all bytes in the rows before)
//!    + sum over all bytes of (LEN - p) * byte
//! ```
//!
//! The first line takes one addition a row: `before += sums`, then `sums += the row's bytes`.
//! The more vectors a row has, the less that addition costs.
//!
//! **Centred weights.** The second line is what multiply-add instructions are for, but their
//! factors are signed bytes, so LEN - p up to 256 does not fit. The weights are therefore moved
//! to the middle, from LEN/2 - 1 down to -LEN/2, and what is missing to LEN - p, which is
//! LEN/2 + 1 for every byte, comes from t1 at the end. With 256 bytes a row, every value of a
//! signed byte is a weight once. SSSE3 and AVX2 add two products into a signed 16-bit number
//! with saturation; the centred weights also let the products of a whole row meet in one such
//! number, which saves widening each of them (checked below, at compile time).
//!
//! **Ends.** Vectors left over after the last row are a row of one vector each, whose weights
//! are those of a row's last vector. Bytes left over after the last vector are loaded with some
//! bytes before them, as the last `WIDTH` bytes of the data, and those before them are set to 0:
//! zeros in front of a stretch do not change its t1 and t2. No alignment is asked for.
//!
//! **Copies.** The bytes can be copied on the way: each vector is stored once it is loaded. Another
//! thread may change the bytes meanwhile, and still the sums have to be those of the copy, so no
//! byte of it may come from another load than the one that was added up. Therefore the vector with
//! the bytes after the last full one is loaded and stored first: what it has of full ones is
//! written over when these are stored.
//!
//! **Range.** All sums are 32 bits wide and may wrap on the way; t1 and t2 themselves fit because
//! no more than `LAZY_LEN` bytes go between two reductions.
//!
//! **Measured** on a Xeon (Sapphire Rapids), 1 MiB in cache, GB/s: SSSE3 27, AVX2 52, AVX-512
//! VNNI 110; zlib-ng 59, zlib 3.1. On 64 bytes 8, 8 and 6.7 ns; zlib-ng 12, zlib 25.
#![forbid(unsafe_code)]
#![cfg_attr(not(target_arch = "x86_64"), expect(dead_code))]

use core::mem::MaybeUninit;

use super::sums::{Halves, LAZY_LEN, portable};

/// What the body needs of a set of instructions, on vectors of `WIDTH` bytes. Sums are kept in
/// 32-bit lanes; which byte goes to which lane is up to the set.
pub(super) trait Simd<const WIDTH: usize>: Copy {
    /// `WIDTH` bytes, or the lanes of a sum.
    type Vector: Copy;

    /// The body compiled for the set: continues the check value `adler` over data of any length but
    /// 1, whose rule (`update.rs`) is not kept here, and copies it to `target`.
    fn update<T: Target>(self, adler: u32, data: &[u8], target: T) -> u32;

    /// Loads bytes from any address.
    fn load(self, bytes: &[u8; WIDTH]) -> Self::Vector;

    /// Stores bytes at any address.
    fn store(self, vector: Self::Vector, to: &mut [MaybeUninit<u8>; WIDTH]);

    /// The bits that are set in both.
    fn and(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Adds lane by lane; wraps.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The sum of a row's bytes, spread over lanes.
    fn sum<const N: usize>(self, row: [Self::Vector; N]) -> Self::Vector;

    /// The sum of a row's bytes times the signed bytes of `weights`, spread over lanes. The
    /// weights are a whole row's or a row's last.
    fn weigh<const N: usize>(
        self,
        row: [Self::Vector; N],
        weights: [Self::Vector; N],
    ) -> Self::Vector;

    /// The sum of all lanes; wraps.
    fn total(self, lanes: Self::Vector) -> u32;
}

/// Where the data is copied to, from its beginning to its end.
pub(super) trait Target {
    /// Stores the next vector.
    fn store<const WIDTH: usize, S: Simd<WIDTH>>(&mut self, simd: S, vector: S::Vector);

    /// Stores the last bytes, before any other: a vector that ends where the target does.
    fn store_last<const WIDTH: usize, S: Simd<WIDTH>>(&mut self, simd: S, vector: S::Vector);

    /// Stores all bytes without vectors, and returns those to be added.
    fn store_all<'a>(self, data: &'a [u8]) -> &'a [u8]
    where
        Self: 'a;
}

/// It is not copied.
pub(super) struct Nowhere;

impl Target for Nowhere {
    #[inline(always)]
    fn store<const WIDTH: usize, S: Simd<WIDTH>>(&mut self, _: S, _: S::Vector) {}

    #[inline(always)]
    fn store_last<const WIDTH: usize, S: Simd<WIDTH>>(&mut self, _: S, _: S::Vector) {}

    #[inline(always)]
    fn store_all<'a>(self, data: &'a [u8]) -> &'a [u8]
    where
        Self: 'a,
    {
        data
    }
}

/// Room for as many bytes as the data has.
impl Target for &mut [MaybeUninit<u8>] {
    #[inline(always)]
    fn store<const WIDTH: usize, S: Simd<WIDTH>>(&mut self, simd: S, vector: S::Vector) {
        if let Some((to, rest)) = core::mem::take(self).split_first_chunk_mut() {
            simd.store(vector, to);
            *self = rest;
        }
    }

    #[inline(always)]
    fn store_last<const WIDTH: usize, S: Simd<WIDTH>>(&mut self, simd: S, vector: S::Vector) {
        if let Some(to) = self.last_chunk_mut() {
            simd.store(vector, to);
        }
    }

    #[inline(always)]
    fn store_all<'a>(self, data: &'a [u8]) -> &'a [u8]
    where
        Self: 'a,
    {
        self.write_copy_of_slice(data)
    }
}

/// The shape of a row.
struct Row<const WIDTH: usize, const VECTORS: usize>;

impl<const WIDTH: usize, const VECTORS: usize> Row<WIDTH, VECTORS> {
    /// Bytes in a row.
    const LEN: usize = WIDTH * VECTORS;

    /// Rows between two reductions, so that what is left after the last row fits as well.
    const PER_BLOCK: usize = LAZY_LEN / Self::LEN - 1;

    /// What the weight of a byte lacks to the number of bytes from it to the row's end.
    const CENTRE: u32 = Self::LEN as u32 / 2 + 1;

    /// The weights of the bytes of a row: signed bytes from LEN/2 - 1 down to -LEN/2.
    const WEIGHTS: [[u8; WIDTH]; VECTORS] = {
        assert!(Self::LEN / 2 <= 128, "the weights must fit signed bytes");
        let mut weights = [[0; WIDTH]; VECTORS];
        let mut p = 0;
        while p < Self::LEN {
            weights[p / WIDTH][p % WIDTH] = Self::weight(p) as i8 as u8;
            p += 1;
        }
        weights
    };

    /// The weight of the byte at position p of a row.
    const fn weight(p: usize) -> i32 {
        Self::LEN as i32 / 2 - 1 - p as i32
    }

    /// Whether the products of two neighbouring bytes, added up over the vectors of a row in any
    /// order, stay in a signed 16-bit number whatever the bytes are.
    const fn sums_fit_16_bits() -> bool {
        let mut p = 0;
        while p < WIDTH {
            let (mut highest, mut lowest) = (0, 0);
            let mut at = p;
            while at < Self::LEN {
                let products = [255 * Self::weight(at), 255 * Self::weight(at + 1)];
                let mut i = 0;
                while i < products.len() {
                    if products[i] > 0 {
                        highest += products[i];
                    } else {
                        lowest += products[i];
                    }
                    i += 1;
                }
                at += WIDTH;
            }
            if highest > i16::MAX as i32 || lowest < i16::MIN as i32 {
                return false;
            }
            p += 2;
        }
        true
    }
}

const _: () = assert!(Row::<16, 4>::sums_fit_16_bits());
const _: () = assert!(Row::<32, 2>::sums_fit_16_bits());

/// The body, for [`Simd::update`].
#[inline(always)]
pub(super) fn update<const WIDTH: usize, const VECTORS: usize, S: Simd<WIDTH>, T: Target>(
    simd: S,
    adler: u32,
    data: &[u8],
    mut target: T,
) -> u32 {
    let Some(last) = data.last_chunk() else {
        return portable(adler, target.store_all(data));
    };
    let weights = const { &Row::<WIDTH, VECTORS>::WEIGHTS };
    let weights = weights.each_ref().map(|vector| simd.load(vector));
    let last_weights = [weights[VECTORS - 1]];
    let centre = Row::<WIDTH, VECTORS>::CENTRE;
    let (vectors, tail) = data.as_chunks();
    let (rows, singles) = vectors.as_chunks::<VECTORS>();

    let last = (!tail.is_empty()).then(|| {
        let vector = simd.load(last);
        target.store_last(simd, vector);
        vector
    });
    let mut load = |bytes| {
        let vector = simd.load(bytes);
        target.store(simd, vector);
        vector
    };
    let mut halves = Halves::split(adler);
    for block in rows.chunks(Row::<WIDTH, VECTORS>::PER_BLOCK) {
        let loaded = block.iter().map(|row| row.each_ref().map(&mut load));
        let (t1, t2) = sum_rows(simd, weights, centre, loaded);
        let len = block.len() * Row::<WIDTH, VECTORS>::LEN;
        halves = halves.reduced().append(len, t1, t2);
    }
    if !singles.is_empty() {
        let loaded = singles.iter().map(|vector| [load(vector)]);
        let (t1, t2) = sum_rows(simd, last_weights, centre, loaded);
        halves = halves.append(singles.len() * WIDTH, t1, t2);
    }
    if let Some(last) = last {
        let loaded = [keep_last(simd, last, tail.len())];
        let (t1, t2) = sum_rows(simd, last_weights, centre, [loaded].into_iter());
        halves = halves.append(tail.len(), t1, t2);
    }
    halves.reduced().join()
}

/// The t1 and t2 of rows of N vectors; `centre` is what the weights lack.
#[inline(always)]
fn sum_rows<const WIDTH: usize, const N: usize, S: Simd<WIDTH>>(
    simd: S,
    weights: [S::Vector; N],
    centre: u32,
    rows: impl Iterator<Item = [S::Vector; N]>,
) -> (u32, u32) {
    let zero = simd.load(&[0; WIDTH]);
    let (mut sums, mut before, mut weighed) = (zero, zero, zero);
    for row in rows {
        before = simd.add(before, sums);
        sums = simd.add(sums, simd.sum(row));
        weighed = simd.add(weighed, simd.weigh(row, weights));
    }
    let t1 = simd.total(sums);
    let t2 = (simd.total(before).wrapping_mul((WIDTH * N) as u32))
        .wrapping_add(simd.total(weighed))
        .wrapping_add(t1.wrapping_mul(centre));
    (t1, t2)
}

/// Sets all bytes of a vector but its last `count` to 0; `count` is at most `WIDTH`.
#[inline(always)]
fn keep_last<const WIDTH: usize, S: Simd<WIDTH>>(
    simd: S,
    vector: S::Vector,
    count: usize,
) -> S::Vector {
    let zeros_then_ones = const { &[[0; WIDTH], [0xff; WIDTH]] };
    let mut mask = [0; WIDTH];
    mask.copy_from_slice(&zeros_then_ones.as_flattened()[count..count + WIDTH]);
    simd.and(vector, simd.load(&mask))
}
