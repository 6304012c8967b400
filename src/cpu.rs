//! Which instructions of x86-64 this processor has, as values that prove it.
//!
//! A *token* stands for a set of instructions. It has no size, and only its `get` makes one, on a
//! processor that has all of the set; so whoever holds it may run code that was compiled for the
//! set. Kernels, which are loops that come in several versions, all have the same form:
//!
//! - one generic body, on a trait that says what it needs of a processor;
//! - one file for each set of instructions, which implements that trait for the set's token, and
//!   has the `#[target_feature]` function that the body is compiled into;
//! - a scalar version, which runs everywhere, and which tests run on x86-64, too;
//! - one function that chooses, by asking for tokens.
//!
//! To add a set takes a line in `tokens!` and its test in `ask` and, for each kernel that is faster
//! with it, one file and one line where the kernel chooses. The kernels are Adler-32
//! (`checksum/adler32`), inflate's loops (`inflate/decode/cpu`, chosen in `fast.rs`) and those of
//! deflate's indexes (`deflate/classic/search/cpu`, chosen in `set.rs`).
//!
//! Where the compiler is told of one feature, it takes others for granted: with AVX2, all of SSE up
//! to 4.2. Every real processor has them then, but emulators and hypervisors may hide some. So a
//! token is made only where all of them are there, and a function for a set names no other feature.
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicU8, Ordering};

/// Defines tokens. Each has a bit in [`SETS`].
macro_rules! tokens {
    ($($features:literal $name:ident = $bit:literal;)*) => {$(
        #[doc = concat!("Proves that the processor has `", $features, "`.")]
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name(());

        impl $name {
            const BIT: u8 = $bit;

            /// The token, if this processor has the set.
            #[inline]
            pub(crate) fn get() -> Option<Self> {
                (sets() & Self::BIT != 0).then_some($name(()))
            }
        }
    )*};
}

tokens! {
    "ssse3" Ssse3 = 1;
    "avx2" Avx2 = 2;
    "avx512f,avx512vnni" Avx512Vnni = 4;
    "bmi1,bmi2,ssse3" Ssse3Bmi = 8;
    "avx2,bmi1,bmi2" Avx2Bmi = 16;
}

impl From<Avx2> for Ssse3 {
    /// A processor with AVX2 has SSSE3, too.
    #[inline(always)]
    fn from(_: Avx2) -> Self {
        Ssse3(())
    }
}

/// The processor was asked.
const KNOWN: u8 = 128;

/// The sets that it has; 0 until it was asked.
static SETS: AtomicU8 = AtomicU8::new(0);

/// [`SETS`], known.
#[inline]
fn sets() -> u8 {
    match SETS.load(Ordering::Relaxed) {
        0 => ask(),
        sets => sets,
    }
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
        (Ssse3::BIT, ssse3),
        (Avx2::BIT, avx2),
        (Avx512Vnni::BIT, avx512_vnni),
        (Ssse3Bmi::BIT, ssse3 && bmi),
        (Avx2Bmi::BIT, avx2 && bmi),
    ];
    let sets = sets.into_iter().filter(|(_, has)| *has);
    let sets = sets.fold(KNOWN, |sets, (bit, _)| sets | bit);
    SETS.store(sets, Ordering::Relaxed);
    sets
}
