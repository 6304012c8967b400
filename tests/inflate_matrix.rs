//! Undamaged streams of all kinds and sizes, whole and in pieces, with room for all, for one
//! byte less and for more: everything visible is zlib's, and the data is what went in.

mod common;

use common::api::*;
use common::data::{KINDS, Kind, generate};
use common::drive::{CHUNKS, Chunks, decompress, expect};
use common::log::Settings;
use common::naive::{End, decode};
use common::pair::InflatePair;
use common::rng::Rng;
use common::streams::{WRAPS, Wrap, compress, compress_in_pieces, synthetic};
use common::synth::widest_stream;
use std::ffi::c_int;

/// windowBits of `wrap` for a window of 2^bits bytes.
fn window_bits(wrap: Wrap, bits: c_int) -> c_int {
    match wrap {
        Wrap::Raw => -bits,
        Wrap::Zlib => bits,
        Wrap::Gzip => bits + 16,
    }
}

/// Compresses data with zlib for a window of 2^bits bytes.
fn stream(wrap: Wrap, bits: c_int, data: &[u8], rng: &mut Rng) -> Vec<u8> {
    let settings = Settings {
        level: rng.between(-1, 9) as c_int,
        window_bits: window_bits(wrap, bits),
        mem_level: rng.between(1, 9) as c_int,
        strategy: rng.pick(&[0, 0, 0, 1, 2, 3, 4]),
    };
    compress(settings, data, &[], None, rng)
}

/// Reads a stream to its end.
fn check(pair: &mut InflatePair, stream: &[u8], data: &[u8], chunks: Chunks, rng: &mut Rng) {
    let code = expect(decompress(pair, stream, data.len(), chunks, rng));
    // In one piece all must fit; in pieces there may be no call with room behind the end.
    assert_eq!(code, Z_STREAM_END, "{chunks:?}");
    assert!(pair.produced == data, "{chunks:?}: data");
    expect(pair.reset());
}

/// Reads a stream, all input at once, to its end in pieces of so much room.
fn check_in_rooms(pair: &mut InflatePair, stream: &[u8], data: &[u8], room: usize, context: &str) {
    pair.set_input(stream);
    pair.produced.clear();
    let mut code = Z_OK;
    while code == Z_OK {
        expect(pair.set_output(room));
        code = expect(pair.inflate(Z_NO_FLUSH)).code;
    }
    assert_eq!(code, Z_STREAM_END, "{context}");
    assert!(pair.produced == data, "{context}: data");
    expect(pair.reset());
}

#[test]
fn all_kinds_of_data_at_sizes_around_powers_of_two() {
    let rng = &mut Rng::new(41);
    let (mut streams, mut bytes) = (0, 0);
    for power in 0..=17 {
        for kind in KINDS {
            let size = (1_usize << power).saturating_add_signed(rng.between(-2, 2) as isize);
            let (wrap, bits) = (rng.pick(&WRAPS), rng.pick(&[9, 10, 12, 15, 15]));
            let data = generate(kind, size, rng);
            let stream = stream(wrap, bits, &data, rng);
            let context = format!("{size} bytes of {kind:?}, {wrap:?}, window {bits}");
            let mut pair = expect(InflatePair::open(&context, window_bits(wrap, bits)));
            for chunks in CHUNKS {
                check(&mut pair, &stream, &data, chunks, rng);
                (streams, bytes) = (streams + 1, bytes + size);
            }
            expect(pair.end());
        }
    }
    println!("{streams} streams, {bytes} bytes");
}

/// Blocks that end where a piece of output is copied out, or the buffer that it is decoded to ends:
/// the fast loop must have room again.
#[test]
fn blocks_of_a_power_of_two() {
    let rng = &mut Rng::new(47);
    for block in [1024, 2048, 4096, 8192, 16384] {
        let data = generate(Kind::Words, 120_000, rng);
        let settings = Settings {
            level: 6,
            window_bits: 15,
            mem_level: 8,
            strategy: 0,
        };
        let stream = compress_in_pieces(settings, &data, &[], None, block, || Z_SYNC_FLUSH);
        for room in [8192, 16384, 32768, data.len()] {
            let context = format!("blocks of {block}, room {room}");
            let mut pair = expect(InflatePair::open(&context, 15));
            check_in_rooms(&mut pair, &stream, &data, room, &context);
            expect(pair.end());
        }
    }
}

#[test]
fn output_in_pieces_around_the_window() {
    let rng = &mut Rng::new(42);
    for bits in 9..=15 {
        for kind in [Kind::Repeats, Kind::Mixed, Kind::Words] {
            let window = 1_usize << bits;
            let data = generate(kind, 4 * window + rng.below(window), rng);
            let wrap = rng.pick(&WRAPS);
            let stream = stream(wrap, bits, &data, rng);
            let context = format!("{} bytes of {kind:?}, {wrap:?}, window {bits}", data.len());
            let mut pair = expect(InflatePair::open(&context, window_bits(wrap, bits)));
            for room in [
                window - 1,
                window,
                window + 1,
                window / 2,
                window - 258,
                258,
            ] {
                check_in_rooms(&mut pair, &stream, &data, room, &context);
            }
            expect(pair.end());
        }
    }
}

/// Raw stored blocks with `data`, none of them the last.
fn stored_blocks(data: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut rest = data;
    while !rest.is_empty() {
        let (block, after) = rest.split_at((1 + rng.size(65_534)).min(rest.len()));
        let len = block.len() as u16;
        stream.push(0);
        stream.extend(len.to_le_bytes());
        stream.extend((!len).to_le_bytes());
        stream.extend(block);
        rest = after;
    }
    stream
}

