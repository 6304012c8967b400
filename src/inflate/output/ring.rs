//! The output of inflateBack: a ring of the caller's memory, which is the history, too.
//!
//! The bytes in front of the output are the oldest history, so copies here do not overshoot.
//! The fast loop runs while a whole match fits before the ring's end.
//!
//! Unsafe because the ring is memory of the caller's that is not initialised yet, and the
//! fast loop works on raw pointers.
#![allow(unsafe_code)]

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use crate::buf::InBuf;
use crate::inflate::codes::bits::Bits;
use crate::inflate::codes::table::DecodeTables;
use crate::inflate::decode::copy::copy_exact;
use crate::inflate::decode::cpu::kernel::Cpu;
use crate::inflate::decode::fast::OUTPUT_MARGIN;
use crate::inflate::decode::loops::{History, Sources};
use crate::inflate::decode::position::{Exit, FoundMatch, Space};
use crate::inflate::decode::sink::Sink;
use crate::inflate::decode::tail;

/// The window.
pub(crate) struct Ring<'a> {
    begin: *mut u8,
    size: usize,
    /// Where the next byte goes.
    next: usize,
    /// All of it was written once.
    full: bool,
    _window: PhantomData<&'a mut [MaybeUninit<u8>]>,
}

impl<'a> Ring<'a> {
    /// An empty ring.
    pub(crate) fn new(window: &'a mut [MaybeUninit<u8>]) -> Self {
        Ring {
            begin: window.as_mut_ptr().cast(),
            size: window.len(),
            next: 0,
            full: false,
            _window: PhantomData,
        }
    }

    /// What was written since the ring's beginning.
    pub(crate) fn written(&self) -> &[u8] {
        // SAFETY: the first `next` bytes are written.
        unsafe { core::slice::from_raw_parts(self.begin, self.next) }
    }

    /// Goes back to the beginning, when all room is used.
    pub(crate) fn wrap(&mut self) {
        self.next = 0;
        self.full = true;
    }
}

/// The ring as the fast loop sees it.
struct RingHistory {
    begin: *mut u8,
    size: usize,
    full: bool,
}

impl History for RingHistory {
    const HAS_FAR: bool = false;

    #[inline(always)]
    fn sources(&self) -> Option<Sources> {
        None
    }

    #[inline(always)]
    unsafe fn copy_to<C: Cpu>(&self, _cpu: C, out: *mut u8, dist: usize, len: usize) -> bool {
        let written = out as usize - self.begin as usize;
        // SAFETY: the distance lies within what was written; the caller promises the room,
        // which does not wrap.
        unsafe {
            if dist <= written {
                copy_exact(out.sub(dist), out, len);
                return true;
            }
            if !self.full || dist > self.size {
                return false;
            }
            // The match begins before the ring's end, and may go on at its beginning.
            let before_end = dist - written;
            let first = before_end.min(len);
            copy_exact(self.begin.add(self.size - before_end), out, first);
            copy_exact(self.begin, out.add(first), len - first);
        }
        true
    }
}

impl Sink for Ring<'_> {
    const CHECKS_DISTANCE_AT_ONCE: bool = true;

    fn room(&self) -> usize {
        self.size - self.next
    }

    fn put(&mut self, byte: u8) {
        if self.room() != 0 {
            // SAFETY: there is room.
            unsafe { self.begin.add(self.next).write(byte) };
            self.next += 1;
        }
    }

    fn write(&mut self, data: &[u8]) {
        let count = data.len().min(self.room());
        // SAFETY: there is room for `count` bytes; the caller's input is not in its window.
        unsafe { copy_exact(data.as_ptr(), self.begin.add(self.next), count) };
        self.next += count;
    }

    fn reaches(&self, dist: usize) -> bool {
        dist <= if self.full { self.size } else { self.next }
    }

    fn write_match(&mut self, dist: usize, len: usize) -> usize {
        let mut count = len.min(self.room());
        let from = if dist <= self.next {
            self.next - dist
        } else {
            // Up to the ring's end; what comes after it is for the next call.
            count = count.min(dist - self.next);
            self.size + self.next - dist
        };
        // SAFETY: the caller made sure that the distance is in reach, so that the bytes are
        // written ones; both pieces end within the ring.
        unsafe { copy_exact(self.begin.add(from), self.begin.add(self.next), count) };
        self.next += count;
        count
    }

    fn fast(
        &mut self,
        tables: &DecodeTables,
        bits: &mut Bits,
        input: &mut InBuf,
    ) -> (Exit, FoundMatch) {
        if self.room() <= OUTPUT_MARGIN {
            return (Exit::Limit, FoundMatch::default());
        }
        let mut history = RingHistory {
            begin: self.begin,
            size: self.size,
            full: self.full,
        };
        // SAFETY: both lie in the ring.
        let mut space = unsafe {
            Space {
                out: self.begin.add(self.next),
                out_end: self.begin.add(self.size - OUTPUT_MARGIN),
                room_end: self.begin.add(self.size),
            }
        };
        // SAFETY: OUTPUT_MARGIN bytes after `out_end` are in the ring, and nothing is written
        // after a match.
        let ended = unsafe { tail::run(&mut space, &mut history, tables, bits, input) };
        self.next = space.out as usize - self.begin as usize;
        ended
    }
}
