//! The sets of x86-64's instructions that functions are compiled for, and whether this processor has
//! them.
//!
//! Code for a feature may use those as well that the compiler takes to be there with it: AVX2 brings
//! all of SSE up to 4.2. No processor was made without them, but emulators and hypervisors show
//! programs such ones. So a set has all its features, and a function for it names no other.
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicU8, Ordering};

/// A set, as a bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Set {
    /// `ssse3`.
    Ssse3 = 1,
    /// `avx2`.
    Avx2 = 2,
    /// `avx512f,avx512vnni`.
    Avx512Vnni = 4,
    /// `bmi1,bmi2,ssse3`.
    Ssse3Bmi = 8,
    /// `avx2,bmi1,bmi2`.
    Avx2Bmi = 16,
}

/// The processor was asked.
const KNOWN: u8 = 128;

/// The sets that it has; 0 until it was asked.
static SETS: AtomicU8 = AtomicU8::new(0);

/// Whether this processor has all of a set.
#[inline]
pub fn has(set: Set) -> bool {
    let mut sets = SETS.load(Ordering::Relaxed);
    if sets == 0 {
        sets = ask();
    }
    sets & set as u8 != 0
}

/// Asks the processor.
#[cold]
#[inline(never)]
fn ask() -> u8 {
    let ssse3 = is_x86_feature_detected!("sse3") && is_x86_feature_detected!("ssse3");
    let avx2 = ssse3
        && is_x86_feature_detected!("sse4.1")
        && is_x86_feature_detected!("sse4.2")
        && is_x86_feature_detected!("avx")
        && is_x86_feature_detected!("avx2");
    let avx512_vnni = avx2
        && is_x86_feature_detected!("fma")
        && is_x86_feature_detected!("f16c")
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512vnni");
    let bmi = is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2");
    let sets = [
        (Set::Ssse3, ssse3),
        (Set::Avx2, avx2),
        (Set::Avx512Vnni, avx512_vnni),
        (Set::Ssse3Bmi, ssse3 && bmi),
        (Set::Avx2Bmi, avx2 && bmi),
    ];
    let sets = sets.into_iter().filter(|(_, has)| *has);
    let sets = sets.fold(KNOWN, |sets, (set, _)| sets | set as u8);
    SETS.store(sets, Ordering::Relaxed);
    sets
}
