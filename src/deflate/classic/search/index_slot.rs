//! A stream's index, if it has one: its memory, and when the input repays what it costs.
//!
//! zlib's memory is part of its interface: programs give it an arena of the size that it asks for.
//! So a stream with a zalloc of the program's has zlib's own tables and no more, and walks zlib's
//! chains. With the default allocator the index is taken from malloc.
//!
//! An index has a price, which the stream's input must repay; until then the chains are searched:
//! - *Making* it: the system gives large tables page by page. The input is counted over the life of
//!   the stream, so that a stream that is reset for each message gets its index after some of them.
//! - *Clearing* its heads for a stream that is reset.
//! - *Taking over* the strings that the chains hold, after a dictionary, or when the chains were in
//!   use in between.
//!
//! Some data is nearly all long matches that zlib finds at once, such as a page that is repeated.
//! It needs few searches, so what counts is the cost of insertions, and an index has more of that
//! than the chains. So the anchors pause there for some slides of the window. Nor does an index
//! take over where the data begins with few matches (`sample.rs`).
//!
//! [`Price`] has the figures: how long a message must be to take the same time with and without the
//! index. What making takes was measured on a Zen 5 for English and machine code, with a new stream
//! for each message, whose tables malloc gives back to the system at its end: 130 page faults. It is
//! repaid by 160 KB at level 1, 128 KB at 2 and 3, 48 KB at 4 and 5, 20 KB from 6 on. The others were
//! measured on a Sapphire Rapids.
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicU8, Ordering};

use crate::deflate::classic::levels::{IndexKind, Parse};
use crate::deflate::classic::search::chains::{Chains, Hash};
use crate::deflate::classic::search::cpu::set::Set;
use crate::deflate::classic::search::index::Index;

/// Windows after which it is seen whether the data needs the anchors.
const SAMPLED_WINDOWS: usize = 2;
/// Slides of the window after which an index is tried again when the data did not need it: at
/// first, and at most, because it is twice as many if the data does not need it then, either.
const PAUSES: [u8; 2] = [4, 64];

/// What is done in the time that an index saves on one byte of input.
struct Price {
    /// Bytes of tables made.
    make: usize,
    /// Bytes of heads cleared.
    clear: usize,
    /// Strings taken over, times 4.
    take_over_4: usize,
}

impl Price {
    /// That of an index of this kind for this parse.
    fn of(kind: IndexKind, parse: Parse) -> Price {
        let of = |make, clear, take_over_4| Price {
            make,
            clear,
            take_over_4,
        };
        match (kind, parse) {
            (IndexKind::Anchors, _) => of(32, 128, 16),
            (_, Parse::Slow) => of(11, 128, 4),
            (IndexKind::HeadBuckets, _) => of(2, 64, 2),
            _ => of(4, 64, 2),
        }
    }
}

/// When an index is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Use {
    /// When it pays.
    WhenRepaid = 0,
    /// From the first byte on, whatever the allocator; but they pause where they are not needed.
    Always = 1,
    /// Never.
    Never = 2,
    /// As Always, in the scalar form if that is compiled (`cpu/set.rs`).
    Scalar = 3,
}

/// The rule in force, a [`Use`].
static RULE: AtomicU8 = AtomicU8::new(Use::WhenRepaid as u8);

/// Sets the rule for all streams. For tests of both searches.
pub fn use_index(rule: Use) {
    RULE.store(rule as u8, Ordering::Relaxed);
}

fn rule() -> Use {
    let rule = RULE.load(Ordering::Relaxed);
    let rules = [Use::WhenRepaid, Use::Always, Use::Never, Use::Scalar];
    rules[usize::from(rule) % rules.len()]
}

/// True if there is an index from the first byte on.
pub(crate) fn is_index_forced() -> bool {
    matches!(rule(), Use::Always | Use::Scalar)
}

/// The index of a stream, if it has one.
pub(crate) struct IndexSlot {
    /// The stream's memory is plain malloc's, and that has not refused.
    allowed: bool,
    window_bits: u8,
    hash: Hash,
    /// Its strings count only while it is in use.
    index: Option<Index>,
    /// The index is in use, not the chains.
    in_use: bool,
    /// Bytes that the stream has had before those in the window, in its whole life.
    slid_out: i64,
    /// What it had had when the chains came into use.
    left_at: i64,
    /// Strings that the chains held then.
    strings: usize,
    /// Bytes that were compressed with the anchors since they were sampled last.
    sampled: usize,
    /// How many of them were in long matches that zlib finds at once.
    long_match_bytes: usize,
    /// Slides until an index is tried again; 0 if there is no pause.
    pause: u8,
    /// Slides of the next pause.
    next_pause: u8,
    /// The first string after the last gap: all from there on are in the chains.
    pub(crate) dense_from: usize,
}

impl IndexSlot {
    /// No index yet. `allowed` says whether malloc may be asked.
    pub(crate) fn new(allowed: bool, window_bits: u8, hash: Hash) -> IndexSlot {
        IndexSlot {
            allowed,
            window_bits,
            hash,
            index: None,
            in_use: false,
            slid_out: 0,
            left_at: 0,
            strings: 0,
            sampled: 0,
            long_match_bytes: 0,
            pause: 0,
            next_pause: PAUSES[0],
            dense_from: 0,
        }
    }

