//! Runs a plan on both libraries, and checks the data of streams that reach their end.

use crate::common::api::*;
use crate::common::log::{Call, InflateCall, Log};
use crate::common::pair::{Compared, InflatePair, Outcome};
use crate::common::sequence::{self, Counts, Feed, Room};
use crate::common::streams::{Member, Source, Wrap};
use crate::guard::{Guard, SLOW_ROOM};
use crate::plan::{Action, Dictionary, Plan};
use std::cell::RefCell;
use std::ffi::c_int;
use std::rc::Rc;

/// Streams that a sequence keeps at a time: copies beyond are not made.
const MOST_STREAMS: usize = 4;
/// Calls to finish a stream with the plan's pieces, before the rest goes at once.
const FINISHING_CALLS: usize = 1000;
/// Calls to finish a stream at all; none needs so many.
const MOST_FINISHING_CALLS: usize = FINISHING_CALLS + 100;

/// windowBits that suit no source.
const UNSUITABLE: c_int = 1;

/// A pair and what the run knows about it.
struct Stream {
    pair: InflatePair,
    guard: Guard,
    source: Rc<Source>,
    /// Bytes of the source read so far; next_in is at the remainder by its length.
    at: usize,
    /// The source's member that is being read from its start with nothing in the way, so that
    /// its data must come out.
    member: Option<usize>,
    window_bits: c_int,
    /// The end was reached since the stream's start.
    ended: bool,
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
    fn count(&mut self, call: InflateCall, outcome: Outcome) -> Outcome {
        self.counts.call(Call::Inflate(call), outcome)
    }

    fn open(&mut self, log: &Rc<RefCell<Log>>) -> Compared<()> {
        let (plan, window_bits) = (self.plan, self.plan.window_bits);
        let mut pair = InflatePair::new(log, plan.fills);
        if plan.fail > 0 && pair.has_heaps() {
            pair.init_with_failure(window_bits, plan.fail)?;
        }
        let source = plan.sources[0].clone();
        self.init(pair, window_bits, source, 0)
    }

    /// Initialises a pair and takes it on, if that goes well.
    fn init(
        &mut self,
        mut pair: InflatePair,
        window_bits: c_int,
        source: Rc<Source>,
        at: usize,
    ) -> Compared<()> {
        let outcome = pair.init(window_bits)?;
        if self.count(InflateCall::Init { window_bits }, outcome).code != Z_OK {
            return pair.use_closed();
        }
        pair.set_input(&[]);
        let mut stream = Stream {
            pair,
            guard: Guard::new(window_bits),
            source,
            at,
            member: None,
            window_bits,
            ended: false,
        };
        stream.begin();
        self.streams.push(stream);
        Ok(())
    }

    fn act(&mut self, index: usize, action: &Action) -> Compared<()> {
        if let Action::Sync { feed } = action {
            self.feed(index, *feed);
        }
        let stream = &mut self.streams[index];
        if !stream.guard.allows(action, stream.pair.has_null_input()) {
            *self.counts.left_out.entry(name(action)).or_default() += 1;
            return Ok(());
        }
        match *action {
            Action::Inflate { flush, feed, room } => {
                self.feed(index, feed);
                self.room(index, room)?;
                self.inflate(index, flush)?;
            }
            Action::Drain {
                flush,
                piece,
                room,
                most,
            } => self.drain(index, flush, piece, room, most)?,
            Action::SyncHeld {
                ref primes,
                ref input,
            } => self.sync_held(index, primes, input)?,
            Action::Copy { fail } => self.copy(index, fail)?,
            Action::End(window_bits) => self.end(index, window_bits)?,
            Action::Fail => stream.pair.fail_allocation(1),
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
                let rest = &stream.source.bytes[stream.at..];
                stream.pair.set_input(&rest[..len.min(rest.len())]);
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

    fn inflate(&mut self, index: usize, flush: c_int) -> Compared<Outcome> {
        let stream = &mut self.streams[index];
        if stream.guard.slow() && stream.pair.avail_out() > SLOW_ROOM {
            stream.pair.set_output(SLOW_ROOM)?;
        }
        let outcome = stream.pair.inflate(flush)?;
        stream.at += outcome.read;
        stream.guard.inflated(outcome.code, stream.pair.bits_held());
        if outcome.code == Z_STREAM_END && !stream.ended {
            stream.ended = true;
            self.counts.completed += 1;
            self.counts.checked += u64::from(stream.check()?);
        }
        Ok(self.count(InflateCall::Inflate { flush }, outcome))
    }

    /// Repeats inflate with new input and room until it stops.
    fn drain(
        &mut self,
        index: usize,
        flush: c_int,
        piece: usize,
        room: usize,
        most: usize,
    ) -> Compared<()> {
        for _ in 0..most {
            self.feed(index, Feed::Piece(piece));
            self.streams[index].pair.set_output(room)?;
            let outcome = self.inflate(index, flush)?;
            let stopped = outcome.code == Z_BUF_ERROR && outcome.read == 0 && outcome.wrote == 0;
            if stopped || ![Z_OK, Z_BUF_ERROR].contains(&outcome.code) {
                break;
            }
        }
        Ok(())
    }

    fn sync_held(&mut self, index: usize, primes: &[(c_int, c_int)], input: &[u8]) -> Compared<()> {
        for &(bits, value) in primes {
            self.simple(index, &Action::Prime { bits, value })?;
        }
        let stream = &mut self.streams[index];
        let at = stream.at;
        stream.pair.set_input(input);
        self.simple(index, &Action::Sync { feed: Feed::Keep })?;
        let stream = &mut self.streams[index];
        stream.pair.set_input(&[]);
        stream.at = at;
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
            source: stream.source.clone(),
            ..*stream
        });
        self.streams.extend(copy);
        self.count(InflateCall::Copy, outcome);
        Ok(())
    }

