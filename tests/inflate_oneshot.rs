//! uncompress and its relatives: equal bytes, lengths and return codes for every size of the
//! destination, every cut of the source, and damage.
// The functions take pointers and lengths.
#![allow(unsafe_code)]

mod common;

use common::api::*;
use common::memory::Guarded;
use common::rng::Rng;
use common::streams::{Source, Wrap, compressed, damage, noise, synthetic};
use rzlib::ffi::types::{uLong, uLongf, z_size_t};
use std::ffi::c_int;
use std::ptr::null_mut;

/// The four functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Uncompress,
    Uncompress2,
    UncompressZ,
    Uncompress2Z,
}

const FUNCTIONS: [Function; 4] = [
    Function::Uncompress,
    Function::Uncompress2,
    Function::UncompressZ,
    Function::Uncompress2Z,
];

/// What a call did: return code, destLen, sourceLen, the destination, and whether the rest of
/// it was left alone.
type Outcome = (c_int, u64, u64, Vec<u8>, bool);

/// Calls a function with `room` bytes of destination.
fn call(api: &Api, function: Function, data: &[u8], room: usize) -> Outcome {
    let (mut buffer, mut input) = (Guarded::new(0x9d), Guarded::new(0xee));
    let (dest, source) = (buffer.place(room), input.place_copy(data));
    let (mut long, mut long_in): (uLongf, uLong) = (room as uLong, data.len() as uLong);
    let (mut size, mut size_in): (z_size_t, z_size_t) = (room, data.len());
    // SAFETY: dest has room for the length given, and source points to the data.
    let code = unsafe {
        match function {
            Function::Uncompress => (api.uncompress)(dest, &mut long, source, long_in),
            Function::Uncompress2 => (api.uncompress2)(dest, &mut long, source, &mut long_in),
            Function::UncompressZ => (api.uncompress_z)(dest, &mut size, source, size_in),
            Function::Uncompress2Z => (api.uncompress2_z)(dest, &mut size, source, &mut size_in),
        }
    };
    let (got, used) = match function {
        Function::Uncompress | Function::Uncompress2 => (long, long_in),
        _ => (size as u64, size_in as u64),
    };
    let written = room.min(got as usize);
    let untouched = buffer.untouched(written, usize::MAX);
    let bytes = buffer.bytes()[..written].to_vec();
    (code, got, used, bytes, untouched)
}

fn check(function: Function, data: &[u8], room: usize, made: &str) -> (c_int, usize) {
    let zlib = call(&oracle().api, function, data, room);
    let mine = call(ours(), function, data, room);
    let what = format!("{function:?} of {} bytes ({made}) to {room}", data.len());
    assert!(mine.4, "{what}: written outside the result");
    let seen = |outcome: &Outcome| (outcome.0, outcome.1, outcome.2);
    assert_eq!(seen(&zlib), seen(&mine), "{what}: code and lengths");
    assert!(zlib.3 == mine.3, "{what}: bytes differ");
    (zlib.0, zlib.1 as usize)
}

fn source(len: usize, rng: &mut Rng) -> Source {
    if rng.percent(60) {
        compressed(Wrap::Zlib, len, rng)
    } else {
        synthetic(Wrap::Zlib, len.min(30_000), false, rng)
    }
}

#[test]
fn room_that_fits_exactly_too_little_and_more() {
    let rng = &mut Rng::new(21);
    let (mut complete, mut with_dictionary) = (0, 0);
    for round in 0..400 {
        let len = rng.size(1 << (round % 18));
        let source = source(len, rng);
        let len = source.members[0].data.len();
        for function in FUNCTIONS {
            for room in [
                len,
                len + 1,
                len + 1000,
                len.saturating_sub(1),
                len / 2,
                1,
                0,
            ] {
                let (code, got) = check(function, &source.bytes, room, source.made);
                if !source.dictionary.is_empty() {
                    assert_eq!(code, Z_DATA_ERROR, "a dictionary is needed");
                    with_dictionary += 1;
                } else if room >= len {
                    assert_eq!((code, got), (Z_OK, len));
                    complete += 1;
                }
            }
            let trailing = [&source.bytes[..], b"more"].concat();
            check(function, &trailing, len, source.made);
            check(function, &trailing, len + 10, source.made);
        }
    }
    println!("{complete} calls read all, {with_dictionary} lacked a dictionary");
    assert!(complete > 3000 && with_dictionary > 100);
}

