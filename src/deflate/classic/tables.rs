//! When a stream uses the index, and the memory for it.
//!
//! zlib's memory is part of its interface: programs give it an arena of the size it asks for.
//! So a stream whose caller brought a zalloc has zlib's own tables and no more, and walks
//! zlib's chains. With the default allocator the index is taken by malloc, but not before the
//! stream has seen as much input as repays it: [`REPAID`].
//!
//! The index and the chains hold the same strings, and one of the two is in use. Going from
//! one to the other is exact in both directions, at any time between two calls, with one
//! condition: the index holds *all* strings in reach. zlib's chains have gaps where another
//! parse has been, where one has ended in the middle of a flush for want of room, and where a
//! short dictionary was added. `dense_from` is where the last gap ends; until it is out of
//! reach the stream walks the chains. So it does with numbers set by deflateTune.
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicU8, Ordering};

use super::index::Index;
use super::state::Classic;
use crate::deflate::levels::{CLASSIC, Parse};
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

/// The index of a stream, if it has one.
pub struct Tables {
    /// The stream's memory is plain malloc's.
    allowed: bool,
    /// The index; its strings count only while it is in use.
    pub(super) index: Option<Index>,
    /// The index is in use, and the chains are not.
    in_use: bool,
    /// The first string behind the last gap: all from there on are in use.
    dense_from: usize,
}

impl Tables {
    /// No tables yet. `allowed` says whether malloc may be asked.
    pub fn new(allowed: bool) -> Tables {
        Tables {
            allowed,
            index: None,
            in_use: false,
            dense_from: 0,
        }
    }

    /// None for a copy: it takes its own when they pay.
    pub fn for_copy(&self) -> Tables {
        Tables {
            index: None,
            in_use: false,
            ..*self
        }
    }

    /// True if malloc may be asked.
    pub(super) fn is_allowed(&self) -> bool {
        self.allowed
    }

    /// The index, if it is in use.
    #[inline(always)]
    pub(super) fn in_use(&mut self) -> Option<&mut Index> {
        self.index.as_mut().filter(|_| self.in_use)
    }

    /// The same for reading.
    #[inline(always)]
    pub(super) fn used(&self) -> Option<&Index> {
        self.index.as_ref().filter(|_| self.in_use)
    }

    /// All strings are forgotten; those before `position` will never be inserted.
    pub(super) fn forget(&mut self, position: usize) {
        self.in_use = false;
        self.dense_from = position;
    }

    /// The window has moved down by its size.
    pub(super) fn slide(&mut self, w_size: usize) {
        self.dense_from = self.dense_from.saturating_sub(w_size);
    }

    fn is_repaid(&self, bytes: usize) -> bool {
        match RULE.load(Ordering::Relaxed) {
            rule if rule == Use::Always as u8 => true,
            rule if rule == Use::Never as u8 => false,
            _ => self.allowed && bytes >= REPAID,
        }
    }
}

impl Classic {
    /// Chooses between chains and index for a call whose input is `input` bytes.
    pub(super) fn choose_tables(&mut self, parse: Parse, input: usize) {
        let fits = parse == Parse::Slow
            && self.tunables == CLASSIC[usize::from(self.params.level)].tunables;
        if self.tables.in_use {
            if !fits {
                self.leave_index();
            }
        } else if fits
            && self
                .tables
                .is_repaid(self.strstart + self.lookahead + input)
            && self.tables.dense_from <= self.strstart.saturating_sub(self.max_dist())
        {
            self.enter_index();
        }
        if !self.tables.in_use {
            self.chains.make_used();
        }
    }

    /// The index takes the place of the chains, if there is memory for it.
    fn enter_index(&mut self) {
        if self.tables.index.is_none() {
            self.tables.index = Index::new(self.params.window_bits, self.chains.hash());
        }
        if let Some(index) = &mut self.tables.index {
            let data = &self.window[..self.strstart + self.lookahead];
            index.take_over(data, self.tables.dense_from, self.strstart - self.insert);
            self.tables.in_use = true;
        }
    }

    /// The chains take the place of the index.
    pub(super) fn leave_index(&mut self) {
        if let Some(index) = self.tables.used() {
            let data = &self.window[..self.strstart + self.lookahead];
            index.give_to(&mut self.chains, data, self.strstart - self.insert);
            self.tables.in_use = false;
        }
    }

    /// History and lookahead.
    pub(super) fn data(&self) -> &[u8] {
        &self.window[..self.strstart + self.lookahead]
    }

    /// Looks for strings that `parse` has passed over without inserting them.
    pub(super) fn note_gaps(&mut self, parse: Parse) {
        // The slow parse inserts all strings whose bytes exist. The last two are counted by
        // `insert`, unless it has stopped right there for want of room.
        let has_gap = parse != Parse::Slow
            || self.strstart > self.insert && self.lookahead + self.insert < MIN_MATCH - 1;
        if has_gap {
            self.leave_index();
            self.tables.dense_from = self.strstart;
        }
    }
}