    /// None for a copy with `history` bytes in its window: it takes its own when they pay.
    pub(crate) fn for_copy(&self, allowed: bool, history: usize) -> IndexSlot {
        let mut slot = IndexSlot {
            dense_from: self.dense_from,
            slid_out: -(history as i64),
            ..IndexSlot::new(allowed, self.window_bits, self.hash)
        };
        slot.leave(history, history);
        slot
    }

    /// True if the index is in use, not the chains.
    #[inline(always)]
    pub(crate) fn is_in_use(&self) -> bool {
        self.in_use
    }

    /// The index, if it is in use.
    #[inline(always)]
    pub(crate) fn in_use(&mut self) -> Option<&mut Index> {
        self.index.as_mut().filter(|_| self.in_use)
    }

    /// True if this kind is in use; for no kind, if none is.
    pub(crate) fn is_using(&self, kind: Option<IndexKind>) -> bool {
        let used = self.index.as_ref().filter(|_| self.in_use);
        used.map(Index::kind) == kind
    }

    /// True if tables of this kind are made.
    fn has(&self, kind: IndexKind) -> bool {
        self.index.as_ref().map(Index::kind) == Some(kind)
    }

    /// An index of this kind, made if need be in place of another kind, to be filled and used. None
    /// if there is no memory for it, or the processor lacks what its loops are compiled for.
    pub(crate) fn enter(&mut self, kind: IndexKind) -> Option<&mut Index> {
        if !self.has(kind) {
            // Another kind's memory is given back first.
            self.index = None;
            let mut sets = Set::all();
            let set = match rule() {
                Use::Scalar => sets.last(),
                _ => sets.next(),
            };
            self.index = set.and_then(|set| Index::new(kind, self.window_bits, self.hash, set));
            self.allowed &= self.index.is_some();
        }
        self.pause = 0;
        self.in_use = self.index.is_some();
        self.in_use()
    }

    /// The chains are in use from now on, with as many `strings`; `seen` bytes are in the window.
    pub(crate) fn leave(&mut self, seen: usize, strings: usize) {
        self.in_use = false;
        self.pause = 0;
        (self.sampled, self.long_match_bytes) = (0, 0);
        self.left_at = self.slid_out + seen as i64;
        self.strings = strings;
    }

    /// Notes that an index compressed so many bytes, of which `long_match_bytes` were in long
    /// matches that zlib finds at once.
    pub(crate) fn sample(&mut self, bytes: usize, long_match_bytes: usize) {
        if self.has(IndexKind::Anchors) {
            self.sampled += bytes;
            self.long_match_bytes += long_match_bytes;
        }
    }

    /// True if the index in use turns out not to be needed, which is seen now and then.
    #[inline(always)]
    pub(crate) fn is_needless(&mut self, w_size: usize) -> bool {
        if self.sampled < SAMPLED_WINDOWS * w_size {
            return false;
        }
        let is_needless = self.long_match_bytes >= self.sampled / 4 * 3;
        (self.sampled, self.long_match_bytes) = (0, 0);
        if !is_needless {
            self.next_pause = PAUSES[0];
        }
        is_needless
    }

    /// The index, just left or not even entered, is paused.
    pub(crate) fn pause(&mut self) {
        self.pause = self.next_pause;
        self.next_pause = (2 * self.pause).min(PAUSES[1]);
    }

    /// There is no pause: something else than an index will be in use.
    pub(crate) fn forget_pause(&mut self) {
        self.pause = 0;
    }

    /// Looks whether the pause, if there is one, ends with this slide of the window.
    pub(crate) fn does_pause_end(&mut self) -> bool {
        let paused = self.pause;
        self.pause = paused.saturating_sub(1);
        paused == 1
    }

    /// All strings are forgotten; those before `position` will never be inserted. Of `seen` bytes
    /// in the window, those before `position` stay there.
    pub(crate) fn forget(&mut self, seen: usize, position: usize) {
        self.slid_out += (seen - position) as i64;
        self.leave(position, 0);
        self.next_pause = PAUSES[0];
        self.dense_from = position;
    }

    /// The window has moved down by its size. True if the tables in use have followed.
    pub(crate) fn slide(&mut self, w_size: usize) -> bool {
        self.dense_from = self.dense_from.saturating_sub(w_size);
        self.slid_out += w_size as i64;
        self.in_use().map(Index::slide).is_some()
    }

    /// Makes `chains` what zlib's are when the strings before `end` are inserted.
    pub(crate) fn give_to(&self, chains: &mut Chains, data: &[u8], end: usize) {
        if let Some(index) = self.index.as_ref().filter(|_| self.in_use) {
            index.give_to(chains, data, end);
        }
    }

    /// True if an index is worth its price when `seen` bytes of input are known after those that
    /// have left the window.
    pub(crate) fn is_repaid(&self, kind: IndexKind, parse: Parse, seen: usize) -> bool {
        if self.pause != 0 {
            return false;
        }
        match rule() {
            Use::Always | Use::Scalar => return true,
            Use::WhenRepaid if self.allowed => {}
            _ => return false,
        }
        let size = Index::size(kind, self.window_bits, self.hash);
        let price = Price::of(kind, parse);
        let make = (size.all / price.make) as i64;
        let fill = (size.cleared / price.clear + 4 * self.strings / price.take_over_4) as i64;
        let life = self.slid_out + seen as i64;
        let since = life - self.left_at;
        match &self.index {
            None => life >= make && since >= fill,
            Some(index) if index.kind() == kind => since >= fill,
            Some(_) => since >= make + fill,
        }
    }
}