    fn end(&mut self, index: usize, again: Option<c_int>) -> Compared<()> {
        let mut stream = self.streams.swap_remove(index);
        let outcome = stream.pair.end()?;
        self.count(InflateCall::End, outcome);
        let Some(window_bits) = again else {
            return stream.pair.use_closed();
        };
        stream.pair.fail_allocation(0);
        self.init(stream.pair, window_bits, stream.source, 0)
    }

    /// The actions that write no output.
    fn simple(&mut self, index: usize, action: &Action) -> Compared<()> {
        let stream = &mut self.streams[index];
        let pair = &mut stream.pair;
        let (call, outcome) = match action {
            Action::Sync { .. } => (InflateCall::Sync, pair.sync()?),
            &Action::Prime { bits, value } => {
                (InflateCall::Prime { bits, value }, pair.prime(bits, value)?)
            }
            Action::SetDictionary(dictionary) => {
                let bytes = match dictionary {
                    Dictionary::Right => &stream.source.dictionary,
                    Dictionary::Other(bytes) => bytes,
                };
                let call = InflateCall::SetDictionary { len: bytes.len() };
                (call, pair.set_dictionary(bytes)?)
            }
            &Action::GetDictionary { buffer, length } => (
                InflateCall::GetDictionary { buffer, length },
                pair.get_dictionary(buffer, length)?,
            ),
            Action::GetHeader(rooms) => (InflateCall::GetHeader, pair.get_header(*rooms)?),
            Action::Reset => (InflateCall::Reset, pair.reset()?),
            &(Action::Reset2(window_bits) | Action::Restart { window_bits, .. }) => (
                InflateCall::Reset2 { window_bits },
                pair.reset2(window_bits)?,
            ),
            Action::ResetKeep => (InflateCall::ResetKeep, pair.reset_keep()?),
            &Action::Validate(check) => (InflateCall::Validate { check }, pair.validate(check)?),
            &Action::Undermine(subvert) => {
                (InflateCall::Undermine { subvert }, pair.undermine(subvert)?)
            }
            &Action::Set { field, value } => {
                let outcome = pair.set_field(field, value)?;
                self.counts.call(Call::Set { field, value }, outcome);
                return Ok(());
            }
            _ => return Ok(()),
        };
        stream.note(action, outcome, self.plan);
        self.count(call, outcome);
        Ok(())
    }

    /// Finishes a stream, if the plan says so, and ends it.
    fn close(&mut self, mut stream: Stream) -> Compared<()> {
        if let Some((piece, room)) = self.plan.finish {
            stream.pair.fail_allocation(0);
            self.streams.push(stream);
            let index = self.streams.len() - 1;
            self.finish(index, piece, room)?;
            let Some(finished) = self.streams.pop() else {
                return Ok(());
            };
            stream = finished;
        }
        stream.pair.get_dictionary(true, true)?;
        let outcome = stream.pair.end()?;
        self.count(InflateCall::End, outcome);
        if self.streams.is_empty() {
            let left = stream.pair.live_blocks();
            stream
                .pair
                .log()
                .same("blocks not freed at the end", 0, left)?;
        }
        Ok(())
    }

