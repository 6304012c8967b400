//! The zlib header: its fields by RFC 1950 2.2, for all arguments, and headers known from files.
#![forbid(unsafe_code)]

use super::header;

#[test]
fn all_fields_stand_where_the_rfc_has_them() {
    for window_bits in 8..=15 {
        for flevel in 0..=3 {
            for dictionary in [false, true] {
                let [cmf, flg] = header(window_bits, flevel, dictionary);
                assert_eq!(cmf & 15, 8, "CM");
                assert_eq!(cmf >> 4, window_bits - 8, "CINFO");
                assert_eq!(u16::from(flg >> 6), flevel, "FLEVEL");
                assert_eq!(flg >> 5 & 1 == 1, dictionary, "FDICT");
                assert_eq!((u32::from(cmf) * 256 + u32::from(flg)) % 31, 0, "FCHECK");
            }
        }
    }
}

#[test]
fn well_known_headers() {
    assert_eq!(header(15, 0, false), [0x78, 0x01]);
    assert_eq!(header(15, 1, false), [0x78, 0x5e]);
    assert_eq!(header(15, 2, false), [0x78, 0x9c]);
    assert_eq!(header(15, 3, false), [0x78, 0xda]);
    assert_eq!(header(15, 2, true), [0x78, 0xbb]);
    assert_eq!(header(8, 0, false), [0x08, 0x1d]);
}
