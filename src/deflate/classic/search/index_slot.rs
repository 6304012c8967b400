//! A stream's index, if it has one: the loan of its tables, and when the input repays what it
//! costs.
//!
//! zlib's memory is part of its interface: programs give it an arena of the size that it asks for.
//! So a stream has zlib's own tables and no more. An index lies in tables that the pool lends, to
//! streams of whatever allocator (`pool/mod.rs`). They are the stream's between its calls unless
//! another stream takes them; then they are filled anew, or the chains are. Either takes what is in
//! the stream's own memory only: the window; and which of its strings are inserted, which is all of
//! them in the slow parse, and is noted in `prev` in the fast one (`chains.rs`).
//!
//! An index has a price, which the stream's input must repay; until then the chains are searched:
//! - *Clearing* its heads.
//! - *Filling* it with the strings of the window, after a dictionary, or when the chains were in
//!   use in between, or when the tables were taken.
//! - *Making* tables, when the pool has none: the system gives them page by page, and a program
//!   that compresses little in its life would pay for that and never gain. So they are made for a
//!   stream that repays them alone, or when all streams together have wanted tables for as much
//!   input.
//! - *Taking* another stream's, which will want them again: only a call with much input does so
//!   ([`Level::repays_theft`]), or if they were not used for [`FORGOTTEN`].
//!
//! Few tables are better than many, even for many streams that take turns: those used last are in a
//! cache. So up to [`HOT`] are made, and more only while all are in use at the same time, or for
//! streams of levels 6 to 9 that bring little at a time.
//!
//! Some data is nearly all long matches that zlib finds at once, such as a page that is repeated.
//! It needs few searches, so what counts is the cost of insertions, and an index has more of that
//! than the chains. So the anchors pause there for some slides of the window. Nor does an index
//! take over where the data begins with few matches (`sample.rs`).
//!
//! [`Price`] has the figures: how long a message must be to take the same time with and without the
//! index.
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use crate::deflate::classic::levels::{IndexKind, Level, Parse};
use crate::deflate::classic::search::chains::Hash;
use crate::deflate::classic::search::cpu::set::Set;
use crate::deflate::classic::search::index::{Index, Tables};
use crate::pool::slot::{Held, Lease, Pool, Pooled};

/// Tables of the process that are made freely.
const HOT: usize = 4;
/// Tables of the process up to which they are made for streams of levels 6 to 9 whose calls bring too
/// little to take another's: there even cold tables are better than none. With 16 streams that take
/// turns with 4 KiB each, level 9 is three times as fast as with [`HOT`] (Zen 5).
const WORTH_ANCHORS: usize = 16;
/// Tables of the process at most, if the pool's bound allows so many.
const MOST_TABLES: usize = 64;
/// After this time, in milliseconds, without use tables are taken from a stream as if it had none.
const FORGOTTEN: u32 = 1000;
/// Input after which a stream asks again when there were no tables for it, in bytes.
const RETRY: i64 = 1 << 16;

/// The tables of all streams.
static POOL: Pool<Tables, MOST_TABLES, HOT> = Pool::new();

/// Input in bytes for which streams have wanted tables since some were made last.
static WANTED: AtomicUsize = AtomicUsize::new(0);

/// Gives tables' memory back as long as `is_too_much`.
pub(crate) fn shrink(is_too_much: fn() -> bool) {
    POOL.shrink(is_too_much);
}

/// Lends no tables from now on.
pub(crate) fn close() {
    POOL.close();
}

/// Strings that are filled in for a KiB of [`Level::repays_filling`], divided by the bytes of a KiB.
const FILLED: usize = 32;

/// Windows after which it is seen whether the data needs the anchors.
const SAMPLED_WINDOWS: usize = 2;
/// Slides of the window after which an index is tried again when the data did not need it: at
/// first, and at most, because it is twice as many if the data does not need it then, either.
const PAUSES: [u8; 2] = [4, 64];

