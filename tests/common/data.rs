//! Test data of many kinds, each aimed at a part of the codec.
#![forbid(unsafe_code)]

use super::rng::Rng;

/// What the data is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One byte value over and over: the longest matches, the longest hash chains.
    Zeros,
    /// No structure at all: stored blocks.
    Random,
    /// Words of a small vocabulary with punctuation: what most text is like.
    Words,
    /// Random choice among 1 to 6 byte values: many short matches.
    FewSymbols,
    /// Four letters, with mutated repeats far back.
    Dna,
    /// A random piece, again and again at distances around the sizes of windows.
    Repeats,
    /// Runs of one byte with single others in between: lazy matching, runs around 258.
    Runs,
    /// Records with counters and small fields: matches of length 3 and 4.
    Records,
    /// Random bytes with islands of text, and text with islands of random bytes.
    Islands,
    /// Sorted numbers in decimal.
    Numbers,
    /// Byte frequencies that double from value to value: Huffman codes longer than 15 bits
    /// would be needed.
    Skewed,
    /// Control characters that make the guess at text or binary interesting.
    Controls,
    /// Pieces of all the other kinds.
    Mixed,
}

/// All kinds.
pub const KINDS: [Kind; 13] = [
    Kind::Zeros,
    Kind::Random,
    Kind::Words,
    Kind::FewSymbols,
    Kind::Dna,
    Kind::Repeats,
    Kind::Runs,
    Kind::Records,
    Kind::Islands,
    Kind::Numbers,
    Kind::Skewed,
    Kind::Controls,
    Kind::Mixed,
];

/// `len` bytes of a kind.
pub fn generate(kind: Kind, len: usize, rng: &mut Rng) -> Vec<u8> {
    // The writers stop at the first piece that ends beyond len.
    let mut out = Vec::with_capacity(len + 1024);
    match kind {
        Kind::Zeros => out.resize(len, if rng.percent(50) { 0 } else { rng.byte() }),
        Kind::Random => random(&mut out, len, rng),
        Kind::Words => words(&mut out, len, rng),
        Kind::FewSymbols => {
            let symbols: Vec<u8> = (0..rng.between(1, 6)).map(|_| rng.byte()).collect();
            out.extend((0..len).map(|_| rng.pick(&symbols)));
        }
        Kind::Dna => dna(&mut out, len, rng),
        Kind::Repeats => repeats(&mut out, len, rng),
        Kind::Runs => runs(&mut out, len, rng),
        Kind::Records => records(&mut out, len, rng),
        Kind::Islands => islands(&mut out, len, rng),
        Kind::Numbers => numbers(&mut out, len, rng),
        Kind::Skewed => {
            let first = rng.byte();
            out.extend((0..len).map(|_| first.wrapping_add(rng.next().leading_zeros() as u8)));
        }
        Kind::Controls => controls(&mut out, len, rng),
        Kind::Mixed => {
            while out.len() < len {
                let kind = rng.pick(&KINDS[..KINDS.len() - 1]);
                let piece = 1 + rng.size(len.min(20_000));
                out.extend(generate(kind, piece, rng));
            }
        }
    }
    out.truncate(len);
    out
}

fn random(out: &mut Vec<u8>, len: usize, rng: &mut Rng) {
    while out.len() < len {
        out.extend(rng.next().to_le_bytes());
    }
}

fn words(out: &mut Vec<u8>, len: usize, rng: &mut Rng) {
    const LETTERS: &[u8] = b"etaoinshrdlucmfwypvbgkjqxz";
    const ENDS: [&[u8]; 8] = [b" ", b" ", b" ", b" ", b", ", b". ", b".\n", b"\r\n"];
    let vocabulary: Vec<Vec<u8>> = (0..rng.between(5, 600))
        .map(|_| {
            let len = rng.between(1, 11);
            // Two draws, the smaller counts: frequent letters are frequent.
            (0..len)
                .map(|_| LETTERS[rng.below(26).min(rng.below(26))])
                .collect()
        })
        .collect();
    while out.len() < len {
        let rank = rng.below(vocabulary.len()).min(rng.below(vocabulary.len()));
        out.extend(&vocabulary[rank]);
        out.extend(rng.pick(&ENDS));
    }
}

