//! Runs a plan on both libraries, and reads the streams it makes back.

use crate::common::api::*;
use crate::common::drive::check_round_trip;
use crate::common::log::{Call, Field, Log, Settings};
use crate::common::pair::{Compared, Outcome, Pair};
use crate::common::sequence::{self, Counts, Feed, Room};
use crate::guard::{Done, Guard};
use crate::plan::{Action, Plan};
use std::cell::RefCell;
use std::ffi::c_int;
use std::rc::Rc;

/// Streams that a sequence keeps at a time: copies beyond are not made.
const MOST_STREAMS: usize = 4;
/// Input given to a stream at the end of its sequence, in bytes.
const LAST_INPUT: usize = 5_000;
/// Input that a stream gets at most, in bytes, to keep sequences short.
const MOST_INPUT: usize = 150_000;

/// A pair and what the run knows about it.
struct Stream {
    pair: Pair,
    guard: Guard,
    settings: Settings,
    /// Bytes of the plan's data read so far; next_in is at the remainder by its length.
    at: usize,
    /// What the current stream was made of.
    data: Vec<u8>,
    /// Dictionary set before the first byte.
    dictionary: Vec<u8>,
    /// The current stream is one that inflate can read back.
    readable: bool,
    /// The current stream's end was reached.
    complete: bool,
}

/// Begins to run a plan. `context` is for the report.
pub fn start<'a>(plan: &'a Plan, context: &str) -> Compared<Box<dyn sequence::Run + 'a>> {
    let mut run = Run {
        plan,
        next: 0,
        streams: Vec::new(),
        counts: Counts::default(),
    };
    let log = Rc::new(RefCell::new(Log::new(context)));
    run.open(&log)?;
    Ok(Box::new(run))
}

struct Run<'a> {
    plan: &'a Plan,
    /// The action that comes next.
    next: usize,
    streams: Vec<Stream>,
    counts: Counts,
}

impl sequence::Run for Run<'_> {
    fn step(&mut self) -> Compared<bool> {
        let Some((number, action)) = self.plan.actions.get(self.next) else {
            return Ok(false);
        };
        if self.streams.is_empty() {
            return Ok(false);
        }
        self.next += 1;
        self.act(number % self.streams.len(), action)?;
        Ok(true)
    }

    fn finish(mut self: Box<Self>) -> Compared<Counts> {
        while let Some(stream) = self.streams.pop() {
            self.close(stream)?;
        }
        Ok(self.counts)
    }
}

