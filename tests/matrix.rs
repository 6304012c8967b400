//! Every parameter of deflateInit2_ over data of many kinds and sizes, in one piece and in
//! odd pieces: the bytes, the bounds and all else that is visible are zlib's.
//!
//! The whole product of parameters runs on the smallest inputs only. For the rest a covering
//! array is drawn: a list of rows in which any two values of two parameters meet.

mod common;

use common::api::Z_NO_FLUSH;
use common::data::{KINDS, Kind, generate};
use common::drive::{CHUNKS, Chunks, check_round_trip, compress, expect};
use common::header::Header;
use common::log::{Log, Settings};
use common::pair::{Compared, Pair};
use common::rng::Rng;
use std::cell::RefCell;
use std::ffi::c_int;
use std::rc::Rc;

const LEVELS: [c_int; 11] = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const STRATEGIES: [c_int; 5] = [0, 1, 2, 3, 4];
const MEM_LEVELS: [c_int; 9] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/// zlib, raw and gzip streams; 8 is possible for zlib streams only.
const WINDOW_BITS: [c_int; 22] = [
    8, 9, 10, 11, 12, 13, 14, 15, -9, -10, -11, -12, -13, -14, -15, 25, 26, 27, 28, 29, 30, 31,
];

/// An input size, most of them relative to the sizes of the stream's buffers.
#[derive(Clone, Copy, Debug)]
enum Size {
    Exactly(usize),
    UpTo(usize),
    /// The window's size, times this.
    Windows(usize),
    /// As far as a match reaches back.
    Reach,
    /// Where the window slides for the first time.
    Slide,
    /// Symbols of a full block.
    Symbols,
    /// Bytes of the pending buffer.
    Pending,
    /// The longest stored block.
    Stored,
}

const SIZES: [Size; 15] = [
    Size::Exactly(0),
    Size::Exactly(1),
    Size::Exactly(2),
    Size::Exactly(3),
    Size::UpTo(300),
    Size::UpTo(5_000),
    Size::UpTo(70_000),
    Size::Windows(1),
    Size::Windows(2),
    Size::Windows(3),
    Size::Reach,
    Size::Slide,
    Size::Symbols,
    Size::Pending,
    Size::Stored,
];
/// Those of SIZES that depend on windowBits and memLevel.
const BUFFER_SIZES: [Size; 7] = [
    Size::Windows(1),
    Size::Windows(2),
    Size::Windows(3),
    Size::Reach,
    Size::Slide,
    Size::Symbols,
    Size::Pending,
];

/// Covering arrays that are run; a second's work each.
const COVERING_ARRAYS: usize = 4;
/// Bytes kept ahead of the current one: a longest match (258), a shortest (3) and one more.
const MIN_LOOKAHEAD: usize = 262;

impl Size {
    /// The size in bytes for a stream, give or take a few bytes.
    fn bytes(self, settings: Settings, rng: &mut Rng) -> usize {
        let bits = match settings.window_bits {
            bits @ ..0 => -bits,
            bits @ 16.. => bits - 16,
            bits => bits.max(9),
        };
        let window = 1usize << bits;
        let symbols = 1usize << (settings.mem_level + 6);
        let exact = match self {
            Size::Exactly(size) => return size,
            Size::UpTo(most) => return rng.below(most + 1),
            Size::Windows(count) => count * window,
            Size::Reach => window - MIN_LOOKAHEAD,
            Size::Slide => 2 * window - MIN_LOOKAHEAD,
            Size::Symbols => symbols,
            Size::Pending => 4 * symbols,
            Size::Stored => 65_535,
        };
        exact.saturating_add_signed(rng.between(-6, 6) as isize)
    }
}

/// Compresses one input on a stream that was just opened or reset, and reads it back.
fn check(
    pair: &mut Pair,
    settings: Settings,
    data: &[u8],
    chunks: Chunks,
    rng: &mut Rng,
) -> Compared<()> {
    compress(pair, data, chunks, rng)?;
    check_round_trip(&pair.log(), settings, &pair.produced, &[], data)
}

/// Opens a stream for one input.
fn check_alone(settings: Settings, kind: Kind, size: Size, chunks: Chunks, rng: &mut Rng) -> usize {
    let data = generate(kind, size.bytes(settings, rng), rng);
    let context = format!(
        "{settings}: {} bytes of {kind:?} ({size:?}), {chunks:?}",
        data.len()
    );
    let mut pair = expect(Pair::open(&context, settings));
    expect(check(&mut pair, settings, &data, chunks, rng));
    data.len()
}

