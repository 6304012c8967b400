//! adler32, crc32 and their combinations, over all lengths and alignments that make a
//! difference to an implementation.
// The functions take pointers and lengths.
#![allow(unsafe_code)]

mod common;

use common::api::{Api, oracle, ours};
use common::data::{KINDS, generate};
use common::memory::Guarded;
use common::rng::Rng;
use rzlib::ffi::types::{uInt, uLong, z_off_t, z_off64_t};

/// adler32, adler32_z, crc32 and crc32_z of bytes, from a start value.
fn all(api: &Api, start: uLong, bytes: &[u8]) -> [uLong; 4] {
    let (from, len) = (bytes.as_ptr(), bytes.len());
    // SAFETY: from points to len bytes.
    unsafe {
        [
            (api.adler32)(start, from, len as uInt),
            (api.adler32_z)(start, from, len),
            (api.crc32)(start, from, len as uInt),
            (api.crc32_z)(start, from, len),
        ]
    }
}

fn check(start: uLong, bytes: &[u8], what: &str) {
    assert_eq!(
        all(&oracle().api, start, bytes),
        all(ours(), start, bytes),
        "{what}, {} bytes from {start:#x}",
        bytes.len()
    );
}

/// Start values: regular ones, and ones that only a careless program passes.
fn start(rng: &mut Rng) -> uLong {
    let any = rng.next();
    rng.pick(&[
        0,
        1,
        0xffff_ffff,
        65_520 << 16 | 65_520,
        65_521,
        any & 0xffff_ffff,
        any,
    ])
}

#[test]
fn all_short_lengths_and_alignments() {
    let rng = &mut Rng::new(31);
    let bytes = generate(KINDS[1], 1400, rng);
    for len in 0..1100 {
        check(start(rng), &bytes[..len], "short");
    }
    for offset in 0..64 {
        for len in [
            0, 1, 3, 8, 15, 16, 17, 31, 63, 64, 65, 127, 128, 200, 300, 1000,
        ] {
            check(start(rng), &bytes[offset..offset + len], "unaligned");
        }
    }
}

#[test]
fn nothing_is_read_beyond_the_bytes() {
    let rng = &mut Rng::new(32);
    let mut buffer = Guarded::new(0);
    for len in 0..600 {
        buffer.place_copy(&generate(KINDS[1], len, rng));
        check(start(rng), buffer.bytes(), "before an unreadable page");
    }
}

#[test]
fn long_data_and_the_largest_sums() {
    let rng = &mut Rng::new(33);
    // 5552 bytes is how long Adler-32 can go on without a remainder.
    for len in [5_551, 5_552, 5_553, 11_104, 65_536, 262_144, 1_048_577] {
        check(start(rng), &vec![0xff; len], "0xff");
        for kind in KINDS {
            check(start(rng), &generate(kind, len, rng), "data");
        }
    }
}

#[test]
fn no_buffer_means_the_first_value() {
    for api in [&oracle().api, ours()] {
        // Not a length of 1: zlib's adler32 reads that byte before it looks for NULL.
        for len in [0, 2, 100] {
            // SAFETY: NULL is allowed.
            let values = unsafe {
                let null = std::ptr::null();
                let large = len as usize;
                [
                    (api.adler32)(7, null, len),
                    (api.adler32_z)(7, null, large),
                    (api.crc32)(7, null, len),
                    (api.crc32_z)(7, null, large),
                ]
            };
            assert_eq!(values, [1, 1, 0, 0]);
        }
    }
}

/// All combinations of two sums, with the length of the second's bytes.
fn combined(api: &Api, one: uLong, two: uLong, len: i64) -> [uLong; 6] {
    // SAFETY: these functions take any values.
    unsafe {
        let operator = (api.crc32_combine_gen)(len as z_off_t);
        let operator64 = (api.crc32_combine_gen64)(len as z_off64_t);
        [
            (api.adler32_combine)(one, two, len as z_off_t),
            (api.adler32_combine64)(one, two, len as z_off64_t),
            (api.crc32_combine)(one, two, len as z_off_t),
            (api.crc32_combine64)(one, two, len as z_off64_t),
            (api.crc32_combine_op)(one, two, operator),
            (api.crc32_combine_op)(one, two, operator64),
        ]
    }
}

#[test]
fn combinations() {
    let rng = &mut Rng::new(34);
    let mut lengths: Vec<i64> = (-3..300).collect();
    lengths.extend([i64::MAX, i64::MIN, 65_520, 65_521, 65_522]);
    for power in 8..63 {
        lengths.extend([-1, 0, 1].map(|near| (1i64 << power) + near));
        lengths.push((rng.next() >> (63 - power)) as i64);
    }
    for len in lengths {
        for _ in 0..4 {
            let (one, two) = (start(rng), start(rng));
            assert_eq!(
                combined(&oracle().api, one, two, len),
                combined(ours(), one, two, len),
                "{one:#x} and {two:#x} of {len} bytes"
            );
        }
    }
}

#[test]
fn the_table_of_crc32() {
    // SAFETY: the table has 256 entries and is never freed.
    let tables = [&oracle().api, ours()]
        .map(|api| unsafe { std::slice::from_raw_parts((api.get_crc_table)(), 256) });
    assert_eq!(tables[0], tables[1]);
}
