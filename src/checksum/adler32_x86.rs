//! Adler-32 in x86 vectors: one body for SSSE3, AVX2 and AVX-512 VNNI.
//!
//! What has to be found for a stretch of bytes is its plain sum t1 and its sum t2 in which a
//! byte counts once for itself and once for each byte after it (`adler32` explains why).
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
//! the bytes after the last full one is loaded and stored first: what it has of full ones is written
//! over when these are stored.
//!
//! **Range.** All sums are 32 bits wide and may wrap on the way; t1 and t2 themselves fit because
//! no more than `LAZY_LEN` bytes go between two reductions.
//!
//! **Measured** on a Xeon (Sapphire Rapids), 1 MiB in cache, GB/s: SSSE3 27, AVX2 52, AVX-512
//! VNNI 110; zlib-ng 59, zlib 3.1. On 64 bytes 8, 8 and 6.7 ns; zlib-ng 12, zlib 25.
//!
//! Unsafe because vector instructions may only run on a processor that has them.
#![allow(unsafe_code)]

use core::arch::x86_64::*;
use core::mem::MaybeUninit;

use super::adler32_sums::{Halves, LAZY_LEN, portable};
use crate::cpu::{Set, has};

/// From this many bytes on AVX-512 is the fastest: one vector.
const AVX512_MIN_LEN: usize = 64;

/// From this many bytes on AVX2 is faster than SSSE3: one vector.
const AVX2_MIN_LEN: usize = 32;

/// A set of vector instructions, held as the proof that this processor has it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kernel {
    /// 16 bytes a vector.
    Ssse3(Ssse3),
    /// 32 bytes a vector.
    Avx2(Avx2),
    /// 64 bytes a vector.
    Avx512(Avx512),
}

impl Kernel {
    /// The fastest set for `len` bytes, or None if this processor has none.
    #[inline]
    pub(super) fn for_len(len: usize) -> Option<Self> {
        if len >= AVX512_MIN_LEN
            && let Some(steps) = Avx512::new()
        {
            return Some(Kernel::Avx512(steps));
        }
        if len >= AVX2_MIN_LEN
            && let Some(steps) = Avx2::new()
        {
            return Some(Kernel::Avx2(steps));
        }
        Ssse3::new().map(Kernel::Ssse3)
    }

    /// Continues the check value `adler` over data of any length but 1 (zlib's rule for one byte
    /// is not kept here), and copies it to `target`.
    #[inline]
    pub(super) fn update<T: Target>(self, adler: u32, data: &[u8], target: T) -> u32 {
        match self {
            // SAFETY: there is an Ssse3 only where the processor has that set.
            Kernel::Ssse3(steps) => unsafe { update_ssse3(steps, adler, data, target) },
            // SAFETY: there is an Avx2 only where the processor has that set.
            Kernel::Avx2(steps) => unsafe { update_avx2(steps, adler, data, target) },
            // SAFETY: there is an Avx512 only where the processor has that set.
            Kernel::Avx512(steps) => unsafe { update_avx512(steps, adler, data, target) },
        }
    }

    /// [`update`](Self::update) with the copy that it makes, for the tests.
    #[cfg(test)]
    pub(super) fn update_to_vec(self, adler: u32, data: &[u8]) -> (u32, Vec<u8>) {
        let mut copy = Vec::with_capacity(data.len());
        let value = self.update(adler, data, &mut copy.spare_capacity_mut()[..data.len()]);
        // SAFETY: as many bytes as the data has were copied.
        unsafe { copy.set_len(data.len()) };
        (value, copy)
    }

    /// Every set that this processor has, for the tests.
    #[cfg(test)]
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let ssse3 = Ssse3::new().map(Kernel::Ssse3).into_iter();
        ssse3
            .chain(Avx2::new().map(Kernel::Avx2))
            .chain(Avx512::new().map(Kernel::Avx512))
    }
}

/// The body in SSSE3, rows of 64 bytes.
#[target_feature(enable = "ssse3")]
fn update_ssse3<T: Target>(steps: Ssse3, adler: u32, data: &[u8], target: T) -> u32 {
    update::<16, 4, _, _>(steps, adler, data, target)
}

/// The body in AVX2, rows of 64 bytes.
#[target_feature(enable = "avx2")]
fn update_avx2<T: Target>(steps: Avx2, adler: u32, data: &[u8], target: T) -> u32 {
    update::<32, 2, _, _>(steps, adler, data, target)
}

