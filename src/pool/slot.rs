//! The slots of a pool, and how a table passes from one stream to another.
//!
//! # Protocol
//!
//! A slot's state is one word: a ticket, and two bits. BUSY says that a call is using the table,
//! OWNED that a stream will want it again. A lease is the slot's number and its state when the
//! table was put back.
//!
//! ```text
//! free or idle --acquire: CAS--> ticket | BUSY         by a stream without a table
//! idle         --hold: CAS from the lease's state--> ticket | BUSY, or the lease is lost
//! busy         --put: store--> next ticket | OWNED     idle, the stream's; or as drop, if there
//!                                                      are too many
//! busy         --drop: store--> next ticket            free
//! idle         --release: as hold, then drop
//! ```
//!
//! Each transition to BUSY acquires, and each from BUSY releases: what the last user wrote to the
//! table is seen by the next one. The tickets of a slot count up and never come again (2^62 of
//! them, which is 100 years of a put in each nanosecond).
//!
//! # Which table a stream gets
//!
//! One that is free; else a new one, as long as there are few and may be more; else the one that was
//! idle for longest, if that is long enough; else a new one, if all are busy, or fewer than the
//! stream is worth. So there are as many as threads use at the same time, and a few more for streams
//! that take turns.
//!
//! Unsafe because the state word, and no borrow, says who may touch the table.
#![allow(unsafe_code)]

use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};

use crate::pool::pages::{has_room, is_exceeded};

/// A call is using the table.
const BUSY: u64 = 1;
/// The table is a stream's.
const OWNED: u64 = 2;
/// From a ticket to the next one.
const TICKET: u64 = 4;

/// What a pool lends.
pub(crate) trait Pooled: Send + Sized {
    /// A slot's table before its first use, and when its memory is given back.
    const EMPTY: Self;

    /// Bytes of memory that it takes.
    const BYTES: usize;

    /// True if it holds no memory.
    fn is_empty(&self) -> bool;

    /// True if there may be one more.
    fn can_be_made() -> bool {
        has_room(Self::BYTES)
    }

    /// True if its memory is to be given back when nobody needs it.
    fn is_too_much() -> bool {
        is_exceeded()
    }
}

/// A stream's claim to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    slot: u32,
    state: u64,
}

/// Threads that use neighbours at the same time must not write to the same cache line.
#[repr(align(64))]
struct Slot<T> {
    state: AtomicU64,
    /// When it was used last, as [`now`] counts.
    used_at: AtomicU32,
    /// There is memory in it.
    has_memory: AtomicBool,
    table: UnsafeCell<T>,
}

/// A pool of at most `N` tables. Up to `HOT` are made before one is taken from another stream.
/// (All of it is zero at first, which takes no room in the library's file.)
pub(crate) struct Pool<T, const N: usize, const HOT: usize> {
    slots: [Slot<T>; N],
    /// Nothing is lent any more.
    is_closed: AtomicBool,
}

// SAFETY: a table is touched by one thread at a time, whoever has set BUSY.
unsafe impl<T: Pooled, const N: usize, const HOT: usize> Sync for Pool<T, N, HOT> {}

/// A table in use. When this is dropped, no stream has it any more.
pub(crate) struct Held<'pool, T: Pooled> {
    slot: &'pool Slot<T>,
    number: u32,
    ticket: u64,
}

impl<T: Pooled, const N: usize, const HOT: usize> Pool<T, N, HOT> {
    /// Empty slots.
    pub(crate) const fn new() -> Self {
        Pool {
            slots: [const {
                Slot {
                    state: AtomicU64::new(0),
                    used_at: AtomicU32::new(0),
                    has_memory: AtomicBool::new(false),
                    table: UnsafeCell::new(T::EMPTY),
                }
            }; N],
            is_closed: AtomicBool::new(false),
        }
    }

    /// The table of this lease, if it is still the stream's.
    #[inline(always)]
    pub(crate) fn hold(&self, lease: Lease) -> Option<Held<'_, T>> {
        if is_robbery_due() {
            self.release(lease);
            return None;
        }
        self.slots
            .get(lease.slot as usize)?
            .take(lease.state, lease.slot)
    }

    /// A table for a stream that has none. It may be empty, or hold anything that a table held
    /// before. Another stream's is taken only if that one has not used it for `least_idle`
    /// milliseconds; in its place a new one is made if there are fewer than `worth`, and with a
    /// `worth` of 0 none is made at all.
    #[inline(never)] // so that the caller has nothing to clean up
    pub(crate) fn acquire(&self, least_idle: u32, worth: usize) -> Option<Held<'_, T>> {
        if self.is_closed.load(Ordering::Relaxed) {
            return None;
        }
        let now = now();
        let (mut made, mut busy) = (0, 0);
        let mut empty = None;
        let mut oldest: Option<(u32, u32, u64)> = None;
        for (number, slot) in (0..).zip(&self.slots) {
            let state = slot.state.load(Ordering::Relaxed);
            if state & BUSY != 0 {
                (made, busy) = (made + 1, busy + 1);
            } else if !slot.has_memory.load(Ordering::Relaxed) {
                empty = empty.or(Some((number, state)));
            } else if state & OWNED == 0 {
                if let Some(held) = slot.take(state, number) {
                    return Some(held);
                }
            } else {
                made += 1;
                let idle = now.wrapping_sub(slot.used_at.load(Ordering::Relaxed));
                if idle >= least_idle && oldest.is_none_or(|(most, ..)| idle > most) {
                    oldest = Some((idle, number, state));
                }
            }
        }
        let take = |number: u32, state| self.slots[number as usize].take(state, number);
        let new = || {
            let (number, state) = empty.filter(|_| worth != 0 && T::can_be_made())?;
            take(number, state)
        };
        let another = || oldest.and_then(|(_, number, state)| take(number, state));
        if made < HOT {
            new().or_else(another)
        } else {
            let may_grow = busy == made || made < worth;
            another().or_else(|| if may_grow { new() } else { None })
        }
    }

    /// The stream has no use for its table any more.
    pub(crate) fn release(&self, lease: Lease) {
        if let Some(slot) = self.slots.get(lease.slot as usize) {
            drop(slot.take(lease.state, lease.slot));
        }
    }

    /// Gives memory back as long as `is_too_much`, of tables that are not in use just now: first
    /// of those that no stream has.
    pub(crate) fn shrink(&self, is_too_much: fn() -> bool) {
        for wanted in [0, OWNED] {
            for (number, slot) in (0..).zip(&self.slots) {
                if !is_too_much() {
                    return;
                }
                let state = slot.state.load(Ordering::Relaxed);
                if state & (BUSY | OWNED) == wanted
                    && let Some(mut held) = slot.take(state, number)
                {
                    *held = T::EMPTY;
                }
            }
        }
    }

    /// Lends nothing from now on, and gives all memory back that can be.
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
        self.shrink(|| true);
    }
}

