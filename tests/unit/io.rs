//! A call's view of the z_stream: what reading and writing add to totals and check value.
#![forbid(unsafe_code)]

use core::ffi::c_ulong;
use core::mem::MaybeUninit;

use super::Io;
use crate::buf::{InBuf, OutBuf};
use crate::checksum::check::Check;
use crate::error::{ReturnCode, message};

const DATA: &[u8] = b"Wikipedia";
/// Check values of DATA.
const ADLER32: c_ulong = 0x11e6_0398;
const CRC32: c_ulong = 0xadaa_c02e;

#[test]
fn reading_copies_counts_and_updates_the_check_value() {
    for (check, first, last) in [
        (Check::None, 7, 7),
        (Check::Adler32, 1, ADLER32),
        (Check::Crc32, 0, CRC32),
    ] {
        let mut io = Io::new(InBuf::new(DATA), OutBuf::new(&mut []));
        (io.check, io.adler, io.total_in) = (check, first, c_ulong::MAX);
        let mut copy = [MaybeUninit::uninit(); 4];
        assert_eq!(io.read(&mut copy), &DATA[..4]);
        assert_eq!(
            (io.total_in, io.input.avail()),
            (3, 5),
            "totals wrap around"
        );
        let mut rest = [MaybeUninit::uninit(); 5];
        assert_eq!(io.read(&mut rest), &DATA[4..]);
        assert_eq!((io.adler, io.input.avail()), (last, 0), "{check:?}");
    }
}

#[test]
fn passing_reads_to_the_output() {
    let mut room = [MaybeUninit::uninit(); 12];
    let mut io = Io::new(InBuf::new(DATA), OutBuf::new(&mut room));
    (io.check, io.adler, io.total_out) = (Check::Crc32, 0, 100);
    io.write(b"<");
    assert_eq!(io.pass(DATA.len()), DATA);
    io.write(b">");
    assert_eq!((io.total_in, io.total_out), (9, 100 + 11));
    assert_eq!((io.output.produced(), io.output.avail()), (11, 1));
    assert_eq!(io.adler, CRC32, "what is only written has no part in it");
}

#[test]
fn failing_sets_the_message_of_the_code() {
    let mut io = Io::new(InBuf::new(DATA), OutBuf::new(&mut []));
    assert!(io.msg.is_none() && io.buffers_valid);
    assert_eq!(io.fail(ReturnCode::BufError), ReturnCode::BufError);
    assert_eq!(io.msg, Some(c"buffer error"));
}

#[test]
fn messages_are_zlibs_and_other_numbers_have_none() {
    for (code, text) in [
        (3, c""),
        (2, c"need dictionary"),
        (1, c"stream end"),
        (0, c""),
        (-1, c"file error"),
        (-2, c"stream error"),
        (-3, c"data error"),
        (-4, c"insufficient memory"),
        (-5, c"buffer error"),
        (-6, c"incompatible version"),
        (-7, c""),
        (i32::MIN, c""),
        (i32::MAX, c""),
    ] {
        assert_eq!(message(code), text, "{code}");
    }
    assert_eq!(ReturnCode::NeedDict.message(), c"need dictionary");
}