impl Run<'_> {
    fn count(&mut self, call: Call, outcome: Outcome) -> Outcome {
        self.counts.call(call, outcome)
    }

    fn open(&mut self, log: &Rc<RefCell<Log>>) -> Compared<()> {
        let plan = self.plan;
        let mut pair = Pair::new(log, plan.fills);
        let call = Call::Init(plan.settings);
        if plan.fail > 0 && pair.has_heaps() {
            pair.fail_allocation(plan.fail);
            let outcome = pair.init(plan.settings);
            pair.fail_allocation(0);
            if self.count(call, outcome?).code == Z_OK {
                pair.end()?;
            }
        }
        let outcome = pair.init(plan.settings)?;
        if self.count(call, outcome).code != Z_OK {
            return self.use_closed(pair);
        }
        self.streams.push(Stream::new(pair, plan.settings));
        Ok(())
    }

    /// Every function on a stream that is not open.
    fn use_closed(&mut self, mut pair: Pair) -> Compared<()> {
        pair.set_output(10)?;
        pair.deflate(Z_FINISH)?;
        pair.params(1, 0)?;
        pair.tune([1, 2, 3, 4])?;
        pair.prime(3, 3)?;
        pair.set_dictionary(Some(b"dictionary"))?;
        pair.get_dictionary(true, true)?;
        pair.set_header(None)?;
        pair.bound(1000)?;
        pair.reset()?;
        pair.reset_keep()?;
        pair.copy(0)?;
        pair.end()?;
        Ok(())
    }

    fn act(&mut self, index: usize, action: &Action) -> Compared<()> {
        let stream = &mut self.streams[index];
        if !stream.guard.allows(action, stream.pair.pending()) {
            *self.counts.left_out.entry(name(action)).or_default() += 1;
            return Ok(());
        }
        match *action {
            Action::Deflate { flush, feed, room } => {
                self.feed(index, feed);
                self.room(index, room)?;
                self.deflate(index, flush)?;
            }
            Action::Drain { flush, room, most } => self.drain(index, flush, room, most)?,
            Action::Params {
                level,
                strategy,
                feed,
                room,
            } => {
                self.feed(index, feed);
                self.room(index, room)?;
                self.params(index, level, strategy, action)?;
            }
            Action::Copy { fail } => self.copy(index, fail)?,
            Action::End(settings) => self.end(index, settings)?,
            _ => self.simple(index, action)?,
        }
        Ok(())
    }

    fn feed(&mut self, index: usize, feed: Feed) {
        let stream = &mut self.streams[index];
        match feed {
            Feed::Keep => {}
            Feed::Null(len) => stream.pair.set_null_input(len),
            Feed::Piece(len) => {
                let piece = stream.piece(&self.plan.data, len);
                stream.pair.set_input(&piece);
            }
        }
    }

    fn room(&mut self, index: usize, room: Room) -> Compared<()> {
        let pair = &mut self.streams[index].pair;
        match room {
            Room::Keep => Ok(()),
            Room::Bytes(len) => pair.set_output(len),
            Room::Null => pair.set_null_output(50),
        }
    }

    fn deflate(&mut self, index: usize, flush: c_int) -> Compared<Outcome> {
        let stream = &mut self.streams[index];
        let pending = stream.pair.pending();
        let outcome = stream.pair.deflate(flush)?;
        stream.deflated(&self.plan.data, flush, outcome, pending);
        if outcome.code == Z_STREAM_END && !stream.complete {
            stream.complete = true;
            self.counts.completed += 1;
            if stream.readable {
                self.counts.checked += 1;
                stream.check()?;
            }
        }
        Ok(self.count(Call::Deflate { flush }, outcome))
    }

    /// Repeats a flush with new room until it is complete.
    fn drain(&mut self, index: usize, flush: c_int, room: usize, most: usize) -> Compared<()> {
        for _ in 0..most {
            self.streams[index].pair.set_output(room)?;
            let outcome = self.deflate(index, flush)?;
            let pair = &self.streams[index].pair;
            if outcome.code != Z_OK || (pair.avail_in() == 0 && pair.avail_out() > 0) {
                break;
            }
        }
        Ok(())
    }

    fn params(
        &mut self,
        index: usize,
        level: c_int,
        strategy: c_int,
        action: &Action,
    ) -> Compared<()> {
        let stream = &mut self.streams[index];
        let pending = stream.pair.pending();
        let outcome = stream.pair.params(level, strategy)?;
        if outcome.read > 0 || outcome.wrote > 0 || stream.pair.pending() != pending {
            stream.deflated(&self.plan.data, Z_BLOCK, outcome, pending);
        }
        if outcome.code == Z_OK {
            stream.guard.done(action, stream.pair.pending());
        }
        self.count(Call::Params { level, strategy }, outcome);
        Ok(())
    }

    fn copy(&mut self, index: usize, fail: u32) -> Compared<()> {
        if self.streams.len() == MOST_STREAMS {
            return Ok(());
        }
        let stream = &mut self.streams[index];
        let (outcome, copy) = stream.pair.copy(fail)?;
        let copy = copy.map(|pair| Stream {
            pair,
            guard: stream.guard.clone(),
            dictionary: stream.dictionary.clone(),
            data: stream.data.clone(),
            ..*stream
        });
        self.streams.extend(copy);
        self.count(Call::Copy, outcome);
        Ok(())
    }

    fn end(&mut self, index: usize, again: Option<Settings>) -> Compared<()> {
        let mut stream = self.streams.swap_remove(index);
        let outcome = stream.pair.end()?;
        self.count(Call::End, outcome);
        let Some(settings) = again else {
            return self.use_closed(stream.pair);
        };
        let outcome = stream.pair.init(settings)?;
        if self.count(Call::Init(settings), outcome).code != Z_OK {
            return self.use_closed(stream.pair);
        }
        stream.pair.produced.clear();
        let at = stream.at;
        self.streams.push(Stream {
            at,
            ..Stream::new(stream.pair, settings)
        });
        Ok(())
    }

    /// The actions that read no input and write no output.
    fn simple(&mut self, index: usize, action: &Action) -> Compared<()> {
        let stream = &mut self.streams[index];
        let pair = &mut stream.pair;
        let (call, outcome) = match action {
            Action::Tune(values) => {
                let [good, lazy, nice, chain] = *values;
                (
                    Call::Tune {
                        good,
                        lazy,
                        nice,
                        chain,
                    },
                    pair.tune(*values)?,
                )
            }
            &Action::Prime { bits, value } => {
                (Call::Prime { bits, value }, pair.prime(bits, value)?)
            }
            Action::SetDictionary(dictionary) => {
                let bytes = dictionary.as_ref().map(|dictionary| &dictionary[..]);
                let call = Call::SetDictionary {
                    len: bytes.map(<[u8]>::len),
                };
                (call, pair.set_dictionary(bytes)?)
            }
            &Action::GetDictionary { buffer, length } => {
                let outcome = pair.get_dictionary(buffer, length)?;
                (Call::GetDictionary { buffer, length }, outcome)
            }
            Action::SetHeader(header) => {
                let outcome = pair.set_header(header.clone())?;
                (
                    Call::SetHeader {
                        null: header.is_none(),
                    },
                    outcome,
                )
            }
            &Action::Bound(len) => {
                pair.bound(len)?;
                (
                    Call::Bound { len },
                    Outcome {
                        code: Z_OK,
                        read: 0,
                        wrote: 0,
                    },
                )
            }
            Action::Reset => (Call::Reset, pair.reset()?),
            Action::ResetKeep => (Call::ResetKeep, pair.reset_keep()?),
            &Action::Set { field, value } => {
                (Call::Set { field, value }, pair.set_field(field, value)?)
            }
            _ => return Ok(()),
        };
        if outcome.code == Z_OK {
            stream.note(action);
        }
        self.count(call, outcome);
        Ok(())
    }

    /// Finishes a stream, if the plan says so, and ends it.
    fn close(&mut self, mut stream: Stream) -> Compared<()> {
        if let Some(room) = self.plan.finish {
            let piece = stream.piece(&self.plan.data, LAST_INPUT);
            stream.pair.set_input(&piece);
            self.streams.push(stream);
            let index = self.streams.len() - 1;
            loop {
                self.streams[index].pair.set_output(room)?;
                if self.deflate(index, Z_FINISH)?.code != Z_OK {
                    break;
                }
            }
            // A finished stream says so again.
            self.deflate(index, Z_FINISH)?;
            let Some(finished) = self.streams.pop() else {
                return Ok(());
            };
            stream = finished;
        }
        let outcome = stream.pair.end()?;
        self.count(Call::End, outcome);
        if self.streams.is_empty() {
            let left = stream.pair.live_blocks();
            stream
                .pair
                .log()
                .same("blocks not freed at the end", 0, left)?;
        }
        Ok(())
    }
}

