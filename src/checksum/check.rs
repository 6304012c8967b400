//! Which check value a stream's trailer has: none, Adler-32 (zlib) or CRC-32 (gzip).
#![forbid(unsafe_code)]

use core::ffi::c_ulong;

use super::{adler32, crc32};

/// Which check value is kept over the uncompressed data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// No check value: raw deflate.
    None,
    /// Adler-32, RFC 1950.
    Adler32,
    /// CRC-32, RFC 1952.
    Crc32,
}

impl Check {
    /// `value` with `data` added. Only the low 32 bits of `value` take part; they are all
    /// that the result has, except that nothing changes when `data` is empty.
    #[inline(always)]
    pub(crate) fn update(self, value: c_ulong, data: &[u8]) -> c_ulong {
        if data.is_empty() {
            return value;
        }
        match self {
            Check::None => value,
            Check::Adler32 => c_ulong::from(adler32::update(value as u32, data)),
            Check::Crc32 => c_ulong::from(crc32::update(value as u32, data)),
        }
    }

    /// The value for no data at all: 1 for Adler-32 and for raw streams (where zlib sets
    /// it too), 0 for CRC-32.
    pub(crate) fn initial(self) -> c_ulong {
        match self {
            Check::None | Check::Adler32 => c_ulong::from(adler32::ADLER_INIT),
            Check::Crc32 => 0,
        }
    }
}
