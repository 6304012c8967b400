//! When a stream uses the index, and the memory for it.
//!
//! zlib's memory is part of its interface: programs give it an arena of the size it asks for.
//! So a stream whose caller brought a zalloc has zlib's own tables and no more, and walks
//! zlib's chains. With the default allocator the index is taken by malloc, but not before the
//! stream has seen as much input as repays it: [`REPAID`].
//!
//! Index and chains hold the same strings, and one of them is in use. Going from one to the
//! other is exact in both directions, at any time between two calls. The anchors (levels 6 to
//! 9) make one condition: *all* strings in reach are in use. zlib's chains have gaps where another
//! parse has been, where one has ended in the middle of a flush for want of room, and where a
//! short dictionary was added. `dense_from` is where the last gap ends; until it is out of
//! reach the stream walks the chains. So does every stream with numbers set by deflateTune.
//!
//! All of it is behind the cargo feature `index`: with the feature, long texts are compressed
//! much faster, but a fresh stream of a few KiB slower, because its tables are cleared.
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicU8, Ordering};

use super::chains::Chains;
use super::index::Index;
use super::quads::Quads;
use super::state::Classic;
use crate::deflate::levels::{CLASSIC, Parse, Search};
use crate::format::deflate::MIN_MATCH;

/// Bytes of input from which on the index is worth its clearing.
const REPAID: usize = 6 << 10;

/// When an index is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Use {
    /// When it pays.
    WhenRepaid = 0,
    /// From the first byte on, whatever the allocator.
    Always = 1,
    /// Never.
    Never = 2,
}

/// The rule in force, a [`Use`].
static RULE: AtomicU8 = AtomicU8::new(Use::WhenRepaid as u8);

/// Sets the rule for all streams. For tests of both searches.
pub fn use_index(rule: Use) {
    RULE.store(rule as u8, Ordering::Relaxed);
}

/// Which of the tables are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Chains,
    Anchors,
    Quads,
}

/// The tables in use, if they are not the chains.
pub(super) enum InUse<I, Q> {
    /// zlib's chains.
    Chains,
    /// Levels 6 to 9.
    Anchors(I),
    /// Levels 1 to 5.
    Quads(Q),
}

/// The indexes of a stream, if it has some.
pub struct Tables {
    /// The stream's memory is plain malloc's.
    allowed: bool,
    /// Those of levels 6 to 9; its strings count only while it is in use.
    index: Option<Index>,
    /// Those of levels 1 to 5; as above.
    quads: Option<Quads>,
    choice: Choice,
    /// The first string behind the last gap: all from there on are in use.
    dense_from: usize,
}

impl Tables {
    /// No tables yet. `allowed` says whether malloc may be asked.
    pub fn new(allowed: bool) -> Tables {
        Tables {
            allowed,
            index: None,
            quads: None,
            choice: Choice::Chains,
            dense_from: 0,
        }
    }

    /// None for a copy: it takes its own when they pay.
    pub fn for_copy(&self) -> Tables {
        Tables {
            dense_from: self.dense_from,
            ..Tables::new(self.allowed)
        }
    }

    /// True if malloc may be asked.
    pub(super) fn is_allowed(&self) -> bool {
        self.allowed
    }

    /// True if the chains are not in use.
    #[inline(always)]
    pub(super) fn are_in_use(&self) -> bool {
        cfg!(feature = "index") && self.choice != Choice::Chains
    }

    /// The tables in use.
    #[inline(always)]
    pub(super) fn in_use(&mut self) -> InUse<&mut Index, &mut Quads> {
        if !self.are_in_use() {
            return InUse::Chains;
        }
        match (self.choice, &mut self.index, &mut self.quads) {
            (Choice::Anchors, Some(index), _) => InUse::Anchors(index),
            (Choice::Quads, _, Some(quads)) => InUse::Quads(quads),
            _ => InUse::Chains,
        }
    }

    /// The same for reading.
    #[inline(always)]
    pub(super) fn used(&self) -> InUse<&Index, &Quads> {
        if !self.are_in_use() {
            return InUse::Chains;
        }
        match (self.choice, &self.index, &self.quads) {
            (Choice::Anchors, Some(index), _) => InUse::Anchors(index),
            (Choice::Quads, _, Some(quads)) => InUse::Quads(quads),
            _ => InUse::Chains,
        }
    }

    /// All strings are forgotten; those before `position` will never be inserted.
    pub(super) fn forget(&mut self, position: usize) {
        self.choice = Choice::Chains;
        self.dense_from = position;
    }

