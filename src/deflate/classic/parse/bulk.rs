//! What the two parses on an index share: loading and storing the state around one tight loop.
//!
//! Each takes the decisions of its namesake on zlib's chains, in one loop over local variables. The
//! loop ends where the namesake has something else to do: a block is full, or the window must be
//! filled.
//!
//! At the end of the data, which a flush wants done, a search is cut short: a match is at most as
//! long as the lookahead, and one that long ends the search. Index and loads reach past the end:
//! the window is initialised there.
#![forbid(unsafe_code)]

use crate::deflate::classic::block::symbols::Symbols;
use crate::deflate::classic::search::chains::Prev;
use crate::deflate::classic::search::index::Index;
use crate::deflate::classic::search::query::MIN_LOOKAHEAD;
use crate::deflate::classic::state::Classic;
use crate::deflate::config::{Flush, Strategy, Tunables};
use crate::deflate::output::Output;
use crate::io::Io;

/// What the loop works on.
pub(crate) struct Bulk<'a> {
    pub window: &'a [u8],
    /// Where the lookahead ends.
    pub data_end: usize,
    /// The last position that needs no further look at the window: 258 bytes of it lie there.
    pub last: usize,
    /// The largest distance of a match.
    pub max_dist: usize,
    pub tunables: Tunables,
    /// The strategy is Filtered.
    pub filtered: bool,
    pub symbols: &'a mut Symbols,
    /// zlib's links, in which the fast parse notes what it inserts.
    pub prev: Prev<'a>,
    /// The output's buffer.
    pub buf: &'a mut [u8],
}

/// The parse's variables, as in `Classic`.
pub(crate) struct Cursor {
    /// The present position.
    pub p: usize,
    pub length: usize,
    pub start: usize,
    pub prev_length: usize,
    pub available: bool,
    /// Bytes in matches that end a search and that zlib finds at once.
    pub long_match_bytes: usize,
}

impl Classic {
    /// Lets `parse` go on, to the last position that needs no further look at the window, and
    /// returns why it has ended. None if no index is in use.
    #[inline(always)]
    pub(crate) fn bulk<End>(
        &mut self,
        io: &Io,
        out: &mut Output,
        flush: Flush,
        parse: impl FnOnce(&mut Index, Bulk, &mut Cursor) -> End,
    ) -> Option<End> {
        let first = self.strstart;
        let bulk = Bulk {
            data_end: self.data().len(),
            last: self.last_step(flush != Flush::No && io.input.avail() == 0),
            max_dist: self.max_dist(),
            tunables: self.tunables,
            filtered: self.params.strategy == Strategy::Filtered,
            window: &self.window,
            symbols: &mut self.symbols,
            prev: self.chains.prev(),
            buf: &mut out.buf,
        };
        let data_end = bulk.data_end;
        let mut cursor = Cursor {
            p: first,
            length: self.match_length,
            start: self.match_start,
            prev_length: self.prev_length,
            available: self.match_available,
            long_match_bytes: 0,
        };
        let end = parse(self.index.in_use()?, bulk, &mut cursor);
        self.strstart = cursor.p;
        self.lookahead = data_end - cursor.p;
        self.match_length = cursor.length;
        self.match_start = cursor.start;
        self.prev_length = cursor.prev_length;
        self.match_available = cursor.available;
        self.index.sample(cursor.p - first, cursor.long_match_bytes);
        Some(end)
    }

    /// The last position to which a parse can go without another look at the window (`has_ahead`);
    /// when the input ends here, as `at_end` says, to the end of the data, but that zlib may slide
    /// the window on the way.
    fn last_step(&self, at_end: bool) -> usize {
        let data_end = self.data().len();
        let before_end = data_end.saturating_sub(MIN_LOOKAHEAD);
        if at_end {
            let before_slide = self.w_size() + self.max_dist() - 1;
            before_end.max((data_end - 1).min(before_slide))
        } else {
            before_end
        }
    }
}