#[test]
fn stored_data_around_the_window_and_matches_into_it() {
    let rng = &mut Rng::new(48);
    for round in 0..60 {
        let bits = rng.pick(&[9, 12, 15, 15]);
        let window = 1_usize << bits;
        // The window's memory is used up once or a few times before matches come.
        let len = rng.between(window as i64 / 2, 5 * window as i64 + 40_000) as usize;
        let before = generate(rng.pick(&KINDS), len, rng);
        let history = &before[before.len().saturating_sub(window)..];
        let settings = Settings {
            level: 9,
            window_bits: -bits,
            mem_level: 9,
            strategy: 0,
        };
        let mut after = history[history.len() / 4..].to_vec();
        after.extend(generate(Kind::Mixed, window, rng));
        after.extend(history);
        let parts = [
            stored_blocks(&before, rng),
            compress(settings, &after, history, None, rng),
        ];
        let context = format!("round {round}, {len} stored bytes, window {bits}");
        let mut pair = expect(InflatePair::open(&context, -bits));
        for chunks in [
            Chunks::UpTo(300),
            Chunks::UpTo(5000),
            Chunks::UpTo(100_000),
            Chunks::SmallOutput,
        ] {
            for (part, data) in parts.iter().zip([&before, &after]) {
                expect(decompress(&mut pair, part, data.len(), chunks, rng));
                assert!(pair.produced == *data, "{context}, {chunks:?}");
                expect(pair.get_dictionary(true, true));
            }
            expect(pair.reset());
        }
        expect(pair.end());
    }
}

#[test]
fn room_that_fits_exactly_too_little_and_more() {
    let rng = &mut Rng::new(43);
    for round in 0..300 {
        let wrap = rng.pick(&WRAPS);
        let source = if rng.percent(50) {
            synthetic(wrap, rng.size(50_000), false, rng)
        } else {
            let data = generate(rng.pick(&KINDS), rng.size(100_000), rng);
            let bytes = stream(wrap, 15, &data, rng);
            common::streams::Source {
                members: vec![common::streams::Member {
                    at: 0..bytes.len(),
                    data,
                }],
                bytes,
                wrap,
                bits: 15,
                dictionary: Vec::new(),
                made: "deflate",
            }
        };
        let data = &source.members[0].data;
        let context = format!("round {round}: {} bytes ({})", data.len(), source.made);
        let mut pair = expect(InflatePair::open(&context, window_bits(wrap, source.bits)));
        for (more, flush) in [
            (0, Z_FINISH),
            (0, Z_NO_FLUSH),
            (1, Z_FINISH),
            (1, Z_NO_FLUSH),
            (258, Z_NO_FLUSH),
            (100_000, Z_FINISH),
            (-1, Z_FINISH),
            (-1, Z_NO_FLUSH),
        ] {
            pair.produced.clear();
            pair.set_input(&source.bytes);
            expect(pair.set_output(data.len().saturating_add_signed(more)));
            let mut code = expect(pair.inflate(flush)).code;
            if more < 0 && !data.is_empty() {
                assert_ne!(code, Z_STREAM_END, "{context}");
                // It does not matter that there was too little room.
                expect(pair.set_output(1));
                code = expect(pair.inflate(flush)).code;
            }
            assert_eq!(code, Z_STREAM_END, "{context}, room {more}");
            assert!(pair.produced == *data, "{context}: data");
            expect(pair.reset());
        }
        expect(pair.end());
    }
}

#[test]
fn a_megabyte() {
    const MEGABYTE: usize = 1 << 20;
    let rng = &mut Rng::new(44);
    for kind in [
        Kind::Mixed,
        Kind::Words,
        Kind::Random,
        Kind::Runs,
        Kind::Dna,
    ] {
        let data = generate(kind, MEGABYTE + rng.below(1000), rng);
        let wrap = rng.pick(&WRAPS);
        let stream = stream(wrap, 15, &data, rng);
        let context = format!("{} bytes of {kind:?}, {wrap:?}", data.len());
        let mut pair = expect(InflatePair::open(&context, window_bits(wrap, 15)));
        for chunks in [Chunks::Whole, Chunks::UpTo(100_000), Chunks::UpTo(5_000)] {
            check(&mut pair, &stream, &data, chunks, rng);
        }
        if wrap == Wrap::Raw {
            let opinion = decode(&stream, &[], 1 << 15, usize::MAX / 2);
            assert_eq!(opinion.end, End::Complete);
            assert!(opinion.output == data, "{context}: the naive decoder");
        }
        expect(pair.end());
    }
}

/// The fast loops stop before bits that are not there, however many the next symbols take.
#[test]
fn symbols_of_the_most_bits_in_short_pieces() {
    let rng = &mut Rng::new(50);
    for piece in 7..=64 {
        let (before, stream) = widest_stream(40_000, rng);
        let data = decode(&stream, &[], 1 << 15, usize::MAX / 2).output;
        let context = format!("pieces of {piece} bytes");
        let mut pair = expect(InflatePair::open(&context, -15));
        let mut at = 0;
        let mut code = Z_OK;
        while code == Z_OK {
            let end = if at < before { before } else { at + piece };
            let end = end.min(stream.len());
            pair.set_input(&stream[at..end]);
            at = end;
            expect(pair.set_output(data.len() + 1));
            code = expect(pair.inflate(Z_NO_FLUSH)).code;
        }
        assert_eq!(code, Z_STREAM_END, "{context}");
        assert!(pair.produced == data, "{context}: data");
        expect(pair.end());
    }
}