impl Stream {
    fn new(pair: Pair, settings: Settings) -> Self {
        Stream {
            pair,
            guard: Guard::new(settings),
            settings,
            at: 0,
            data: Vec::new(),
            dictionary: Vec::new(),
            readable: true,
            complete: false,
        }
    }

    /// The next `len` bytes of the plan's data, or fewer when the stream had its share.
    fn piece(&self, data: &[u8], len: usize) -> Vec<u8> {
        let most = MOST_INPUT.max(data.len()).saturating_sub(self.at);
        let start = self.at % data.len().max(1);
        data.iter()
            .cycle()
            .skip(start)
            .take(len.min(most))
            .copied()
            .collect()
    }

    fn deflated(&mut self, data: &[u8], flush: c_int, outcome: Outcome, pending_before: usize) {
        let read = self.piece(data, outcome.read);
        self.data.extend(read);
        self.at += outcome.read;
        let done = Done {
            read: outcome.read,
            wrote: outcome.wrote,
            input_left: self.pair.avail_in(),
            room_left: self.pair.avail_out(),
            pending_before,
            pending: self.pair.pending(),
        };
        self.guard.deflated(flush, outcome.code, done);
    }

    /// Keeps track after an action that went well.
    fn note(&mut self, action: &Action) {
        let window_was_empty = self.guard.window_empty();
        self.guard.done(action, self.pair.pending());
        match action {
            Action::Reset => {
                (self.readable, self.complete) = (true, false);
                self.data.clear();
                self.dictionary.clear();
                self.pair.produced.clear();
            }
            Action::ResetKeep => {
                // With a history the stream is for a reader that has it, too.
                self.readable &= window_was_empty;
                self.complete = false;
                self.data.clear();
                self.pair.produced.clear();
            }
            Action::Prime { bits, .. } => self.readable &= *bits == 0,
            Action::SetDictionary(Some(dictionary)) => {
                // Later ones go unnoticed by inflate.
                self.readable &= !self.guard.started();
                self.dictionary.extend(dictionary.iter());
            }
            Action::Set { field, .. } => match field {
                Field::Adler => self.readable &= self.settings.window_bits < 0,
                Field::TotalIn => self.readable &= self.settings.window_bits <= MAX_WBITS,
                Field::TotalOut | Field::DataType => {}
            },
            _ => {}
        }
    }

    fn check(&self) -> Compared<()> {
        let (pair, settings) = (&self.pair, self.settings);
        check_round_trip(
            &pair.log(),
            settings,
            &pair.produced,
            &self.dictionary,
            &self.data,
        )
    }
}

/// The name that calls left out are counted under.
fn name(action: &Action) -> &'static str {
    match action {
        Action::Params { .. } => "deflateParams",
        Action::Prime { .. } => "deflatePrime",
        Action::SetDictionary(_) => "deflateSetDictionary",
        Action::SetHeader(_) => "deflateSetHeader",
        _ => "other",
    }
}
