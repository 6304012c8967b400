//! The choice between the sets of instructions, made once for each index.
//!
//! The scalar form is for other processors than x86-64. On x86-64 without AVX2, the library walks
//! zlib's chains instead; so the form is compiled there only with debug assertions, which tests
//! have, and takes no room in the library.
#![forbid(unsafe_code)]

#[cfg(target_arch = "x86_64")]
use crate::cpu::Avx2Bmi;
use crate::deflate::classic::search::cpu::kernel::{Cpu, Kernel};
#[cfg(any(debug_assertions, not(target_arch = "x86_64")))]
use crate::deflate::classic::search::cpu::scalar::Scalar;

/// Defines [`Set`]: for each set its [`Cpu`], the fastest first, and how to get the value.
macro_rules! sets {
    ($($(#[$cfg:meta])* $cpu:ident = $get:expr;)*) => {
        /// The set of instructions that an index uses.
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum Set {$(
            $(#[$cfg])*
            $cpu($cpu),
        )*}

        impl Set {
            /// Those that this processor has, the fastest first.
            #[inline]
            pub(crate) fn all() -> impl Iterator<Item = Set> {
                [$($(#[$cfg])* $get.map(Set::$cpu),)*].into_iter().flatten()
            }

            /// Runs a loop with it.
            #[inline(always)]
            pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::End {
                match self {$(
                    $(#[$cfg])*
                    Set::$cpu(cpu) => cpu.run(kernel),
                )*}
            }
        }
    };
}

sets! {
    #[cfg(target_arch = "x86_64")]
    Avx2Bmi = Avx2Bmi::get();
    #[cfg(any(debug_assertions, not(target_arch = "x86_64")))]
    Scalar = Some(Scalar);
}
