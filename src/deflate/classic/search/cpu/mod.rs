//! What the indexes' loops need of a processor, with one file for each set of instructions.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
pub(crate) mod kernel;
pub(crate) mod scalar;
pub(crate) mod set;

#[cfg(test)]
#[path = "../../../../../tests/unit/deflate_cpu.rs"]
mod tests;
