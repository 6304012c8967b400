//! inflate's output in one call, unless that is a brief one (`brief.rs`): where it is decoded, and
//! how it gets to next_out.
//!
//! # Three places to decode to
//!
//! | place | when | history | the end of the room |
//! | --- | --- | --- | --- |
//! | the window | it is a line (`window.rs`) with room | right before it | a match may pass it |
//! | next_out | it has much room | before it, then in the window | kept a match away |
//! | a scratch buffer | next_out has little room, or incredibly much | in the other two | a match may pass it |
//!
//! Output decoded to the window is copied to next_out in pieces that are still in the
//! nearest cache, and added to the check value there; so is all other output.
//!
//! Within a call the place changes from the window to next_out when the window is full, and
//! to the scratch buffer for the last bytes, never back: matches of the same call then find
//! all its output at next_out, and the window as it was when the call began.
//!
//! # What must not be touched
//!
//! Programs rely on it that bytes behind the produced output keep their values, even where
//! avail_out would allow a write. What copies that overshoot write over is saved before
//! (`ahead.rs`). Where avail_out can hardly be true, even reading there is too much: some
//! programs say INT_MAX for "it fits anyway". Then all output goes through the scratch buffer,
//! and next_out gets nothing but output.
//!
//! Unsafe because it decodes to raw memory that is not initialised yet, and hands pointers
//! to the fast loop.
#![allow(unsafe_code)]

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use super::ahead::{Ahead, MARGIN, SAVED, Saved};
use super::bits::Bits;
use super::copy::{PlainCopy, copy_exact, copy_match};
use super::feed::{self, Ran, Space};
use super::history::{Flat, Part, Reach, Stretches};
use super::loops::Exit;
use super::sink::{FastExit, Sink};
use super::table::Tables;
use super::window::{SLACK, Window};
use crate::buf::InBuf;
use crate::checksum::check::Check;

const _: () = assert!(SLACK >= MARGIN);

/// Bytes decoded to the window before they are copied to next_out.
const PIECE: usize = 8192;
/// Output before which the whole of it is decoded to the scratch buffer: a short message.
const SHORT: usize = 1536;
/// Room that is more likely overstated than there: INT_MAX. A call with real room for as much
/// gets half the speed, because its matches are copied from afar.
const OVERSTATED: usize = i32::MAX as usize;
/// Room below which next_out is too short to decode to.
const LEAST_DIRECT: usize = MARGIN + 64;
const _: () = assert!(SHORT + MARGIN <= SAVED && LEAST_DIRECT <= SHORT);
/// Output that is added to the check value at once, so that it is still in a cache.
const CHECK_PIECE: usize = 16384;
/// Stored data from which it is not worth while to go through the window.
const LONG_STORED: usize = 32;

/// inflate's output in one call.
pub struct Output<'room, 'window> {
    /// next_out, and avail_out when the call began.
    caller: *mut u8,
    room: usize,
    /// Where the call's first byte is in the present place, which is next_out or the window.
    place: *mut u8,
    /// Bytes of the call's output that fit this place.
    limit: usize,
    /// Output so far, in bytes; how much of it is at next_out; how much is in the check value.
    produced: usize,
    delivered: usize,
    checked: usize,
    /// Output that was decoded to the window.
    staged: usize,
    /// Bytes of history right before the place.
    before: usize,
    /// The window when the call began, the newer part first.
    window: [Part; 2],
    check: Check,
    check_value: u32,
    ahead: Ahead<'window>,
    _room: PhantomData<&'room mut [MaybeUninit<u8>]>,
    _window: PhantomData<&'window mut Window>,
}