fn dna(out: &mut Vec<u8>, len: usize, rng: &mut Rng) {
    while out.len() < len {
        if out.len() > 100 && rng.percent(5) {
            let piece = rng.between(10, 400) as usize;
            let start = rng.below(out.len());
            for index in start..(start + piece).min(out.len()) {
                let copied = out[index];
                out.push(if rng.percent(2) { b'N' } else { copied });
            }
        } else {
            out.push(rng.pick(b"acgt"));
        }
    }
}

/// Distances at which a search begins or ceases to reach: powers of two (window sizes), the
/// reach of a window (its size less 262), and 4096 (length-3 matches farther off are dropped).
fn edge_distance(rng: &mut Rng) -> usize {
    let window = 1i64 << rng.between(8, 15);
    let edge = rng.pick(&[window, window - 262, window - 258, 4096, 1, 2, 3, 258]);
    (edge + rng.between(-3, 3)).max(1) as usize
}

fn repeats(out: &mut Vec<u8>, len: usize, rng: &mut Rng) {
    while out.len() < len {
        let distance = edge_distance(rng);
        if distance > out.len() || rng.percent(20) {
            let piece = 1 + rng.size(len.min(3_000));
            random(out, (out.len() + piece).min(len + 8), rng);
        } else {
            let piece = rng.pick(&[3, 4, 5, 8, 30, 257, 258, 259, 600]);
            for _ in 0..piece {
                out.push(out[out.len() - distance]);
            }
            // A byte that ends the match, most of the time.
            if rng.percent(70) {
                out.push(rng.byte());
            }
        }
    }
}

fn runs(out: &mut Vec<u8>, len: usize, rng: &mut Rng) {
    let common = rng.byte();
    let rare: Vec<u8> = (0..rng.between(1, 4)).map(|_| rng.byte()).collect();
    let short = rng.percent(50);
    while out.len() < len {
        let run = if short {
            rng.below(12)
        } else {
            (rng.pick(&[3, 258, 259, 516, 30]) + rng.between(-3, 3)) as usize
        };
        out.resize(out.len() + run, common);
        out.push(rng.pick(&rare));
    }
}

fn records(out: &mut Vec<u8>, len: usize, rng: &mut Rng) {
    let spread = rng.between(1, 60) as usize;
    let mut counter = rng.next() as u32;
    while out.len() < len {
        counter = counter.wrapping_add(1 + rng.below(spread) as u32);
        out.extend(counter.to_le_bytes());
        out.extend((rng.below(spread) as u16).to_be_bytes());
        out.extend([0, 0, rng.below(3) as u8, 0xff]);
        out.extend((1.0 + rng.below(spread) as f32 / 7.0).to_le_bytes());
    }
}

fn islands(out: &mut Vec<u8>, len: usize, rng: &mut Rng) {
    let text_first = rng.percent(50);
    let mut sea = Vec::new();
    while out.len() < len {
        let piece = 1 + rng.size(6_000);
        if out.is_empty() == text_first || rng.percent(30) {
            sea.clear();
            words(&mut sea, piece.min(400), rng);
            out.append(&mut sea);
        }
        random(out, out.len() + piece, rng);
    }
}

fn numbers(out: &mut Vec<u8>, len: usize, rng: &mut Rng) {
    let mut number = rng.below(1_000_000);
    let step = 1 + rng.size(10_000);
    while out.len() < len {
        number += rng.below(step);
        out.extend(number.to_string().as_bytes());
        out.push(b'\n');
    }
}

fn controls(out: &mut Vec<u8>, len: usize, rng: &mut Rng) {
    // Bytes that say neither, that say text, and that say binary. Source: zlib's
    // doc/txtvsbin.txt.
    let neither = [7, 8, 11, 12, 26, 27];
    let text = [9, 10, 13, 32, 65, 200, 255];
    let binary = [0, 1, 6, 14, 25, 28, 31];
    let (text_percent, binary_percent) = (rng.pick(&[0, 1, 30]), rng.pick(&[0, 0, 1]));
    for _ in 0..len {
        out.push(if rng.percent(binary_percent) {
            rng.pick(&binary)
        } else if rng.percent(text_percent) {
            rng.pick(&text)
        } else {
            rng.pick(&neither)
        });
    }
}