/// What the input must repay, beside the filling ([`Level::repays_filling`]).
struct Price {
    /// Bytes of heads that are cleared in the time that an index saves on a byte of a short message.
    clear: usize,
    /// Input in KiB that repays new tables.
    make: usize,
}

impl Price {
    /// That of an index of this kind for this parse.
    fn of(kind: IndexKind, parse: Parse) -> Price {
        let (clear, make) = match (kind, parse) {
            (IndexKind::Anchors, _) => (128, 20),
            (_, Parse::Slow) => (128, 48),
            _ => (64, 128),
        };
        Price { clear, make }
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
    window_bits: u8,
    hash: Hash,
    /// The kind of index in use; none if the chains are.
    kind: Option<IndexKind>,
    /// The claim to its tables, between two calls.
    lease: Option<Lease>,
    /// Its tables, in a call.
    tables: Option<Held<'static, Tables>>,
    /// Bytes that the stream has had before those in the window, in its whole life.
    slid_out: i64,
    /// What it had had when the chains came into use.
    left_at: i64,
    /// Strings that the chains held then.
    strings: usize,
    /// What it must have had before it asks for tables again.
    retry_at: i64,
    /// Bytes that were compressed with the anchors since they were sampled last.
    sampled: usize,
    /// How many of them were in long matches that zlib finds at once.
    long_match_bytes: usize,
    /// Slides until an index is tried again; 0 if there is no pause.
    pause: u8,
    /// Slides of the next pause.
    next_pause: u8,
    /// The first string after the last gap: all from there on are inserted.
    pub(crate) dense_from: usize,
    /// The first string from which on `prev` says of each whether it is inserted; negative when that
    /// has left the window.
    pub(crate) noted_from: isize,
}

impl Drop for IndexSlot {
    fn drop(&mut self) {
        self.give_back();
    }
}

impl IndexSlot {
    /// No index yet.
    pub(crate) fn new(window_bits: u8, hash: Hash) -> IndexSlot {
        IndexSlot {
            window_bits,
            hash,
            kind: None,
            lease: None,
            tables: None,
            slid_out: 0,
            left_at: 0,
            strings: 0,
            retry_at: i64::MIN,
            sampled: 0,
            long_match_bytes: 0,
            pause: 0,
            next_pause: PAUSES[0],
            dense_from: 0,
            noted_from: 0,
        }
    }

    /// None for a copy with `history` bytes in its window: it asks for tables when they pay.
    /// `noted_from` is the copy's.
    pub(crate) fn for_copy(&self, history: usize, noted_from: isize) -> IndexSlot {
        let mut slot = IndexSlot::new(self.window_bits, self.hash);
        slot.dense_from = self.dense_from;
        slot.noted_from = noted_from;
        slot.slid_out = -(history as i64);
        slot.strings = history;
        slot
    }

    /// True if an index is in use, not the chains.
    #[inline(always)]
    pub(crate) fn is_in_use(&self) -> bool {
        self.kind.is_some()
    }

    /// The index, if one is in use and this call holds its tables.
    #[inline(always)]
    pub(crate) fn in_use(&mut self) -> Option<&mut Index> {
        self.tables.as_mut()?.index()
    }

    /// The kind in use, if any is.
    pub(crate) fn kind(&self) -> Option<IndexKind> {
        self.kind
    }

    /// Holds the tables of the index in use for this call. False if another stream has taken them.
    pub(crate) fn hold(&mut self) -> bool {
        self.tables = self.lease.take().and_then(|lease| POOL.hold(lease));
        self.tables.is_some()
    }

    /// The tables, if this call holds any, are free for others until the next call.
    #[inline(always)]
    pub(crate) fn put(&mut self) {
        if let Some(tables) = self.tables.take() {
            self.lease = Some(tables.put());
        }
    }

    /// The tables are not needed any more.
    fn give_back(&mut self) {
        self.kind = None;
        self.tables = None;
        if let Some(lease) = self.lease.take() {
            POOL.release(lease);
        }
    }

