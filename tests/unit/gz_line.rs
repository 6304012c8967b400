//! Lines of a file, with buffers and outputs of various lengths.
#![forbid(unsafe_code)]

use super::line_len;
use crate::gz::buffer::Buffer;
use crate::gz::file::GzFile;
use crate::gz::scratch::{Scratch, reader};

/// Lines that are empty, have a NUL, are longer than a buffer, and one without a newline.
const TEXT: &[u8] = b"\nab\n\n0123456789abcdefghij\nnul\0nul\nend";

#[test]
fn a_line_ends_after_its_first_newline() {
    for (data, len) in [
        (&b""[..], 0),
        (b"\n", 1),
        (b"\n\n", 1),
        (b"ab", 2),
        (b"ab\n", 3),
        (b"ab\ncd\n", 3),
        (b"a\0b\nc", 4),
    ] {
        assert_eq!(line_len(data), len, "{data:?}");
    }
}

/// What gzgets would return with room for `most` bytes, call by call.
fn expected(mut text: &[u8], most: usize) -> Vec<usize> {
    let mut lens = Vec::new();
    while !text.is_empty() {
        let line = text
            .split_inclusive(|&byte| byte == b'\n')
            .next()
            .unwrap_or(text);
        lens.push(line.len().min(most));
        text = &text[line.len().min(most)..];
    }
    lens
}

fn check(file: &mut GzFile, most: usize) {
    let reader = reader(file);
    let (mut lens, mut all) = (Vec::new(), Vec::new());
    loop {
        let mut line = Buffer::alloc(most).expect("memory");
        if !line.fill(most, |output| reader.read_line(output)) {
            break;
        }
        lens.push(line.len());
        all.extend_from_slice(line.data());
        assert_eq!(reader.common.pos, all.len() as i64);
    }
    assert_eq!(
        (lens, &all[..]),
        (expected(TEXT, most), TEXT),
        "room for {most} bytes"
    );
    assert!(reader.past);
}

#[test]
fn lines_of_gzip_and_plain_files_are_those_of_the_text() {
    for scratch in [Scratch::new(TEXT), Scratch::gzip(TEXT)] {
        for size in [8, 16, 8192] {
            for most in [1, 2, 7, 22, 100] {
                let mut file = scratch.open("r");
                file.set_buffer_size(size).expect("nothing was read");
                check(&mut file, most);
                assert_eq!(file.close().code(), 0);
            }
        }
    }
}