/// The body in AVX-512, rows of 256 bytes.
#[target_feature(enable = "avx512f,avx512vnni")]
fn update_avx512<T: Target>(steps: Avx512, adler: u32, data: &[u8], target: T) -> u32 {
    update::<64, 4, _, _>(steps, adler, data, target)
}

/// What the body needs of a set of instructions, on vectors of `WIDTH` bytes. Sums are kept in
/// 32-bit lanes; which byte goes to which lane is up to the set.
pub(super) trait Steps<const WIDTH: usize>: Copy {
    /// `WIDTH` bytes, or the lanes of a sum.
    type Vector: Copy;

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
    fn store<const WIDTH: usize, S: Steps<WIDTH>>(&mut self, steps: S, vector: S::Vector);

    /// Stores the last bytes, before any other: a vector that ends where the target does.
    fn store_last<const WIDTH: usize, S: Steps<WIDTH>>(&mut self, steps: S, vector: S::Vector);

    /// Stores all bytes, which are fewer than a vector has, and returns those to be added.
    fn store_few<'a>(self, data: &'a [u8]) -> &'a [u8]
    where
        Self: 'a;
}

/// It is not copied.
pub(super) struct Nowhere;

impl Target for Nowhere {
    #[inline(always)]
    fn store<const WIDTH: usize, S: Steps<WIDTH>>(&mut self, _: S, _: S::Vector) {}

    #[inline(always)]
    fn store_last<const WIDTH: usize, S: Steps<WIDTH>>(&mut self, _: S, _: S::Vector) {}

    #[inline(always)]
    fn store_few<'a>(self, data: &'a [u8]) -> &'a [u8]
    where
        Self: 'a,
    {
        data
    }
}

/// Room for as many bytes as the data has.
impl Target for &mut [MaybeUninit<u8>] {
    #[inline(always)]
    fn store<const WIDTH: usize, S: Steps<WIDTH>>(&mut self, steps: S, vector: S::Vector) {
        if let Some((to, rest)) = core::mem::take(self).split_first_chunk_mut() {
            steps.store(vector, to);
            *self = rest;
        }
    }

    #[inline(always)]
    fn store_last<const WIDTH: usize, S: Steps<WIDTH>>(&mut self, steps: S, vector: S::Vector) {
        if let Some(to) = self.last_chunk_mut() {
            steps.store(vector, to);
        }
    }

    #[inline(always)]
    fn store_few<'a>(self, data: &'a [u8]) -> &'a [u8]
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

/// The body, for data of any length but 1.
#[inline(always)]
fn update<const WIDTH: usize, const VECTORS: usize, S: Steps<WIDTH>, T: Target>(
    steps: S,
    adler: u32,
    data: &[u8],
    mut target: T,
) -> u32 {
    let Some(last) = data.last_chunk() else {
        return portable(adler, target.store_few(data));
    };
    let weights = const { &Row::<WIDTH, VECTORS>::WEIGHTS };
    let weights = weights.each_ref().map(|vector| steps.load(vector));
    let last_weights = [weights[VECTORS - 1]];
    let centre = Row::<WIDTH, VECTORS>::CENTRE;
    let (vectors, tail) = data.as_chunks();
    let (rows, singles) = vectors.as_chunks::<VECTORS>();

    let last = (!tail.is_empty()).then(|| {
        let vector = steps.load(last);
        target.store_last(steps, vector);
        vector
    });
    let mut load = |bytes| {
        let vector = steps.load(bytes);
        target.store(steps, vector);
        vector
    };
    let mut halves = Halves::split(adler);
    for block in rows.chunks(Row::<WIDTH, VECTORS>::PER_BLOCK) {
        let loaded = block.iter().map(|row| row.each_ref().map(&mut load));
        let (t1, t2) = sum_rows(steps, weights, centre, loaded);
        let len = block.len() * Row::<WIDTH, VECTORS>::LEN;
        halves = halves.reduced().append(len, t1, t2);
    }
    if !singles.is_empty() {
        let loaded = singles.iter().map(|vector| [load(vector)]);
        let (t1, t2) = sum_rows(steps, last_weights, centre, loaded);
        halves = halves.append(singles.len() * WIDTH, t1, t2);
    }
    if let Some(last) = last {
        let loaded = [keep_last(steps, last, tail.len())];
        let (t1, t2) = sum_rows(steps, last_weights, centre, [loaded].into_iter());
        halves = halves.append(tail.len(), t1, t2);
    }
    halves.reduced().join()
}

