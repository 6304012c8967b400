//! The two check values of RFC 1950 and RFC 1952, on plain slices.

pub mod adler32;
mod adler32_sums;
#[cfg(target_arch = "x86_64")]
mod adler32_x86;
pub mod check;
mod copying;
pub mod crc32;

#[cfg(test)]
mod tests;
