//! The check values of RFC 1950 and RFC 1952, Adler-32 and CRC-32.

pub mod adler32;
pub mod check;
mod copying;
pub mod crc32;

#[cfg(test)]
#[path = "../../tests/unit/checksum.rs"]
mod tests;
