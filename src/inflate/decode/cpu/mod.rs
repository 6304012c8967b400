//! Processors: a file for each set of instructions says how a fast loop runs with them.

#[cfg(target_arch = "x86_64")]
pub(crate) mod bmi;
pub(crate) mod kernel;
pub(crate) mod scalar;
