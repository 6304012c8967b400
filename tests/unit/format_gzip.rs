//! The gzip header: each field's flag and length, and the constants of RFC 1952.
#![forbid(unsafe_code)]

use super::*;

/// A header without any optional field.
const PLAIN: GzipHeader = GzipHeader {
    text: false,
    time: 0,
    os: 0,
    extra: None,
    extra_len: 0,
    name: None,
    comment: None,
    hcrc: false,
};

#[test]
fn each_field_has_its_flag_and_length() {
    let text = GzipHeader {
        text: true,
        ..PLAIN
    };
    let hcrc = GzipHeader {
        hcrc: true,
        ..PLAIN
    };
    let extra = GzipHeader {
        extra: Some(b"abc"),
        extra_len: 3,
        ..PLAIN
    };
    let name = GzipHeader {
        name: Some(b"file\0"),
        ..PLAIN
    };
    let comment = GzipHeader {
        comment: Some(b"\0"),
        ..PLAIN
    };
    for (header, flags, len) in [
        (&PLAIN, 0, 0),
        (&text, 1, 0),
        (&hcrc, 2, 2),
        (&extra, 4, 2 + 3),
        (&name, 8, 5),
        (&comment, 16, 1),
    ] {
        assert_eq!((header.flags(), header.optional_len()), (flags, len));
    }
}

#[test]
fn fields_add_up() {
    let all = GzipHeader {
        text: true,
        extra: Some(b"12"),
        extra_len: 2,
        name: Some(b"n\0"),
        comment: Some(b"cc\0"),
        hcrc: true,
        ..PLAIN
    };
    assert_eq!((all.flags(), all.optional_len()), (31, 4 + 2 + 3 + 2));
}

#[test]
fn the_length_of_a_long_extra_field_is_the_callers() {
    let long = GzipHeader {
        extra: Some(b"abc"),
        extra_len: 0x1_0003,
        ..PLAIN
    };
    assert_eq!(long.optional_len(), 0x1_0005);
    let huge = GzipHeader {
        extra: Some(b""),
        extra_len: u32::MAX,
        ..PLAIN
    };
    assert_eq!(huge.optional_len(), 1, "zlib counts in 32 bits");
    let unused = GzipHeader {
        extra_len: 7,
        ..PLAIN
    };
    assert_eq!(
        unused.optional_len(),
        0,
        "without extra the length means nothing"
    );
}

#[test]
fn constants_are_the_rfcs() {
    assert_eq!(MAGIC, [31, 139, 8]);
    assert_eq!([XFL_SLOWEST, XFL_FASTEST, OS_UNIX], [2, 4, 3]);
    assert_eq!(WRAPPER_LEN, 10 + 8);
    let known = FTEXT | FHCRC | FEXTRA | FNAME | FCOMMENT;
    assert_eq!(RESERVED_FLAGS, u32::from(!known) << 8);
}
