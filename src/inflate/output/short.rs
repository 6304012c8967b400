//! The output of a short inflate call: straight to next_out, symbol by symbol.
//!
//! A call with little input or room gains nothing from the fast loop. So nothing is set up for
//! that: all that is known is where the history lies. zlib needs 30 ns for a call that decodes one
//! byte. To set up a buffer as `buffered.rs` does takes as long again: calls with one byte of room
//! took 52 ns through there and take 24 through here, with 8 bytes 78 and 65 (Sapphire Rapids).
//!
//! Unsafe because it hands out the initialised part of the caller's room.
#![allow(unsafe_code)]

use core::mem::MaybeUninit;

use crate::buf::InBuf;
use crate::inflate::codes::bits::Bits;
use crate::inflate::codes::table::DecodeTables;
use crate::inflate::decode::position::{Exit, FoundMatch};
use crate::inflate::decode::sink::Sink;
use crate::inflate::output::bulk::copy_few;
use crate::inflate::output::window::Window;

/// Input in bytes below which a call is short. With half of it, calls with 8 to 15 bytes of input
/// and as much room are 10 % slower.
pub(crate) const SHORT_INPUT: usize = 16;
/// Room in bytes up to which a call is short. With 8, calls with 9 to 16 bytes of room are slower by
/// 15 to 40 % (Zen 5), with 24, those with 17 to 24 bytes by 5 %.
pub(crate) const SHORT_ROOM: usize = 16;

/// Bytes up to which copying one by one takes less time than a call.
const FEW: usize = 8;

/// A short call's output.
pub(crate) struct ShortOutput<'room, 'window> {
    room: &'room mut [MaybeUninit<u8>],
    /// Bytes written at the beginning of the room.
    produced: usize,
    /// The history before the call.
    window: &'window Window,
}

impl<'room, 'window> ShortOutput<'room, 'window> {
    /// Output to `room`, with `window` as history.
    pub(crate) fn new(room: &'room mut [MaybeUninit<u8>], window: &'window Window) -> Self {
        ShortOutput {
            room,
            produced: 0,
            window,
        }
    }

    /// The output, and the room that is left.
    pub(crate) fn finish(self) -> (&'room [u8], &'room mut [MaybeUninit<u8>]) {
        let (written, rest) = self.room.split_at_mut(self.produced);
        // SAFETY: the first `produced` bytes of the room are initialised.
        (unsafe { written.assume_init_ref() }, rest)
    }

    /// Copies bytes of this call from `dist` bytes back to where the next byte goes.
    #[inline(never)]
    fn copy_own(&mut self, dist: usize, count: usize) {
        let (begin, from) = (self.produced, self.produced - dist);
        if count <= FEW {
            for at in begin..begin + count {
                self.room[at] = self.room[at - dist];
            }
            return;
        }
        let mut done = 0;
        while done < count {
            // What was copied repeats the match's first bytes: twice as many can follow.
            let piece = (dist + done).min(count - done);
            self.room.copy_within(from..from + piece, begin + done);
            done += piece;
        }
    }

    /// Copies up to `count` bytes from `back` bytes before the history's end; how many.
    #[inline(always)]
    fn copy_history(&mut self, back: usize, count: usize) -> usize {
        let from = self.window.history_from(back);
        let count = count.min(from.len());
        let to = &mut self.room[self.produced..][..count];
        copy_few(&from[..count], to, MaybeUninit::new, |from, to| {
            to.write_copy_of_slice(from);
        });
        count
    }
}

impl Sink for ShortOutput<'_, '_> {
    const CHECKS_DISTANCE_AT_ONCE: bool = false;

    #[inline(always)]
    fn room(&self) -> usize {
        self.room.len() - self.produced
    }

    #[inline(always)]
    fn put(&mut self, byte: u8) {
        if let Some(next) = self.room.get_mut(self.produced) {
            next.write(byte);
            self.produced += 1;
        }
    }

    fn write(&mut self, data: &[u8]) {
        let end = self.produced + data.len();
        self.room[self.produced..end].write_copy_of_slice(data);
        self.produced = end;
    }

    fn reaches(&self, dist: usize) -> bool {
        dist <= self.produced + self.window.history_len()
    }

    #[inline(always)]
    fn write_match(&mut self, dist: usize, len: usize) -> usize {
        let count = len.min(self.room());
        let copied = if dist <= self.produced {
            self.copy_own(dist, count);
            count
        } else {
            self.copy_history(dist - self.produced, count)
        };
        self.produced += copied;
        copied
    }

    fn fast(
        &mut self,
        _tables: &DecodeTables,
        _bits: &mut Bits,
        _input: &mut InBuf,
    ) -> (Exit, FoundMatch) {
        (Exit::Limit, FoundMatch::default())
    }
}