impl<'room, 'window> Output<'room, 'window> {
    /// Output to `room`, with `window` as history. `check_value` is that of the output
    /// before; `saved` is new.
    #[inline(always)]
    pub fn new(
        room: &'room mut [MaybeUninit<u8>],
        window: &'window mut Window,
        saved: &'window mut Saved,
        check: Check,
        check_value: u32,
    ) -> Self {
        let ahead = Ahead::new(room, saved);
        let caller = room.as_mut_ptr().cast::<u8>();
        let mut output = Output {
            caller,
            room: room.len(),
            place: caller,
            limit: room.len(),
            produced: 0,
            delivered: 0,
            checked: 0,
            staged: 0,
            before: 0,
            window: [Part::NONE; 2],
            check,
            check_value,
            ahead,
            _room: PhantomData,
            _window: PhantomData,
        };
        if room.is_empty() {
            // Nothing is decoded, so nothing need be moved.
        } else if let Some((buf, begin, end)) = window.stage(room.len()) {
            output.limit = (buf.len() - SLACK - end).min(room.len());
            output.before = end - begin;
            // SAFETY: `end` is at most the buffer's length.
            output.place = unsafe { buf.as_mut_ptr().add(end) };
            let history = Part {
                end: output.place,
                len: output.before,
            };
            output.window = [history, Part::NONE];
            return output;
        }
        let (newer, older) = window.history();
        output.window = [Part::new(newer), Part::new(older)];
        output
    }

    /// The check value of all output so far.
    pub fn check_value(&mut self) -> u32 {
        self.deliver();
        self.add_to_check();
        self.check_value
    }

