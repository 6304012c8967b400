//! zlib's sliding window: reads input, slides, and inserts strings that had to wait for it.
//!
//! The buffer is twice the window's size w. Input is read after the lookahead until the buffer is
//! full; when the current position comes within MIN_LOOKAHEAD of its end, the upper half moves to
//! the lower one. So a distance can be at most w - MIN_LOOKAHEAD.
//!
//! When this happens, and how much one read takes, is visible in the output (which string lies at
//! position 0, what the lookahead is when a search ends), so both follow zlib exactly: a slide is
//! considered each time the lookahead runs low, before a read.
//!
//! Bytes past the data may be compared by a search (its result is cut to the lookahead), so
//! WINDOW_SLACK bytes there are kept initialised.
//!
//! Source: zlib 1.3.2 deflate.c, fill_window.
#![forbid(unsafe_code)]

use crate::deflate::classic::search::query::MIN_LOOKAHEAD;
use crate::deflate::classic::state::Classic;
use crate::format::deflate::{MAX_MATCH, MIN_MATCH};
use crate::io::Io;

/// Initialised bytes past the data: the longest match that a search may compare beyond the
/// lookahead, and one load of 8 bytes.
const WINDOW_SLACK: usize = MAX_MATCH + 8;

impl Classic {
    /// Reads input until the lookahead is [`MIN_LOOKAHEAD`] or there is no more; slides the window
    /// where zlib does.
    pub(crate) fn fill_window(&mut self, io: &mut Io) {
        let window_len = self.window.capacity();
        loop {
            if self.strstart >= self.w_size() + self.max_dist() {
                self.slide_window();
                self.end_pause(io.input.avail());
            }
            if io.input.avail() == 0 {
                break;
            }
            let end = self.strstart + self.lookahead;
            let count = io.input.avail().min(window_len - end);
            self.window.write_with(end, count, |room| io.read(room));
            self.window.make_ready(end + count + WINDOW_SLACK);
            self.lookahead += count;
            if !(self.index.is_in_use() && self.is_slow()) {
                self.chains.make_ready(end + count);
            }
            self.catch_up();
            if self.lookahead >= MIN_LOOKAHEAD {
                break;
            }
        }
    }

    /// Moves the upper half of the buffer to the lower one, and every position with it.
    fn slide_window(&mut self) {
        let w_size = self.w_size();
        let end = self.strstart + self.lookahead;
        self.window.copy_within(w_size..end, 0);
        // match_start is older than the window when it was of no use; it wraps then, and is as
        // useless as before.
        self.match_start = self.match_start.wrapping_sub(w_size);
        self.strstart -= w_size;
        self.block_start -= w_size as isize;
        self.insert = self.insert.min(self.strstart);
        self.index.slide(w_size);
        if !self.index.is_in_use() {
            self.chains.slide();
        } else if !self.is_slow() {
            self.chains.slide_prev();
        }
    }

    /// Inserts the strings before strstart that could not be inserted for want of the bytes that
    /// follow them, as far as these are here now.
    fn catch_up(&mut self) {
        let count = (self.lookahead + self.insert)
            .saturating_sub(MIN_MATCH - 1)
            .min(self.insert);
        if count != 0 {
            let first = self.strstart - self.insert;
            self.insert_strings(first, first + count + MIN_MATCH - 1);
            self.insert -= count;
        }
    }

    /// Inserts the strings from `first` on that are whole before `end`.
    #[inline(always)]
    pub(crate) fn insert_strings(&mut self, first: usize, end: usize) {
        let bytes = &self.window[first.min(end)..end];
        match self.index.in_use() {
            None => self.chains.insert_each(first, bytes),
            Some(index) => index.insert_each(&mut self.chains.prev(), first, bytes),
        }
    }
}