/// The t1 and t2 of rows of N vectors; `centre` is what the weights lack.
#[inline(always)]
fn sum_rows<const WIDTH: usize, const N: usize, S: Steps<WIDTH>>(
    steps: S,
    weights: [S::Vector; N],
    centre: u32,
    rows: impl Iterator<Item = [S::Vector; N]>,
) -> (u32, u32) {
    let zero = steps.load(&[0; WIDTH]);
    let (mut sums, mut before, mut weighed) = (zero, zero, zero);
    for row in rows {
        before = steps.add(before, sums);
        sums = steps.add(sums, steps.sum(row));
        weighed = steps.add(weighed, steps.weigh(row, weights));
    }
    let t1 = steps.total(sums);
    let t2 = (steps.total(before).wrapping_mul((WIDTH * N) as u32))
        .wrapping_add(steps.total(weighed))
        .wrapping_add(t1.wrapping_mul(centre));
    (t1, t2)
}

/// Sets all bytes of a vector but its last `count` to 0; `count` is at most `WIDTH`.
#[inline(always)]
fn keep_last<const WIDTH: usize, S: Steps<WIDTH>>(
    steps: S,
    vector: S::Vector,
    count: usize,
) -> S::Vector {
    let zeros_then_ones = const { &[[0; WIDTH], [0xff; WIDTH]] };
    let mut mask = [0; WIDTH];
    mask.copy_from_slice(&zeros_then_ones.as_flattened()[count..count + WIDTH]);
    steps.and(vector, steps.load(&mask))
}

/// SSSE3, the oldest set with a multiply-add of bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ssse3(());

impl Ssse3 {
    /// The proof, if this processor has [`Set::Ssse3`].
    #[inline]
    fn new() -> Option<Self> {
        has(Set::Ssse3).then_some(Ssse3(()))
    }
}

impl Steps<16> for Ssse3 {
    type Vector = __m128i;

    #[inline(always)]
    fn load(self, bytes: &[u8; 16]) -> __m128i {
        // SAFETY: self proves SSSE3, and so SSE2; the 16 bytes are borrowed; any address will do.
        unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store(self, vector: __m128i, to: &mut [MaybeUninit<u8>; 16]) {
        // SAFETY: self proves SSSE3, and so SSE2; the 16 bytes are borrowed; any address will do.
        unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), vector) }
    }

    #[inline(always)]
    fn and(self, a: __m128i, b: __m128i) -> __m128i {
        // SAFETY: self proves SSSE3, and so SSE2.
        unsafe { _mm_and_si128(a, b) }
    }

    #[inline(always)]
    fn add(self, a: __m128i, b: __m128i) -> __m128i {
        // SAFETY: self proves SSSE3, and so SSE2.
        unsafe { _mm_add_epi32(a, b) }
    }

    #[inline(always)]
    fn sum<const N: usize>(self, row: [__m128i; N]) -> __m128i {
        let zero = self.load(&[0; 16]);
        row.into_iter().fold(zero, |sums, vector| {
            // SAFETY: self proves SSSE3, and so SSE2.
            self.add(sums, unsafe { _mm_sad_epu8(vector, zero) })
        })
    }

    #[inline(always)]
    fn weigh<const N: usize>(self, row: [__m128i; N], weights: [__m128i; N]) -> __m128i {
        // SAFETY: self proves SSSE3. The 16-bit sums fit: `Row::sums_fit_16_bits`.
        unsafe {
            let mut pairs = _mm_setzero_si128();
            for (vector, weight) in row.into_iter().zip(weights) {
                pairs = _mm_add_epi16(pairs, _mm_maddubs_epi16(vector, weight));
            }
            _mm_madd_epi16(pairs, _mm_set1_epi16(1))
        }
    }

    #[inline(always)]
    fn total(self, lanes: __m128i) -> u32 {
        // SAFETY: self proves SSSE3, and so SSE2.
        unsafe {
            let pairs = _mm_add_epi32(lanes, _mm_unpackhi_epi64(lanes, lanes));
            let one = _mm_add_epi32(pairs, _mm_shuffle_epi32::<1>(pairs));
            _mm_cvtsi128_si32(one) as u32
        }
    }
}