    /// Ends the call's output: all of it is at next_out and in the check value. Returns it,
    /// and how many bytes of it were decoded to the window; nothing is left here. (By
    /// reference, because to move this costs a short call a twentieth of its time.)
    #[inline(always)]
    pub fn finish(&mut self) -> Finished<'room> {
        let check_value = self.check_value();
        if self.in_window() {
            self.staged = self.produced;
        }
        let rest_len = self.room - self.produced;
        // SAFETY: `produced` is at most the room.
        let end = unsafe { self.caller.add(self.produced) };
        // SAFETY: that many bytes of the caller's room are initialised now, and the call's
        // output, which alone wrote there, is at its end: it gives up its room below.
        let data = unsafe { core::slice::from_raw_parts(self.caller, self.produced) };
        // SAFETY: the rest of the caller's room, which nothing else refers to.
        let rest = unsafe { core::slice::from_raw_parts_mut(end.cast(), rest_len) };
        (self.caller, self.place) = (end, end);
        (self.room, self.limit, self.before) = (0, 0, 0);
        (self.produced, self.delivered, self.checked) = (0, 0, 0);
        Finished {
            data,
            rest,
            staged: self.staged,
            check_value,
        }
    }

    fn in_window(&self) -> bool {
        self.place != self.caller
    }

    /// Copies what was decoded to the window to next_out.
    fn deliver(&mut self) {
        if !self.in_window() {
            self.delivered = self.produced;
            return;
        }
        let count = self.produced - self.delivered;
        // SAFETY: these bytes were decoded to the window. In the window, what is delivered is
        // in the check value.
        let data = unsafe { core::slice::from_raw_parts(self.place.add(self.delivered), count) };
        self.copy_to_caller(data, self.delivered);
        self.delivered = self.produced;
    }

    /// Copies what is not in the check value yet to `at` bytes from the beginning of next_out,
    /// and adds it to that.
    fn copy_to_caller(&mut self, data: &[u8], at: usize) {
        debug_assert!(at + data.len() <= self.room);
        // SAFETY: all output fits next_out, which does not overlap with what it comes from.
        let to = unsafe { core::slice::from_raw_parts_mut(self.caller.add(at).cast(), data.len()) };
        let value = self.check_value.into();
        self.check_value = self.check.update_copying(value, data, to) as u32;
        self.checked += data.len();
    }

    fn add_to_check(&mut self) {
        let count = self.produced - self.checked;
        if count != 0 && self.check != Check::None {
            // SAFETY: the bytes between are output, which is initialised.
            let data = unsafe { core::slice::from_raw_parts(self.place.add(self.checked), count) };
            self.check_value = self.check.update(self.check_value.into(), data) as u32;
        }
        self.checked = self.produced;
    }

    /// From here on decodes to next_out.
    fn leave_window(&mut self) {
        if self.in_window() {
            self.deliver();
            self.staged = self.produced;
            self.place = self.caller;
            self.limit = self.room;
            self.before = 0;
        }
    }

    /// Room in the present place; if it is the window and full, next_out takes its place.
    fn room_here(&mut self) -> usize {
        if self.produced >= self.limit && self.in_window() {
            self.leave_window();
        }
        self.limit - self.produced
    }

    /// The history of output at this place.
    fn history(&self) -> Flat {
        let [newer, older] = if self.before != 0 {
            [Part::NONE; 2]
        } else {
            self.window
        };
        Flat {
            // SAFETY: `before` bytes of the window lie before the place.
            start: unsafe { self.place.sub(self.before) },
            parts: [newer, older, Part::NONE],
        }
    }

    /// A space at the present place.
    fn space(&mut self, out_end: usize) -> Space {
        // In the window, avail_out may be more than there are addresses.
        let room = if self.in_window() {
            self.room.min(out_end + MARGIN)
        } else {
            self.room
        };
        // SAFETY: both are at most the room at the place.
        unsafe {
            Space {
                out: self.place.add(self.produced),
                out_end: self.place.add(out_end),
                room_end: self.place.wrapping_add(room),
            }
        }
    }

    /// Takes over what a run decoded. Some(bytes) if it went so far beyond the room.
    fn took(&mut self, out: *mut u8) -> Option<usize> {
        self.produced = out as usize - self.place as usize;
        let rest = self.produced.checked_sub(self.room)?;
        self.produced = self.room;
        (rest != 0).then_some(rest)
    }

    /// Decodes a piece to the window.
    fn run_in_window(&mut self, tables: &Tables, bits: &mut Bits, input: &mut InBuf) -> Leg {
        let out_end = self.limit.min(self.delivered + PIECE);
        let space = self.space(out_end);
        let mut history = Reach {
            flat: self.history(),
            stretches: None,
        };
        // SAFETY: SLACK bytes behind the limit can be written.
        let ran = unsafe { feed::run(space, &mut history, tables, bits, input) };
        let rest = self.took(ran.out);
        if self.produced - self.delivered >= PIECE {
            self.deliver();
        }
        Leg::new(ran, rest, self.produced >= out_end)
    }

    /// Decodes to next_out, a stretch or more.
    fn run_direct(&mut self, tables: &Tables, bits: &mut Bits, input: &mut InBuf) -> Leg {
        let out_end = self.ahead.advance(self.produced);
        let space = self.space(out_end);
        let mut history = Reach {
            flat: self.history(),
            stretches: Some(Stretches {
                ahead: &mut self.ahead,
                begin: self.caller,
                stop: self.checked + CHECK_PIECE,
            }),
        };
        // SAFETY: MARGIN bytes behind `out_end` are within the room.
        let ran = unsafe { feed::run(space, &mut history, tables, bits, input) };
        let rest = self.took(ran.out);
        if self.produced - self.checked >= CHECK_PIECE {
            self.add_to_check();
        }
        Leg::new(ran, rest, self.produced >= out_end)
    }

    /// Decodes up to SHORT bytes to the scratch buffer, and copies them to next_out.
    fn run_in_scratch(&mut self, tables: &Tables, bits: &mut Bits, input: &mut InBuf) -> Leg {
        let left = self.room - self.produced;
        let last = left.min(SHORT);
        let scratch = self.ahead.take_memory();
        let [newer, older] = self.window;
        let here = Part {
            // SAFETY: so much is written at next_out.
            end: unsafe { self.caller.add(self.produced) },
            len: self.produced,
        };
        let mut history = Reach {
            flat: Flat {
                start: scratch,
                parts: [here, newer, older],
            },
            stretches: None,
        };
        let space = Space {
            out: scratch,
            // SAFETY: `last` is at most SHORT, the scratch buffer has MARGIN bytes more.
            out_end: unsafe { scratch.add(last) },
            room_end: scratch.wrapping_add(left.min(SHORT + MARGIN)),
        };
        // SAFETY: see above.
        let ran = unsafe { feed::run(space, &mut history, tables, bits, input) };
        let decoded = ran.out as usize - scratch as usize;
        let count = decoded.min(left);
        // SAFETY: both have room for `count` bytes, which the loop wrote.
        unsafe {
            scratch.copy_to_nonoverlapping(self.caller.add(self.produced), count);
        }
        self.produced += count;
        let rest = decoded - count;
        Leg::new(ran, (rest != 0).then_some(rest), decoded >= last)
    }
}

