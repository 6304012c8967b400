//! The line and the window as one history, against a model that keeps all output.
//!
//! A module of `src/inflate/output/line.rs`, because what a line holds cannot be seen from outside.
#![forbid(unsafe_code)]

use super::*;
use crate::alloc::Allocator;
use crate::annex::OnMalloc;
use crate::inflate::output::window::Window;
use crate::inflate::state::State;
use crate::inflate::support::{Random, state};

/// A call that repays everything, and one that repays next to nothing.
const LONG: usize = 1 << 20;
const SHORT: usize = 20;

/// A stream's window and line, and all output.
struct Stream {
    state: OnMalloc<State>,
    all: Vec<u8>,
}

impl Stream {
    fn new(bits: u8) -> Self {
        let mut state = state(bits);
        state.window.open(&Allocator::default_malloc()).unwrap();
        Stream {
            state,
            all: Vec::new(),
        }
    }

    fn window(&mut self) -> &mut Window {
        &mut self.state.window
    }

    /// Output that goes by the line.
    fn add_elsewhere(&mut self, data: &[u8]) {
        self.window().append(data, false);
        self.all.extend(data);
    }

    /// A call with so much room that decodes `data` in the line, and then `rest` elsewhere; whether
    /// it had a line.
    fn call(&mut self, room: usize, data: &[u8], rest: &[u8]) -> bool {
        let borrowed = self.window().borrow_line(room, room);
        let has_line = borrowed.is_some();
        let whole = [data, rest].concat();
        if let Some(mut line) = borrowed {
            let lag = self.window().line_lag();
            let len = self.window().history_len();
            if lag != 0 {
                let [older, newer] = self.window().newest(lag);
                line.extend(len - lag, [older, newer, &[]]);
            }
            let end = line.end;
            let history = &line.memory()[end - len..end];
            assert!(history == &self.all[self.all.len() - len..], "history");
            let mut left = data;
            while !left.is_empty() {
                if line.end >= CAPACITY {
                    line.extend(HISTORY, [&[], &[], &[]]);
                }
                let (end, memory) = (line.end, line.memory());
                let count = left.len().min(CAPACITY - end);
                memory[end..end + count].copy_from_slice(&left[..count]);
                // What the copies of matches write after the output.
                memory[end + count..].fill(0xee);
                line.end += count;
                left = &left[count..];
            }
            self.window().put_line(line, whole.len(), rest.len());
        }
        self.window().append(&whole, has_line);
        self.all.extend(whole);
        has_line
    }
}

#[test]
fn a_borrowed_line_ends_with_the_history() {
    let mut random = Random::new(7);
    let mut with_line = 0;
    for bits in [8, 12, 15] {
        let mut stream = Stream::new(bits);
        for round in 0..3000 {
            let longest = [10, 300, 5000, 50_000][random.below(4)];
            let count = random.below(longest);
            let data = random.bytes(count);
            let rest = random.below(2) * random.below(longest);
            match random.below(4) {
                0 => stream.add_elsewhere(&data),
                1 => {
                    stream.call(SHORT, &data[..count.min(SHORT)], &[]);
                }
                _ => {
                    let rest = random.bytes(rest);
                    with_line += usize::from(stream.call(LONG, &data, &rest));
                }
            }
            match round % 500 {
                100 => {
                    // A trailer confirms output that is no history.
                    let borrowed = stream.window().borrow_line(LONG, LONG);
                    let Some(mut line) = borrowed else {
                        continue;
                    };
                    let lag = stream.window().line_lag();
                    line.end = (line.end + 100).min(CAPACITY);
                    stream.window().put_line(line, 100, lag);
                    stream.window().leave_line();
                }
                200 => {
                    stream.window().reset();
                    stream.window().open(&Allocator::default_malloc()).unwrap();
                }
                300 => {
                    let line = std::mem::replace(&mut stream.window().line, Claim::NONE);
                    // Another stream has it now.
                    drop(line);
                }
                _ => {}
            }
            let keep = stream.all.len().min(HISTORY);
            stream.all.drain(..stream.all.len() - keep);
        }
    }
    assert!(with_line > 3000, "calls had a line");
}

#[test]
fn short_calls_wait_for_a_line() {
    let mut stream = Stream::new(15);
    let data = Random::new(1).bytes(SHORT);
    let mut before = 0;
    while !stream.call(SHORT, &data, &[]) {
        before += SHORT;
        assert!(before < 100 * LEAST_WAIT, "they get one at last");
    }
    assert!(before >= LEAST_WAIT);
    // It goes on with short calls, and after a little output elsewhere.
    assert!(stream.call(SHORT, &data, &[]));
    stream.add_elsewhere(&data);
    assert!(stream.call(SHORT, &data, &[]));
    // After more, it does not pay to catch up in one call.
    stream.add_elsewhere(&[0; 2 * SHORT * REPAID]);
    assert!(!stream.call(SHORT, &data, &[]));
    assert!(stream.call(LONG, &data, &[]));
}

#[test]
fn calls_that_decode_nothing_take_no_line() {
    let mut stream = Stream::new(15);
    assert!(stream.window().borrow_line(LONG, 0).is_none());
    assert!(stream.window().borrow_line(0, LONG).is_none());
}

#[test]
fn a_claim_of_the_past_gets_no_line_of_the_future() {
    let mut stream = Stream::new(15);
    let data = Random::new(2).bytes(1000);
    assert!(stream.call(LONG, &data, &[]));
    let line = &stream.window().line;
    let (lease, lag) = (line.lease, line.lag);
    assert!(LINES.hold(lease.unwrap()).is_some_and(|held| {
        let claim = &mut stream.state.window.line;
        claim.put(ManuallyDrop::new(held), 0, lag);
        true
    }));
    // A program sets memory back to how it was before the last call.
    let past = std::mem::ManuallyDrop::new(Claim { lease, lag });
    assert!(LINES.hold(past.lease.unwrap()).is_none());
}

#[test]
fn the_line_is_free_when_its_stream_ends() {
    let mut stream = Stream::new(15);
    assert!(stream.call(LONG, b"data", &[]));
    let lease = stream.window().line.lease.unwrap();
    drop(stream);
    assert!(LINES.hold(lease).is_none());
}