/// AVX2.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2(());

impl Avx2 {
    /// The proof, if this processor has [`Set::Avx2`].
    #[inline]
    fn new() -> Option<Self> {
        has(Set::Avx2).then_some(Avx2(()))
    }
}

impl Steps<32> for Avx2 {
    type Vector = __m256i;

    #[inline(always)]
    fn load(self, bytes: &[u8; 32]) -> __m256i {
        // SAFETY: self proves AVX2, and so AVX; the 32 bytes are borrowed; any address will do.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store(self, vector: __m256i, to: &mut [MaybeUninit<u8>; 32]) {
        // SAFETY: self proves AVX2, and so AVX; the 32 bytes are borrowed; any address will do.
        unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), vector) }
    }

    #[inline(always)]
    fn and(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: self proves AVX2.
        unsafe { _mm256_and_si256(a, b) }
    }

    #[inline(always)]
    fn add(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: self proves AVX2.
        unsafe { _mm256_add_epi32(a, b) }
    }

    #[inline(always)]
    fn sum<const N: usize>(self, row: [__m256i; N]) -> __m256i {
        let zero = self.load(&[0; 32]);
        row.into_iter().fold(zero, |sums, vector| {
            // SAFETY: self proves AVX2.
            self.add(sums, unsafe { _mm256_sad_epu8(vector, zero) })
        })
    }

    #[inline(always)]
    fn weigh<const N: usize>(self, row: [__m256i; N], weights: [__m256i; N]) -> __m256i {
        // SAFETY: self proves AVX2. The 16-bit sums fit: `Row::sums_fit_16_bits`.
        unsafe {
            let mut pairs = _mm256_setzero_si256();
            for (vector, weight) in row.into_iter().zip(weights) {
                pairs = _mm256_add_epi16(pairs, _mm256_maddubs_epi16(vector, weight));
            }
            _mm256_madd_epi16(pairs, _mm256_set1_epi16(1))
        }
    }

    #[inline(always)]
    fn total(self, lanes: __m256i) -> u32 {
        // SAFETY: self proves AVX2.
        let half = unsafe {
            let (low, high) = (
                _mm256_castsi256_si128(lanes),
                _mm256_extracti128_si256::<1>(lanes),
            );
            _mm_add_epi32(low, high)
        };
        // The set of AVX2 has SSSE3, too.
        Ssse3(()).total(half)
    }
}

/// AVX-512 with VNNI, whose multiply-add goes from bytes to 32-bit lanes in one step; with
/// weights of 1 it sums bytes as well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx512(());

impl Avx512 {
    /// The proof, if this processor has [`Set::Avx512Vnni`].
    #[inline]
    fn new() -> Option<Self> {
        has(Set::Avx512Vnni).then_some(Avx512(()))
    }
}

impl Steps<64> for Avx512 {
    type Vector = __m512i;

    #[inline(always)]
    fn load(self, bytes: &[u8; 64]) -> __m512i {
        // SAFETY: self proves AVX-512F; the 64 bytes are borrowed; any address will do.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store(self, vector: __m512i, to: &mut [MaybeUninit<u8>; 64]) {
        // SAFETY: self proves AVX-512F; the 64 bytes are borrowed; any address will do.
        unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), vector) }
    }

    #[inline(always)]
    fn and(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: self proves AVX-512F.
        unsafe { _mm512_and_si512(a, b) }
    }

    #[inline(always)]
    fn add(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: self proves AVX-512F.
        unsafe { _mm512_add_epi32(a, b) }
    }

    #[inline(always)]
    fn sum<const N: usize>(self, row: [__m512i; N]) -> __m512i {
        self.weigh(row, [self.load(&[1; 64]); N])
    }

    #[inline(always)]
    fn weigh<const N: usize>(self, row: [__m512i; N], weights: [__m512i; N]) -> __m512i {
        let zero = self.load(&[0; 64]);
        row.into_iter()
            .zip(weights)
            .fold(zero, |sums, (vector, weight)| {
                // SAFETY: self proves AVX-512F and VNNI.
                unsafe { _mm512_dpbusd_epi32(sums, vector, weight) }
            })
    }

    #[inline(always)]
    fn total(self, lanes: __m512i) -> u32 {
        // SAFETY: self proves AVX-512F.
        unsafe { _mm512_reduce_add_epi32(lanes) as u32 }
    }
}