    /// An index of this kind at this level, which is empty, to be filled and used; for a call with
    /// `input` bytes. `seen` bytes are in the window. None if there are no tables for it.
    pub(crate) fn enter(
        &mut self,
        kind: IndexKind,
        level: &Level,
        seen: usize,
        input: usize,
    ) -> Option<&mut Index> {
        let is_forced = is_index_forced();
        let repays_theft = is_forced || input / 1024 >= level.repays_theft;
        let life = self.slid_out + (seen + input) as i64;
        let wanted = WANTED.load(Ordering::Relaxed) as i64;
        // What input is still missing to repay new tables.
        let missing = (Price::of(kind, level.parse).make * 1024) as i64 - life.max(wanted);
        let repays_new = is_forced || missing <= 0;
        self.pause = 0;
        let mut sets = Set::all();
        let set = match rule() {
            Use::Scalar => sets.last(),
            _ => sets.next(),
        };
        let worth = match kind {
            _ if !repays_new => 0,
            IndexKind::Anchors => WORTH_ANCHORS,
            _ => HOT,
        };
        self.tables = POOL.acquire(if repays_theft { 0 } else { FORGOTTEN }, worth);
        if let (Some(tables), Some(set)) = (&mut self.tables, set) {
            if tables.is_empty() {
                WANTED.store(0, Ordering::Relaxed);
            }
            let index = tables.renew(kind, self.window_bits, self.hash, set);
            self.kind = index.is_some().then_some(kind);
        }
        if self.kind.is_none() {
            self.tables = None;
            let wait = if repays_new {
                RETRY
            } else {
                missing.min(RETRY)
            };
            self.retry_at = life + wait;
            WANTED.fetch_add(input, Ordering::Relaxed);
        }
        self.in_use()
    }

    /// The chains are in use from now on, with as many `strings`; `seen` bytes are in the window.
    pub(crate) fn leave(&mut self, seen: usize, strings: usize) {
        self.give_back();
        self.pause = 0;
        (self.sampled, self.long_match_bytes) = (0, 0);
        self.left_at = self.slid_out + seen as i64;
        self.strings = strings;
    }

    /// Notes that an index compressed so many bytes, of which `long_match_bytes` were in long
    /// matches that zlib finds at once.
    pub(crate) fn sample(&mut self, bytes: usize, long_match_bytes: usize) {
        if self.kind == Some(IndexKind::Anchors) {
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
        self.has_gap(position);
    }

    /// Strings before `position` were left out, and nothing says which.
    pub(crate) fn has_gap(&mut self, position: usize) {
        self.dense_from = position;
        self.noted_from = position as isize;
    }

    /// `prev` says nothing of what is before `position`.
    pub(crate) fn is_noted_from(&mut self, position: isize) {
        self.noted_from = self.noted_from.max(position);
    }

    /// The window has moved down by its size.
    pub(crate) fn slide(&mut self, w_size: usize) {
        self.dense_from = self.dense_from.saturating_sub(w_size);
        // Further back than the ring of slots goes is far enough.
        self.noted_from = (self.noted_from - w_size as isize).max(-2 * w_size as isize);
        self.slid_out += w_size as i64;
        if let Some(index) = self.in_use() {
            index.slide();
        }
    }

    /// True if an index is worth its price when `seen` bytes of input are known after those that
    /// have left the window.
    pub(crate) fn is_repaid(&self, kind: IndexKind, level: &Level, seen: usize) -> bool {
        if self.pause != 0 {
            return false;
        }
        match rule() {
            Use::Always | Use::Scalar => return true,
            Use::Never => return false,
            Use::WhenRepaid => {}
        }
        let cleared = Index::cleared(kind, self.window_bits, self.hash.bits());
        let clearing = cleared / Price::of(kind, level.parse).clear;
        let filling = self.strings * level.repays_filling / FILLED;
        let life = self.slid_out + seen as i64;
        life - self.left_at >= clearing.max(filling) as i64 && life >= self.retry_at
    }
}
