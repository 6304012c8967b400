//! deflate's searches on what is hard for them: data with long hash chains, and a stream whose
//! parameters change while all of its history is in use.
//!
//! Everything runs on zlib's chains, on the tables that stand in for them, with the processor's
//! best instructions and without them, and by the rule that chooses, in one program: the bytes are
//! zlib's each time.

mod common;

use common::api::*;
use common::data::{KINDS, Kind, generate};
use common::drive::{Chunks, compress, expect};
use common::log::{Log, Settings};
use common::pair::{Compared, Pair};
use common::rng::Rng;
use rzlib::testing::{Use, use_index};
use std::cell::RefCell;
use std::rc::Rc;

const RULES: [Use; 4] = [Use::Always, Use::Scalar, Use::Never, Use::WhenRepaid];
/// Bytes of each input: the window slides more than twice.
const LEN: usize = 150_000;
/// Streams with changing parameters.
const STREAMS: u64 = 30;
/// Changes in each.
const CHANGES: usize = 24;

/// Data whose 3-byte strings recur often, with longer ones that differ late.
fn hard(name: &str, rng: &mut Rng) -> Vec<u8> {
    let mut data = Vec::with_capacity(LEN + 1024);
    while data.len() < LEN {
        match name {
            "aaab, runs of all lengths" => {
                data.resize(data.len() + rng.below(300), b'a');
                data.push(b'b');
            }
            "two letters" => data.push(b'a' + rng.byte() % 2),
            "short repeats" => {
                let word = [rng.byte() % 8, 1, 2, rng.byte() % 8];
                data.extend_from_slice(&word[..3 + rng.below(2)]);
            }
            "a page again and again" => {
                // The rest is text: the anchors are needed again.
                if data.len() < LEN / 2 {
                    data.extend((0..1000u32).map(|i| (i.wrapping_mul(0x9e37_79b1) >> 24) as u8));
                    let last = data.len() - 1;
                    data[last] = rng.byte();
                } else {
                    data.extend(generate(Kind::Words, 4_000, rng));
                }
            }
            "one prefix, other ends" => {
                data.extend_from_slice(&b"the same beginning of everything"[..8 + rng.below(24)]);
                data.push(rng.byte());
            }
            "a period that drifts" => {
                let period = 1 + data.len() / 1000;
                let at = data.len().saturating_sub(period);
                let byte = data.get(at).copied().unwrap_or(b'x');
                data.push(if rng.below(200) == 0 {
                    rng.byte()
                } else {
                    byte
                });
            }
            _ => data.extend(generate(Kind::Dna, 4_000, rng)),
        }
    }
    data.truncate(LEN);
    data
}

const HARD: [&str; 7] = [
    "a page again and again",
    "aaab, runs of all lengths",
    "two letters",
    "short repeats",
    "one prefix, other ends",
    "a period that drifts",
    "dna",
];

/// Compresses `data` on the chains, on the index, and by the rule that chooses.
fn compress_by_all_rules(
    name: &str,
    settings: Settings,
    data: &[u8],
    chunks: Chunks,
    rng: &mut Rng,
) {
    for rule in RULES {
        use_index(rule);
        let context = format!("{name}, {settings:?}, {rule:?}");
        let log = Rc::new(RefCell::new(Log::new(&context)));
        let mut pair = Pair::new(&log, None);
        expect(pair.init(settings));
        expect(compress(&mut pair, data, chunks, rng));
        expect(pair.end());
    }
}

#[test]
fn data_with_long_chains() {
    let rng = &mut Rng::new(41);
    for name in HARD {
        let data = hard(name, rng);
        for level in 1..=9 {
            let settings = Settings {
                level,
                window_bits: rng.pick(&[-15, -15, 31, 12, -10]),
                mem_level: rng.pick(&[8, 9, 3]),
                strategy: rng.pick(&[0, 0, 1]),
            };
            compress_by_all_rules(name, settings, &data, Chunks::Whole, rng);
        }
    }
}

/// A stream of a mixed kind of data in pieces, with another level or strategy before each.
fn changing(rule: Use, seed: u64) -> Compared<()> {
    use_index(rule);
    let rng = &mut Rng::new(seed);
    let log = Rc::new(RefCell::new(Log::new(&format!("seed {seed}, {rule:?}"))));
    let mut pair = Pair::new(&log, None);
    pair.init(Settings {
        level: rng.between(1, 9) as i32,
        window_bits: rng.pick(&[-15, 15, -13, 10]),
        mem_level: rng.pick(&[8, 9, 5, 1]),
        strategy: 0,
    })?;
    let data = generate(rng.pick(&KINDS), LEN, rng);
    let mut rest = &data[..];
    for _ in 0..CHANGES {
        let (piece, after) = rest.split_at(rng.size(2 * LEN / CHANGES).min(rest.len()));
        rest = after;
        pair.set_input(piece);
        match rng.below(12) {
            0 => drop(pair.tune([8, 16, 128, rng.pick(&[0, 1, 7, 128])])?),
            1 => drop(pair.params(rng.between(0, 9) as i32, rng.between(0, 4) as i32)?),
            _ => drop(pair.params(rng.between(1, 9) as i32, 0)?),
        }
        let flush = rng.pick(&[Z_NO_FLUSH, Z_NO_FLUSH, Z_BLOCK, Z_SYNC_FLUSH, Z_FULL_FLUSH]);
        let room = rng.pick(&[LEN, LEN, 300, 64]);
        for _ in 0..rng.pick(&[1, 3, 10_000]) {
            pair.set_output(room)?;
            pair.deflate(flush)?;
            if pair.avail_out() != 0 {
                break;
            }
        }
    }
    pair.set_output(2 * LEN)?;
    pair.deflate(Z_FINISH)?;
    pair.end()?;
    Ok(())
}

/// Pages again and again, with some text in between, in a window so small that the index pauses
/// and comes back many times, and short blocks, so that it does so near their ends, too.
#[test]
fn an_index_that_pauses() {
    for seed in 0..60 {
        let rng = &mut Rng::new(600 + seed);
        let window_bits = rng.between(9, 12) as i32;
        let page = generate(Kind::Random, (1 << window_bits) / 8 + rng.below(100), rng);
        let mut data = Vec::new();
        while data.len() < LEN {
            data.extend(page.repeat(1 + rng.below(6)));
            data.extend(generate(Kind::Words, rng.below(60), rng));
        }
        let settings = Settings {
            level: rng.between(6, 9) as i32,
            window_bits: -window_bits,
            mem_level: rng.between(1, 3) as i32,
            strategy: rng.pick(&[0, 0, 1]),
        };
        let chunks = rng.pick(&[Chunks::Whole, Chunks::UpTo(5000)]);
        compress_by_all_rules(&format!("seed {seed}"), settings, &data, chunks, rng);
    }
}

#[test]
fn parameters_that_change_in_the_middle() {
    for seed in 0..STREAMS {
        for rule in RULES {
            expect(changing(rule, 7_000 + seed));
        }
    }
}
