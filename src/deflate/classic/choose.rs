//! Decides before each call whether zlib's hash chains or an index is searched.
//!
//! Both hold the same strings, and one of them is in use. The change from one to the other is exact
//! in both directions, at any time between two calls. The anchors (levels 6 to 9) need one
//! condition: *all* strings within reach are in the chains. zlib's chains have gaps where another
//! parse has been, where a parse has ended in the middle of a flush for want of room, and where a
//! short dictionary was added. `dense_from` is where the last gap ends; until that is out of reach
//! the stream walks the chains. So does every stream with numbers set by deflateTune, and one with
//! match lengths left over from another parse (`state.rs`).
//!
//! `index_slot.rs` and `sample.rs` say what an index costs, and when it pays. Where the data does
//! not need an index, it is put off, or pauses, for some slides of the window.
#![forbid(unsafe_code)]

use crate::deflate::classic::levels::{CLASSIC, IndexKind, Parse};
use crate::deflate::classic::search::index::Index;
use crate::deflate::classic::search::index_slot::is_index_forced;
use crate::deflate::classic::search::sample::{SAMPLE_LEN, SampleKind, classify};
use crate::deflate::classic::state::Classic;
use crate::format::deflate::MIN_MATCH;
use crate::io::Io;

/// Windows of input for which an index is worth while although there are few matches.
const MANY_WINDOWS: usize = 2;

impl Classic {
    /// Chooses what this call searches in.
    pub(crate) fn choose_search(&mut self, parse: Parse, io: &Io) {
        let level = &CLASSIC[usize::from(self.params.level)];
        // A next_out that the header has filled ends the parse at once, which only `fast.rs` and
        // `slow.rs` look for.
        let can = matches!(parse, Parse::Slow | Parse::Fast)
            && self.tunables == level.tunables
            && io.output.avail() != 0;
        let wanted = can.then_some(level.index);
        if wanted.is_none() {
            self.index.forget_pause();
        }
        if !self.index.is_using(wanted) {
            self.leave_index();
            let seen = self.data().len() + io.input.avail();
            if let Some(kind) = wanted
                && self.can_enter(kind, parse)
                && self.index.is_repaid(kind, parse, seen)
            {
                let are_many = io.input.avail() >= MANY_WINDOWS * self.w_size();
                self.enter_if_needed(kind, io.input.rest(), are_many);
            }
        }
        // The other parses insert nothing.
        if !self.index.is_in_use() && matches!(parse, Parse::Slow | Parse::Fast) {
            self.chains.make_used();
        }
    }

    /// True if what the parse finds on chains now, it would find on this kind of index.
    fn can_enter(&self, kind: IndexKind, parse: Parse) -> bool {
        match parse {
            Parse::Fast => self.prev_length == MIN_MATCH - 1,
            _ => self.match_length >= MIN_MATCH - 1 && self.is_settled() && self.is_dense(kind),
        }
    }

    /// True if the strings still to be inserted are those that the slow parse leaves, and can only
    /// be inserted in their order: another parse may leave many of them, which a flush forgets.
    fn is_settled(&self) -> bool {
        self.insert < MIN_MATCH
            && (self.strstart <= self.insert || self.insert + self.lookahead >= MIN_MATCH - 1)
    }

    /// True if the strings in reach have no gaps that matter.
    fn is_dense(&self, kind: IndexKind) -> bool {
        kind != IndexKind::Anchors
            || self.index.dense_from <= self.strstart.saturating_sub(self.max_dist())
    }

    /// An index takes the place of the chains, if there is memory for it.
    fn enter(&mut self, kind: IndexKind) {
        let end = self.strstart - self.insert;
        let limit = self.strstart.saturating_sub(self.w_size());
        let frontier = self.is_slow().then_some(end);
        let dense_from = self.index.dense_from;
        match self.index.enter(kind) {
            None => {}
            Some(Index::Anchors(anchors)) => {
                let data = &self.window[..self.strstart + self.lookahead];
                anchors.take_over(data, dense_from, end);
            }
            Some(Index::HeadBuckets(buckets)) => {
                buckets.take_over(&self.chains, limit, self.strstart, None);
            }
            Some(Index::Buckets(buckets)) => {
                buckets.take_over(&self.chains, limit, self.strstart, frontier);
            }
        }
    }

    /// The chains take the place of the index, if one is in use.
    pub(crate) fn leave_index(&mut self) {
        if !self.index.is_in_use() {
            return;
        }
        let data = &self.window[..self.strstart + self.lookahead];
        let end = self.strstart - self.insert;
        self.chains.make_ready(data.len());
        self.index.give_to(&mut self.chains, data, end);
        self.index.leave(data.len(), end.min(self.w_size()));
    }

    /// The chains take over for a while.
    #[cold]
    pub(crate) fn pause_index(&mut self) {
        self.leave_index();
        self.index.pause();
    }

    /// An index comes back from its pause, or for the first time, if that ends with the window's
    /// slide just now.
    pub(crate) fn end_pause(&mut self) {
        if !self.index.does_pause_end() {
            return;
        }
        let level = &CLASSIC[usize::from(self.params.level)];
        if self.can_enter(level.index, level.parse) {
            self.enter_if_needed(level.index, &[], true);
        } else {
            self.index.pause();
        }
    }

    /// An index takes the place of the chains if the data needs it: what comes next, or what came
    /// last. Otherwise this is looked at again after a while. `are_many` says that many bytes come,
    /// or have come.
    fn enter_if_needed(&mut self, kind: IndexKind, next: &[u8], are_many: bool) {
        let data = &self.window[..self.strstart + self.lookahead];
        let last = &data[data.len().saturating_sub(SAMPLE_LEN)..];
        let sample = if next.len() < last.len() { last } else { next };
        let is_needed = match classify(sample, &mut self.scratch.0) {
            SampleKind::Matches => true,
            SampleKind::Literals => are_many,
            SampleKind::LongMatches => false,
        };
        if is_needed || is_index_forced() {
            self.enter(kind);
        } else {
            self.index.pause();
        }
    }

    /// Looks for strings that `parse` has passed over without inserting them.
    pub(crate) fn note_gaps(&mut self, parse: Parse) {
        if parse != Parse::Slow {
            self.index.dense_from = self.strstart;
        } else if self.strstart > self.insert && self.lookahead + self.insert < MIN_MATCH - 1 {
            // The slow parse inserts all strings whose bytes exist. The last two are counted by
            // `insert`, unless it has stopped right there for want of room.
            self.leave_index();
            self.index.dense_from = self.strstart;
        }
    }
}
