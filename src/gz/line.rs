//! Reads a line for gzgets.
#![forbid(unsafe_code)]

use std::io::BufRead;

use super::read::Reader;
use crate::buf::OutBuf;

/// Length of `data` up to and including its first newline, or all of it. `skip_until` is the
/// standard library's only stable memchr.
fn line_len(mut data: &[u8]) -> usize {
    // Reading a slice cannot fail.
    data.skip_until(b'\n').unwrap_or(0)
}

/// Reads until `output` is full, a newline has been read, or no more data comes; false if nothing
/// was read.
pub(crate) fn read_line(reader: &mut Reader, output: &mut OutBuf) -> bool {
    if reader.begin().is_err() || reader.skip().is_err() {
        return false;
    }
    while output.avail() != 0 {
        // Even at the end, because a plain file may have grown.
        if reader.output.is_empty() && reader.fetch().is_err() && reader.output.is_empty() {
            break;
        }
        let data = reader.output.data();
        if data.is_empty() {
            reader.past |= output.produced() != 0 || reader.nothing_read().is_ok();
            break;
        }
        let most = data.len().min(output.avail());
        let count = line_len(&data[..most]);
        output.write(&data[..count]);
        let complete = data[..count].ends_with(b"\n");
        reader.advance(count);
        if complete {
            break;
        }
    }
    output.produced() != 0
}

#[cfg(test)]
#[path = "../../tests/unit/gz_line.rs"]
mod tests;