    /// Reads all there is, one member after the other.
    fn finish(&mut self, index: usize, piece: usize, room: usize) -> Compared<()> {
        for call in 0..MOST_FINISHING_CALLS {
            let (piece, room) = if call < FINISHING_CALLS {
                (piece, room)
            } else {
                (usize::MAX, 300_000)
            };
            self.feed(index, Feed::Piece(piece));
            self.streams[index].pair.set_output(room)?;
            let flush = if piece == usize::MAX {
                Z_FINISH
            } else {
                Z_NO_FLUSH
            };
            let outcome = self.inflate(index, flush)?;
            match outcome.code {
                Z_OK => {}
                Z_BUF_ERROR if outcome.read > 0 || outcome.wrote > 0 => {}
                Z_NEED_DICT => {
                    let right = Action::SetDictionary(Dictionary::Right);
                    self.simple(index, &right)?;
                    if self.streams[index].member.is_none() {
                        break;
                    }
                }
                Z_STREAM_END => {
                    // A finished stream says so again.
                    self.inflate(index, flush)?;
                    let stream = &self.streams[index];
                    if stream.at == stream.source.bytes.len() {
                        break;
                    }
                    self.simple(index, &Action::Reset)?;
                }
                _ => break,
            }
        }
        Ok(())
    }
}

impl Stream {
    /// A stream begins where the source is.
    fn begin(&mut self) {
        let starts = |member: &Member| member.at.start == self.at;
        self.member = self
            .source
            .members
            .iter()
            .position(starts)
            .filter(|_| self.source.suits(self.window_bits));
        if self.source.wrap == Wrap::Raw && !self.source.dictionary.is_empty() {
            // Until the dictionary is set.
            self.member = None;
        }
        self.ended = false;
        self.pair.produced.clear();
    }

    /// Keeps track after an action.
    fn note(&mut self, action: &Action, outcome: Outcome, plan: &Plan) {
        let went_well = outcome.code == Z_OK;
        match action {
            Action::Sync { .. } => {
                self.at += outcome.read;
                self.guard.sync(outcome.code);
                if outcome.code != Z_BUF_ERROR {
                    self.member = None;
                }
                if went_well {
                    // It may be a raw stream now, even after inflateReset.
                    self.window_bits = UNSUITABLE;
                }
            }
            _ if !went_well => {}
            &Action::Prime { bits, .. } => {
                self.guard.primed(bits);
                if bits != 0 {
                    self.member = None;
                }
            }
            Action::SetDictionary(dictionary) if self.source.wrap == Wrap::Raw => {
                let right = match dictionary {
                    Dictionary::Right => true,
                    Dictionary::Other(bytes) => **bytes == self.source.dictionary,
                };
                let wanted = !self.source.dictionary.is_empty();
                let fresh = self.at == 0 && self.pair.produced.is_empty();
                if right && wanted && fresh && self.source.suits(self.window_bits) {
                    self.member = (!self.source.members.is_empty()).then_some(0);
                } else if !right || wanted {
                    self.member = None;
                }
            }
            Action::Reset => {
                self.guard.reset(None);
                self.begin();
            }
            Action::ResetKeep => {
                self.guard.reset(None);
                self.begin();
                // The window keeps what it had, which is no harm.
            }
            &Action::Reset2(window_bits) => {
                self.guard.reset(Some(window_bits));
                self.window_bits = window_bits;
                self.begin();
            }
            &Action::Restart {
                source,
                window_bits,
            } => {
                self.guard.reset(Some(window_bits));
                self.source = plan.sources[source].clone();
                self.at = 0;
                self.pair.set_input(&[]);
                self.window_bits = window_bits;
                self.begin();
            }
            _ => {}
        }
    }

    /// That a stream that has ended gave its data, if its data is known.
    fn check(&self) -> Compared<bool> {
        let Some(member) = self.member.map(|index| &self.source.members[index]) else {
            return Ok(false);
        };
        let log = self.pair.log();
        log.same("where the stream ends", member.at.end, self.at)?;
        log.same_bytes(
            "byte of the data (zlib: what is expected)",
            &member.data,
            &self.pair.produced,
            0,
        )?;
        Ok(true)
    }
}

/// The name that calls left out are counted under.
fn name(action: &Action) -> &'static str {
    match action {
        Action::Sync { .. } => "inflateSync",
        Action::Reset2(_) | Action::Restart { .. } => "inflateReset2",
        _ => "other",
    }
}
