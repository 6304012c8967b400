//! deflate goes on with zlib's bytes when what it searches in changes between two calls, as if
//! tables had come or gone, wherever the calls end.

mod common;

use common::api::*;
use common::data::{KINDS, generate};
use common::drive::expect;
use common::log::Settings;
use common::pair::{Compared, Pair};
use common::rng::Rng;
use rzlib::testing::{Use, rob_every, use_index};
use std::sync::Mutex;

/// Streams of random calls.
const STREAMS: u64 = 1_500;

/// The rule is the whole program's, so one test runs at a time.
static RULE: Mutex<()> = Mutex::new(());

/// Calls with little room may end anywhere; in small windows and short blocks the ends of these are
/// never far. Tables are lost now and then, levels change, and those between do not keep account.
fn change_at_random(seed: u64) -> Compared<()> {
    let rng = &mut Rng::new(seed);
    let settings = Settings {
        level: rng.pick(&[1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 9]),
        window_bits: rng.pick(&[-9, -9, 9, 10, 12]),
        mem_level: rng.pick(&[1, 1, 2, 3]),
        strategy: 0,
    };
    let mut pair = Pair::open(&format!("seed {seed}"), settings)?;
    let data = generate(rng.pick(&KINDS), 2_000 + rng.below(10_000), rng);
    let most = rng.pick(&[140, 300, 1_500]);
    let changes = rng.pick(&[0, 10, 40]);
    let mut at = 0;
    while at < data.len() {
        let end = data.len().min(at + rng.below(most));
        pair.set_input(&data[at..end]);
        let flush = rng.pick(&[Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_BLOCK, Z_SYNC_FLUSH]);
        // What is left to write then waits for the next call, which has other input.
        for _ in 0..rng.pick(&[1, 1, 1_000]) {
            use_index(rng.pick(&[Use::Always, Use::Always, Use::Never]));
            rob_every(rng.pick(&[0, 0, 1]));
            pair.set_output(rng.pick(&[1, 5, 20, 100, 20_000]))?;
            pair.deflate(flush)?;
            if pair.avail_out() != 0 {
                break;
            }
        }
        at = end - pair.avail_in();
        if rng.percent(changes) {
            pair.set_output(20_000)?;
            pair.params(
                rng.pick(&[0, 1, 1, 2, 3, 3, 4, 5, 6, 9]),
                rng.pick(&[0, 0, 0, 2, 3]),
            )?;
            at = end - pair.avail_in();
        }
    }
    pair.set_output(2 * data.len() + 1_000)?;
    pair.deflate(Z_FINISH)?;
    pair.end()?;
    Ok(())
}

#[test]
fn random_calls() {
    let _guard = RULE.lock();
    for seed in 0..STREAMS {
        expect(change_at_random(9_000 + seed));
    }
}

/// A flush ends for want of room, because a block is full, one or two bytes before the end of its
/// input: zlib never inserts the strings there, which later data has again. `first` is searched
/// until then, and `then` after it, in turns with `first`.
fn end_at_a_full_block(level: i32, len: usize, first: Use, then: Use) -> Compared<()> {
    let settings = Settings {
        level,
        window_bits: -15,
        mem_level: 1,
        strategy: 0,
    };
    let context = format!("level {level}, {len} bytes, {first:?}, {then:?}");
    let mut pair = Pair::open(&context, settings)?;
    let begin: Vec<u8> = (0..len as u8).collect();
    use_index(first);
    rob_every(0);
    pair.set_input(&begin);
    pair.set_output(1)?;
    pair.deflate(Z_SYNC_FLUSH)?;
    let next = [250, 251, 252, 253, 254];
    pair.set_input(&next);
    pair.set_output(10_000)?;
    pair.deflate(Z_NO_FLUSH)?;
    let mut again = Vec::new();
    for back in [4, 3, 2, 1] {
        again.extend(&begin[len - back..]);
        again.extend([250, 251, 252, 253, 1, back as u8]);
    }
    again.resize(500, 0);
    for (rule, is_robbed) in [(then, 0), (first, 1), (then, 1)] {
        use_index(rule);
        rob_every(is_robbed);
        pair.set_input(&again);
        pair.set_output(10_000)?;
        pair.deflate(Z_NO_FLUSH)?;
    }
    pair.set_output(10_000)?;
    pair.deflate(Z_FINISH)?;
    pair.end()?;
    Ok(())
}

#[test]
fn strings_that_a_full_block_leaves_out() {
    let _guard = RULE.lock();
    for level in 1..=9 {
        // A block of memLevel 1 has 127 symbols.
        for len in 124..132 {
            expect(end_at_a_full_block(level, len, Use::Never, Use::Always));
            expect(end_at_a_full_block(level, len, Use::Always, Use::Never));
            expect(end_at_a_full_block(level, len, Use::Always, Use::Always));
        }
    }
}