fn all_settings() -> impl Iterator<Item = Settings> {
    LEVELS.into_iter().flat_map(|level| {
        STRATEGIES.into_iter().flat_map(move |strategy| {
            WINDOW_BITS.into_iter().flat_map(move |window_bits| {
                MEM_LEVELS.into_iter().map(move |mem_level| Settings {
                    level,
                    window_bits,
                    mem_level,
                    strategy,
                })
            })
        })
    })
}

#[test]
fn smallest_inputs_with_all_parameters() {
    let rng = &mut Rng::new(1);
    let mut streams = 0;
    for settings in all_settings() {
        let log = Rc::new(RefCell::new(Log::new(&settings.to_string())));
        let mut pair = Pair::new(&log, None);
        expect(pair.init(settings));
        for size in [0, 1, 2, 3, 4 + rng.below(60)] {
            let data = generate(rng.pick(&KINDS), size, rng);
            let chunks = rng.pick(&[Chunks::Whole, Chunks::Tiny]);
            expect(check(&mut pair, settings, &data, chunks, rng));
            expect(pair.reset());
            streams += 1;
        }
        expect(pair.end());
    }
    println!("{streams} streams");
}

/// Rows of indices below `limits` such that any two values of any two columns meet in a row.
/// Greedy: each row starts with a pair that is missing, and takes for each other column the
/// value that adds most.
fn covering_array(limits: &[usize], rng: &mut Rng) -> Vec<Vec<usize>> {
    let columns = limits.len();
    let widest = limits.iter().copied().max().unwrap_or(0);
    let index =
        |a: usize, x: usize, b: usize, y: usize| ((a * widest + x) * columns + b) * widest + y;
    let mut met = vec![false; columns * widest * columns * widest];
    let mut rows = Vec::new();
    for a in 0..columns {
        for b in a + 1..columns {
            for (x, y) in (0..limits[a]).flat_map(|x| (0..limits[b]).map(move |y| (x, y))) {
                if met[index(a, x, b, y)] {
                    continue;
                }
                let mut row: Vec<Option<usize>> = vec![None; columns];
                (row[a], row[b]) = (Some(x), Some(y));
                for column in 0..columns {
                    if row[column].is_some() {
                        continue;
                    }
                    let first = rng.below(limits[column]);
                    let gain = |value: usize| {
                        let fixed = row.iter().enumerate();
                        fixed
                            .filter(|&(other, set)| {
                                set.is_some_and(|set| !met[index(column, value, other, set)])
                            })
                            .count()
                    };
                    let values = (0..limits[column]).map(|value| (value + first) % limits[column]);
                    row[column] = values.max_by_key(|&value| gain(value));
                }
                let row: Vec<usize> = row.into_iter().flatten().collect();
                for c in 0..columns {
                    for d in 0..columns {
                        met[index(c, row[c], d, row[d])] = true;
                    }
                }
                rows.push(row);
            }
        }
    }
    rows
}

#[test]
fn every_pair_of_parameters() {
    let rng = &mut Rng::new(2);
    let limits = [
        WINDOW_BITS.len(),
        SIZES.len(),
        KINDS.len(),
        LEVELS.len(),
        MEM_LEVELS.len(),
        STRATEGIES.len(),
        CHUNKS.len(),
    ];
    let (mut streams, mut bytes) = (0, 0);
    // Each array meets all pairs, and other triples than the one before.
    for _ in 0..COVERING_ARRAYS {
        for row in covering_array(&limits, rng) {
            let settings = Settings {
                level: LEVELS[row[3]],
                window_bits: WINDOW_BITS[row[0]],
                mem_level: MEM_LEVELS[row[4]],
                strategy: STRATEGIES[row[5]],
            };
            bytes += check_alone(settings, KINDS[row[2]], SIZES[row[1]], CHUNKS[row[6]], rng);
            streams += 1;
        }
    }
    println!("{streams} streams, {bytes} bytes");
}