#[test]
fn cut_at_every_byte() {
    let rng = &mut Rng::new(22);
    for round in 0..60 {
        let source = source(1 + rng.size(600), rng);
        let len = source.members[0].data.len();
        let function = FUNCTIONS[round % FUNCTIONS.len()];
        for cut in (0..source.bytes.len()).take(2000) {
            for room in [len, len + 1, len / 2, 0] {
                check(function, &source.bytes[..cut], room, "cut");
            }
        }
    }
}

#[test]
fn damage_and_noise() {
    let rng = &mut Rng::new(23);
    for round in 0..3000 {
        let size = rng.size(5_000);
        let source = match rng.below(10) {
            0 => noise(Wrap::Zlib, size, rng),
            1 | 2 => synthetic(Wrap::Zlib, size, true, rng),
            3 => compressed(Wrap::Gzip, size, rng),
            4 => compressed(Wrap::Raw, size, rng),
            _ => {
                let mut source = source(size, rng);
                damage(&mut source, rng);
                source
            }
        };
        let function = FUNCTIONS[round % FUNCTIONS.len()];
        for room in [size, rng.below(size + 1), 2 * size + 1000] {
            check(function, &source.bytes, room, source.made);
        }
    }
}

#[test]
fn null_arguments() {
    let stream = *b"\x78\x9c\x4b\x04\x00\x00\x62\x00\x62";
    for (have_dest, room) in [(false, 0), (false, 20), (true, 20), (true, 0)] {
        for (have_source, len) in [(false, 0), (false, 4), (true, 9), (true, 0)] {
            let results = [&oracle().api, ours()].map(|api| {
                let mut bytes = [0x9d_u8; 20];
                let dest = if have_dest {
                    bytes.as_mut_ptr()
                } else {
                    null_mut()
                };
                let from = if have_source {
                    stream.as_ptr()
                } else {
                    std::ptr::null()
                };
                let (mut long, mut size): (uLongf, z_size_t) = (room, room as z_size_t);
                let (mut long_in, mut size_in): (uLong, z_size_t) = (len, len as z_size_t);
                // SAFETY: what is not NULL has room bytes of room or len bytes of data.
                let codes = unsafe {
                    [
                        (api.uncompress)(dest, &mut long, from, len),
                        (api.uncompress2)(dest, &mut long, from, &mut long_in),
                        (api.uncompress_z)(dest, &mut size, from, len as usize),
                        (api.uncompress2_z)(dest, &mut size, from, &mut size_in),
                        // The functions without _z read the lengths through the pointers first.
                        (api.uncompress_z)(dest, null_mut(), from, len as usize),
                        (api.uncompress2_z)(dest, null_mut(), from, &mut size_in),
                        (api.uncompress2_z)(dest, &mut size, from, null_mut()),
                    ]
                };
                (codes, long, size, long_in, size_in, bytes)
            });
            assert_eq!(
                results[0], results[1],
                "dest {have_dest} {room}, source {have_source} {len}"
            );
        }
    }
}

#[test]
fn null_lengths_are_refused_where_zlib_crashes() {
    let (mut bytes, source) = ([0_u8; 20], [0_u8; 4]);
    let (dest, from) = (bytes.as_mut_ptr(), source.as_ptr());
    let (mut len, mut used): (uLongf, uLong) = (20, 4);
    // SAFETY: dest has 20 bytes, source 4; NULL lengths are what is tested.
    let codes = unsafe {
        [
            (ours().uncompress)(dest, null_mut(), from, 4),
            (ours().uncompress2)(dest, null_mut(), from, &mut used),
            (ours().uncompress2)(dest, &mut len, from, null_mut()),
        ]
    };
    assert_eq!(codes, [Z_STREAM_ERROR; 3]);
}
