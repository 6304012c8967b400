//! The check value that a wrapper carries: none, Adler-32 (zlib) or CRC-32 (gzip).
#![forbid(unsafe_code)]

use core::ffi::c_ulong;
use core::mem::MaybeUninit;

use super::{adler32, crc32};

/// Bytes that are copied at once, so that the check value finds them in the nearest cache. For
/// copies longer than this, libc takes a string instruction, which on a Zen 4 needs up to 20
/// times as long as vector instructions do where two places lie badly.
const PIECE: usize = 2048;

/// Which check value is kept over the uncompressed data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
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
    pub fn update(self, value: c_ulong, data: &[u8]) -> c_ulong {
        if data.is_empty() {
            return value;
        }
        match self {
            Check::None => value,
            Check::Adler32 => c_ulong::from(adler32::update(value as u32, data)),
            Check::Crc32 => c_ulong::from(crc32::update(value as u32, data)),
        }
    }

    /// [`update`](Self::update), and copies the data to `to`, which is as long.
    #[inline(always)]
    pub fn update_copying(
        self,
        value: c_ulong,
        data: &[u8],
        to: &mut [MaybeUninit<u8>],
    ) -> c_ulong {
        if let ([byte], [to]) = (data, &mut *to) {
            to.write(*byte);
            return self.update(value, data);
        }
        match self {
            Check::Adler32 if !data.is_empty() => {
                c_ulong::from(adler32::update_copying(value as u32, data, to))
            }
            _ => self.update_copying_in_pieces(value, data, to),
        }
    }

    /// The same for other check values, a piece after the other.
    #[inline(never)]
    fn update_copying_in_pieces(
        self,
        value: c_ulong,
        data: &[u8],
        to: &mut [MaybeUninit<u8>],
    ) -> c_ulong {
        data.chunks(PIECE)
            .zip(to.chunks_mut(PIECE))
            .fold(value, |value, (data, to)| {
                to.write_copy_of_slice(data);
                self.update(value, data)
            })
    }

    /// The value for no data at all: 1 for Adler-32 and for raw streams (where zlib sets
    /// it too), 0 for CRC-32.
    pub fn initial(self) -> c_ulong {
        match self {
            Check::None | Check::Adler32 => c_ulong::from(adler32::ADLER_INIT),
            Check::Crc32 => 0,
        }
    }
}
