//! What the fast loops need of a processor, with one file for each set of instructions.

#[cfg(target_arch = "x86_64")]
pub(crate) mod bmi;
pub(crate) mod kernel;
pub(crate) mod scalar;
