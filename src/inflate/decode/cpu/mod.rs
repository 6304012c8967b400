//! Processors: a file for each set of instructions says how a fast loop runs with them.

#[cfg(target_arch = "x86_64")]
pub mod bmi;
pub mod kernel;
pub mod scalar;
