//! Decides before each call whether zlib's hash chains or an index is searched.
//!
//! Both hold the same strings, and one of them is in use. The change from one to the other is exact
//! in both directions, at any time between two calls; so is the change to an index in other tables,
//! when another stream has taken those that were in use. Whatever comes into use is filled anew:
//! - In the slow parse, which inserts all strings, from the window. `dense_from` is where the last
//!   gap ends: strings are left out where another parse has been, where a parse has ended in the
//!   middle of a flush for want of room, and where a short dictionary was added.
//! - In the fast parse, which leaves out strings, from the window and the notes in zlib's `prev` of
//!   what is inserted (`chains.rs`). `noted_from` is where these begin: other parses make none.
//!
//! Until that is out of reach the stream walks the chains. So does every stream with numbers set by
//! deflateTune, and one with match lengths left over from another parse (`state.rs`).
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
        let was_robbed = match self.index.kind() {
            Some(kind) if wanted == Some(kind) => {
                if self.index.hold() {
                    return;
                }
                self.lose_index();
                true
            }
            _ => {
                self.leave_index();
                false
            }
        };
        let input = io.input.avail();
        if let Some(kind) = wanted
            && self.can_enter(parse)
            && self.index.is_repaid(kind, level, self.data().len() + input)
        {
            if was_robbed {
                self.enter(kind, input);
            } else {
                let are_many = input >= MANY_WINDOWS * self.w_size();
                self.enter_if_needed(kind, io.input.rest(), input, are_many);
            }
        }
        if self.index.is_in_use() {
            return;
        }
        if was_robbed {
            self.restore_chains();
        }
        // The other parses insert nothing.
        if matches!(parse, Parse::Slow | Parse::Fast) {
            self.chains.make_used();
            self.chains.make_ready(self.strstart + self.lookahead);
        }
    }

    /// True if what the parse finds on chains now, it would find on this kind of index.
    fn can_enter(&self, parse: Parse) -> bool {
        let reach = self.strstart.saturating_sub(self.max_dist());
        match parse {
            Parse::Fast => {
                self.prev_length == MIN_MATCH - 1 && self.index.noted_from <= reach as isize
            }
            _ => {
                self.match_length >= MIN_MATCH - 1
                    && self.is_settled()
                    && self.index.dense_from <= reach
            }
        }
    }

    /// True if the strings still to be inserted are those that the slow parse leaves, and can only
    /// be inserted in their order: another parse may leave many of them, which a flush forgets.
    fn is_settled(&self) -> bool {
        self.insert < MIN_MATCH
            && (self.strstart <= self.insert || self.insert + self.lookahead >= MIN_MATCH - 1)
    }

    /// An index takes the place of the chains or of one that was lost, if there are tables for it;
    /// for a call with `input` bytes.
    fn enter(&mut self, kind: IndexKind, input: usize) {
        let level = &CLASSIC[usize::from(self.params.level)];
        let inserted = self.inserted();
        let data = &self.window[..self.strstart + self.lookahead];
        if !inserted.all {
            self.chains.make_ready(data.len());
        }
        let prev = self.chains.prev();
        match self.index.enter(kind, level, data.len(), input) {
            None => {}
            Some(Index::Anchors(anchors)) => anchors.fill(data, &inserted),
            Some(Index::HeadBuckets(buckets)) => buckets.fill(data, &inserted, &prev),
            Some(Index::Buckets(buckets)) => buckets.fill(data, &inserted, &prev),
        }
    }

    /// The chains take the place of the index, if one is in use.
    pub(crate) fn leave_index(&mut self) {
        if self.index.is_in_use() {
            self.lose_index();
            self.restore_chains();
        }
    }

    /// The index is not in use any more, and the chains are not yet.
    fn lose_index(&mut self) {
        let end = self.strstart - self.insert;
        self.index.leave(self.data().len(), end.min(self.w_size()));
    }

    /// The chains become what they would be if they had been in use in the place of the index.
    fn restore_chains(&mut self) {
        let inserted = self.inserted();
        let data = &self.window[..self.strstart + self.lookahead];
        self.chains.restore(data, &inserted);
        self.index.is_noted_from(inserted.first);
    }

    /// The chains take over for a while.
    #[cold]
    pub(crate) fn pause_index(&mut self) {
        self.leave_index();
        self.index.pause();
    }

    /// An index comes back from its pause, or for the first time, if that ends with the window's
    /// slide just now. `input` bytes are still to be read in this call.
    pub(crate) fn end_pause(&mut self, input: usize) {
        if !self.index.does_pause_end() {
            return;
        }
        let level = &CLASSIC[usize::from(self.params.level)];
        if self.can_enter(level.parse) {
            self.enter_if_needed(level.index, &[], input, true);
        } else {
            self.index.pause();
        }
    }

    /// An index takes the place of the chains if the data needs it: what comes next, or what came
    /// last. Otherwise this is looked at again after a while. `are_many` says that many bytes come,
    /// or have come; `input` of them in this call.
    fn enter_if_needed(&mut self, kind: IndexKind, next: &[u8], input: usize, are_many: bool) {
        let data = &self.window[..self.strstart + self.lookahead];
        let last = &data[data.len().saturating_sub(SAMPLE_LEN)..];
        let sample = if next.len() < last.len() { last } else { next };
        let is_needed = match classify(sample, &mut self.scratch.0) {
            SampleKind::Matches => true,
            SampleKind::Literals => are_many,
            SampleKind::LongMatches => false,
        };
        if is_needed || is_index_forced() {
            self.enter(kind, input);
        } else {
            self.index.pause();
        }
    }

    /// Looks for strings that `parse` has passed over without inserting them.
    pub(crate) fn note_gaps(&mut self, parse: Parse) {
        match parse {
            Parse::Fast => self.index.dense_from = self.strstart,
            // The slow parse inserts all strings whose bytes exist. The last two are counted by
            // `insert`, unless it has stopped right there for want of room.
            Parse::Slow => {
                if self.strstart > self.insert && self.lookahead + self.insert < MIN_MATCH - 1 {
                    self.leave_index();
                    self.index.has_gap(self.strstart);
                }
            }
            _ => self.index.has_gap(self.strstart),
        }
    }
}