/// What one run of the fast loop came to.
enum Leg {
    /// There is more to decode, further on.
    More,
    /// The fast loop can do no more.
    Ended(FastExit),
}

impl Leg {
    fn new(ran: Ran, rest: Option<usize>, room_used: bool) -> Leg {
        match (ran.exit, rest) {
            (_, Some(rest)) => Leg::Ended(FastExit::CutShort {
                found: ran.last,
                rest: rest as u32,
            }),
            (Exit::EndOfBlock, None) => Leg::Ended(FastExit::EndOfBlock),
            (Exit::Limit, None) if room_used => Leg::More,
            (Exit::Limit | Exit::Symbol, None) => Leg::Ended(FastExit::Careful),
        }
    }
}

impl Sink for Output<'_, '_> {
    const CHECKS_DISTANCE_AT_ONCE: bool = false;

    fn room(&self) -> usize {
        self.room - self.produced
    }

    fn put(&mut self, byte: u8) {
        if self.room_here() == 0 {
            return;
        }
        // SAFETY: there is room at the place.
        unsafe { self.place.add(self.produced).write(byte) };
        self.produced += 1;
    }

    fn write(&mut self, data: &[u8]) {
        if data.len() < LONG_STORED {
            for &byte in data {
                self.put(byte);
            }
        } else {
            self.leave_window();
            self.add_to_check();
            self.copy_to_caller(data, self.produced);
            self.produced += data.len();
        }
    }

    fn reaches(&self, dist: usize) -> bool {
        let [newer, older] = self.window;
        dist <= self.produced + newer.len + older.len
    }

    fn copy_match(&mut self, dist: usize, len: usize) -> usize {
        let count = len.min(self.room_here());
        let written = self.produced + self.before;
        // SAFETY: the caller made sure that the distance is in reach, and there is room for
        // `count` bytes; behind the window's there is SLACK.
        unsafe {
            let out = self.place.add(self.produced);
            if dist > written {
                self.history().copy_far(out, dist, count);
            } else if self.in_window() {
                copy_match::<PlainCopy>(out, dist, count, written);
            } else {
                copy_exact(out.sub(dist), out, count);
            }
        }
        self.produced += count;
        count
    }

    fn fast(&mut self, tables: &Tables, bits: &mut Bits, input: &mut InBuf) -> FastExit {
        loop {
            let left = self.room - self.produced;
            if left == 0 {
                return FastExit::Careful;
            }
            let leg = if self.in_window() {
                if self.limit <= self.produced {
                    self.leave_window();
                    continue;
                }
                self.run_in_window(tables, bits, input)
            } else if left < LEAST_DIRECT
                || self.room >= OVERSTATED
                || (self.produced == 0 && left <= SHORT)
            {
                self.run_in_scratch(tables, bits, input)
            } else {
                let leg = self.run_direct(tables, bits, input);
                let direct_again = self.room - self.produced >= LEAST_DIRECT;
                if !(matches!(leg, Leg::More) && direct_again) {
                    self.ahead.restore(self.produced);
                }
                leg
            };
            if let Leg::Ended(exit) = leg {
                return exit;
            }
        }
    }
}

/// A call's output when it is complete.
pub struct Finished<'room> {
    /// All of it, at next_out.
    pub data: &'room [u8],
    /// What is left of next_out's room.
    pub rest: &'room mut [MaybeUninit<u8>],
    /// Bytes from its beginning that lie in the window, behind the history.
    pub staged: usize,
    /// The check value with it.
    pub check_value: u32,
}
