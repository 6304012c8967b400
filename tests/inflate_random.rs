//! Noise, alone and behind valid beginnings, and damaged streams: both libraries find the same
//! mistake at the same place, and neither crashes nor hangs.
//!
//! RZLIB_RANDOM_BYTES is the number of bytes, RZLIB_SEED the seed.

mod common;

use common::api::{Z_DATA_ERROR, Z_OK, Z_STREAM_END};
use common::drive::{Chunks, decompress, expect};
use common::log::Log;
use common::naive::{End, decode};
use common::pair::InflatePair;
use common::rng::Rng;
use common::sequence::from_environment;
use common::streams::{Source, WRAPS, Wrap, compressed, damage, noise, synthetic};
use std::cell::RefCell;
use std::rc::Rc;

/// Bytes by default.
const BYTES: u64 = 5_000_000;
/// Streams read with one pair.
const STREAMS_A_PAIR: usize = 100;
/// Output that one call has room for; more is taken in pieces.
const ROOM: usize = 70_000;

fn source(rng: &mut Rng) -> Source {
    let wrap = rng.pick(&WRAPS);
    let mut source = match rng.below(10) {
        0..5 => noise(wrap, rng.size(1_000), rng),
        5 => synthetic(wrap, rng.size(2_000), true, rng),
        6 => synthetic(wrap, rng.size(2_000), false, rng),
        7 => compressed(wrap, rng.size(20_000), rng),
        _ => compressed(wrap, rng.size(500), rng),
    };
    if source.made != "noise" {
        damage(&mut source, rng);
    }
    source
}

#[test]
fn noise_and_damage() {
    let bytes = from_environment("RZLIB_RANDOM_BYTES", BYTES);
    let first = from_environment("RZLIB_SEED", 31);
    let (mut seed, mut done, mut streams) = (first, 0, 0);
    let (mut ended, mut mistakes, mut agreed) = (0, 0, 0);
    while done < bytes {
        let rng = &mut Rng::new(seed);
        let context = format!("RZLIB_SEED={seed} RZLIB_RANDOM_BYTES=1");
        let log = Rc::new(RefCell::new(Log::new(&context)));
        let mut pair = InflatePair::new(&log, Some([rng.byte(), rng.byte()]));
        expect(pair.init(15));
        for _ in 0..STREAMS_A_PAIR {
            let source = source(rng);
            let window_bits = source.window_bits(rng);
            expect(pair.reset2(window_bits));
            let whole = expect(decompress(
                &mut pair,
                &source.bytes,
                ROOM,
                Chunks::Whole,
                rng,
            ));
            let (output, raw) = (pair.produced.clone(), source.wrap == Wrap::Raw);
            if raw && source.bits == 15 && source.dictionary.is_empty() {
                let opinion = decode(&source.bytes, &[], 1 << 15, ROOM);
                let end = match whole {
                    Z_STREAM_END => Some(End::Complete),
                    Z_DATA_ERROR if opinion.end == End::TooFar => Some(End::TooFar),
                    Z_DATA_ERROR => Some(End::Invalid),
                    _ => None,
                };
                assert!(end.is_none_or(|end| end == opinion.end), "{context}");
                assert!(output == opinion.output, "{context}: the naive decoder");
                agreed += 1;
            }
            for chunks in [Chunks::Tiny, Chunks::UpTo(300)] {
                assert_eq!(expect(pair.reset2(window_bits)).code, Z_OK);
                let code = expect(decompress(&mut pair, &source.bytes, ROOM, chunks, rng));
                // Where the window is too small, it counts what is in one call's output.
                if whole == Z_STREAM_END && source.suits(window_bits) && code == whole {
                    assert!(pair.produced == output, "{context}: in pieces");
                }
            }
            ended += u64::from(whole == Z_STREAM_END);
            mistakes += u64::from(whole == Z_DATA_ERROR);
            done += source.bytes.len() as u64;
            streams += 1;
        }
        expect(pair.end());
        seed = seed.wrapping_add(1);
    }
    println!(
        "{streams} streams, {done} bytes from seed {first}: {mistakes} with a mistake, \
         {ended} to the end; {agreed} read by the naive decoder, too"
    );
    if bytes >= BYTES {
        assert!(mistakes > streams as u64 / 3);
    }
}
