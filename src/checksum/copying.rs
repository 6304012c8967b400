//! Copies data and adds it to a check value in one pass: it is the copy that is added.
//!
//! Each byte of the data is read once. Another thread of the program may change the data meanwhile,
//! as QEMU does with the pages of a running guest, and zlib, which adds its copy, still writes
//! streams that decode.
//!
//! Unsafe because the memory that is copied to is not initialised before, and may be the same.
#![allow(unsafe_code)]

use core::ffi::c_ulong;
use core::mem::MaybeUninit;

use super::adler32;
use super::check::Check;

/// Bytes that are copied at once. For copies longer than this, libc takes a string instruction,
/// which on a Zen 4 needs up to 20 times as long as vector instructions do where two places lie
/// badly.
const COPIED: usize = 2048;
/// Bytes that are added at once. With a quarter of it CRC-32 is 5 % slower, because it takes a
/// while to begin and to end; with twice as much 2 % (Zen 5).
const ADDED: usize = 4 * COPIED;

/// Whether the two lie in the same memory in part.
#[inline(always)]
fn overlap(data: &[u8], to: &[MaybeUninit<u8>]) -> bool {
    data.as_ptr().addr().abs_diff(to.as_ptr().addr()) < data.len()
}

impl Check {
    /// Copies `data` to `to`, which is as long, and adds the copy to `value`: the value, and the
    /// copy.
    #[inline(always)]
    pub(crate) fn update_copying<'to>(
        self,
        value: c_ulong,
        data: &[u8],
        to: &'to mut [MaybeUninit<u8>],
    ) -> (c_ulong, &'to [u8]) {
        if overlap(data, to) {
            return self.update_moving(value, data, to);
        }
        if data.len() == 1 {
            let copy = to.write_copy_of_slice(data);
            return (self.update(value, copy), copy);
        }
        // Only the value is returned from there: all three in memory would take longer.
        let value = match self {
            Check::Adler32 if !data.is_empty() => {
                c_ulong::from(adler32::update_copying(value as u32, data, to))
            }
            _ => self.update_copying_in_pieces(value, data, to),
        };
        // SAFETY: both have written as many bytes as `to` has.
        (value, unsafe { to.assume_init_ref() })
    }

    /// The same where both lie in the same memory: programs decompress in place, with the input at
    /// the end of the output's own buffer, and stored data then moves by a few bytes.
    #[cold]
    #[inline(never)]
    fn update_moving<'to>(
        self,
        value: c_ulong,
        data: &[u8],
        to: &'to mut [MaybeUninit<u8>],
    ) -> (c_ulong, &'to [u8]) {
        assert_eq!(data.len(), to.len());
        let target = to.as_mut_ptr().cast::<u8>();
        // Found from the target: the compiler takes two borrows for two places, and would copy as if
        // they were.
        let distance = data.as_ptr().addr().wrapping_sub(target.addr());
        let source = target.wrapping_add(distance).cast_const();
        // SAFETY: both have as many bytes, and may overlap. All of `to` is written.
        let copy = unsafe {
            core::ptr::copy(source, target, data.len());
            to.assume_init_ref()
        };
        (self.update(value, copy), copy)
    }

    /// The same for other check values, a piece after the other.
    #[inline(never)]
    fn update_copying_in_pieces(
        self,
        value: c_ulong,
        data: &[u8],
        to: &mut [MaybeUninit<u8>],
    ) -> c_ulong {
        assert_eq!(data.len(), to.len());
        let mut value = value;
        for (data, to) in data.chunks(ADDED).zip(to.chunks_mut(ADDED)) {
            for (data, to) in data.chunks(COPIED).zip(to.chunks_mut(COPIED)) {
                to.write_copy_of_slice(data);
            }
            // SAFETY: `to` is as long as the data, all of which was copied.
            value = self.update(value, unsafe { to.assume_init_ref() });
        }
        value
    }
}
