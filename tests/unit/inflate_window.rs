//! inflate's window against a model that keeps all output: a ring and a line, fed with decoded and
//! stored data in pieces of all sizes, staged in the window or not.
//!
//! A module of `src/inflate/output/window.rs`, because through the C functions a window can neither
//! be made small enough to wrap often, nor be looked at.
#![forbid(unsafe_code)]

use super::*;
use crate::annex::OnMalloc;
use crate::inflate::state::State;
use crate::inflate::support::state;

/// A stream's window, and all output that it was given.
struct Pair {
    state: OnMalloc<State>,
    all: Vec<u8>,
    random: u64,
}

impl Pair {
    fn new(shape: Shape, bits: u8) -> Self {
        let mut state = state(bits);
        let allocator = Allocator::default_malloc();
        let window = &mut state.window;
        if shape == Shape::Ring {
            window.buf = ZBuf::alloc(&allocator, 1 << bits, 1);
        }
        assert!(!window.in_use() && window.open(&allocator) == Ok(()));
        assert!(window.shape == shape && window.in_use());
        Pair {
            state,
            all: Vec::new(),
            random: 0x9e37_79b9 + u64::from(bits),
        }
    }

    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 20) as usize % limit
    }

    /// The last bytes of the output, as many as the window must have.
    fn expected(&self) -> &[u8] {
        &self.all[self.all.len() - self.all.len().min(1 << self.state.window.bits)..]
    }

    /// Adds `count` bytes, of which at most `most` are decoded to the window, if it has room.
    fn add(&mut self, count: usize, most: usize, in_stored: bool) {
        let data: Vec<u8> = (0..count).map(|_| self.below(256) as u8).collect();
        let mut staged = 0;
        if most != 0
            && let Some((buf, begin, end)) = self.state.window.stage(most)
        {
            let kept = self.all.len().min(end - begin);
            assert!(
                buf[begin..end] == self.all[self.all.len() - kept..],
                "staged history"
            );
            let room = buf.len() - SLACK - end;
            assert!(
                room >= most.min(LEAST_ROOM) && room <= most,
                "room of {room} for {most}"
            );
            staged = count.min(room);
            buf[end..end + staged].copy_from_slice(&data[..staged]);
            // What the copies of matches write after the output.
            buf[end + staged..].fill(0xee);
        }
        self.state.window.append(&data, staged, in_stored);
        self.all.extend(data);
    }

    /// Compares what the window says it has with the output.
    fn check(&self) {
        let expected = self.expected();
        let (newer, older) = self.state.window.history();
        assert_eq!(self.state.window.history_len(), expected.len());
        assert!([older, newer].concat() == expected, "history");
    }

    /// Looks each distance up.
    fn check_distances(&self) {
        let expected = self.expected();
        for back in 1..=expected.len() {
            let from = self.state.window.history_from(back);
            assert!(!from.is_empty() && from.len() <= back);
            assert!(
                from == &expected[expected.len() - back..][..from.len()],
                "{back} back"
            );
        }
    }
}

#[test]
fn pieces_of_all_sizes_become_history() {
    for (shape, bits) in [
        (Shape::Ring, 8),
        (Shape::Ring, 10),
        (Shape::Line, 8),
        (Shape::Line, 15),
    ] {
        let mut pair = Pair::new(shape, bits);
        pair.check();
        let mut longest = 8;
        for round in 0..6000 {
            if round % 50 == 0 {
                longest = [3, 40, 300, 5000][pair.below(4)];
            }
            let in_stored = round / 300 % 2 == 1 && pair.below(20) != 0;
            let count = pair.below(longest) + 1;
            let most = match in_stored || pair.below(4) == 0 {
                true => 0,
                false => count + pair.below(4000),
            };
            pair.add(count, most, in_stored);
            pair.check();
            if round % 100 == 0 {
                pair.check_distances();
            }
            let keep = pair.all.len().min(1 << bits);
            pair.all.drain(..pair.all.len() - keep);
        }
    }
}

#[test]
fn a_line_is_straightened_wherever_it_is_wrapped() {
    const SIZE: usize = 1 << 15;
    // Stored data that ends at each of these places of the line, and then goes on at its front.
    for before in [SIZE + 1, SIZE + ROOM / 2, SIZE + ROOM - 1, SIZE + ROOM] {
        for after in [1, 100, SIZE / 2, SIZE - 1, SIZE] {
            for count in [1, 258, LEAST_ROOM, SIZE - 1] {
                let mut pair = Pair::new(Shape::Line, 15);
                let first = SIZE - 1;
                pair.add(first, 0, true);
                pair.add(before - first, 0, true);
                pair.add(after, 0, true);
                pair.check();
                pair.check_distances();
                pair.add(count, 0, false);
                pair.check();
                pair.add(count, count, false);
                pair.check();
            }
        }
    }
}

#[test]
fn a_wrapped_line_moves_to_the_front_in_order() {
    const CAPACITY: usize = 1000;
    let mut buf = ZBuf::<u8>::alloc(&Allocator::default_malloc(), CAPACITY as u32, 1).unwrap();
    for (kept, next, wrapped_at) in [
        (300, 700, 0),    // in one piece
        (300, 300, 0),    // at the front already
        (300, 100, 600),  // room for the newer part after the older one
        (300, 100, 1000), // none
        (300, 299, 1000),
        (300, 1, 1000),
        (300, 1, 999),
    ] {
        buf.make_ready(CAPACITY);
        let (newer, older) = (kept.min(next), kept - kept.min(next));
        for i in 0..older {
            buf[wrapped_at - older + i] = i as u8;
        }
        for i in 0..newer {
            buf[next - newer + i] = (older + i) as u8;
        }
        straighten(&mut buf, CAPACITY, kept, next, wrapped_at);
        let in_order = (0..kept).all(|i| buf[i] == i as u8);
        assert!(in_order, "{kept} {next} {wrapped_at}");
    }
    // To be freed.
    state(8).window.buf = Some(buf);
}

#[test]
fn a_copy_has_the_same_history() {
    let mut pair = Pair::new(Shape::Ring, 9);
    for count in [500, 100, 3] {
        pair.add(count, 0, false);
        let mut copy = Pair::new(Shape::Ring, 9);
        let other = pair
            .state
            .window
            .copy(&Allocator::default_malloc())
            .unwrap();
        let old = std::mem::replace(&mut copy.state.window, other);
        // To be freed.
        state(9).window = old;
        copy.all = pair.all.clone();
        copy.check();
        copy.check_distances();
    }
}
