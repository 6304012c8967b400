//! inflate's window against a model that keeps all output: fed with pieces of all sizes.
//!
//! A module of `src/inflate/output/window.rs`, because through the C functions a window can neither
//! be made small enough to wrap often, nor be looked at.
#![forbid(unsafe_code)]

use super::*;
use crate::annex::OnMalloc;
use crate::inflate::state::State;
use crate::inflate::support::{Random, state};

/// A stream's window, and all output that it was given.
struct Pair {
    state: OnMalloc<State>,
    all: Vec<u8>,
    random: Random,
}

impl Pair {
    fn new(bits: u8) -> Self {
        let mut state = state(bits);
        let window = &mut state.window;
        assert!(!window.in_use() && window.open(&Allocator::default_malloc()) == Ok(()));
        assert!(window.in_use());
        Pair {
            state,
            all: Vec::new(),
            random: Random::new(bits.into()),
        }
    }

    /// The last bytes of the output, as many as the window must have.
    fn expected(&self) -> &[u8] {
        &self.all[self.all.len() - self.all.len().min(1 << self.state.window.bits)..]
    }

    /// Adds `count` bytes.
    fn add(&mut self, count: usize) {
        let data = self.random.bytes(count);
        self.state.window.append(&data, false);
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
    for bits in [8, 10, 15] {
        let mut pair = Pair::new(bits);
        pair.check();
        let mut longest = 8;
        for round in 0..6000 {
            if round % 50 == 0 {
                longest = [3, 40, 300, 5000, 40_000][pair.random.below(5)];
            }
            let count = pair.random.below(longest) + 1;
            pair.add(count);
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
fn a_copy_has_the_same_history() {
    let mut pair = Pair::new(9);
    for count in [500, 100, 3] {
        pair.add(count);
        let mut copy = Pair::new(9);
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
