//! Arguments that init refuses or takes, and streams that are not streams: the return codes
//! and messages are zlib's.
// The functions take pointers.
#![allow(unsafe_code)]

mod common;

use common::api::{Api, VERSION, Z_DEFLATED, Z_OK, oracle, ours};
use rzlib::ffi::types::z_stream;
use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr::{null, null_mut};

const SIZE: c_int = size_of::<z_stream>() as c_int;

/// A stream with all members zero.
fn blank() -> z_stream {
    z_stream {
        next_in: null_mut(),
        avail_in: 0,
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
    }
}

/// What a call leaves in a stream: message, adler, data_type, and which pointers are set.
fn seen(stream: &z_stream) -> (Option<&CStr>, u64, c_int, [bool; 4]) {
    let text = stream.msg;
    // SAFETY: msg is NULL or a constant string of the library.
    let text = (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) });
    let set = [
        !stream.state.is_null(),
        stream.zalloc.is_some(),
        stream.zfree.is_some(),
        !stream.opaque.is_null(),
    ];
    (text, stream.adler, stream.data_type, set)
}

/// Initialises and ends a stream with both libraries, and compares what is left after each.
fn check(what: impl Fn() -> String, init: impl Fn(&Api, *mut z_stream) -> c_int) -> c_int {
    let mut streams = [blank(), blank()];
    let apis = [&oracle().api, ours()];
    let [zlib, mine] = &mut streams;
    let codes = [init(apis[0], zlib), init(apis[1], mine)];
    assert_eq!(codes[0], codes[1], "{}", what());
    assert_eq!(seen(zlib), seen(mine), "{}", what());
    // SAFETY: the streams are open, or their states are NULL.
    let ends = unsafe { [(apis[0].deflateEnd)(zlib), (apis[1].deflateEnd)(mine)] };
    assert_eq!(ends[0], ends[1], "{}: deflateEnd", what());
    assert_eq!(seen(zlib), seen(mine), "{}: deflateEnd", what());
    codes[0]
}

#[test]
fn all_parameters_and_those_just_beyond() {
    let mut taken = 0;
    for level in -2..=10 {
        for method in [Z_DEFLATED - 1, Z_DEFLATED, Z_DEFLATED + 1] {
            for window_bits in (-17..=34).chain([47, 48, -100, c_int::MAX, -c_int::MAX]) {
                for mem_level in 0..=10 {
                    for strategy in -1..=5 {
                        let parameters = [level, method, window_bits, mem_level, strategy];
                        let code = check(
                            || format!("deflateInit2_{parameters:?}"),
                            |api, stream| {
                                let version = VERSION.as_ptr();
                                // SAFETY: the stream's members are set; all numbers are allowed.
                                unsafe {
                                    (api.deflateInit2_)(
                                        stream,
                                        level,
                                        method,
                                        window_bits,
                                        mem_level,
                                        strategy,
                                        version,
                                        SIZE,
                                    )
                                }
                            },
                        );
                        taken += i32::from(code == Z_OK);
                    }
                }
            }
        }
    }
    assert_eq!(
        taken,
        11 * 22 * 9 * 5,
        "levels, windows, memLevels, strategies"
    );
}

#[test]
fn versions_and_sizes() {
    let versions = ["1.3.2", "1", "1.9.9.9-other", "0.3.2", "2.3.2", "", "x"];
    for version in versions.map(|text| CString::new(text).expect("no NUL inside")) {
        for size in [SIZE, SIZE - 1, SIZE + 1, 0, -1] {
            let first = version.as_ptr();
            check_both_inits(&format!("{version:?}, {size}"), first, size);
        }
    }
    check_both_inits("NULL", null(), SIZE);
}

fn check_both_inits(what: &str, version: *const c_char, size: c_int) {
    check(
        || format!("deflateInit_ {what}"),
        // SAFETY: version is NULL or a C string.
        |api, stream| unsafe { (api.deflateInit_)(stream, 6, version, size) },
    );
    for stream_is_null in [false, true] {
        check(
            || format!("deflateInit2_ {what}, NULL stream: {stream_is_null}"),
            |api, stream| {
                let stream = if stream_is_null { null_mut() } else { stream };
                // SAFETY: as above, and the stream may be NULL.
                unsafe { (api.deflateInit2_)(stream, 6, Z_DEFLATED, 15, 8, 0, version, size) }
            },
        );
    }
}