    /// The window has moved down by its size. True if the tables in use have followed.
    pub(super) fn slide(&mut self, w_size: usize) -> bool {
        self.dense_from = self.dense_from.saturating_sub(w_size);
        match self.in_use() {
            InUse::Chains => return false,
            InUse::Anchors(index) => index.slide(),
            InUse::Quads(quads) => quads.slide(),
        }
        true
    }

    /// Makes `chains` what zlib's are when the strings before `end` are inserted.
    pub(super) fn give_to(&self, chains: &mut Chains, data: &[u8], end: usize) {
        match self.used() {
            InUse::Chains => {}
            InUse::Anchors(index) => index.give_to(chains, data, end),
            InUse::Quads(quads) => quads.give_to(chains, data, end),
        }
    }

    fn is_repaid(&self, bytes: usize) -> bool {
        if !cfg!(feature = "index") {
            return false;
        }
        match RULE.load(Ordering::Relaxed) {
            rule if rule == Use::Always as u8 => true,
            rule if rule == Use::Never as u8 => false,
            _ => self.allowed && bytes >= REPAID,
        }
    }
}

impl Classic {
    /// Chooses the tables for a call whose input is `input` bytes.
    pub(super) fn choose_tables(&mut self, parse: Parse, input: usize) {
        let level = &CLASSIC[usize::from(self.params.level)];
        let can = matches!(parse, Parse::Slow | Parse::Fast) && self.tunables == level.tunables;
        let wanted = match level.search {
            _ if !can => Choice::Chains,
            Search::Anchors => Choice::Anchors,
            Search::Quads => Choice::Quads,
        };
        if self.tables.choice != wanted {
            self.leave_index();
            if self
                .tables
                .is_repaid(self.strstart + self.lookahead + input)
                && (parse == Parse::Fast || self.is_settled())
            {
                match wanted {
                    Choice::Chains => {}
                    Choice::Anchors => self.enter_anchors(),
                    Choice::Quads => self.enter_quads(),
                }
            }
        }
        // The other parses insert nothing.
        if !self.tables.are_in_use() && matches!(parse, Parse::Slow | Parse::Fast) {
            self.chains.make_used();
        }
    }

    /// True if the strings still to be inserted are those that the slow parse leaves, and can
    /// only be inserted in their order: another parse may leave many of them, which a flush
    /// forgets.
    fn is_settled(&self) -> bool {
        self.insert < MIN_MATCH
            && (self.strstart <= self.insert || self.insert + self.lookahead >= MIN_MATCH - 1)
    }

    /// The anchors take the place of the chains, if there are no gaps and if there is memory.
    fn enter_anchors(&mut self) {
        if self.tables.dense_from > self.strstart.saturating_sub(self.max_dist()) {
            return;
        }
        let data = &self.window[..self.strstart + self.lookahead];
        let end = self.strstart - self.insert;
        if self.tables.index.is_none() {
            self.tables.index = Index::new(self.params.window_bits, self.chains.hash());
        }
        if let Some(index) = &mut self.tables.index {
            index.take_over(data, self.tables.dense_from, end);
            self.tables.choice = Choice::Anchors;
        }
    }

    /// The quads take the place of the chains, if there is memory for them.
    fn enter_quads(&mut self) {
        let limit = self.strstart.saturating_sub(self.w_size());
        let frontier = self.is_slow().then_some(self.strstart - self.insert);
        if self.tables.quads.is_none() {
            self.tables.quads = Quads::new(self.params.window_bits, self.chains.hash());
        }
        if let Some(quads) = &mut self.tables.quads {
            quads.take_over(&self.chains, limit, frontier);
            self.tables.choice = Choice::Quads;
        }
    }

    /// The chains take the place of the index.
    pub(super) fn leave_index(&mut self) {
        let data = &self.window[..self.strstart + self.lookahead];
        let end = self.strstart - self.insert;
        self.chains.make_ready(data.len());
        self.tables.give_to(&mut self.chains, data, end);
        self.tables.choice = Choice::Chains;
    }

    /// History and lookahead.
    pub(super) fn data(&self) -> &[u8] {
        &self.window[..self.strstart + self.lookahead]
    }

    /// Looks for strings that `parse` has passed over without inserting them.
    pub(super) fn note_gaps(&mut self, parse: Parse) {
        if parse != Parse::Slow {
            self.tables.dense_from = self.strstart;
        } else if self.strstart > self.insert && self.lookahead + self.insert < MIN_MATCH - 1 {
            // The slow parse inserts all strings whose bytes exist. The last two are counted
            // by `insert`, unless it has stopped right there for want of room.
            self.leave_index();
            self.tables.dense_from = self.strstart;
        }
    }
}
