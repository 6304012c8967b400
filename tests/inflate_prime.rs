//! Streams whose first bytes come by inflatePrime, up to 32 bits at once.
//!
//! With 8 bits or more held, zlib's inflate_fast may give back bytes that never were input, so
//! that next_in moves before its start. zlib gets little room here, with which it does not use
//! inflate_fast; rzlib gets any room, reads the same data, and next_in stays in its buffer.
// Streams are called through C functions and raw pointers.
#![allow(unsafe_code)]

mod common;

use common::api::*;
use common::memory::Guarded;
use common::rng::Rng;
use common::streams::{Wrap, compressed, damage, noise, synthetic};
use rzlib::ffi::types::{uInt, z_stream};
use std::ffi::c_int;
use std::ptr::null_mut;

/// Room with which zlib does not use inflate_fast, in bytes.
const SLOW_ROOM: usize = 257;
/// Calls that read one stream, at most.
const MOST_CALLS: usize = 100_000;

/// Reads a raw stream of which the first `primed` bytes, at most 4, come by inflatePrime.
/// The result is the last return code and the data.
fn read(api: &Api, bytes: &[u8], primed: usize, room: usize) -> (c_int, Vec<u8>) {
    let (mut input, mut output) = (Guarded::new(0xee), Guarded::new(0x5c));
    let (first, rest) = bytes.split_at(primed);
    let mut strm = z_stream {
        next_in: input.place_copy(rest),
        avail_in: rest.len() as uInt,
        total_in: 0,
        next_out: null_mut(),
        avail_out: 0,
        total_out: 0,
        msg: null_mut(),
        state: null_mut(),
        zalloc: None,
        zfree: None,
        opaque: null_mut(),
        data_type: 0,
        adler: 0,
        reserved: 0,
    };
    let end = strm.next_in as usize + rest.len();
    let stream = &raw mut strm;
    let (mut code, mut data) = (Z_OK, Vec::new());
    let size = size_of::<z_stream>() as c_int;
    // SAFETY: the stream's members are set; its buffers outlive its calls.
    unsafe {
        let opened = (api.inflateInit2_)(stream, -MAX_WBITS, VERSION.as_ptr(), size);
        assert_eq!(opened, Z_OK);
        for &byte in first {
            assert_eq!((api.inflatePrime)(stream, 8, byte.into()), Z_OK);
        }
        for _ in 0..MOST_CALLS {
            let start = output.place(room);
            ((*stream).next_out, (*stream).avail_out) = (start, room as uInt);
            let before = (*stream).avail_in;
            code = (api.inflate)(stream, Z_NO_FLUSH);
            let wrote = room - (*stream).avail_out as usize;
            data.extend_from_slice(&output.bytes()[..wrote]);
            assert!(
                output.untouched(wrote, usize::MAX),
                "bytes around the output"
            );
            assert!((*stream).avail_in <= before, "more input than before");
            let next = (*stream).next_in as usize + (*stream).avail_in as usize;
            assert_eq!(next, end, "end of the input");
            if code != Z_OK {
                break;
            }
        }
        assert_eq!((api.inflateEnd)(stream), Z_OK);
    }
    (code, data)
}

#[test]
fn data_whose_first_bytes_are_primed() {
    let rng = &mut Rng::new(51);
    let mut complete = 0;
    for seed in 0..1500 {
        let mut source = match rng.below(8) {
            0 => noise(Wrap::Raw, rng.size(300), rng),
            1..4 => compressed(Wrap::Raw, rng.size(3_000), rng),
            _ => synthetic(Wrap::Raw, rng.size(3_000), false, rng),
        };
        if rng.percent(20) {
            damage(&mut source, rng);
        }
        // Enough for inflate_fast behind a short stream.
        source.bytes.extend(b"trailing bytes");
        for primed in 0..=4 {
            common::crash::note(&format!("stream {seed}, {primed} bytes primed"));
            let zlib = read(&oracle().api, &source.bytes, primed, SLOW_ROOM);
            for room in [SLOW_ROOM, SLOW_ROOM + 1, 1_000, 70_000] {
                let mine = read(ours(), &source.bytes, primed, room);
                let what = format!(
                    "stream {seed} ({}), {primed} primed, room {room}",
                    source.made
                );
                assert_eq!(zlib.0, mine.0, "{what}: code");
                assert!(zlib.1 == mine.1, "{what}: data");
            }
            complete += u64::from(zlib.0 == Z_STREAM_END);
        }
    }
    println!("{complete} streams read to their end");
    assert!(complete > 4_000);
}
