//! Positions in files for reading and writing, at their limits and beyond.
#![forbid(unsafe_code)]

use super::{Whence, is_past_end, offset, seek, tell};
use crate::gz::scratch::{Scratch, reader, writer};

/// Bytes that tell their position.
fn data() -> Vec<u8> {
    (0..=255).collect()
}

#[test]
fn reading_continues_at_the_position_of_a_seek() {
    let data = data();
    for scratch in [Scratch::new(&data), Scratch::gzip(&data)] {
        let mut file = scratch.open("r");
        file.set_buffer_size(16).expect("nothing was read");
        for (by, whence, position) in [
            (100, Whence::Start, 100),
            (5, Whence::Current, 106),
            (0, Whence::Current, 107),
            (-50, Whence::Current, 58),
            (-58, Whence::Current, 1),
            (0, Whence::Start, 0),
            (255, Whence::Start, 255),
            (3, Whence::Start, 3),
        ] {
            assert_eq!(
                seek(&mut file, by, whence),
                Some(position),
                "{by} {whence:?}"
            );
            assert_eq!(tell(&file), position);
            assert_eq!(reader(&mut file).read_byte(), Some(position as u8));
            assert_eq!(tell(&file), position + 1);
        }
    }
}

#[test]
fn seeks_add_up_until_a_byte_is_read() {
    let scratch = Scratch::gzip(&data());
    let mut file = scratch.open("r");
    assert_eq!(seek(&mut file, 10, Whence::Current), Some(10));
    assert_eq!(seek(&mut file, 20, Whence::Current), Some(30));
    assert_eq!(seek(&mut file, -5, Whence::Current), Some(25));
    assert_eq!(reader(&mut file).read_byte(), Some(25));
}

#[test]
fn impossible_positions_are_refused() {
    let scratch = Scratch::gzip(&data());
    let mut file = scratch.open("r");
    assert_eq!(seek(&mut file, 0, Whence::End), None);
    assert_eq!(seek(&mut file, -1, Whence::Start), None);
    assert_eq!(seek(&mut file, i64::MIN, Whence::Current), None);
    assert_eq!(reader(&mut file).read_byte(), Some(0));
    assert_eq!(seek(&mut file, i64::MAX, Whence::Current), None);
    assert_eq!(
        seek(&mut file, i64::MIN, Whence::Start),
        None,
        "MIN - 1 overflows"
    );
    assert_eq!(seek(&mut file, i64::MAX, Whence::Start), Some(i64::MAX));
}

#[test]
fn past_the_end_the_position_is_the_end() {
    let scratch = Scratch::gzip(&data());
    let mut file = scratch.open("r");
    assert_eq!(seek(&mut file, 1000, Whence::Start), Some(1000));
    assert_eq!((tell(&file), is_past_end(&file)), (1000, false));
    assert_eq!(reader(&mut file).read_byte(), None);
    assert_eq!((tell(&file), is_past_end(&file)), (256, true));
    assert_eq!(seek(&mut file, -1, Whence::Current), Some(255));
    assert!(!is_past_end(&file));
    assert_eq!(reader(&mut file).read_byte(), Some(255));
}

#[test]
fn the_offset_does_not_count_buffered_input() {
    let scratch = Scratch::gzip(&data());
    let mut file = scratch.open("r");
    file.set_buffer_size(16).expect("nothing was read");
    assert_eq!(offset(&file), Some(0));
    assert_eq!(reader(&mut file).read_byte(), Some(0));
    let waiting = reader(&mut file).members.source.input.len() as i64;
    let loaded = offset(&file).expect("a file has offsets") + waiting;
    assert_eq!(loaded % 16, 0, "input is loaded 16 bytes at a time");
    assert_eq!(seek(&mut file, 256, Whence::Start), Some(256));
    assert_eq!(reader(&mut file).read_byte(), None);
    assert_eq!(offset(&file), Some(scratch.content().len() as i64));
}

#[test]
fn a_writer_seeks_forward_only_and_writes_zeros() {
    let scratch = Scratch::new(&[]);
    let mut file = scratch.open("w");
    assert_eq!(seek(&mut file, 10, Whence::Start), Some(10));
    assert_eq!(writer(&mut file).write(1, |_| b"x"), 1);
    assert_eq!(seek(&mut file, -1, Whence::Current), None);
    assert_eq!(seek(&mut file, 3, Whence::Start), None);
    assert_eq!(seek(&mut file, 3, Whence::Current), Some(14));
    assert_eq!((tell(&file), is_past_end(&file)), (14, false));
    assert_eq!(file.close().code(), 0);
    let mut file = scratch.open("r");
    let bytes: Vec<u8> = core::iter::from_fn(|| reader(&mut file).read_byte()).collect();
    assert_eq!(bytes, b"\0\0\0\0\0\0\0\0\0\0x\0\0\0");
}
