//! compress and its relatives: equal bytes, lengths and return codes for every size of the
//! destination.
// The functions take pointers and lengths.
#![allow(unsafe_code)]

mod common;

use common::api::{Api, Z_OK, oracle, ours};
use common::data::{KINDS, generate};
use common::memory::Guarded;
use common::rng::Rng;
use rzlib::ffi::types::{uLong, uLongf, z_size_t};
use std::ffi::c_int;
use std::ptr::null_mut;

/// The four functions.
#[derive(Clone, Copy, Debug)]
enum Function {
    Compress,
    Compress2(c_int),
    CompressZ,
    Compress2Z(c_int),
}

/// Return code, length reported, destination, and whether the rest of it was left alone.
type Result = (c_int, u64, Vec<u8>, bool);

/// Calls a function with `room` bytes of destination.
fn call(api: &Api, function: Function, data: &[u8], room: usize) -> Result {
    let mut buffer = Guarded::new(0x9d);
    let dest = buffer.place(room);
    let (source, len) = (data.as_ptr(), data.len());
    let mut long: uLongf = room as uLong;
    let mut size: z_size_t = room;
    // SAFETY: dest has room for the length given, and source points to len bytes.
    let code = unsafe {
        match function {
            Function::Compress => (api.compress)(dest, &mut long, source, len as uLong),
            Function::Compress2(level) => {
                (api.compress2)(dest, &mut long, source, len as uLong, level)
            }
            Function::CompressZ => (api.compress_z)(dest, &mut size, source, len),
            Function::Compress2Z(level) => (api.compress2_z)(dest, &mut size, source, len, level),
        }
    };
    let got = match function {
        Function::Compress | Function::Compress2(_) => long as u64,
        Function::CompressZ | Function::Compress2Z(_) => size as u64,
    };
    let written = buffer.bytes()[..room.min(got as usize)].to_vec();
    let untouched = buffer.untouched(room.min(got as usize), usize::MAX);
    (code, got, written, untouched)
}

fn check(function: Function, data: &[u8], room: usize) -> (c_int, usize) {
    let zlib = call(&oracle().api, function, data, room);
    let mine = call(ours(), function, data, room);
    let what = format!("{function:?} of {} bytes to {room}", data.len());
    assert!(mine.3, "{what}: written outside the result");
    assert_eq!(
        (zlib.0, zlib.1),
        (mine.0, mine.1),
        "{what}: code and length"
    );
    assert!(zlib.2 == mine.2, "{what}: bytes differ");
    (zlib.0, zlib.1 as usize)
}

#[test]
fn all_levels_and_room_for_the_bound_exactly_and_too_little() {
    let rng = &mut Rng::new(11);
    for round in 0..12 {
        for kind in KINDS {
            let most = if round == 0 { 3 } else { 1 << (round + 4) };
            let data = generate(kind, rng.below(most + 1), rng);
            let level = rng.between(-1, 9) as c_int;
            let functions = [
                Function::Compress,
                Function::Compress2(level),
                Function::CompressZ,
                Function::Compress2Z(level),
            ];
            for function in functions {
                // SAFETY: the bound takes any length.
                let bound = unsafe { (oracle().api.compressBound)(data.len() as uLong) } as usize;
                let (code, len) = check(function, &data, bound);
                assert_eq!(code, Z_OK, "compressBound holds");
                for room in [len, len - 1, len / 2, rng.below(len), 1, 0] {
                    check(function, &data, room);
                }
            }
        }
    }
}

#[test]
fn levels_that_do_not_exist() {
    for level in [-2, 10, c_int::MAX, c_int::MIN] {
        check(Function::Compress2(level), b"data", 100);
        check(Function::Compress2Z(level), b"data", 100);
    }
}

#[test]
fn null_arguments() {
    for (have_dest, room) in [(false, 0), (false, 20), (true, 20)] {
        for (have_source, len) in [(false, 0), (false, 4), (true, 4)] {
            let results = [&oracle().api, ours()].map(|api| {
                let mut bytes = [0x9d_u8; 20];
                let mut source = *b"data";
                let dest = if have_dest {
                    bytes.as_mut_ptr()
                } else {
                    null_mut()
                };
                let from = if have_source {
                    source.as_mut_ptr()
                } else {
                    null_mut()
                };
                let (mut long, mut size): (uLongf, z_size_t) = (room, room as z_size_t);
                // SAFETY: what is not NULL has room bytes of room or len bytes of data.
                let codes = unsafe {
                    [
                        (api.compress)(dest, &mut long, from, len),
                        (api.compress2_z)(dest, &mut size, from, len as usize, 6),
                        // The functions without _z read the length through the pointer first.
                        (api.compress_z)(dest, null_mut(), from, len as usize),
                    ]
                };
                (codes, long, size, bytes)
            });
            assert_eq!(
                results[0], results[1],
                "dest {have_dest} {room}, source {have_source} {len}"
            );
        }
    }
}

#[test]
fn bounds() {
    let rng = &mut Rng::new(12);
    let (zlib, mine) = (&oracle().api, ours());
    let mut lengths: Vec<u64> = (0..70_000).collect();
    for power in 0..64 {
        lengths.extend((0..50).map(|_| (1 << power) + (rng.next() & ((1 << power) - 1))));
        lengths.extend([(1 << power) - 1, u64::MAX - (1 << power)]);
    }
    for len in lengths {
        // SAFETY: the bounds take any length.
        unsafe {
            let (theirs, ours) = (
                (zlib.compressBound)(len as uLong),
                (mine.compressBound)(len as uLong),
            );
            assert_eq!(theirs, ours, "compressBound({len})");
            let (theirs, ours) = (
                (zlib.compressBound_z)(len as usize),
                (mine.compressBound_z)(len as usize),
            );
            assert_eq!(theirs, ours, "compressBound_z({len})");
        }
    }
}
