//! The check values of RFC 1950 and RFC 1952, Adler-32 and CRC-32.

pub(crate) mod adler32;
pub(crate) mod check;
mod copying;
pub(crate) mod crc32;

#[cfg(test)]
#[path = "../../tests/unit/checksum.rs"]
mod tests;
