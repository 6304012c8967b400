//! gzgets: a line, or what there is room for.
#![forbid(unsafe_code)]

use std::io::BufRead;

use super::error::Step;
use super::member::How;
use super::read::Reader;
use crate::buf::OutBuf;

/// Bytes of `data` up to its first newline and with it, or all. The standard library has no
/// other way to memchr.
fn line_len(mut data: &[u8]) -> usize {
    // Reading from a slice cannot fail.
    data.skip_until(b'\n').unwrap_or(0)
}

impl Reader {
    /// Sees to it that the output buffer has something. In a file that is copied the end is no
    /// reason not to look again: it may have grown. (gzread looks again only after gzclearerr.)
    fn refill_for_line(&mut self) -> Step {
        if self.how != How::Copy || !self.output.is_empty() {
            return self.refill();
        }
        let result = self.fetch();
        if self.output.is_empty() {
            result
        } else {
            Ok(())
        }
    }

    /// Reads until `output` is full, a newline was read, or nothing more comes. False if that
    /// was nothing.
    pub fn read_line(&mut self, output: &mut OutBuf) -> bool {
        if self.begin().is_err() || self.skip().is_err() {
            return false;
        }
        while output.avail() != 0 {
            if self.refill_for_line().is_err() {
                break;
            }
            let data = self.output.data();
            if data.is_empty() {
                self.past = true;
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