#[test]
fn sizes_around_windows_and_buffers() {
    let rng = &mut Rng::new(3);
    let (mut streams, mut bytes) = (0, 0);
    for window_bits in WINDOW_BITS {
        for mem_level in MEM_LEVELS {
            for size in BUFFER_SIZES {
                let level = rng.pick(&LEVELS);
                let strategy = if rng.percent(50) {
                    0
                } else {
                    rng.pick(&STRATEGIES)
                };
                let settings = Settings {
                    level,
                    window_bits,
                    mem_level,
                    strategy,
                };
                let chunks = rng.pick(&CHUNKS);
                bytes += check_alone(settings, rng.pick(&KINDS), size, chunks, rng);
                streams += 1;
            }
        }
    }
    println!("{streams} streams, {bytes} bytes");
}

#[test]
fn all_levels_and_strategies_over_each_kind_of_data() {
    let rng = &mut Rng::new(4);
    for kind in KINDS {
        for level in LEVELS {
            for strategy in STRATEGIES {
                let window_bits = match rng.below(4) {
                    0 => rng.pick(&WINDOW_BITS),
                    _ => rng.pick(&[15, -15, 31]),
                };
                let mem_level = rng.pick(&[8, 8, 9, 1]);
                let settings = Settings {
                    level,
                    window_bits,
                    mem_level,
                    strategy,
                };
                let chunks = rng.pick(&[Chunks::Whole, Chunks::UpTo(20_000)]);
                check_alone(settings, kind, Size::UpTo(90_000), chunks, rng);
            }
        }
    }
}

#[test]
fn large_inputs() {
    const MEGABYTE: usize = 1 << 20;
    let rng = &mut Rng::new(5);
    for level in LEVELS {
        for (kind, size) in [
            (Kind::Mixed, MEGABYTE),
            (Kind::Words, 300_000),
            (Kind::Random, 200_000),
        ] {
            let size = Size::Exactly(size + rng.below(1000));
            let settings = Settings {
                level,
                window_bits: rng.pick(&[15, -15, 31, 12]),
                mem_level: rng.pick(&[8, 9, 8, 3]),
                strategy: 0,
            };
            check_alone(settings, kind, size, Chunks::Whole, rng);
            check_alone(settings, kind, size, Chunks::UpTo(100_000), rng);
        }
    }
}

#[test]
fn bounds() {
    let rng = &mut Rng::new(6);
    for window_bits in WINDOW_BITS {
        for mem_level in MEM_LEVELS {
            for level in [0, 1, 6] {
                let settings = Settings {
                    level,
                    window_bits,
                    mem_level,
                    strategy: 0,
                };
                let mut pair = expect(Pair::open("bounds", settings));
                expect(check_bounds(&mut pair, rng));
                // A dictionary and a header make the wrapper longer.
                expect(pair.set_dictionary(Some(b"a dictionary")));
                expect(check_bounds(&mut pair, rng));
                expect(pair.set_header(Some(Rc::new(Header::random(rng)))));
                expect(check_bounds(&mut pair, rng));
                expect(pair.end());
                // Without a stream it is the worst of all parameters.
                expect(check_bounds(&mut pair, rng));
            }
        }
    }
}

/// A stream's bound grows when its first byte is compressed, which takes 262 bytes without a flush.
#[test]
fn bounds_after_the_first_bytes() {
    let data: Vec<u8> = (0..330u32).map(|i| ((i * i) >> 3) as u8).collect();
    for (level, mem_level) in [(1, 8), (6, 8), (9, 1), (6, 9), (0, 8)] {
        for len in 255..data.len() {
            let settings = Settings {
                level,
                window_bits: 15,
                mem_level,
                strategy: 0,
            };
            let mut pair = expect(Pair::open("bounds after the first bytes", settings));
            expect(pair.set_output(1000));
            for piece in [&data[..100], &data[100..len]] {
                pair.set_input(piece);
                expect(pair.deflate(Z_NO_FLUSH));
                expect(pair.bound(1000));
            }
            expect(pair.end());
        }
    }
}

fn check_bounds(pair: &mut Pair, rng: &mut Rng) -> Compared<()> {
    for power in 0..64 {
        let size = 1u64 << power;
        pair.bound(size - 1)?;
        pair.bound(size + (rng.next() & (size - 1)))?;
    }
    for below in 0..40 {
        // Lengths whose bound would not fit: the sums saturate.
        pair.bound(u64::MAX - below)?;
        pair.bound((u64::MAX - below * 7) / 9 * 8)?;
    }
    Ok(())
}