impl<T: Pooled> Slot<T> {
    /// Makes it busy, if its state is `state`, which has not BUSY.
    #[inline]
    fn take(&self, state: u64, number: u32) -> Option<Held<'_, T>> {
        let ticket = state & !OWNED;
        let taken =
            self.state
                .compare_exchange(state, ticket | BUSY, Ordering::Acquire, Ordering::Relaxed);
        // Not `then_some`: a `Held` that is made must not be dropped when this has failed.
        taken.is_ok().then(|| Held {
            slot: self,
            number,
            ticket,
        })
    }
}

impl<T: Pooled> Held<'_, T> {
    /// Ends its use in this call; the lease is good for the next one, or for none if there are too
    /// many tables.
    #[inline]
    pub(crate) fn put(self) -> Lease {
        self.slot.used_at.store(now(), Ordering::Relaxed);
        self.put_unseen()
    }

    /// The same for one of many uses in a short time, without a look at the clock.
    #[inline]
    pub(crate) fn put_unseen(self) -> Lease {
        let lease = Lease {
            slot: self.number,
            state: (self.ticket + TICKET) | OWNED,
        };
        if T::is_too_much() {
            // It is free then, which is another state than the lease's.
            drop(self);
        } else {
            core::mem::ManuallyDrop::new(self).end(lease.state);
        }
        lease
    }

    /// Ends its use; no stream has it any more.
    #[inline(never)] // so that the caller has nothing to clean up
    pub(crate) fn free(self) {}

    /// Ends its use, in this state.
    #[inline]
    fn end(&self, state: u64) {
        self.slot
            .has_memory
            .store(!self.is_empty(), Ordering::Relaxed);
        self.slot.state.store(state, Ordering::Release);
    }
}

impl<T: Pooled> Drop for Held<'_, T> {
    fn drop(&mut self) {
        if T::is_too_much() {
            **self = T::EMPTY;
        }
        self.end(self.ticket + TICKET);
    }
}

impl<T: Pooled> Deref for Held<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: `take` has set BUSY for this value alone.
        unsafe { &*self.slot.table.get() }
    }
}

impl<T: Pooled> DerefMut for Held<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as in `deref`; `&mut self` makes the access exclusive.
        unsafe { &mut *self.slot.table.get() }
    }
}

/// Milliseconds since some time, modulo 2^32; they may be counted in steps of a few.
fn now() -> u32 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` may be written to.
    unsafe { libc::clock_gettime(CLOCK, &mut time) };
    (time.tv_sec as u32)
        .wrapping_mul(1000)
        .wrapping_add(time.tv_nsec as u32 / 1_000_000)
}

/// The clock that takes the least time to read.
#[cfg(target_os = "linux")]
const CLOCK: libc::clockid_t = libc::CLOCK_MONOTONIC_COARSE;
#[cfg(not(target_os = "linux"))]
const CLOCK: libc::clockid_t = libc::CLOCK_MONOTONIC;

/// Every how many holds one fails, as if another stream had taken the table; 0 for none.
static ROBBERIES: AtomicU8 = AtomicU8::new(0);
/// Holds until the next one that fails.
static UNTIL_ROBBERY: AtomicU8 = AtomicU8::new(0);

/// Lets every `nth` use of a table that a stream had fail, as if another one had taken it; 0 ends
/// that. For tests.
pub fn rob_every(nth: u8) {
    ROBBERIES.store(nth, Ordering::Relaxed);
    UNTIL_ROBBERY.store(nth, Ordering::Relaxed);
}

#[inline]
fn is_robbery_due() -> bool {
    ROBBERIES.load(Ordering::Relaxed) != 0 && count_down()
}

#[cold]
fn count_down() -> bool {
    let left = UNTIL_ROBBERY.load(Ordering::Relaxed);
    let is_due = left <= 1;
    let next = match is_due {
        true => ROBBERIES.load(Ordering::Relaxed),
        false => left - 1,
    };
    UNTIL_ROBBERY.store(next, Ordering::Relaxed);
    is_due
}

#[cfg(test)]
#[path = "../../tests/unit/pool_slot.rs"]
mod tests;