/// rzlib has the two macros of zlib.h as functions, too.
#[test]
fn macros_as_functions() {
    for level in -2..=10 {
        let mut streams = [blank(), blank(), blank()];
        let [zlib, short, long] = &mut streams;
        let version = VERSION.as_ptr();
        // SAFETY: the streams' members are set.
        let codes = unsafe {
            [
                (oracle().api.deflateInit_)(zlib, level, version, SIZE),
                rzlib::ffi::deflate::deflateInit(short, level),
                rzlib::ffi::deflate::deflateInit2(long, level, Z_DEFLATED, 15, 8, 0),
            ]
        };
        assert_eq!(codes, [codes[0]; 3], "level {level}");
        assert_eq!(seen(zlib), seen(short), "level {level}");
        assert_eq!(seen(zlib), seen(long), "level {level}");
        // SAFETY: the streams are open, or their states are NULL.
        unsafe {
            (oracle().api.deflateEnd)(zlib);
            (ours().deflateEnd)(short);
            (ours().deflateEnd)(long);
        }
    }
}

/// The return codes of all functions on one stream, which may be NULL.
fn codes(api: &Api, stream: *mut z_stream) -> Vec<i64> {
    let mut buffer = [0u8; 16];
    let (from, mut len, mut bits) = (buffer.as_ptr(), 16, 0);
    let mut other = blank();
    // SAFETY: each function checks its stream first, which is NULL or a z_stream whose state
    // is NULL or another stream's.
    let codes = unsafe {
        [
            (api.deflate)(stream, 0),
            (api.deflate)(stream, 4),
            (api.deflate)(stream, 77),
            (api.deflateReset)(stream),
            (api.deflateResetKeep)(stream),
            (api.deflateParams)(stream, 1, 1),
            (api.deflateTune)(stream, 1, 2, 3, 4),
            (api.deflatePrime)(stream, 3, 3),
            (api.deflatePending)(stream, &mut len, &mut bits),
            (api.deflatePending)(stream, null_mut(), null_mut()),
            (api.deflateUsed)(stream, &mut bits),
            (api.deflateUsed)(stream, null_mut()),
            (api.deflateSetDictionary)(stream, from, 16),
            (api.deflateSetDictionary)(stream, null(), 0),
            (api.deflateGetDictionary)(stream, buffer.as_mut_ptr(), &mut len),
            (api.deflateSetHeader)(stream, null_mut()),
            (api.deflateCopy)(&mut other, stream),
            (api.deflateCopy)(null_mut(), stream),
            (api.deflateEnd)(stream),
        ]
    };
    // SAFETY: as above; the bounds take a NULL stream.
    let bounds = unsafe { [0, 1, 100, 1 << 20].map(|len| (api.deflateBound)(stream, len) as i64) };
    codes.into_iter().map(i64::from).chain(bounds).collect()
}

#[test]
fn no_stream() {
    assert_eq!(codes(&oracle().api, null_mut()), codes(ours(), null_mut()));
}

#[test]
fn a_stream_that_was_never_opened() {
    let [zlib, mine] = [&oracle().api, ours()].map(|api| codes(api, &mut blank()));
    assert_eq!(zlib, mine);
}

#[test]
fn a_stream_that_was_moved() {
    let [zlib, mine] = [&oracle().api, ours()].map(|api| {
        let mut stream = blank();
        // SAFETY: the stream's members are set.
        let code = unsafe { (api.deflateInit_)(&mut stream, 6, VERSION.as_ptr(), SIZE) };
        assert_eq!(code, Z_OK);
        let mut elsewhere = z_stream { ..stream };
        let codes = codes(api, &mut elsewhere);
        // SAFETY: the first stream is still open.
        assert_eq!(unsafe { (api.deflateEnd)(&mut stream) }, Z_OK);
        codes
    });
    assert_eq!(zlib, mine);
}
