//! gzgets: a line, or what there is room for.
#![forbid(unsafe_code)]

use std::io::BufRead;

use super::read::Reader;
use crate::buf::OutBuf;

/// Bytes of `data` up to its first newline and with it, or all. The standard library has no
/// other way to memchr.
fn line_len(mut data: &[u8]) -> usize {
    // Reading from a slice cannot fail.
    data.skip_until(b'\n').unwrap_or(0)
}

impl Reader {
    /// Reads until `output` is full, a newline was read, or nothing more comes. False if that
    /// was nothing.
    pub fn read_line(&mut self, output: &mut OutBuf) -> bool {
        if self.begin().is_err() || self.skip().is_err() {
            return false;
        }
        while output.avail() != 0 {
            // Also at the end: a file that is copied may have grown.
            if self.output.is_empty() && self.fetch().is_err() && self.output.is_empty() {
                break;
            }
            let data = self.output.data();
            if data.is_empty() {
                self.past |= output.produced() != 0 || self.nothing_read().is_ok();
                break;
            }
            let most = data.len().min(output.avail());
            let count = line_len(&data[..most]);
            output.write(&data[..count]);
            let complete = data[..count].ends_with(b"\n");
            self.advance(count);
            if complete {
                break;
            }
        }
        output.produced() != 0
    }
}
